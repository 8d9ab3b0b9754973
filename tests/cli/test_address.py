"""``tagger tag http://...``: caption a picture on the web, and write only what was asked for."""

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from captioning.pictures import photo
from tiny_bundle import COLOURS

from cli.conftest import Cli
from tagger.cli import address


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "red one.jpg").write_bytes(photo(COLOURS["red"]))
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0nothing more")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(folder))  # type: ignore[arg-type]

        def log_message(self, *arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_caption_is_printed_and_nothing_is_written(
    cli: Cli, site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    result = cli("tag", "--allow-private", f"{site}/red%20one.jpg")
    assert (result.code, result.out) == (0, f"{site}/red%20one.jpg: A red photo  [colour, warm, red]\n")
    assert "1 captioned" in result.err
    assert list(here.iterdir()) == []


def test_json(cli: Cli, site: str) -> None:
    result = cli("tag", "--allow-private", "--json", f"{site}/red%20one.jpg", f"{site}/broken.jpg", f"{site}/none.jpg")
    records = [json.loads(line) for line in result.out.splitlines()]
    assert result.code == 1
    assert [record["outcome"] for record in records] == ["captioned", "failed", "failed"]
    assert records[0]["caption"] == "A red photo"
    assert records[0]["address"] == f"{site}/red%20one.jpg"
    assert "cannot be decoded" in records[1]["reason"]
    assert "404" in records[2]["reason"]


def test_output_is_a_new_tagged_file(cli: Cli, site: str, tmp_path: Path) -> None:
    out = tmp_path / "kept.jpg"
    assert cli("tag", "--allow-private", "--output", out, f"{site}/red%20one.jpg").code == 0
    assert "A red photo" in cli("tag", "--dry-run", "--json", out).records[0]["caption"]
    assert b"A red photo" in out.read_bytes()
    before = out.read_bytes()
    result = cli("tag", "--allow-private", "--output", out, f"{site}/red%20one.jpg")
    assert result.code == 1
    assert f"{out}: is there already" in result.err
    assert out.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["kept.jpg"]


def test_what_cannot_be_captioned_is_not_kept(cli: Cli, site: str, tmp_path: Path) -> None:
    out = tmp_path / "kept.jpg"
    assert cli("tag", "--allow-private", "--output", out, f"{site}/broken.jpg").code == 1
    assert not out.exists()
    assert cli("tag", "--allow-private", "--output", tmp_path / "none/x.jpg", f"{site}/red%20one.jpg").code == 1


def test_the_own_network_is_refused_unless_allowed(cli: Cli, site: str) -> None:
    result = cli("tag", f"{site}/red%20one.jpg")
    assert (result.code, result.out) == (1, "")
    assert "inside your own network (--allow-private permits it)" in result.err


def test_output_makes_sense_with_one_address_only(cli: Cli, site: str, tmp_path: Path) -> None:
    for arguments in ((f"{site}/a.jpg", f"{site}/b.jpg"), (tmp_path,), (tmp_path, f"{site}/a.jpg")):
        result = cli("tag", "--output", tmp_path / "x.jpg", *arguments)
        assert (result.code, len(result.err.splitlines())) == (2, 1)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("https://a/b/c%20d.CR2?x=1", "c_d.CR2"),
        ("https://a/", "picture"),
        ("https://a/..%2f..%2fetc", "etc"),
        ("https://a/.hidden", "hidden"),
    ],
)
def test_names(given: str, name: str) -> None:
    assert address._name(given) == name

"""``tagger tag --engine ray``: one machine that is a cluster of its own, and what the options allow."""

import sys
from pathlib import Path

import pytest

from cli.conftest import Cli, write

slow = pytest.mark.slow


@slow
@pytest.mark.filterwarnings("ignore")
def test_the_command(cli: Cli, photos: Path) -> None:
    """Written here, like by tagger tag itself; a photo that cannot be read fails alone; again does nothing."""
    pytest.importorskip("ray", reason="ray is not installed: pip install 'tagger-photos[ray]'")
    write(photos / "broken.jpg", (photos / "red.jpg").read_bytes()[:300])
    dry = cli("tag", "--engine", "ray", "--json", "--dry-run", photos)
    assert not (photos / ".tagger").exists()
    result = cli("tag", "--engine", "ray", "--json", photos)
    assert dry.outcomes == result.outcomes
    assert (result.code, result.outcomes) == (
        1,
        dict.fromkeys(("red.jpg", "green.jpg", "blue.jpg"), "captioned") | {"broken.jpg": "failed"},
    )
    assert cli("search", "red", "--library", photos).out == f"{photos}/red.jpg: A red photo  [colour, warm, red]\n"
    (photos / "broken.jpg").unlink()
    assert set(cli("tag", "--json", photos).outcomes.values()) == {"unchanged"}
    assert set(cli("tag", "--engine", "ray", "--json", photos).outcomes.values()) == {"unchanged"}
    undone = cli("undo", "--run", result.run, "--library", photos, "--json")
    assert set(undone.outcomes.values()) == {"restored"}


@slow
@pytest.mark.filterwarnings("ignore")
def test_no_cluster_there(cli: Cli, photos: Path) -> None:
    pytest.importorskip("ray", reason="ray is not installed: pip install 'tagger-photos[ray]'")
    result = cli("tag", "--engine", "ray", "--address", "127.0.0.1:1", photos)
    assert result.code == 2
    assert result.err.startswith("tagger: cannot reach the Ray cluster at 127.0.0.1:1: ")
    assert len(result.err.splitlines()) == 1


def test_options_that_do_not_go_together(cli: Cli, photos: Path, tmp_path: Path) -> None:
    results = tmp_path / "r.ndjson"
    wrong: dict[str, tuple[object, ...]] = {
        "--address needs --engine ray": ("--address", "auto"),
        "--results and --engine ray exclude each other": ("--engine", "ray", "--results", results),
        "--shard needs --results FILE": ("--shard", "1/2"),
        "--dry-run and --results exclude each other": ("--results", results, "--dry-run"),
        "--caption-policy and --results exclude each other": ("--results", results, "--caption-policy", "keep"),
    }
    for message, arguments in wrong.items():
        result = cli("tag", *arguments, photos)
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith(f"tagger: {message}")
    assert not results.exists()


def test_ray_is_not_installed(cli: Cli, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    result = cli("tag", "--engine", "ray", photos)
    assert (result.code, result.out) == (2, "")
    assert result.err == ("tagger: --engine ray needs ray, which is not installed (pip install 'tagger-photos[ray]')\n")

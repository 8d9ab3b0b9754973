"""``tagger compare``: several models, the same photos, side by side; a page for a browser."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import tiny_bundle
import tiny_hub
from captioning.pictures import photo

from cli.conftest import Cli, snapshot


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The same model under another name, that says less."""
    return tiny_bundle.write_bundle(tmp_path / "other", version="2 <b>", text={"max_length": 2})


class Cells(HTMLParser):
    """Rows of a page, as lists of what their cells say; all tags that it is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def test_side_by_side(cli: Cli, photos: Path, bundle_folder: Path, other: Path) -> None:
    before = snapshot(photos)
    result = cli("compare", photos, "--bundles", bundle_folder, other)
    assert result.code == 0
    lines = result.out.splitlines()
    assert [line for line in lines if line.startswith("/")] == [
        str(photos / "green.jpg"),
        str(photos / "red.jpg"),
        str(photos / "sub/blue.jpg"),
    ]
    assert re.fullmatch(r"  tiny 1      +\d+ ms +\d+%  A green photo  \[.*green.*\]", lines[1])
    assert re.fullmatch(r"  tiny 2 <b>  +\d+ ms +\d+%  A green  \[.*green.*\]", lines[2])
    assert re.search(r"tiny 1: \d+ ms a photo, on CPUExecutionProvider\n", result.err)
    assert "3 compared, 0 failed" in result.err
    assert snapshot(photos) == before
    assert not (photos / ".tagger").exists()


def test_a_page(cli: Cli, tmp_path: Path, bundle_folder: Path, other: Path) -> None:
    folder = tmp_path / "<script>alert(1)<"
    folder.mkdir()
    (folder / "a & b.jpg").write_bytes(photo(tiny_bundle.COLOURS["red"]))
    result = cli("compare", folder, "--bundles", bundle_folder, other, "--html", tmp_path / "it.html")
    assert result.code == 0
    page = (tmp_path / "it.html").read_text()
    cells = Cells(page)
    assert "script" not in cells.tags
    assert "b" not in cells.tags
    assert [cell.strip() for cell in cells.rows[0]] == ["Photo", "tiny 1", "tiny 2 <b>"]
    row, *summary = cells.rows[1:]
    assert row[0] == str(folder / "a & b.jpg")
    assert row[1].startswith("A red photo")
    assert re.search(r"red\d+% sure, \d+ ms$", row[1])
    assert [re.sub(r"\d+ ms", "_ ms", line.splitlines()[0]) for (line,) in summary] == [
        f"{name}: _ ms a photo, on CPUExecutionProvider" for name in ("tiny 1", "tiny 2 <b>")
    ]
    assert row[2].strip().startswith("A red")
    assert 'src="data:image/jpeg;base64,/9j/' in page
    assert page.endswith("</html>\n")


def test_a_page_that_is_there_stays(cli: Cli, photos: Path, bundle_folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "it.html"
    page.write_text("mine")
    for name in (page, photos / "red.jpg", tmp_path / "none/it.html"):
        result = cli("compare", photos, "--bundles", bundle_folder, "--html", name)
        assert result.code == 2
        assert result.err.count("\n") == 1
    assert page.read_text() == "mine"


def test_a_photo_that_is_none(cli: Cli, photos: Path, bundle_folder: Path) -> None:
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no")
    result = cli("compare", photos, "--bundles", bundle_folder)
    assert result.code == 1
    assert "broken.jpg: failed" in result.err
    assert "3 compared, 1 failed" in result.err


def test_a_bundle_that_is_none(cli: Cli, photos: Path, bundle_folder: Path, tmp_path: Path) -> None:
    result = cli("compare", photos, "--bundles", bundle_folder, tmp_path / "none")
    assert result.code == 2
    assert "no model bundle at" in result.err


def test_no_photos(cli: Cli, bundle_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = cli("compare", tmp_path / "empty", "--bundles", bundle_folder)
    assert (result.code, result.out) == (0, "")
    assert "no photos found" in result.err


def test_an_imported_model_beside_ours(cli: Cli, photos: Path, bundle_folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("tokenizers", reason="the extra hub is not installed")
    export = tiny_hub.write_export(tmp_path / "export")
    made = tmp_path / "theirs"
    assert cli("bundle", "import", export, "--tags-from", bundle_folder, "--out", made, "--name", "theirs").code == 0
    page = tmp_path / "it.html"
    result = cli("compare", photos, "--bundles", bundle_folder, made, "--html", page)
    assert result.code == 0
    (line,) = (line for line in result.out.splitlines()[:3] if line.startswith("  theirs"))
    assert re.search(r"\d+ ms +\d+%  a green photo  \[.*green.*\]", line)
    assert page.read_text().count("data:image/jpeg") == 3
    assert "a blue photo" in page.read_text()

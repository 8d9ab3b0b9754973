"""A report of what changed: nothing in it is more than text, and it comes to the disk row by row."""

import csv
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from contracts.examples import entry_of

from tagger.core.errors import RunError
from tagger.core.records import Caption, Outcome, OutcomeKind, Tag
from tagger.report import harmless, open_report, small_jpeg

EVIL = '<script>alert("1")</script>&\x00\u202e'


def outcome(before: str, after: str, *labels: str, path: str = "/photos/a.jpg") -> Outcome:
    was = entry_of(Path(path), before, Tag("dog", 0.9))
    caption = Caption(after, -1.0, (), tuple(Tag(label, 0.5) for label in labels))
    return Outcome(OutcomeKind.CAPTIONED, Path(path), caption=caption, before=was)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        self.attributes += attrs


def test_a_page_holds_text_only(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    with open_report(file, thumbnail=lambda _: b"jpeg") as report:
        report.add(outcome(EVIL, "a cat", EVIL, "dog", path=f"/photos/{EVIL[:8]}\udce9.jpg"))
        report.add(Outcome(OutcomeKind.FAILED, Path("/photos/b.jpg"), "no such file"))
        report.add(Outcome(OutcomeKind.CAPTIONED, Path("/photos/new.jpg"), caption=Caption("new", -1.0)))
    text = file.read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(text)
    assert "script" not in tags.found
    assert not [name for name, _ in tags.attributes if name.startswith("on")]
    assert tags.found.count("tr") == 3
    assert re.search(r"<del>&lt;script&gt;.*</del>.*<ins>a cat</ins>", text)
    assert "dog" in text
    assert "<ins>dog</ins>" not in text
    assert "2 photos" in text
    assert "default-src 'none'" in text


def test_a_table_holds_no_formula(tmp_path: Path) -> None:
    file = tmp_path / "report.CSV"
    with open_report(file, thumbnail=lambda _: None) as report:
        report.add(outcome("=1+1", "@SUM(A1)", "-x", "+y", path="/photos/\udce9,\n.jpg"))
    with file.open(encoding="utf-8-sig", newline="") as opened:
        (head, row) = csv.reader(opened)
    assert head[1:3] == ["caption before", "caption after"]
    assert row[:5] == ["/photos/\\udce9,\n.jpg", "'=1+1", "'@SUM(A1)", "dog", "'-x; +y"]


@pytest.mark.parametrize("text", ["=a", "+a", "-a", "@a", "\ta", "\ra", "\na", "＝a", "＠a"])
def test_cells(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless(f"a{text}") == f"a{text}"


def test_rows_are_written_as_they_come(tmp_path: Path) -> None:
    file = tmp_path / "report.csv"
    with open_report(file, thumbnail=lambda _: None) as report:
        for number in range(2000):
            report.add(outcome("before", f"after {number}"))
        assert file.stat().st_size > 50_000


def test_bad_files(tmp_path: Path) -> None:
    there = tmp_path / "there.html"
    there.write_text("mine")
    for path, complaint in (
        (there, "is there already"),
        (tmp_path / "report.txt", "a page or a table"),
        (tmp_path / "no/report.html", "cannot write"),
    ):
        with pytest.raises(RunError, match=complaint):
            open_report(path, thumbnail=lambda _: None)
    assert there.read_text() == "mine"


def test_thumbnails(tmp_path: Path) -> None:
    from captioning.pictures import photo
    from tiny_bundle import COLOURS

    file = tmp_path / "red.jpg"
    file.write_bytes(photo(COLOURS["red"]))
    small = small_jpeg(file)
    assert small is not None
    assert small[:2] == b"\xff\xd8"
    assert small_jpeg(tmp_path / "none.jpg") is None

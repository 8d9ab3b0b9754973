"""Sidecars beside watched photos: RAW with JPEG, sidecars that come later, and those that another program edits."""

import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from captioning.raws import dng
from metadata import jpegs
from watched import SETTLE, Watched, jpeg, put, records, rows

from tagger import bootstrap
from tagger.config import Settings
from tagger.core.records import OutcomeKind, Photo, State
from tagger.metadata.sidecar import MAX_SIZE
from tagger.restore import undo
from tagger.review import Edit, Reviewing
from tagger.sidecar_news import listed
from tagger.watching.beside import Meanwhile, is_sidecar, mark, photos_of
from tagger.watching.looking import look_at

HOLIDAY = jpegs.foreign_packet(jpegs.bag("dc:subject", "holiday"), padding=0)
SEA = jpegs.foreign_packet(jpegs.bag("dc:subject", "sea") + jpegs.alt("At the sea"), padding=0)
HOW = pytest.mark.parametrize("how", [{}, {"poll": 0.3}], ids=["told", "polling"])


def raw(path: Path) -> Path:
    path.write_bytes(dng())
    return path


def save(path: Path, content: bytes) -> None:
    """As an editor does: beside it, then renamed."""
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(content)
    new.rename(path)


@pytest.mark.slow
@HOW
def test_raw_and_jpeg_arrive_together(root: Path, how: dict[str, Any]) -> None:
    """The RAW is never touched: it gets a sidecar, once. The sidecar is our own write, and no news."""
    with Watched(root, **how) as watched:
        raw(root / "photo.dng")
        (root / "photo.jpg").write_bytes(jpeg(1))
        watched.until_captioned(2)
        watched.until_calm()
    assert (root / "photo.dng").read_bytes() == dng()
    assert {record.change.target.name for record in records(root)} == {"photo.dng.xmp", "photo.jpg"}
    assert len(records(root)) == watched.counts[OutcomeKind.CAPTIONED] == 2


@pytest.mark.slow
@HOW
def test_a_sidecar_that_comes_later(root: Path, how: dict[str, Any]) -> None:
    """It gets the words too, without a new caption, and keeps its own."""
    (path,) = put(root, 1)
    sidecar = path.with_suffix(".xmp")
    with Watched(root, **how) as watched:
        watched.until_captioned(1)
        watched.until_calm()
        save(sidecar, HOLIDAY)
        watched.until(lambda: rows(root)[path.name].sidecar == sidecar)
        watched.until_calm()
    assert b"holiday" in sidecar.read_bytes()
    assert rows(root)[path.name].caption.text.encode() in sidecar.read_bytes()
    assert len({record.entry.captioned_at for record in records(root)}) == 1
    assert [record.change.target for record in records(root)].count(sidecar) == 1


@pytest.mark.slow
@HOW
def test_a_sidecar_that_another_program_edits(root: Path, how: dict[str, Any]) -> None:
    """What it says now stays, and the photo's words are beside it again; that is done once."""
    path = raw(root / "photo.dng")
    sidecar = root / "photo.dng.xmp"
    with Watched(root, **how) as watched:
        watched.until_captioned(1)
        watched.until_calm()
        save(sidecar, SEA)
        watched.until(lambda: len(records(root)) == 2)
        watched.until_calm()
        assert watched.counts[OutcomeKind.CAPTIONED] == 2
    after = sidecar.read_bytes()
    assert b"At the sea" in after
    assert b"sea</" in after
    assert path.read_bytes() == dng()
    with Watched(root, **how) as watched:
        watched.until_calm()
    assert watched.counts == {OutcomeKind.UNCHANGED: 1}
    assert sidecar.read_bytes() == after


@pytest.mark.slow
@HOW
def test_a_sidecar_that_is_half_written(root: Path, how: dict[str, Any]) -> None:
    """The photo waits for it; one that stays broken fails the photo, which is done when it is whole."""
    with Watched(root, **how) as watched, (root / "photo.dng.xmp").open("wb", buffering=0) as file:
        file.write(SEA[:-30])
        raw(root / "photo.dng")
        time.sleep(2 * SETTLE)
        assert not watched.counts
        watched.until(lambda: watched.counts[OutcomeKind.FAILED])
        file.write(SEA[-30:])
        watched.until_captioned(1)
        watched.until_calm()
    assert b"At the sea" in (root / "photo.dng.xmp").read_bytes()
    assert len(records(root)) == 1


@pytest.mark.slow
def test_edited_while_nobody_watched(root: Path) -> None:
    path = raw(root / "photo.dng")
    sidecar = root / "photo.dng.xmp"
    with Watched(root) as watched:
        watched.until_captioned(1)
        watched.until_calm()
    save(sidecar, SEA)
    os.utime(sidecar, (1_600_000_000, 1_600_000_000))  # as rsync -t leaves it
    with Watched(root) as watched:
        watched.until_captioned(1)
        watched.until_calm()
    assert b"At the sea" in sidecar.read_bytes()
    assert len(records(root)) == 2
    assert path.read_bytes() == dng()


@pytest.mark.slow
def test_a_sidecar_that_is_deleted(root: Path) -> None:
    """It is made again at the next start, without a new caption."""
    raw(root / "photo.dng")
    sidecar = root / "photo.dng.xmp"
    with Watched(root) as watched:
        watched.until_captioned(1)
        watched.until_calm()
        sidecar.unlink()
        watched.until_calm()
        assert not sidecar.exists()
    with Watched(root) as watched:
        watched.until(sidecar.exists)
        watched.until_calm()
    assert len({record.entry.captioned_at for record in records(root)}) == 1


@pytest.mark.slow
@HOW
def test_a_decision_that_arrives_with_the_sidecar(root: Path, how: dict[str, Any]) -> None:
    """What a person decided on another computer is in the sidecar that comes from there, and holds here."""
    path = raw(root / "photo.dng")
    sidecar = root / "photo.dng.xmp"
    with Watched(root, **how) as watched:
        watched.until_captioned(1)
        watched.until_calm()
        machine = sidecar.read_bytes()
        with bootstrap.open_library(root, Settings()) as library:
            person = Reviewing(library.writer, library.index, library.journal, "20240501-120000-0001")
            person.edit(Photo(path, path.stat().st_size, path.stat().st_mtime_ns), Edit("mine"))
        decided = sidecar.read_bytes()
        watched.until_calm()
        assert sidecar.read_bytes() == decided
        save(sidecar, machine)  # a sync client brings an older one: the index knows better
        watched.until(lambda: b"mine" in sidecar.read_bytes())
        watched.until_calm()
    assert rows(root)[path.name].state is State.APPROVED
    assert rows(root)[path.name].caption.text == "mine"


@pytest.mark.slow
@HOW
def test_what_was_taken_back_stays_so(root: Path, how: dict[str, Any]) -> None:
    """An edit of the sidecar is no wish for words that a person took out."""
    raw(root / "photo.dng")
    sidecar = root / "photo.dng.xmp"
    sidecar.write_bytes(HOLIDAY)
    with Watched(root, **how) as watched:
        watched.until_captioned(1)
        watched.until_calm()
        with bootstrap.open_library(root, Settings()) as library:
            list(undo(records(root), library.writer, library.index, library.journal, threading.Event()))
        assert sidecar.read_bytes() == HOLIDAY
        save(sidecar, SEA)
        watched.until_calm()
    assert sidecar.read_bytes() == SEA


@pytest.mark.parametrize(
    ("files", "sidecar", "photos"),
    [
        (["a.jpg", "a.jpg.xmp"], "a.jpg.xmp", ["a.jpg"]),
        (["a.jpg", "a.xmp"], "a.xmp", ["a.jpg"]),
        (["a.Jpg", "a.XMP"], "a.XMP", ["a.Jpg"]),
        (["a.cr2", "a.jpg", "a.xmp"], "a.xmp", ["a.cr2"]),
        (["a.heic", "a.jpg", "a.xmp"], "a.xmp", []),  # nobody's
        (["a.jpg", "a.xmp", "a.jpg.xmp"], "a.xmp", []),  # it has another one
        (["a.jpg.xmp"], "a.jpg.xmp", []),
        (["ab.jpg", "a.xmp"], "a.xmp", []),
    ],
)
def test_whose_it_is(root: Path, files: list[str], sidecar: str, photos: list[str]) -> None:
    for name in files:
        (root / name).touch()
    assert photos_of(root / sidecar) == [root / name for name in photos]
    assert is_sidecar(root / sidecar)
    assert {entry.name for entry in listed(root)} == {name for name in files if name.lower().endswith(".xmp")}
    assert listed(root / "missing") == []


@pytest.mark.parametrize(
    ("content", "whole"),
    [(SEA, True), (SEA + b"\r\n \0", True), (SEA[:-4], False), (b"", False), ("<a/>\n".encode("utf-16-be"), True)],
)
def test_the_end_of_a_sidecar(root: Path, content: bytes, whole: bool) -> None:
    (root / "a.xmp").write_bytes(content)
    look = look_at(root / "a.xmp")
    assert look is not None
    assert look.whole is whole


def test_only_what_others_wrote_is_news(root: Path) -> None:
    """Our own write, a file too large to be a sidecar, and a photo without a row."""
    path = raw(root / "photo.dng")
    sidecar = root / "photo.dng.xmp"
    with Watched(root, once=True) as watched:
        watched.until_captioned(1)
    photo = Photo(path, path.stat().st_size, path.stat().st_mtime_ns)
    with bootstrap.open_library(root, Settings()) as library:

        def is_marked() -> bool:
            row = library.index.get(path)
            assert row is not None
            return row.photo != photo

        mark(photo, sidecar, library)
        Meanwhile().mark(photo, library)
        assert not is_marked()
        written = sidecar.read_bytes()
        sidecar.write_bytes(SEA)
        Meanwhile().mark(photo, library)
        assert is_marked()
        row = library.index.get(path)
        assert row is not None
        library.index.put(type(row)(**{name: getattr(row, name) for name in row.__slots__} | {"photo": photo}))
        assert not is_marked()
        with sidecar.open("r+b") as file:
            file.truncate(MAX_SIZE + 1)
        mark(photo, sidecar, library)
        assert is_marked()
        sidecar.write_bytes(written)
        library.index.remove(path)
        mark(photo, sidecar, library)
        assert library.index.get(path) is None

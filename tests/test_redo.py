"""Redo: what was undone is made again to the byte, or not at all."""

import hashlib
import threading
from pathlib import Path

import pytest
from pipeline_library import Library, made_up

from tagger.core.records import ChangeState, Outcome, OutcomeKind
from tagger.recovery import recover
from tagger.redo import redo
from tagger.restore import undo
from tagger.upkeep import Cleaning


def take_back(library: Library, run: str) -> list[Outcome]:
    records = library.journal.changes(run=run)
    return list(undo(records, library.writer, library.index, library.journal, threading.Event()))


def do_again(library: Library, run: str) -> list[Outcome]:
    records = library.journal.changes(run=run)
    return list(redo(records, library.writer, library.index, library.journal, threading.Event()))


def states(library: Library, run: str) -> set[ChangeState]:
    return {record.state for record in library.journal.changes(run=run)}


@pytest.mark.parametrize("accompanied", [False, True])
def test_redo_brings_back_words_rows_and_the_possibility_to_undo(accompanied: bool) -> None:
    library, photos = Library(), made_up(3)
    library.writer.accompanied = {photo.path for photo in photos} if accompanied else set()
    library.run(photos, run="r1")
    written, rows = dict(library.writer.metadata), [library.index.get(photo.path) for photo in photos]
    take_back(library, "r1")
    blank = dict(library.writer.metadata)
    outcomes = do_again(library, "r1")
    assert [outcome.kind for outcome in outcomes] == [OutcomeKind.CAPTIONED] * 3
    assert [outcome.path for outcome in outcomes] == [photo.path for photo in photos]
    assert library.writer.metadata == written
    assert [library.index.get(photo.path) for photo in photos] == rows
    assert states(library, "r1") == {ChangeState.COMMITTED}
    take_back(library, "r1")
    assert library.writer.metadata == blank


def test_redo_of_what_was_not_undone_does_nothing() -> None:
    library = Library()
    library.run(made_up(2), run="r1")
    assert do_again(library, "r1") == []


def test_a_clean_is_done_again() -> None:
    library, photos = Library(), made_up(1)
    library.run(photos, run="r1")
    cleaning = Cleaning(library.writer, library.index, library.journal, "c1")
    cleaning.clean(photos[0])
    take_back(library, "c1")
    assert library.index.get(photos[0].path) is not None
    assert [outcome.kind for outcome in do_again(library, "c1")] == [OutcomeKind.CLEANED]
    assert library.index.get(photos[0].path) is None
    assert library.writer.metadata[photos[0].path] == ""


def test_a_photo_that_was_changed_since_is_left_alone() -> None:
    library, photos = Library(), made_up(2)
    library.run(photos, run="r1")
    take_back(library, "r1")
    library.writer.metadata[photos[0].path] = '{"description": "by hand", "keywords": []}'
    failed, done = sorted(do_again(library, "r1"), key=lambda outcome: outcome.path != photos[0].path)
    assert (failed.kind, failed.reason) == (
        OutcomeKind.FAILED,
        "was changed since it was undone (caption it anew instead)",
    )
    assert done.kind is OutcomeKind.CAPTIONED
    assert "by hand" in library.writer.metadata[photos[0].path]
    assert states(library, "r1") == {ChangeState.UNDONE, ChangeState.COMMITTED}


def test_a_photo_that_is_gone_fails_with_a_hint() -> None:
    library, photos = Library(), made_up(1)
    library.run(photos, run="r1")
    take_back(library, "r1")
    library.writer.missing = {photos[0].path}
    assert [outcome.reason for outcome in do_again(library, "r1")] == [
        "is not there any more (restore it, or caption it where it is now)"
    ]


def test_a_write_that_fails_leaves_the_change_undone() -> None:
    library, photos = Library(), made_up(1)
    library.run(photos, run="r1")
    take_back(library, "r1")
    library.writer.failing = {photos[0].path.name}
    assert [outcome.kind for outcome in do_again(library, "r1")] == [OutcomeKind.FAILED]
    assert states(library, "r1") == {ChangeState.UNDONE}
    library.writer.failing = set()
    assert [outcome.kind for outcome in do_again(library, "r1")] == [OutcomeKind.CAPTIONED]


def test_a_crash_in_the_middle_is_settled_by_recovery() -> None:
    library, photos = Library(), made_up(1)
    library.run(photos, run="r1")
    take_back(library, "r1")
    library.writer.error = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        do_again(library, "r1")
    assert states(library, "r1") == {ChangeState.PENDING}
    library.writer.error = None
    list(recover(library.writer, library.index, library.journal))
    assert states(library, "r1") == {ChangeState.ROLLED_BACK}
    assert library.writer.metadata[photos[0].path] == ""


def test_stop_ends_it_between_photos() -> None:
    library = Library()
    library.run(made_up(3), run="r1")
    take_back(library, "r1")
    stop = threading.Event()
    stop.set()
    records = library.journal.changes(run="r1")
    assert list(redo(records, library.writer, library.index, library.journal, stop)) == []


def test_real_photos_get_the_same_bytes_again(tmp_path: Path) -> None:
    """The real writer and journal: apply, undo, redo, undo, with SHA-256 of every state."""
    import shutil

    from tagger.bootstrap import make_writer
    from tagger.config import Settings
    from tagger.core.records import Caption, IndexEntry, Photo
    from tagger.making import make
    from tagger.storage.index import SqliteIndex
    from tagger.storage.journal import SqliteJournal

    source = next((Path(__file__).parents[1] / "examples" / "photos").glob("*.jpg"))
    path = Path(shutil.copy2(source, tmp_path / "photo.jpg"))
    writer = make_writer(Settings())

    def digest() -> str:
        return hashlib.sha256(path.read_bytes()).hexdigest()

    with (
        SqliteIndex(tmp_path, tmp_path / "index.db") as index,
        SqliteJournal(tmp_path, tmp_path / "journal.db") as journal,
    ):
        info = path.stat()
        metadata = writer.read(Photo(path, info.st_size, info.st_mtime_ns))
        caption = Caption("a quiet street", -1.0)
        changes = writer.plan(metadata, caption, model="m 1", run="r1")
        when = "2024-05-01T12:00:00+00:00"
        entry = IndexEntry(metadata.photo, metadata.identity, caption, "m 1", "s", "r1", when)
        blank = digest()
        make("r1", changes, entry, writer, index, journal)
        written = digest()
        for _ in range(2):
            list(undo(journal.changes(run="r1"), writer, index, journal, threading.Event()))
            assert digest() == blank
            outcomes = list(redo(journal.changes(run="r1"), writer, index, journal, threading.Event()))
            assert [outcome.kind for outcome in outcomes] == [OutcomeKind.CAPTIONED]
            assert digest() == written
            row = index.get(path)
            assert row is not None
            assert (row.photo.size, row.photo.mtime_ns) == (path.stat().st_size, path.stat().st_mtime_ns)

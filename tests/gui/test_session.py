"""A library as the window's parts know it: jobs that write, and reading beside them."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tagger_gui.running import Job
from tagger_gui.session import Captioners, LibrarySession

from tagger.core.errors import RunError
from tagger.core.records import OutcomeKind

Ended = Callable[[Job], Job]


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*.jpg")}


def test_tag_captions_and_writes_and_undo_puts_every_byte_back(session: LibrarySession, ended: Ended) -> None:
    before = digests(session.root)
    changed: list[Path] = []
    session.changed.connect(changed.extend)
    job = ended(session.tag([session.root]))
    assert job.counts == {OutcomeKind.CAPTIONED: 3}
    assert {path.name for path in changed} == {"red.jpg", "green.jpg", "blue.jpg"}
    assert not set(digests(session.root).values()) & set(before.values())
    with session.reading() as library:
        assert library.index.count() == 3
        assert [summary.run for summary in library.journal.runs()] == [job.run_id]
    undo = ended(session.undo_run(job.run_id))
    assert undo.counts == {OutcomeKind.RESTORED: 3}
    assert undo.total == 3
    assert digests(session.root) == before


def test_review_first_leaves_the_photos_alone(session: LibrarySession, ended: Ended) -> None:
    before = digests(session.root)
    session.set_review_first(True)
    assert ended(session.tag([session.root])).counts == {OutcomeKind.CAPTIONED: 3}
    assert digests(session.root) == before
    with session.reading() as library:
        assert [entry.written for entry in library.index.search("")] == [False] * 3


def test_one_photo_is_undone_and_cleaned_by_itself(session: LibrarySession, ended: Ended) -> None:
    before = digests(session.root)
    ended(session.tag([session.root]))
    assert ended(session.undo_photos([session.root / "red.jpg"])).counts == {OutcomeKind.RESTORED: 1}
    assert digests(session.root)["red.jpg"] == before["red.jpg"]
    assert digests(session.root)["green.jpg"] != before["green.jpg"]
    assert ended(session.clean([session.root / "green.jpg"])).counts == {OutcomeKind.CLEANED: 1}
    with session.reading() as library:
        assert [entry.photo.path.name for entry in library.index.search("")] == ["blue.jpg"]


def test_a_folder_without_photos_does_not_become_a_library(qtbot: Any, tmp_path: Path, ended: Ended) -> None:
    session = LibrarySession(tmp_path, Captioners())
    (tmp_path / "notes.txt").write_text("no photo")
    assert ended(session.tag([tmp_path])).done == 0
    assert not (tmp_path / ".tagger").exists()


def test_what_is_no_photo_is_said(session: LibrarySession, ended: Ended) -> None:
    (session.root / "notes.txt").write_text("no photo")
    job = ended(session.tag([session.root / "notes.txt"]))
    assert [failure.reason for failure in job.failures] == ["not a photo: .txt is no photo format"]


def test_drops_during_a_run_wait_for_their_turn(session: LibrarySession, ended: Ended) -> None:
    first, second = session.tag([session.root / "red.jpg"]), session.tag([session.root / "green.jpg"])
    assert session.jobs.waiting == (second,)
    ended(first)
    assert ended(second).counts == {OutcomeKind.CAPTIONED: 1}


def test_the_model_is_loaded_once_for_all_libraries(session: LibrarySession) -> None:
    captioners = Captioners()
    one = captioners.of(session.settings)
    assert captioners.of(session.settings) is one


def test_settings_that_cannot_be_used_are_refused(photos: Path, settings_file: Path, qtbot: Any) -> None:
    settings_file.write_text('device = "toaster"\n')
    with pytest.raises(RunError, match="device"):
        LibrarySession(photos, Captioners())


def test_settings_are_read_again(session: LibrarySession, settings_file: Path, qtbot: Any) -> None:
    settings_file.write_text(settings_file.read_text() + "write = false\n")
    with qtbot.waitSignal(session.settings_changed):
        session.reload()
    assert not session.settings.write


def test_settings_that_forbid_writing_are_kept(session: LibrarySession, settings_file: Path, ended: Ended) -> None:
    settings_file.write_text(settings_file.read_text() + "write = false\n")
    session.reload()
    session.set_review_first(True)
    session.set_review_first(False)
    before = digests(session.root)
    assert ended(session.tag([session.root])).counts == {OutcomeKind.CAPTIONED: 3}
    assert digests(session.root) == before

"""A watcher that its user pauses, by a file: at once, across a restart, and without losing what arrives."""

import time
from pathlib import Path

import pytest
from watched import Watched, put, rows

from tagger.core.errors import RunError
from tagger.watching.pauses import BY_USER, Pauses, pause_file, want_pause
from tagger.watching.status import read_status


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return pause_file("service", tmp_path / "state")


def paused(root: Path, file: Path, **options: object) -> Watched:
    watched = Watched(root, status=file.with_name("status.json"), **options)
    watched.watcher.pauses = Pauses(battery=False, file=file)
    return watched


def reason(file: Path) -> str:
    status = read_status(file.with_name("status.json"))
    return status.paused if status is not None else "no status"


def test_what_arrives_while_it_is_paused_waits(root: Path, file: Path) -> None:
    want_pause(file, True)
    with paused(root, file) as watched:
        put(root, 1, 2)
        watched.until(lambda: watched.places[0].ready or watched.places[0].has_work)
        watched.until(lambda: reason(file) == BY_USER)
        time.sleep(0.5)
        assert not watched.counts.total()
        want_pause(file, False)
        watched.until_captioned(2)
        watched.until(lambda: reason(file) == "")


def test_it_pauses_between_two_photos(root: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, *range(300))
    watched = paused(root, file)
    learn, seen = watched.places[0].learn, []
    monkeypatch.setattr(
        type(watched.places[0]), "learn", lambda _, outcome: (want_pause(file, True), seen.append(1), learn(outcome))
    )
    with watched:
        watched.until(lambda: reason(file) == BY_USER)
        first = len(seen)
        assert 0 < first < 300  # those in hand were finished
        time.sleep(0.5)
        assert len(seen) == first
        monkeypatch.undo()
        want_pause(file, False)
        watched.until_captioned(300)
    assert len(rows(root)) == 300


def test_the_pause_holds_after_a_restart(root: Path, file: Path) -> None:
    put(root, 1)
    want_pause(file, True)
    for _ in range(2):
        with paused(root, file) as watched:
            watched.until(lambda: reason(file) == BY_USER)
            assert not watched.counts.total()


def test_a_pause_is_asked_for_and_taken_back_any_number_of_times(file: Path) -> None:
    pauses = Pauses(battery=False, file=file)
    for wanted in (True, True, False, False):
        want_pause(file, wanted)
        assert pauses.are_wanted() is wanted
    assert not Pauses(battery=False).are_wanted()


def test_a_state_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(RunError, match="cannot write"):
        want_pause(pause_file("service", tmp_path / "state"), True)

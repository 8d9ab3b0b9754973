"""One folder with an injected clock: no sleeping, no watcher thread."""

import os
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pipeline_library import Library
from watched import jpeg, put

from tagger.core.records import OutcomeKind, Photo
from tagger.pipeline import run
from tagger.watching import place as place_module
from tagger.watching.place import Place, Watching


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Trial:
    """A place that sees only what ``once`` sees, and a library of fakes."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, *, limit: int = 100, **fakes: Any) -> None:
        self.clock, self.library = Clock(), Library(**fakes)
        self.place = Place(folder, Watching(once=True), threading.Event(), limit=limit, clock=self.clock)
        # Files of a test are as old as its clock says.
        monkeypatch.setattr(place_module.time, "time", lambda: 1e12)
        self.place.attend()

    def turn(self, seconds: float = 100.0) -> dict[str, OutcomeKind]:
        """What is ready, through the pipeline."""
        photos = list(self.place.candidates(self.library, self.clock.now + seconds))  # type: ignore[arg-type]
        outcomes: dict[str, OutcomeKind] = {}
        with closing(run(photos, self.library.stages(), threading.Event())) as done:  # type: ignore[type-var]
            for outcome in done:
                self.place.learn(outcome)
                outcomes[outcome.path.name] = outcome.kind
        return outcomes

    def pass_time(self, seconds: float, step: float = 0.5) -> None:
        for _ in range(int(seconds / step)):
            self.clock.now += step
            self.place.attend()


C, U, F = OutcomeKind.CAPTIONED, OutcomeKind.UNCHANGED, OutcomeKind.FAILED


def test_it_begins_with_what_is_there(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root / "sub", 1, 2)
    trial = Trial(root, monkeypatch)
    assert trial.place.has_work
    assert trial.turn() == {"00001.jpg": C, "00002.jpg": C}
    assert trial.place.is_drained
    assert (root / ".tagger").is_dir()


def test_fresh_files_settle_first(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, 1)
    trial = Trial(root, monkeypatch)
    monkeypatch.setattr(place_module.time, "time", lambda: 0.0)
    assert trial.turn() == {}
    trial.pass_time(1.5)
    assert trial.turn() == {}
    trial.pass_time(1.5)
    assert trial.turn() == {"00001.jpg": C}


def test_a_file_that_changes_while_it_waits_for_its_turn(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trial = Trial(root, monkeypatch)
    trial.turn()
    (path,) = put(root, 1)
    trial.place._intake.file(path)
    trial.pass_time(3)
    assert list(trial.place.ready) == [path]
    path.write_bytes(jpeg(2) + b"more to come")
    assert trial.turn() == {}
    path.write_bytes(jpeg(2))
    trial.pass_time(3)
    assert trial.turn() == {"00001.jpg": C}


def test_what_failed_is_tried_again_when_it_changed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fakes import FakeCaptioner

    (path,) = put(root, 1)
    trial = Trial(root, monkeypatch, captioner=FakeCaptioner(broken=[path.name]))
    assert trial.turn() == {"00001.jpg": F}
    for _ in range(3):
        trial.place.go_through()
        trial.place._intake.file(path)
        trial.pass_time(3)
        assert trial.turn() == {}
    path.write_bytes(jpeg(2))
    trial.place.go_through()
    trial.pass_time(3)
    assert trial.turn() == {"00001.jpg": F}
    assert len(trial.place._failed) == 1


def test_what_failed_is_remembered_within_bounds(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fakes import FakeCaptioner

    names = [path.name for path in put(root, *range(30))]
    trial = Trial(root, monkeypatch, limit=10, captioner=FakeCaptioner(broken=names))
    assert len(trial.turn()) == 30
    assert len(trial.place._failed) == 10


def test_a_full_disk_is_not_the_photo_s_fault(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fakes import FakeCaptioner

    (path,) = put(root, 1)
    captioner = FakeCaptioner(broken=[path.name])
    trial = Trial(root, monkeypatch, captioner=captioner)
    monkeypatch.setattr(place_module, "is_full", lambda _: True)
    assert trial.turn() == {"00001.jpg": F}
    captioner.broken.clear()
    trial.pass_time(30)
    assert not trial.place.has_work
    trial.pass_time(40)
    assert trial.place.has_work
    assert trial.turn() == {"00001.jpg": C}


def test_what_was_handed_out_comes_back(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn that broke off: the library was in use, or its drive is gone."""
    put(root, 1, 2)
    trial = Trial(root, monkeypatch)
    given = trial.place.candidates(trial.library, trial.clock.now + 100)  # type: ignore[arg-type]
    assert isinstance(next(given), Photo)
    given.close()
    trial.place.give_back()
    trial.pass_time(3)
    assert trial.turn() == {"00001.jpg": C, "00002.jpg": C}


def test_a_photo_is_handed_out_once_at_a_time(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was noticed, and a walk comes by it as well."""
    (path,) = put(root, 1)
    trial = Trial(root, monkeypatch)
    trial.place._intake.file(path)
    trial.pass_time(3)
    given = trial.place.candidates(trial.library, trial.clock.now + 100)  # type: ignore[arg-type]
    assert [item.path for item in given] == [path]


def test_a_turn_ends_in_time(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, *range(5))
    trial = Trial(root, monkeypatch)
    given = trial.place.candidates(trial.library, trial.clock.now + 1)  # type: ignore[arg-type]
    next(given)
    trial.clock.now += 2
    assert list(given) == []
    assert trial.place.has_work


def test_ignored_and_temporary_files(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root / "private", 1)
    put(root, 2)
    (root / "x.tmp.jpg").write_bytes(jpeg(3))
    (root / ".taggerignore").write_text("private\n")
    trial = Trial(root, monkeypatch)
    for path in root.rglob("*.jpg"):
        trial.place._intake.file(path)
    trial.place._intake.folder(root / "private")
    trial.pass_time(3)
    assert trial.turn() == {"00002.jpg": C}


def test_links_are_not_followed(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "outside", 1)
    (root / "link").symlink_to(tmp_path / "outside")
    trial = Trial(root, monkeypatch)
    trial.place._intake.file(root / "link/00001.jpg")
    trial.place._intake.folder(root / "link")
    trial.pass_time(6)
    assert trial.turn() == {}


def test_more_than_can_be_remembered(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trial = Trial(root, monkeypatch, limit=3)
    trial.turn()
    for path in put(root, *range(20)):
        trial.place._intake.file(path)
    trial.pass_time(10)
    assert len(trial.place.ready) + len(trial.place.settling) <= 6
    assert len(trial.turn()) == 20


def test_a_folder_that_is_gone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, 1)
    trial = Trial(root, monkeypatch)
    trial.turn()
    root.rename(root.with_name("elsewhere"))
    trial.pass_time(3)
    assert trial.place.away == "no such file or directory"
    root.mkdir()
    trial.pass_time(3)
    assert "is its drive connected?" in trial.place.away
    os.rmdir(root)  # noqa: PTH106
    root.with_name("elsewhere").rename(root)
    trial.pass_time(3)
    assert trial.place.away == ""
    assert trial.place.state == "going through"
    assert trial.turn() == {"00001.jpg": U}
    assert trial.place.state == "watching"


def test_everything_is_gone_through_now_and_then(root: Path) -> None:
    """Whatever the system tells or does not tell."""
    clock, library = Clock(), Library()
    place = Place(root, Watching(), threading.Event(), clock=clock)
    try:
        place.attend()
        assert list(place.candidates(library, clock.now + 1)) == []  # type: ignore[arg-type]
        for hours, state in ((5.9, "watching"), (0.2, "going through")):
            clock.now += hours * 3600
            place.attend()
            assert place.state == state
    finally:
        place.close()

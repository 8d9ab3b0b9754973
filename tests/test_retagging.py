"""How much there is to be captioned again, and how long that takes: counted without reading a photo."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from contracts.examples import change_of, entry_of
from fakes import FakeCaptioner
from pipeline_library import Library

from tagger.core.records import Action, Intent, Outcome, Photo, State
from tagger.retagging import Extent, Selection, chosen, extent, measured_pace
from tagger.storage.journal import SqliteJournal

STOP = threading.Event()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Three real files, tagged by an older model."""
    library = Library()
    library.run(photos(tmp_path))
    library.captioner = FakeCaptioner(model_id="fake 2")
    return library


def photos(folder: Path) -> list[Photo]:
    found = []
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        path = folder / name
        if not path.exists():
            path.write_text(name)
        found.append(Photo(path, path.stat().st_size, path.stat().st_mtime_ns))
    return found


def names(found: list[Photo | Outcome]) -> list[str]:
    return [item.path.name for item in found if isinstance(item, Photo)]


def test_counted_as_chosen(library: Library, tmp_path: Path) -> None:
    stages = library.stages()
    assert extent(Selection(), stages, STOP) == Extent(3, 3, 3)
    assert names(list(chosen(Selection(), stages))) == ["a.jpg", "b.jpg", "c.jpg"]
    library.run(photos(tmp_path)[:1], run="r2")
    assert extent(Selection(), stages, STOP) == Extent(3, 2, 2)
    assert extent(Selection(), stages, STOP, limit=1) == Extent(3, 1, 1)
    assert names(list(chosen(Selection(), stages, limit=1))) == ["b.jpg"]
    assert sum(library.captioner.batches) == 1
    library.captioner = FakeCaptioner()  # the old one: what it said of the first is known
    assert extent(Selection(), library.stages(), STOP) == Extent(3, 1, 0)


def test_stopped(library: Library) -> None:
    stop = threading.Event()
    stop.set()
    assert extent(Selection(), library.stages(), stop) == Extent()


def test_decided_rows_are_not_due(library: Library, tmp_path: Path) -> None:
    for photo, state in zip(photos(tmp_path), (State.APPROVED, State.REJECTED, State.REVIEW), strict=True):
        row = library.index.get(photo.path)
        assert row is not None
        library.index.put(replace(row, state=state))
    assert names(list(chosen(Selection(), library.stages()))) == ["c.jpg"]
    assert names(list(chosen(Selection(), library.stages(keep_approved=False)))) == ["a.jpg", "c.jpg"]


def test_gone_photos_do_not_count_against_the_limit(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").unlink()
    first, second = chosen(Selection(), library.stages(), limit=1)
    assert isinstance(first, Outcome)
    assert second.path.name == "b.jpg"


def test_time(library: Library, tmp_path: Path) -> None:
    assert Extent(100, 50, 20).seconds(10) == pytest.approx(20 / 10 + 30 / 150)
    assert Extent(100, 50, 20).seconds(1000) == pytest.approx(20 / 1000 + 30 / 1000)
    ticks = iter(range(1000))
    pace = measured_pace(iter(photos(tmp_path)), library.stages(jobs=1), clock=lambda: float(next(ticks)))
    assert pace == pytest.approx(1.0)  # three photos, a second each to read, one for all to caption
    assert library.captioner.batches == [1, 3]
    library.captioner = FakeCaptioner(broken={"a.jpg", "b.jpg", "c.jpg"})
    assert measured_pace(iter(photos(tmp_path)), library.stages()) is None


def test_pace_of_the_latest_run_that_took_its_time(tmp_path: Path) -> None:
    now = datetime(2024, 5, 1, tzinfo=UTC)
    path = tmp_path / "a.jpg"
    with SqliteJournal(tmp_path, tmp_path / "journal.db", clock=lambda: now) as journal:
        assert journal.pace((Action.TAG,)) is None
        for run, seconds, action in (
            ("slow", 10.0, Action.TAG),
            ("tag", 0.5, Action.TAG),
            ("short", 0.1, Action.TAG),
            ("undo", 0.5, Action.UNDO),
        ):
            for _ in range(30):
                journal.begin(run, change_of(path), entry_of(path), Intent(action))
                now += timedelta(seconds=seconds)
        assert journal.pace((Action.TAG, Action.RETAG)) == pytest.approx(30 / 14)

"""What happens to photos while a run is under way, and after one that was cut off: real files and databases."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from fakes import FakeCaptioner

from cli.conftest import Cli, snapshot
from tagger import bootstrap, pipeline
from tagger.bootstrap import OpenLibrary
from tagger.config import Settings
from tagger.core.changes import MetadataChange
from tagger.core.records import Caption, ChangeState, Outcome, OutcomeKind, Photo
from tagger.run_options import RunOptions
from tagger.scan import scan
from tagger.stages import Stages


class Crash(BaseException):
    """The program dies: no handler of ours runs."""


class Meddling(FakeCaptioner):
    """Somebody does something to the photos between reading and writing."""

    def __init__(self, what: Callable[[], object]) -> None:
        super().__init__()
        self.what = what

    def generate(self, batch: Sequence[Any]) -> list[Caption]:
        self.what()
        return super().generate(batch)


@contextmanager
def opened(root: Path) -> Iterator[OpenLibrary]:
    with bootstrap.open_library(root, Settings(), create=True) as library:
        yield library


def run(library: OpenLibrary, captioner: FakeCaptioner, only: str = "", **parts: Any) -> dict[str, Outcome]:
    real: dict[str, Any] = {"writer": library.writer, "index": library.index, "journal": library.journal}
    stages = Stages(captioner, options=RunOptions("r1", decoding="d"), **real | parts)
    return {outcome.path.name: outcome for outcome in pipeline.run(scan([library.root / only]), stages, Event())}


@pytest.mark.parametrize(
    ("meddle", "reason"),
    [
        (lambda path: path.unlink(), "vanished"),
        (lambda path: path.rename(path.with_name("other.txt")), "vanished"),
        (lambda path: path.open("ab").write(b"x"), "changed since it was read"),
        (lambda path: path.write_bytes(b""), "changed since it was read"),
        (lambda path: (path.unlink(), path.mkdir()), "a folder"),
        (lambda path: path.chmod(0o444), "read-only"),
    ],
    ids=["deleted", "renamed", "appended", "emptied", "now a folder", "now read-only"],
)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_between_reading_and_writing(photos: Path, meddle: Callable[[Path], object], reason: str) -> None:
    state: dict[str, object] = {}

    def once() -> None:
        if not state:
            meddle(photos / "red.jpg")
            state.update(snapshot(photos))

    with opened(photos) as library:
        outcomes = run(library, Meddling(once))
        assert library.journal.pending() == []
        assert library.index.get(photos / "red.jpg") is None
    assert outcomes.pop("red.jpg").reason.find(reason) >= 0
    assert {outcome.kind for outcome in outcomes.values()} == {OutcomeKind.CAPTIONED}
    assert snapshot(photos).get("red.jpg") == state.get("red.jpg")
    assert not list(photos.rglob("*.tagger-tmp"))


def test_index_knows_the_file_as_we_left_it(photos: Path) -> None:
    """Size and time after our own write: so the next run, and a watcher, need not even open the photo."""
    with opened(photos) as library:
        run(library, FakeCaptioner())
        for path in (photos / "red.jpg", photos / "sub/blue.jpg"):
            entry, status = library.index.get(path), path.stat()
            assert entry
            assert entry.photo == Photo(path, status.st_size, status.st_mtime_ns)


def test_between_planning_and_replacing(photos: Path) -> None:
    """The last look, right before the new file takes the old one's place."""

    class Late:
        def __init__(self, writer: Any) -> None:
            self.writer = writer

        def __getattr__(self, name: str) -> Any:
            return getattr(self.writer, name)

        def apply(self, change: MetadataChange) -> Photo:
            if change.path.name == "red.jpg":
                change.path.write_bytes(change.path.read_bytes() + b"edited")
            return self.writer.apply(change)  # type: ignore[no-any-return]

    with opened(photos) as library:
        outcomes = run(library, FakeCaptioner(), writer=Late(library.writer))
        states = {record.change.path.name: record.state for record in library.journal.changes()}
    assert "changed" in outcomes["red.jpg"].reason
    assert states["red.jpg"] is ChangeState.ROLLED_BACK
    assert (photos / "red.jpg").read_bytes().endswith(b"edited")


class Dying:
    """A protocol's implementation that dies before or after one of its methods."""

    def __init__(self, real: Any, method: str, *, after: bool) -> None:
        self._real, self._method, self._after = real, method, after

    def __getattr__(self, name: str) -> Any:
        if name != self._method:
            return getattr(self._real, name)

        def die(*arguments: Any) -> None:
            if self._after:
                getattr(self._real, name)(*arguments)
            raise Crash

        return die


@pytest.mark.parametrize(
    ("part", "method", "after", "written"),
    [
        ("journal", "begin", False, False),
        ("journal", "begin", True, False),
        ("writer", "apply", False, False),
        ("writer", "apply", True, True),
        ("index", "put", False, True),
        ("index", "put", True, True),
        ("journal", "resolve", False, True),
        ("journal", "resolve", True, True),
    ],
)
def test_crash(cli: Cli, photos: Path, part: str, method: str, after: bool, written: bool) -> None:
    """Wherever it dies, the next run finds the photo wholly before or wholly after, and everything agrees."""
    before = snapshot(photos)
    with opened(photos) as library:
        with pytest.raises(Crash):
            run(library, FakeCaptioner(), "red.jpg", **{part: Dying(getattr(library, part), method, after=after)})
        begun = (part, method, after) != ("journal", "begin", False)
        settled = (part, method, after) == ("journal", "resolve", True)
        assert bool(library.journal.pending()) is (begun and not settled)
    changed = [name for name, state in snapshot(photos).items() if state != before[name]]
    assert changed == (["red.jpg"] if written else [])

    with opened(photos) as library:
        outcomes = list(library.recover())
        assert [outcome.kind for outcome in outcomes] == (
            [OutcomeKind.CAPTIONED if written else OutcomeKind.UNCHANGED] if begun and not settled else []
        )
        assert library.journal.pending() == []
        assert list(library.recover()) == []
        again = FakeCaptioner()
        outcomes_again = run(library, again)
    assert len(again.prepared) == 3 - written
    assert {name for name, outcome in outcomes_again.items() if outcome.kind is OutcomeKind.UNCHANGED} == {
        Path(name).name for name in changed
    }
    assert cli("undo", photos).err == "3 restored\n"
    assert snapshot(photos) == before


def test_crash_with_a_temporary_file(photos: Path) -> None:
    with opened(photos) as library:
        with pytest.raises(Crash):
            run(library, FakeCaptioner(), "red.jpg", writer=Dying(library.writer, "apply", after=False))
        (record,) = library.journal.pending()
        leftover = record.change.path.with_name(f".{record.change.path.name}.0123abcd.tagger-tmp")
        leftover.write_bytes(b"half a photo")
        assert {path.suffix for item in scan([photos]) if (path := item.path)} == {".jpg"}
        list(library.recover())
    assert not leftover.exists()


@pytest.mark.parametrize(
    ("meddle", "reason"),
    [
        (lambda path: path.unlink(), "vanished during an interrupted run"),
        (lambda path: path.write_bytes(b"x" * 100), "was changed by another program during an interrupted run"),
    ],
)
def test_crash_and_change_by_others(cli: Cli, photos: Path, meddle: Callable[[Path], object], reason: str) -> None:
    with opened(photos) as library:
        with pytest.raises(Crash):
            run(library, FakeCaptioner(), "red.jpg", writer=Dying(library.writer, "apply", after=False))
        (record,) = library.journal.pending()
    meddle(record.change.path)
    result = cli("tag", photos)
    assert f"{record.change.path}: failed: {reason}" in result.err
    with opened(photos) as library:
        assert library.journal.pending() == []
        assert ChangeState.CONFLICT in {record.state for record in library.journal.changes()}


def test_recovery_through_the_command(cli: Cli, photos: Path) -> None:
    with opened(photos) as library, pytest.raises(Crash):
        run(library, FakeCaptioner(), "red.jpg", index=Dying(library.index, "put", after=False))
    result = cli("undo", photos)
    assert result.err.splitlines()[0].endswith("an interrupted run had written it")
    assert result.err.splitlines()[1] == "1 restored"
    assert os.listdir(photos / "sub") == ["blue.jpg"]  # noqa: PTH208

"""After a crash at any moment of any command: journal, index and files agree again, and the command can be repeated."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from pipeline_library import Library, kinds, made_up

from tagger.core.records import ChangeState, OutcomeKind, Photo
from tagger.pipeline import each
from tagger.recovery import recover
from tagger.restore import undo
from tagger.stages import Examined
from tagger.upkeep import Cleaning

PATH, SIDECAR = Path("/photos/0.jpg"), Path("/photos/0.jpg.xmp")
WHERE = ("before", "after", "other", "missing")
ENDS = {"after": ChangeState.COMMITTED, "before": ChangeState.ROLLED_BACK}


class Crash(BaseException):
    """The program dies: no handler of ours runs."""


class Mortal:
    """Hands every call on, and dies before or after the one that is due; ``calls`` counts those of all of them."""

    calls = 0
    due = -1
    after = False

    def __init__(self, real: Any, methods: tuple[str, ...]) -> None:
        self._real, self._methods = real, methods

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._real, name)
        if name not in self._methods:
            return method

        def call(*arguments: Any, **options: Any) -> Any:
            Mortal.calls += 1
            due = Mortal.calls == Mortal.due
            if due and not Mortal.after:
                raise Crash
            result = method(*arguments, **options)
            if due:
                raise Crash
            return result

        return call


def mortal(library: Library) -> Library:
    Mortal.calls = 0
    return Library(
        library.captioner,
        Mortal(library.writer, ("apply", "revert")),
        Mortal(library.index, ("put", "remove")),
        Mortal(library.journal, ("begin", "resolve")),
    )


def tag(library: Library) -> None:
    stages = library.stages()
    examined = stages.examine(made_up(1)[0])
    if isinstance(examined, Examined):
        known = examined.known
        stages.write(examined, known.caption if known else stages.caption([examined])[0])


def take_back(library: Library, run: str = "r1", **options: Any) -> None:
    records = library.journal.changes(run=run)
    list(undo(records, library.writer, library.index, library.journal, threading.Event(), run="u1", **options))


def clean(library: Library) -> None:
    Cleaning(library.writer, library.index, library.journal, "c1").clean(made_up(1)[0])


def tagged(library: Library) -> None:
    library.run(made_up(1))


def tagged_and_edited(library: Library) -> None:
    tagged(library)
    held = json.loads(library.writer.metadata[PATH])
    library.writer.metadata[PATH] = json.dumps(held | {"description": "by a person"})


def cleaned(library: Library) -> None:
    tagged(library)
    clean(library)


def merged(library: Library) -> None:
    tagged_and_edited(library)
    take_back(library)


COMMANDS: dict[str, tuple[Callable[[Library], None], Callable[[Library], None]]] = {
    "tag": (lambda library: None, tag),
    "undo": (tagged, take_back),
    "merge": (tagged_and_edited, take_back),
    "clean": (tagged, clean),
    "clean what was edited": (tagged_and_edited, clean),
    "undo of a clean": (cleaned, lambda library: take_back(library, "c1")),
    "undo of a merge": (merged, lambda library: take_back(library, "u1")),
}


def fresh(prepare: Callable[[Library], None], *, accompanied: bool) -> Library:
    library = Library()
    if accompanied:
        library.writer.accompanied.add(PATH)
    prepare(library)
    return library


def agrees(library: Library) -> None:
    """What must hold at any time but in the middle of a command."""
    assert library.journal.pending() == []
    row, text = library.index.get(PATH), library.writer.metadata.get(PATH, "")
    held = json.loads(text) if text else {}
    if row is not None:
        assert (row.caption.text, row.run) == (held.get("ours"), held.get("run"))
    for record in library.journal.records:  # of each file the newest change that stands is the one that is in it
        newer = [
            other for other in library.journal.records
            if other.id > record.id and other.change.target == record.change.target
            and other.state is ChangeState.COMMITTED
        ]  # fmt: skip
        if record.state is ChangeState.COMMITTED and not newer:
            assert library.writer.compare(record.change) in ("after", "other")


def end(library: Library) -> object:
    return dict(library.writer.metadata), {path: row.caption for path, row in library.index.rows.items()}


@pytest.mark.parametrize("accompanied", [False, True], ids=["photo", "with sidecar"])
@pytest.mark.parametrize("command", COMMANDS)
def test_crash_at_every_call(command: str, accompanied: bool) -> None:
    prepare, work = COMMANDS[command]
    undisturbed = fresh(prepare, accompanied=accompanied)
    watched = mortal(undisturbed)
    Mortal.due = -1
    work(watched)
    agrees(undisturbed)
    calls = Mortal.calls
    assert calls >= 3
    for due, after in product(range(1, calls + 1), (False, True)):
        library = fresh(prepare, accompanied=accompanied)
        dying = mortal(library)
        Mortal.due, Mortal.after = due, after
        with pytest.raises(Crash):
            work(dying)
        list(recover(library.writer, library.index, library.journal))
        agrees(library)
        assert list(recover(library.writer, library.index, library.journal)) == []
        work(library)
        agrees(library)
        assert end(library) == end(undisturbed), (due, after)


@pytest.mark.parametrize(("first", "second"), [*product(WHERE, WHERE)])
def test_two_changes_of_a_photo(first: str, second: str) -> None:
    """Wherever each of the two files is found: each record says it, and the row is there only where both were made."""
    library = fresh(lambda library: None, accompanied=True)
    tagged(library)
    for record in library.journal.records:
        library.journal.resolve(record.id, ChangeState.PENDING)
    changed = library.journal.records[0].change
    library.journal.records[0] = replace(
        library.journal.records[0], change=replace(changed, before_sha256="12" * 32)
    )  # a sidecar that was there before

    def compare(change: Any) -> str:
        return first if change.target == SIDECAR else second

    library.writer.compare = compare
    (outcome,) = recover(library.writer, library.index, library.journal)
    states = [record.state for record in library.journal.records]
    assert states == [ENDS.get(where, ChangeState.CONFLICT) for where in (first, second)]
    expected = {
        ("after", "after"): OutcomeKind.CAPTIONED,
        ("before", "before"): OutcomeKind.UNCHANGED,
        ("after", "before"): OutcomeKind.UNCHANGED,
        ("before", "after"): OutcomeKind.UNCHANGED,
    }
    assert outcome.kind is expected.get((first, second), OutcomeKind.FAILED)
    kept = "after" not in (first, second) or (first, second) == ("after", "after")
    assert (library.index.get(PATH) is not None) is kept
    assert library.journal.pending() == []
    assert library.writer.discarded == [SIDECAR, PATH]


@pytest.mark.parametrize("where", WHERE)
def test_interrupted_undo(where: str) -> None:
    library = fresh(tagged, accompanied=False)
    library.journal.resolve(1, ChangeState.UNDOING)
    if where == "before":
        library.writer.metadata[PATH] = ""
    elif where == "other":
        library.writer.metadata[PATH] = json.dumps({"description": "by a person", "keywords": []})
    elif where == "missing":
        library.writer.missing.add(PATH)
    (outcome,) = recover(library.writer, library.index, library.journal)
    back = where == "before"
    assert outcome.kind is (OutcomeKind.RESTORED if back else OutcomeKind.UNCHANGED)
    assert library.journal.records[0].state is (ChangeState.UNDONE if back else ChangeState.COMMITTED)
    assert (library.index.get(PATH) is None) is back


def test_each_passes_on_and_stops() -> None:
    library = fresh(lambda library: None, accompanied=False)
    stop = threading.Event()
    cleaning = Cleaning(library.writer, library.index, library.journal, "c1")
    outcomes = list(each(made_up(20), cleaning.clean, stop))
    assert [outcome.path for outcome in outcomes] == [photo.path for photo in made_up(20)]
    passed = each([outcomes[0], *made_up(3)], cleaning.clean, stop)
    assert next(passed) is outcomes[0]
    stop.set()
    assert len(list(passed)) < 20
    assert kinds(each(made_up(50), cleaning.clean, stop)) == []


def test_a_bug_in_the_work_is_not_hidden() -> None:
    def broken(photo: Photo) -> Any:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(each(made_up(3), broken, threading.Event()))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("tagger-work")]

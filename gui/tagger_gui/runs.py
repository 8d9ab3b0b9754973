"""What was done in a library, run by run, as the journal has it: rows for people. Knows no widget."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from tagger.core.changes import FieldChange
from tagger.core.records import Action, ChangeState
from tagger_gui import texts

if TYPE_CHECKING:
    from tagger.bootstrap import OpenLibrary
    from tagger.storage.journal import RunSummary

RUNS = 500
PREVIEWED = 200


@dataclass(frozen=True, slots=True)
class Change:
    """What a run did to one file, and whether that stands."""

    path: Path
    target: Path
    state: ChangeState
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """The first changes of one run, newest first; ``more`` says that there are others."""

    run: str
    changes: tuple[Change, ...]
    more: bool


def runs_of(library: "OpenLibrary") -> list["RunSummary"]:
    """The runs of a library, newest first. Raises RunError."""
    return list(islice(library.journal.runs(), RUNS))


def preview_of(library: "OpenLibrary", run: str) -> Preview:
    """What one run did. Raises RunError."""
    records = list(islice(library.journal.changes(run=run), PREVIEWED + 1))
    changes = [Change(one.change.path, one.change.target, one.state, one.change.fields) for one in records[:PREVIEWED]]
    return Preview(run, tuple(changes), len(records) > PREVIEWED)


def is_redoable(summary: "RunSummary") -> bool:
    """Whether some of its changes were undone and can be made again."""
    return bool(summary.states.get(ChangeState.UNDONE))


def newest_undoable(summaries: list["RunSummary"]) -> "RunSummary | None":
    """The run that "undo" takes back: the last one that stands, an undo left aside."""
    return next((one for one in summaries if one.undoable and one.action is not Action.UNDO), None)


def newest_redoable(summaries: list["RunSummary"]) -> "RunSummary | None":
    """The run that "redo" makes again: the one that "undo" took back last, so long as nothing was done since.

    Undo takes the newest run back first, so redo takes the oldest of those that are undone in a row.
    """
    found = None
    for one in summaries:
        if one.undoable and one.action is not Action.UNDO:
            break
        found = one if is_redoable(one) else found
    return found


def title(summary: "RunSummary") -> str:
    """What it did, to how many."""
    count = summary.changes
    words = _titles().get(summary.action)
    if words is None:
        words = str(summary.action)
    return QCoreApplication.translate("runs", "{action}: {count} changes").format(
        action=words, count=texts.number(count)
    )


def _titles() -> dict[Action, str]:
    names = {
        "tag": QCoreApplication.translate("runs", "Captioned"),
        "retag": QCoreApplication.translate("runs", "Captioned anew"),
        "undo": QCoreApplication.translate("runs", "Undone, keeping others' changes"),
        "clean": QCoreApplication.translate("runs", "Our words taken out"),
        "approve": QCoreApplication.translate("runs", "Approved"),
        "edit": QCoreApplication.translate("runs", "Edited"),
        "reject": QCoreApplication.translate("runs", "Rejected"),
    }
    return {action: names[action.value] for action in Action if action.value in names}


def standing(summary: "RunSummary") -> str:
    """When it was, and what is left of it."""
    parts = [texts.moment(summary.begun_at)]
    undone = summary.states.get(ChangeState.UNDONE, 0)
    if undone and summary.undoable:
        parts.append(QCoreApplication.translate("runs", "{count} undone").format(count=texts.number(undone)))
    elif undone:
        parts.append(QCoreApplication.translate("runs", "undone"))
    if conflicts := summary.states.get(ChangeState.CONFLICT, 0):
        parts.append(
            QCoreApplication.translate("runs", "{count} changed by another program").format(
                count=texts.number(conflicts)
            )
        )
    return " · ".join(parts)

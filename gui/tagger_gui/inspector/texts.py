"""What the inspector shows of journal and files, in words; everything else is in ``tagger_gui.texts``."""

import html

from PySide6.QtCore import QCoreApplication

from tagger.core.records import Action, ChangeState
from tagger_gui.texts import shown


def lines(text: str) -> str:
    """Text of several lines that cannot steer what shows it."""
    return "\n".join(shown(line) for line in text.splitlines())


def tooltip(text: str) -> str:
    """A tooltip that is never taken for HTML: captions and file names are anybody's."""
    return html.escape(lines(text)).replace("\n", "<br>")


def file_size(size: int) -> str:
    """A size in bytes as people say it."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} B"


def action_name(action: Action) -> str:
    """A command of the journal in words."""
    return {
        Action.TAG: QCoreApplication.translate("history", "Captioned"),
        Action.UNDO: QCoreApplication.translate("history", "Undone"),
        Action.CLEAN: QCoreApplication.translate("history", "Our words taken out"),
        Action.RETAG: QCoreApplication.translate("history", "Captioned again"),
        Action.APPROVE: QCoreApplication.translate("history", "Approved"),
        Action.EDIT: QCoreApplication.translate("history", "Edited"),
        Action.REJECT: QCoreApplication.translate("history", "Rejected"),
    }.get(action, str(action).capitalize())


def change_state_name(state: ChangeState) -> str:
    """Where a change stands, in words."""
    return {
        ChangeState.PENDING: QCoreApplication.translate("history", "under way"),
        ChangeState.COMMITTED: QCoreApplication.translate("history", "in the file"),
        ChangeState.ROLLED_BACK: QCoreApplication.translate("history", "never reached the file"),
        ChangeState.UNDONE: QCoreApplication.translate("history", "taken back"),
        ChangeState.CONFLICT: QCoreApplication.translate("history", "changed by another program"),
        ChangeState.UNDOING: QCoreApplication.translate("history", "being taken back"),
    }[state]

"""What is asked before something is stopped, lost or taken out. Decides nothing."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from tagger_gui.texts import shown


def _tr(text: str) -> str:
    return QCoreApplication.translate("questions", text)


def confirm_stop(parent: QWidget) -> bool:
    """Ask whether to stop what is being done."""
    return _ask(
        parent,
        _tr("Photos are still being worked on."),
        _tr("The photos in hand are finished. What is left can be done at the next start."),
        yes=_tr("Stop and quit"),
        no=_tr("Go on working"),
    )


def confirm_loss(parent: QWidget, problem: str) -> bool:
    """Ask whether to end although what was typed cannot be kept: ``problem`` says why."""
    return _ask(
        parent,
        _tr("What you typed and did not save would be lost."),
        shown(problem),
        yes=_tr("Quit nevertheless"),
        no=_tr("Do not quit"),
    )


def confirm_reject(parent: QWidget, count: int) -> bool:
    """Ask whether to reject the captions of several photos."""
    return _ask(
        parent,
        QCoreApplication.translate("questions", "Reject the captions of %n photos?", "", count),
        _tr("Our words are taken out and these photos are not captioned again. You can undo it."),
        yes=_tr("Reject"),
        no=_tr("Cancel"),
    )


def confirm_forget(parent: QWidget, count: int) -> bool:
    """Ask whether to take photos off the list."""
    return _ask(
        parent,
        _tr("Take this photo off the list?")
        if count == 1
        else QCoreApplication.translate("questions", "Take %n photos off the list?", "", count),
        _tr("Only those whose files are gone. What was said of them and never written into a file is lost."),
        yes=_tr("Take off the list"),
        no=_tr("Cancel"),
    )


def _ask(parent: QWidget, text: str, more: str, *, yes: str, no: str) -> bool:
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setText(text)
    box.setInformativeText(more)
    agreed = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    box.addButton(no, QMessageBox.ButtonRole.RejectRole)
    box.exec()
    return box.clickedButton() is agreed

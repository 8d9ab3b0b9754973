"""The question before the program ends while photos are being worked on."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget


def confirm_stop(parent: QWidget) -> bool:
    """Ask whether to stop what is being done."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setText(QCoreApplication.translate("quitting", "Photos are still being worked on."))
    box.setInformativeText(
        QCoreApplication.translate(
            "quitting", "The photos in hand are finished. What is left can be done at the next start."
        )
    )
    stop = box.addButton(QCoreApplication.translate("quitting", "Stop and quit"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QCoreApplication.translate("quitting", "Go on working"), QMessageBox.ButtonRole.RejectRole)
    box.exec()
    return box.clickedButton() is stop

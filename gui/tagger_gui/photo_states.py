"""Where a photo stands, in words: each state's name, and what it means. Knows no widget."""

from PySide6.QtCore import QCoreApplication

from tagger_gui.theme import PhotoState


def state_name(state: PhotoState) -> str:
    """What a state is called, short enough for a button."""
    translate = QCoreApplication.translate
    names = {
        PhotoState.NEW: translate("state", "New"),
        PhotoState.MACHINE: translate("state", "By the model"),
        PhotoState.APPROVED: translate("state", "Approved"),
        PhotoState.REVIEW: translate("state", "Waits for you"),
        PhotoState.REJECTED: translate("state", "Rejected"),
        PhotoState.FAILED: translate("state", "Failed"),
        PhotoState.OUTSIDE: translate("state", "Changed by another program"),
    }
    return names[state]


def state_sentence(state: PhotoState) -> str:
    """What a state means."""
    translate = QCoreApplication.translate
    sentences = {
        PhotoState.NEW: translate("state", "New: not captioned yet"),
        PhotoState.MACHINE: translate("state", "Captioned by the model"),
        PhotoState.APPROVED: translate("state", "Approved: the model leaves it alone"),
        PhotoState.REVIEW: translate("state", "Waits for you to approve it"),
        PhotoState.REJECTED: translate("state", "Rejected: never captioned again"),
        PhotoState.FAILED: translate("state", "Could not be captioned"),
        PhotoState.OUTSIDE: translate("state", "Changed by another program, or gone"),
    }
    return sentences[state]

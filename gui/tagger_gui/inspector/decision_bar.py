"""Approve, reject, take back what was typed: the buttons below a photo's words. Says what is wanted, does nothing."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from tagger_gui import theme
from tagger_gui.inspector.draft import Draft
from tagger_gui.theme import PhotoState


class DecisionBar(QFrame):
    """``approved``, ``rejected`` and ``reverted`` tell what was clicked."""

    approved = Signal()
    rejected = Signal()
    reverted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "strip")
        self.approve = QPushButton(self.tr("Approve"), self)
        self.approve.setProperty("role", "primary")
        self.reject = QPushButton(self.tr("Reject"), self)
        self.reject.setProperty("role", "danger")
        self.reject.setToolTip(self.tr("This is wrong: take it out, and do not caption this photo again"))
        self.revert = QPushButton(self.tr("Revert"), self)
        self.revert.setProperty("role", "quiet")
        self.revert.setToolTip(self.tr("Forget what you changed here"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.SPACE * 3 // 2, theme.SPACE, theme.SPACE * 3 // 2, theme.SPACE)
        layout.setSpacing(theme.SPACE)
        layout.addWidget(self.reject)
        layout.addStretch(1)
        layout.addWidget(self.revert)
        layout.addWidget(self.approve)
        self.approve.clicked.connect(self.approved)
        self.reject.clicked.connect(self.rejected)
        self.revert.clicked.connect(self.reverted)
        self.show_choice(None, Draft())

    def show_choice(self, state: PhotoState | None, draft: Draft) -> None:
        """Offer what can be decided in this state; None: there is nothing to decide."""
        undecided = state not in (None, PhotoState.NEW, PhotoState.FAILED)
        done = state is PhotoState.APPROVED and draft.is_empty
        # What was rejected needs a caption of its own to be approved; an empty one is none.
        possible = draft.caption != "" and (state is not PhotoState.REJECTED or draft.caption is not None)
        self.approve.setEnabled(undecided and possible and not done)
        if done:
            self.approve.setText(self.tr("Approved"))
        else:
            self.approve.setText(self.tr("Approve") if draft.is_empty else self.tr("Save"))
        self.approve.setToolTip(self.tr("Write it into the photo, approved: no model changes it any more"))
        self.reject.setEnabled(undecided and state is not PhotoState.REJECTED)
        self.revert.setVisible(not draft.is_empty)

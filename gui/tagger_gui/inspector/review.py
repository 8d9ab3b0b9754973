"""The review: one photo after the other, large, to be approved or rejected with one key. Nothing is written before.

Which photos wait, and what a decision does, is ``deciding``'s part.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QVBoxLayout, QWidget

from tagger_gui.asking import Asking
from tagger_gui.inspector import deciding
from tagger_gui.inspector.deciding import Session
from tagger_gui.inspector.dossier import Dossier, dossier_of
from tagger_gui.inspector.draft import Draft
from tagger_gui.inspector.looking import Looking
from tagger_gui.inspector.review_page import ReviewPage
from tagger_gui.inspector.state_label import state_of
from tagger_gui.inspector.texts import tooltip
from tagger_gui.running import Job
from tagger_gui.texts import number, shown


class Review(QWidget):
    """Goes through photos. Enter approves, Backspace rejects, Right and Left step, E edits, U takes back.

    ``start`` looks for all that waits, ``start_with`` takes a selection, ``look_at`` shows one of many photos, to walk
    through all of them. ``started(job)`` tells every job that was
    queued, ``shown_photo(path)`` the photo that is turned to, ``left`` that the user is done. Call ``close_threads``
    before the program ends.
    """

    started = Signal(object)
    shown_photo = Signal(object)
    left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._paths: Sequence[Path] = ()
        self._at = 0
        self._looking = False
        self._decided: dict[Path, str] = {}
        self._last: list[tuple[int, Path]] = []
        self._unwritten: set[Job] = set()
        self._dossier: Dossier | None = None
        self.page = ReviewPage(session.drafts, self)
        self.words, self.decisions = self.page.words, self.page.decisions
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.page)
        self._search, self._reader = Asking("waiting", self), Asking("dossier", self)
        self.looking = Looking(session, self.page.picture, self.words, self)
        self._connect()
        self._add_keys()
        self.start_with(())

    @property
    def path(self) -> Path | None:
        """The photo that is shown."""
        return self._paths[self._at] if self._at < len(self._paths) else None

    @property
    def waiting(self) -> int:
        """How many photos of this round are not decided."""
        return len(self._paths) - len(self._decided)

    def start(self) -> None:
        """Begin with all photos whose captions wait for a person."""
        self.start_with(())
        self.page.empty.setText(self.tr("Looking for photos that wait for you …"))
        self._search.ask(partial(deciding.waiting, self._session))

    def start_with(self, paths: Sequence[Path]) -> None:
        """Begin with these photos."""
        self._begin(tuple(paths), 0, looking=False)

    def look_at(self, paths: Sequence[Path], at: int) -> None:
        """Show the photo ``at``, with the others before and behind it; they may be any number, and are not copied."""
        self._begin(paths, at, looking=True)

    def approve(self) -> None:
        """Approve the photo as it stands, with what was changed, and go on."""
        if self.path is None or not self._is_read() or not self.decisions.approve.isEnabled():
            return
        self._decide(deciding.approve(self._session, [self.path], self.words.draft), self.tr("approved"))

    def reject(self) -> None:
        """Reject what the machine said of the photo, and go on."""
        if self.path is None or not self._is_read() or not self.decisions.reject.isEnabled():
            return
        self.words.revert()
        self._decide(deciding.reject(self._session, [self.path]), self.tr("rejected"))

    def step(self, by: int) -> None:
        """Turn to another photo without deciding."""
        last = max(0, len(self._paths) - 1) if self._looking else len(self._paths)
        at = max(0, min(last, self._at + by))
        if at != self._at:
            self._at = at
            self._turn()

    def edit(self) -> None:
        """Go into the caption."""
        if self.words.isEnabled():
            self.words.caption.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.words.caption.edit.selectAll()

    def take_back(self) -> None:
        """Undo the last decision of this round, and turn to its photo again."""
        if not self._last:
            return
        self._at, path = self._last.pop()
        self._decided.pop(path, None)
        self.started.emit(self._session.undo_photos([path]))
        self._turn()

    def close_threads(self) -> None:
        """End what reads and asks in the background."""
        for part in (self._search, self._reader, self.looking):
            part.close()

    def _connect(self) -> None:
        self._search.answered.connect(self.start_with)
        self._search.failed.connect(lambda error: self.page.empty.setText(shown(str(error))))
        self._reader.answered.connect(self._take)
        self.words.draft_changed.connect(self._draft_changed)
        self.words.committed.connect(self.approve)
        self.decisions.approved.connect(self.approve)
        self.decisions.rejected.connect(self.reject)
        self.decisions.reverted.connect(self.words.revert)
        self.page.back.clicked.connect(self.left)
        self.page.close_review.clicked.connect(self.left)
        self.words.caption.edit.reverted.connect(self.page.picture.setFocus)
        self.page.again.clicked.connect(self.start)
        self._session.changed.connect(self._changed)

    def _add_keys(self) -> None:
        """Keys that count wherever the focus is, but in a text: there they edit."""
        keys: dict[str, Callable[[], object]] = {
            "Return": self._enter,
            "Enter": self._enter,
            "Escape": self.left.emit,
            "Backspace": self.reject,
            "Right": lambda: self.step(1),
            "Left": lambda: self.step(-1),
            "E": self.edit,
            "U": self.take_back,
        }
        for key, action in keys.items():
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(action)

    def _enter(self) -> None:
        """What Enter means: the button that has the focus, where one was chosen by keys; else to approve."""
        focus = QApplication.focusWidget()
        if isinstance(focus, QAbstractButton) and self.isAncestorOf(focus):
            focus.click()
        else:
            self.approve()

    def _begin(self, paths: Sequence[Path], at: int, *, looking: bool) -> None:
        self._paths, self._at, self._looking, self._decided, self._last = paths, at, looking, {}, []
        self._tell("")
        self._turn()

    def _turn(self) -> None:
        """Show the photo whose turn it is."""
        path, self._dossier = self.path, None
        self.looking.show(path)
        self.words.turn(path)
        if self._at + 1 < len(self._paths):
            self.looking.expect(self._paths[self._at + 1])
        self._tell_place()
        self.page.pages.setCurrentIndex(0 if path is not None else 1)
        if path is None:
            self.page.empty.setText(self._done_text())
            self.page.back.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.page.name.setText(shown(path.name))
        self.page.name.setToolTip(tooltip(str(path)))
        self.decisions.show_choice(None, Draft())
        self._read(Draft())
        self.page.picture.setFocus(Qt.FocusReason.OtherFocusReason)
        self.shown_photo.emit(path)

    def _tell_place(self) -> None:
        at = min(self._at + 1, len(self._paths))
        parts = [self.tr("{at} of {all}").format(at=number(at), all=number(len(self._paths)))]
        if not self._looking:
            parts.append(self.tr("{count} to decide").format(count=number(self.waiting)))
        if self._unwritten:  # a run that writes goes first
            parts.append(self.tr("{count} still to be written").format(count=number(len(self._unwritten))))
        self.page.counter.setText(" · ".join(parts))

    def _read(self, draft: Draft) -> None:
        if self.path is not None:
            reading, write = self._session.reading, self._session.settings.write
            self._reader.ask(partial(dossier_of, reading, self.path, draft, write=write))

    def _done_text(self) -> str:
        if not self._paths:
            return self.tr("No photo waits for you. Captions that are not written yet appear here.")
        return self.tr("That was all: %n decided, {left} left undecided.", "", len(self._decided)).format(
            left=self.waiting
        )

    def _is_read(self) -> bool:
        return self._dossier is not None and self._dossier.path == self.path

    def _take(self, dossier: Dossier) -> None:
        if dossier.path != self.path:
            return
        before, self._dossier = self._dossier, dossier
        if before is None or before.entry != dossier.entry:
            self.words.show_entry(dossier.entry)
        state = state_of(dossier)
        self.page.state.show_state(state)
        self.decisions.show_choice(state, self.words.draft)
        if dossier.entry is None:
            self.words.show_hint(shown(dossier.problem) or self.tr("This photo has no caption yet."))

    def _draft_changed(self) -> None:
        if self._dossier is not None:
            self.decisions.show_choice(state_of(self._dossier), self.words.draft)

    def _decide(self, job: Job, verdict: str) -> None:
        """Go on at once: the job is done behind the next photo, and says where it could not be."""
        path = self.path
        if path is None:
            return
        self._decided[path] = verdict
        self._last.append((self._at, path))
        self._dossier = None
        self._unwritten.add(job)
        job.finished.connect(lambda: self._decision_ended(job, path))
        self.started.emit(job)
        if self._looking:  # there is no end to come to: the last one stays
            self._at = min(self._at + 1, len(self._paths) - 1)
        else:
            self._at += 1
        self._turn()

    def _decision_ended(self, job: Job, path: Path) -> None:
        self._unwritten.discard(job)
        sentence = job.failures[0].reason if job.failures else str(job.error) if job.error else ""
        if not job.done and not sentence:
            sentence = self.tr("the decision was stopped before it was written")
        if sentence:
            self._decided.pop(path, None)
            self._last = [one for one in self._last if one[1] != path]
            self._tell(f"{path.name}: {sentence}")
        self._tell_place()

    def _tell(self, sentence: str) -> None:
        self.page.notice.setText(shown(sentence))
        self.page.notice.setVisible(bool(sentence))

    def _changed(self, paths: list[Path]) -> None:
        if self.path is not None and self._is_read() and (not paths or self.path in paths):
            self._read(self.words.draft)

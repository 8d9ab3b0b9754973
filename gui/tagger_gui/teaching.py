"""Teaching a model the words of its user: what there is to learn from, learning with progress, before and after.

A face of ``tagger.learning``: reads libraries, writes a new model beside the others, and the choice of it into the
user's settings. Photos are not touched.
"""

import threading
import time
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tagger import bootstrap
from tagger.captioning.bundle import load_bundle
from tagger.config import Settings, user_config_file
from tagger.core.errors import RunError, TaggerError
from tagger.learning.card import report_lines
from tagger.learning.corrections import Corrections
from tagger.learning.learning import Learned, Wanted, gathered, learn, require_enough, share_features
from tagger.learning.versions import LEARNED, before
from tagger_gui import texts
from tagger_gui.asking import Asking
from tagger_gui.notice import Notice, sentence
from tagger_gui.settings_file import SettingsFile
from tagger_gui.theme import SPACE

_TELL_SECONDS = 0.1


class TeachDialog(QDialog):
    """Teaches the model of ``settings`` what was said in the library at ``root``; ``models`` is where models are."""

    changed = Signal()
    """Another model is used now: whoever has settings reads them again."""

    _told = Signal(str, int, int)

    def __init__(self, root: Path, models: Path, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Teach the model your words"))
        self.resize(760, 560)
        self._root, self._models, self._settings = root, models, settings
        self._stop = threading.Event()
        self._corrections: Corrections | None = None
        self._began, self._what = 0.0, ""
        self.learned: Learned | None = None
        self.notice, self.counts, self.state = Notice(), QLabel(), QLabel()
        self.captions = QCheckBox(self.tr("Learn my captions too (takes minutes)"))
        self.bar, self.table = QProgressBar(), QTableWidget(0, 4)
        self.teach, self.cancel = QPushButton(self.tr("Teach")), QPushButton(self.tr("Cancel"))
        self.back = QPushButton(self.tr("Take it back"))
        self.asking = Asking("teaching", self)
        self._lay_out()
        self._connect()
        self._working(what="")
        self.teach.setEnabled(False)
        self.counts.setText(self.tr("Looking at your corrections …"))
        self.asking.ask(lambda: gathered([root])[0])

    def done(self, result: int) -> None:
        """End what runs in the thread, however the dialogue ends; what is half learned is not kept."""
        self._stop.set()
        self.asking.close()
        super().done(result)

    def _lay_out(self) -> None:
        self.captions.setChecked(True)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.windowTitle())
        self.teach.setProperty("role", "primary")
        for label in (self.counts, self.state):
            label.setWordWrap(True)
        self.state.setProperty("role", "muted")
        head = [self.tr("Tag"), self.tr("Photos"), self.tr("Found again"), self.tr("On others")]
        self.table.setHorizontalHeaderLabels(head)
        self.table.verticalHeader().setVisible(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setAccessibleName(self.tr("What was learned"))
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.report = QLabel()
        self.report.setWordWrap(True)
        doing = QHBoxLayout()
        doing.setSpacing(SPACE)
        for button in (self.teach, self.cancel, self.back):
            doing.addWidget(button)
        doing.addStretch(1)
        middle = QVBoxLayout()
        middle.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, SPACE)
        middle.setSpacing(SPACE)
        middle.addWidget(self.counts)
        middle.addWidget(self.captions)
        middle.addLayout(doing)
        middle.addWidget(self.bar)
        middle.addWidget(self.state)
        middle.addWidget(self.table, 1)
        middle.addWidget(self.report)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.setContentsMargins(2 * SPACE, 0, 2 * SPACE, 2 * SPACE)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.notice)
        column.addLayout(middle, 1)
        column.addWidget(buttons)

    def _connect(self) -> None:
        self.teach.clicked.connect(self._teach)
        self.cancel.clicked.connect(self._cancel)
        self.back.clicked.connect(self._take_back)
        self._told.connect(self._show_progress)
        self.asking.answered.connect(self._answered)
        self.asking.failed.connect(self._fail)

    def _answered(self, found: Corrections | Learned | None) -> None:
        if isinstance(found, Corrections):
            self._show_counts(found)
        else:
            self._show_learned(found)

    def _show_counts(self, found: Corrections) -> None:
        self._corrections = found
        counts = found.counts
        self.counts.setText(
            self.tr(
                "{approved} photos approved, {edited} corrected, {rejected} rejected; {added} tags put in, "
                "{removed} taken out."
            ).format(
                approved=texts.number(counts.approved),
                edited=texts.number(counts.edited),
                rejected=texts.number(counts.rejected),
                added=texts.number(counts.tags_added),
                removed=texts.number(counts.tags_removed),
            )
        )
        self._working(what="")
        try:
            require_enough(found)
        except RunError as error:
            self.teach.setEnabled(False)
            self.state.setText(sentence(str(error)))

    def _teach(self) -> None:
        corrections = self._corrections
        if corrections is None:
            return
        self.notice.hide()
        self._stop = stop = threading.Event()
        self._working(what=self.tr("Beginning …"))
        wanted = Wanted(tags_only=not self.captions.isChecked())
        last = 0.0

        def tell(what: str, done: int, total: int) -> None:
            nonlocal last
            now = time.monotonic()
            if done in (0, total) or now - last >= _TELL_SECONDS:
                last = now
                self._told.emit(what, done, total)

        def work() -> Learned | None:
            learned = learn(corrections, self._settings, self._models, wanted, tell, stop)
            if learned is not None and not stop.is_set():
                share_features([self._root], learned)
            return learned

        self.asking.ask(work)

    def _cancel(self) -> None:
        self._stop.set()
        self.cancel.setEnabled(False)
        self.state.setText(self.tr("Stopping …"))

    def _show_progress(self, what: str, done: int, total: int) -> None:
        if self._stop.is_set():
            return
        now = time.monotonic()
        if what != self._what:
            self._what, self._began = what, now
        self.bar.setRange(0, max(1, total))
        self.bar.setValue(done)
        left = (now - self._began) / done * (total - done) if done and now - self._began > 1 else None
        parts = [sentence(what).rstrip("."), self.tr("{done} of {total}").format(done=done, total=total)]
        self.state.setText(", ".join([*parts, *filter(None, [texts.time_left(left)])]))

    def _show_learned(self, learned: Learned | None) -> None:
        self._working(what="")
        if learned is None or learned.source is None:
            self.state.setText(self.tr("Stopped. Nothing was kept."))
            return
        self.learned = learned
        try:
            self._use(learned.source)
        except TaggerError as error:
            self.notice.tell(error)
            return
        self._fill_table(learned)
        self.report.setText("\n".join(sentence(line) for line in report_lines(learned)))
        words = self.tr("{model} is used from now on. Photos change when you have them captioned again.")
        self.state.setText(words.format(model=texts.shown(learned.model)))

    def _fill_table(self, learned: Learned) -> None:
        self.table.setRowCount(len(learned.tags.new))
        for row, tag in enumerate(learned.tags.new):
            found = f"{tag.found} / {tag.photos}" if tag.on else self.tr("off")
            cells = [texts.shown(tag.label), str(tag.photos), found, f"{tag.elsewhere} / {tag.unseen}"]
            for column, text in enumerate(cells):
                self.table.setItem(row, column, QTableWidgetItem(text))

    def _take_back(self) -> None:
        try:
            current = load_bundle(self._settings.bundle or bootstrap.DEFAULT_BUNDLE)
            source = before(current, self._models)
            self._use(source)
            now = load_bundle(source or bootstrap.DEFAULT_BUNDLE)
        except TaggerError as error:
            self.notice.tell(error)
            return
        self.table.setRowCount(0)
        self.report.clear()
        self.state.setText(self.tr("{model} is used again.").format(model=texts.shown(now.model_id)))

    def _use(self, source: Path | None) -> None:
        """Write the choice into the user's settings. Raises RunError."""
        file = SettingsFile(user_config_file())
        if source is None:
            file.unset("bundle")
        else:
            file.set("bundle", str(source))
        file.save()
        self._settings = bootstrap.settings_for(self._root)
        self._working(what="")
        self.changed.emit()

    def _fail(self, error: TaggerError) -> None:
        self._working(what="")
        self.state.clear()
        self.notice.tell(error)

    def _working(self, *, what: str) -> None:
        """Show that something is being done, or (empty) that nothing is."""
        busy = bool(what)
        if busy:
            self.state.setText(what)
            self.bar.setRange(0, 0)
        self.bar.setVisible(busy)
        self.cancel.setVisible(busy)
        self.cancel.setEnabled(busy)
        self.teach.setEnabled(not busy and self._corrections is not None)
        self.captions.setEnabled(not busy)
        self.back.setVisible(not busy and self._is_learned())

    def _is_learned(self) -> bool:
        try:
            return LEARNED in load_bundle(self._settings.bundle or bootstrap.DEFAULT_BUNDLE).provenance
        except TaggerError:
            return False

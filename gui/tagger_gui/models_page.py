"""The models: which there are, what their cards say, how fast they are here, which one is used, what two say."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from tagger.bootstrap import settings_for
from tagger.captioning.bundle import Bundle
from tagger.config import Settings, user_config_file
from tagger.core.errors import TaggerError
from tagger_gui import texts
from tagger_gui.asking import Asking
from tagger_gui.comparing import CompareDialog
from tagger_gui.dropping import paths_in
from tagger_gui.models import MEASURE_SECONDS, Model, Speed, known_models, measure, take_in
from tagger_gui.notice import Notice, sentence
from tagger_gui.settings_file import SettingsFile
from tagger_gui.teaching import TeachDialog
from tagger_gui.theme import SPACE

_LIST, _ROW = 28 * SPACE, 6 * SPACE


class ModelsDialog(QDialog):
    """The models in ``folder`` and elsewhere, under the user's ``settings``; ``photos`` are those to compare on.

    What was corrected in the ``library`` can be taught.

    Reads, and writes nothing but a copy of a model that is dropped, and the choice into the user's settings.
    """

    saved = Signal()
    """Another model was chosen: whoever has settings reads them again."""

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        photos: Sequence[Path] = (),
        parent: QWidget | None = None,
        *,
        library: Path | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Models"))
        self.resize(980, 680)
        self.setAcceptDrops(True)
        self._folder, self._settings, self._photos, self._library = folder, settings, list(photos), library
        self._stop = threading.Event()
        self.speeds: dict[Path, Speed] = {}
        self.models: list[Model] = []
        self.notice, self.list, self.card = Notice(), QListWidget(), _Card()
        self.title, self.facts, self.speed, self.busy = QLabel(), QLabel(), QLabel(), QLabel()
        self.use = QPushButton(self.tr("Use it"))
        self.test = QPushButton(self.tr("Measure its speed"))
        self.compare = QPushButton(self.tr("Compare…"))
        self.teach = QPushButton(self.tr("Teach…"))
        self.teach.setToolTip(self.tr("Teach the model the words of your corrections"))
        self.teach.setEnabled(library is not None)
        self.add = QPushButton(self.tr("Add a model…"))
        self.measuring, self.taking = Asking("measuring", self), Asking("taking-in", self)
        self._lay_out()
        self._connect()
        self.refresh()

    @property
    def model(self) -> Model | None:
        """The one that is selected."""
        row = self.list.currentRow()
        return self.models[row] if 0 <= row < len(self.models) else None

    def refresh(self, chosen: Path | None = None) -> None:
        """Look again which models there are; ``chosen`` is selected, else the one that is used."""
        wanted = chosen or self._settings.bundle
        self.list.clear()
        try:
            self.models = known_models(self._folder, self._settings.bundle)
        except TaggerError as error:
            self.models = []
            self.notice.tell(error)
        for model in self.models:
            item = QListWidgetItem(self._line(model))
            item.setSizeHint(QSize(0, _ROW))
            self.list.addItem(item)
        at = next((at for at, model in enumerate(self.models) if model.source == wanted), 0)
        self.list.setCurrentRow(at)

    def take_in(self, source: Path) -> None:
        """Copy a model to ours and check it, beside the window."""
        self._say(self.tr("Checking {name} …").format(name=texts.shown(source.name)))
        self.taking.ask(partial(take_in, source, self._folder))

    def done(self, result: int) -> None:
        """End what runs in threads, however the dialogue ends."""
        self._stop.set()
        self.measuring.close()
        self.taking.close()
        super().done(result)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a folder or a file that may be a model."""
        if paths_in(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take it in."""
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.take_in(paths_in(event.mimeData())[0])

    def _lay_out(self) -> None:
        self.list.setFixedWidth(_LIST)
        self.list.setAccessibleName(self.windowTitle())
        self.title.setProperty("role", "title")
        for label in (self.facts, self.speed, self.busy):
            label.setProperty("role", "muted")
        self.use.setProperty("role", "primary")
        for label in (self.title, self.facts):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        hint = QLabel(self.tr("Drop a model here to add it: a folder, or a file .taggerbundle."))
        hint.setProperty("role", "muted")
        hint.setWordWrap(True)
        left = QVBoxLayout()
        left.setSpacing(SPACE)
        left.addWidget(self.list, 1)
        left.addWidget(hint)
        left.addWidget(self.add)
        doing = QHBoxLayout()
        doing.setSpacing(SPACE)
        for button in (self.use, self.test, self.compare, self.teach):
            doing.addWidget(button)
        doing.addWidget(self.busy, 1)
        right = QVBoxLayout()
        right.setSpacing(SPACE)
        right.addWidget(self.title)
        right.addWidget(self.facts)
        right.addWidget(self.speed)
        right.addLayout(doing)
        right.addWidget(self.card, 1)
        middle = QHBoxLayout()
        middle.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, SPACE)
        middle.setSpacing(2 * SPACE)
        middle.addLayout(left)
        middle.addLayout(right, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.setContentsMargins(2 * SPACE, 0, 2 * SPACE, 2 * SPACE)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.notice)
        column.addLayout(middle, 1)
        column.addWidget(buttons)

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(lambda _: self._show_model())
        self.use.clicked.connect(self._use)
        self.test.clicked.connect(self._measure)
        self.compare.clicked.connect(self._compare)
        self.teach.clicked.connect(self._teach)
        self.add.clicked.connect(self._choose_new)
        self.taking.answered.connect(self._taken)
        self.measuring.answered.connect(self._measured)
        for asking in (self.taking, self.measuring):
            asking.failed.connect(self._fail)

    def _line(self, model: Model) -> str:
        used = model.source == (self._settings.bundle or self.models[0].source)
        second = self.tr("in use") if used else self.tr("came along") if model.is_embedded else model.source.name
        return f"{texts.shown(model.name)}\n{texts.shown(second)}"

    def _show_model(self) -> None:
        model = self.model
        usable = model is not None and model.bundle is not None
        used = model is not None and model.source == (self._settings.bundle or self.models[0].source)
        self.use.setEnabled(usable and not used)
        self.test.setEnabled(usable and not self.busy.text())
        self.compare.setEnabled(usable and not used)
        self.compare.setToolTip(self.tr("What this model and the one in use say of the same photos"))
        if model is None:
            return
        self.title.setText(texts.shown(model.name))
        self.card.setMarkdown(model.card)
        if model.bundle is None:
            self.facts.setText(sentence(model.problem))
            self.speed.clear()
            return
        self.facts.setText(self._facts(model, model.bundle))
        self.speed.setText(self._speed(self.speeds.get(model.source)))

    def _facts(self, model: Model, bundle: Bundle) -> str:
        megabytes = self.tr("{megabytes} MB").format(megabytes=f"{model.size / 1e6:.1f}")
        facts = [texts.shown(bundle.architecture), megabytes]
        measured, choosing = bundle.provenance.get("scores"), bundle.provenance.get("choosing")
        chosen = choosing.get("default") if isinstance(choosing, dict) else None
        # Of a bundle that chooses among captions, what it chooses counts, not what its search finds first.
        scores = {**(measured if isinstance(measured, dict) else {}), **(chosen if isinstance(chosen, dict) else {})}
        for key, name in (("cider", "CIDEr"), ("bleu_4", "BLEU-4"), ("tags_precision", self.tr("tag precision"))):
            score = scores.get(key)
            if isinstance(score, int | float):
                facts.append(f"{name} {score:.3f}")
        return "  ·  ".join(facts)

    def _speed(self, speed: Speed | None) -> str:
        if speed is None:
            return self.tr("How fast it is on this computer is not measured yet.")
        words = self.tr("{rate} captions/s on this computer, on {provider}.")
        return (
            words.format(rate=f"{speed.per_second:.1f}", provider=speed.provider.removesuffix("ExecutionProvider"))
            + " "
            + sentence(speed.note)
        )

    def _use(self) -> None:
        if self.model is None:
            return
        try:
            file = SettingsFile(user_config_file())
            if self.model.is_embedded:
                file.unset("bundle")
            else:
                file.set("bundle", str(self.model.source))
            file.save()
        except TaggerError as error:
            self.notice.tell(error)
            return
        self._settings = self._settings_with(self.model)
        self.refresh()
        self.saved.emit()

    def _settings_with(self, model: Model) -> Settings:
        return replace(self._settings, bundle=None if model.is_embedded else model.source)

    def _measure(self) -> None:
        if self.model is not None:
            self._say(self.tr("Measuring for {seconds} seconds …").format(seconds=round(MEASURE_SECONDS)))
            model, settings = self.model.source, self._settings_with(self.model)
            self.measuring.ask(lambda: (model, measure(settings, self._stop)))

    def _measured(self, found: tuple[Path, Speed]) -> None:
        self.speeds[found[0]] = found[1]
        self._say("")

    def _compare(self) -> None:
        photos = self._photos or self._choose_photos()
        if self.model is not None and photos:
            CompareDialog(photos, self._settings, self._settings_with(self.model), self).open()

    def _teach(self) -> None:
        if self._library is None:
            return
        try:
            dialog = TeachDialog(self._library, self._folder, settings_for(self._library), self)
        except TaggerError as error:
            self.notice.tell(error)
            return
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.changed.connect(self._taught)
        dialog.open()

    def _taught(self) -> None:
        """Another model is used."""
        self._settings = settings_for(None)
        self.refresh()
        self.saved.emit()

    def _choose_photos(self) -> list[Path]:
        names, _ = QFileDialog.getOpenFileNames(self, self.tr("Photos to compare on"))
        return [Path(name) for name in names]

    def _choose_new(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("The folder of a model"))
        if folder:
            self.take_in(Path(folder))

    def _taken(self, source: Path) -> None:
        self._say("")
        self.notice.hide()
        self.refresh(source)

    def _fail(self, error: TaggerError) -> None:
        self._say("")
        self.notice.tell(error)

    def _say(self, text: str) -> None:
        self.busy.setText(text)
        self.add.setEnabled(not text)
        self._show_model()


class _Card(QTextBrowser):
    """A model's card, which is somebody else's text: it opens no link and loads no picture."""

    def __init__(self) -> None:
        super().__init__()
        self.setOpenLinks(False)
        self.setAccessibleName(self.tr("What the model's maker says"))

    def loadResource(self, kind: int, name: QUrl | str) -> object:  # noqa: ARG002 - as Qt calls it
        """Nothing: neither a file nor an address is asked for."""
        return None

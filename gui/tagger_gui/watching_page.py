"""Folders that are watched from login on: chosen here, watched by ``tagger service``, which needs no window.

Runs that command, and shows what its watcher says in its status file. Watches nothing itself.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tagger.core.errors import RunError
from tagger.core.records import OutcomeKind
from tagger.watching.pauses import BY_USER, pause_file, want_pause
from tagger.watching.status import Status, read_status, status_file
from tagger_gui import texts
from tagger_gui.notice import Notice
from tagger_gui.theme import SPACE

COMMAND = (sys.executable, "-m", "tagger", "service")
NAME = "service"
"""Under which the service's watcher keeps its status."""

_LOOK_MILLISECONDS = 2000


class ServiceCommand(QObject):
    """Runs ``tagger service`` beside the window, one command at a time."""

    done = Signal(str)
    """What it said."""
    failed = Signal(object)
    """A RunError with what it complained of."""

    def __init__(self, command: Sequence[str] = COMMAND, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._command = list(command)
        self._process = QProcess(self)
        self._process.finished.connect(self._end)
        self._process.errorOccurred.connect(self._not_started)

    @property
    def is_running(self) -> bool:
        """Whether a command is under way."""
        return self._process.state() is not QProcess.ProcessState.NotRunning

    def run(self, arguments: Sequence[str]) -> None:
        """Run it with these arguments, unless a command is under way."""
        if not self.is_running:
            self._process.start(self._command[0], [*self._command[1:], *arguments])

    def close(self) -> None:
        """Wait for the command that is under way: half an installation helps nobody."""
        if self.is_running:
            self._process.waitForFinished()

    def _end(self, code: int, _status: QProcess.ExitStatus) -> None:
        said = bytes(self._process.readAllStandardOutput().data()).decode("utf-8", "replace").strip()
        complaint = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace").strip()
        if code == 0:
            self.done.emit(said)
        else:
            last = complaint.splitlines()[-1] if complaint else f"tagger service ended with {code}"
            self.failed.emit(RunError(last.removeprefix("error: ")))

    def _not_started(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self.failed.emit(RunError(f"cannot run {self._command[0]}", "install tagger again"))


class WatchingDialog(QDialog):
    """Chooses the folders, starts and stops the service, and says what it is doing.

    ``folders`` are offered where no service ever ran; ``state`` is the folder of status files, None for the user's.
    """

    def __init__(
        self,
        service: ServiceCommand,
        folders: Sequence[Path] = (),
        parent: QWidget | None = None,
        *,
        state: Path | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Watch folders"))
        self.resize(640, 520)
        self.service, self._file, self._pause_file = service, status_file(NAME, state), pause_file(NAME, state)
        service.setParent(self)
        self.notice, self.list, self.state, self.said = Notice(), QListWidget(), QLabel(), QLabel()
        self.add = QPushButton(self.tr("Add a folder…"))
        self.remove = QPushButton(self.tr("Remove"))
        self.start = QPushButton(self.tr("Watch from now on"))
        self.stop = QPushButton(self.tr("Stop watching"))
        self.pause = QPushButton(self.tr("Pause"))
        self.pause.setToolTip(self.tr("What arrives meanwhile waits; it holds after a restart too"))
        status = read_status(self._file)
        known = [Path(place.folder) for place in status.places] if status is not None else list(folders)
        for folder in known:
            self.add_folder(folder)
        self._lay_out()
        self._connect()
        self._look()

    @property
    def folders(self) -> list[str]:
        """Those in the list."""
        return [self.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.list.count())]

    def add_folder(self, folder: Path) -> None:
        """Put a folder into the list, unless it is there."""
        if str(folder) not in self.folders:
            item = QListWidgetItem(texts.shown(str(folder)))
            item.setSizeHint(QSize(0, 4 * SPACE))
            item.setData(Qt.ItemDataRole.UserRole, str(folder))
            self.list.addItem(item)
            self.list.setCurrentItem(item)
        self._enable()

    def done(self, result: int) -> None:
        """Wait for what is being installed."""
        self._timer.stop()
        self.service.close()
        super().done(result)

    def _lay_out(self) -> None:
        words = QLabel(
            self.tr(
                "Photos that arrive in these folders are captioned by themselves, from login on, also while this "
                "window is closed. On battery it pauses."
            )
        )
        words.setWordWrap(True)
        self.list.setAccessibleName(self.windowTitle())
        self.start.setProperty("role", "primary")
        for label in (words, self.state):
            label.setProperty("role", "muted")
        self.said.setProperty("role", "mono")
        self.said.setWordWrap(True)
        folders = QHBoxLayout()
        folders.addWidget(self.add)
        folders.addWidget(self.remove)
        folders.addStretch(1)
        doing = QHBoxLayout()
        doing.addWidget(self.start)
        doing.addWidget(self.pause)
        doing.addWidget(self.stop)
        doing.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        doing.addWidget(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addWidget(self.notice)
        column.addWidget(words)
        column.addWidget(self.list, 1)
        column.addLayout(folders)
        column.addWidget(self.state)
        column.addWidget(self.said)
        column.addLayout(doing)

    def _connect(self) -> None:
        self.add.clicked.connect(self._choose)
        self.remove.clicked.connect(self._remove)
        self.start.clicked.connect(lambda: self._run("install", "--existing", "--", *self.folders))
        self.stop.clicked.connect(lambda: self._run("uninstall"))
        self.pause.clicked.connect(self._pause)
        self.service.done.connect(self._told)
        self.service.failed.connect(self._fail)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(_LOOK_MILLISECONDS)

    def _choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("A folder to watch"), str(Path.home()))
        if folder:
            self.add_folder(Path(folder))

    def _remove(self) -> None:
        self.list.takeItem(self.list.currentRow())
        self._enable()

    def _run(self, *arguments: str) -> None:
        self.notice.hide()
        self.said.clear()
        self.service.run(arguments)
        self._enable()

    def _pause(self) -> None:
        try:
            want_pause(self._pause_file, not self._pause_file.exists())
        except RunError as error:
            self.notice.tell(error)
        self._look()

    def _told(self, said: str) -> None:
        self.said.setText("\n".join(map(texts.shown, said.splitlines())))
        self._look()

    def _fail(self, error: RunError) -> None:
        self.notice.tell(error)
        self._look()

    def _look(self) -> None:
        status, waits = read_status(self._file), self._pause_file.exists()
        self.state.setText(self._words(status))
        self.pause.setText(self.tr("Go on") if waits else self.tr("Pause"))
        self.pause.setEnabled(waits or (status is not None and status.is_running()))
        self._enable()

    def _words(self, status: Status | None) -> str:
        waits = self._pause_file.exists()
        if status is None or not status.is_running():
            return self.tr("Nothing is watched now.") + (" " + self._paused_by_user() if waits else "")
        counts = {OutcomeKind(kind): count for kind, count in status.counts.items() if kind in set(OutcomeKind)}
        words = [self.tr("Watching; {count} wait.").format(count=texts.number(status.queue))]
        if waits:
            words.append(self._paused_by_user())
        elif status.paused and status.paused != BY_USER:
            words.append(self.tr("Paused: {reason}.").format(reason=self._reason(status.paused)))
        if any(counts.values()):
            words.append(self.tr("So far: {counts}.").format(counts=texts.totals(counts)))
        return " ".join(words)

    def _paused_by_user(self) -> str:
        return self.tr("Paused by you: photos that arrive wait.")

    def _reason(self, reason: str) -> str:
        """A watcher's reason to pause, in the user's language where it is one of the usual ones."""
        if reason == "on battery":
            return self.tr("on battery")
        if reason.startswith("quiet hours "):
            return self.tr("quiet hours {hours}").format(hours=texts.shown(reason.removeprefix("quiet hours ")))
        return texts.shown(reason)

    def _enable(self) -> None:
        idle = not self.service.is_running
        self.start.setEnabled(idle and self.list.count() > 0)
        self.stop.setEnabled(idle)
        self.remove.setEnabled(self.list.currentRow() >= 0)

"""The program around the window: one instance, colours, translations, crash reports, the end."""

import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QLibraryInfo, QLocale, Qt, QTimer, QTranslator, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication, QMessageBox

import tagger
from tagger_gui.collecting import Collecting
from tagger_gui.crash import CrashReports, default_folder
from tagger_gui.icons import icon
from tagger_gui.instance import Instance, default_name, hand_over
from tagger_gui.main_window import MainWindow
from tagger_gui.memory import Memory, default_file
from tagger_gui.session import Captioners
from tagger_gui.theme import apply_named
from tagger_gui.tray import Tray
from tagger_gui.wiring import PhotoWorkspace

log = logging.getLogger(__name__)

TRANSLATIONS = Path(__file__).parent / "translations"
_SIGNAL_MILLISECONDS = 300
SWITCH_SECONDS = 0.001
"""How long another thread may keep Python from the window's: with Python's own 5 ms, three of them are a stutter."""


def run(paths: Sequence[Path], *, theme: str | None = None) -> int:
    """Open the window, or hand ``paths`` to the one that is open; returns the exit code."""
    app = Application(sys.argv[:1])
    name = default_name()
    if hand_over(name, paths):
        log.info("handed over to the program that runs already")
        return 0
    program = Program(app, Memory(default_file()), CrashReports(default_folder()), Instance(name), theme)
    app.opened.connect(program.take_over)
    program.window.show()
    if paths:
        program.window.take_in(paths)
    else:
        program.window.reopen()
    code = app.exec()
    program.end()
    return code


class Application(QApplication):
    """Qt's part of the program; tells of photos that macOS hands over when they are opened with it."""

    opened = Signal(object)
    """A list of paths."""

    def event(self, event: QEvent) -> bool:
        """Take the files that are to be opened."""
        if isinstance(event, QFileOpenEvent) and event.url().isLocalFile():
            self.opened.emit([Path(event.file())])
            return True
        return super().event(event)


class Program:
    """The window and what is around it."""

    def __init__(
        self, app: QApplication, memory: Memory, reports: CrashReports, instance: Instance, theme_name: str | None
    ) -> None:
        app.setApplicationName("tagger")
        app.setApplicationDisplayName("tagger")
        app.setApplicationVersion(tagger.__version__)
        app.setDesktopFileName("tagger")
        app.setWindowIcon(icon("app", "accent"))
        self._app, self._memory, self._reports, self._instance = app, memory, reports, instance
        if memory.language:
            QLocale.setDefault(QLocale(memory.language))
        self._translators = load_translations(app, QLocale())
        self._chosen = theme_name
        reports.written.connect(self._tell_of_crash)
        reports.install()
        sys.setswitchinterval(SWITCH_SECONDS)
        self._dress()
        app.styleHints().colorSchemeChanged.connect(self._dress)
        self.window = MainWindow(Captioners(), memory, PhotoWorkspace)
        self.window.bug_found.connect(reports.report)
        instance.handed.connect(self.take_over)
        self._tray = Tray(self.window)
        self._collecting = Collecting()
        self._interrupts = QTimer()
        self._interrupts.timeout.connect(lambda: None)  # lets Python look whether somebody pressed Ctrl-C
        self._interrupts.start(_SIGNAL_MILLISECONDS)
        signal.signal(signal.SIGINT, self._interrupt)
        signal.signal(signal.SIGTERM, self._interrupt)

    def end(self) -> None:
        """Undo what holds for the whole process."""
        self._interrupts.stop()
        self._tray.end()
        self._collecting.end()
        self._instance.close()
        self._reports.remove()

    def _dress(self) -> None:
        apply_named(self._app, self._chosen or self._memory.theme)

    def take_over(self, paths: list[Path]) -> None:
        """Show the window, and caption what another start, or the desktop, hands over."""
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()
        self.window.take_in(paths)

    def _interrupt(self, number: int, _frame: object) -> None:
        log.info("signal %s", number)
        self.window.quitting.at_once()

    def _tell_of_crash(self, report: Path | None) -> None:
        box = QMessageBox(self.window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setText(self.window.tr("Something went wrong that should not have. It is a mistake in tagger."))
        where = self.window.tr("No report could be written.")
        if report is not None:
            where = self.window.tr("A report is in {file}; it stays on this computer.").format(file=report)
        box.setInformativeText(where + " " + self.window.tr("No photo is lost; you can go on working."))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()


def load_translations(app: QApplication, locale: QLocale) -> list[QTranslator]:
    """Install what there is for a language: Qt's own words, and ours. English needs none."""
    found = []
    folders = {"qtbase": QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath), "tagger": str(TRANSLATIONS)}
    for name, folder in folders.items():
        translator = QTranslator(app)
        if translator.load(locale, name, "_", folder):
            app.installTranslator(translator)
            found.append(translator)
    return found

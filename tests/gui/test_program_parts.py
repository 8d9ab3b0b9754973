"""What is around the window: one instance, crash reports, memory, licences, garbage, the command line."""

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QByteArray, QObject
from PySide6.QtNetwork import QLocalSocket
from PySide6.QtWidgets import QApplication
from tagger_gui import app
from tagger_gui.about import AboutDialog
from tagger_gui.asking import Asking
from tagger_gui.collecting import Collecting
from tagger_gui.crash import CrashReports, write_report
from tagger_gui.instance import Instance, default_name, hand_over
from tagger_gui.memory import Memory

from tagger.core.errors import RunError


@pytest.fixture
def name(tmp_path: Path) -> str:
    return str(tmp_path / "socket")


def hand_over_elsewhere(name: str, *paths: str) -> "subprocess.Popen[bytes]":
    """As a second start would, in a process of its own."""
    code = (
        "import sys; from pathlib import Path; from PySide6.QtCore import QCoreApplication;"
        "from tagger_gui.instance import hand_over; app = QCoreApplication([]);"
        "sys.exit(0 if hand_over(sys.argv[1], [Path(path) for path in sys.argv[2:]]) else 3)"
    )
    return subprocess.Popen([sys.executable, "-c", code, name, *paths])


def test_a_second_start_hands_its_photos_to_the_first(qtbot: Any, name: str) -> None:
    instance = Instance(name)
    assert instance.listens
    with qtbot.waitSignal(instance.handed, timeout=20_000) as handed:
        other = hand_over_elsewhere(name, "/photos/a.jpg", "/photos/ü")
    assert handed.args == [[Path("/photos/a.jpg"), Path("/photos/ü")]]
    assert other.wait(20) == 0
    instance.close()


def test_the_socket_is_the_users_own(qapp: QApplication, settings_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_name() == str(settings_file.parent / "gui.socket")
    instance = Instance(default_name())
    assert Path(default_name()).stat().st_mode & 0o077 == 0
    instance.close()
    monkeypatch.setenv("XDG_STATE_HOME", str(settings_file.parent / ("long" * 30)))
    assert default_name().startswith("tagger-gui-")


def test_nobody_to_hand_over_to(qapp: QApplication, name: str) -> None:
    assert not hand_over(name, [])


def test_the_name_of_a_program_that_was_killed_is_free(qapp: QApplication, name: str) -> None:
    Path(name).write_bytes(b"")
    instance = Instance(name)
    assert instance.listens
    instance.close()


@pytest.mark.parametrize("line", [b"no json\n", b'{"a": 1}\n', b"[1, null]\n"])
def test_nonsense_opens_nothing(qtbot: Any, name: str, line: bytes) -> None:
    instance = Instance(name)
    socket = QLocalSocket()
    socket.connectToServer(name)
    with qtbot.waitSignal(instance.handed) as handed:
        socket.write(line)
    assert handed.args == [[]]
    socket.disconnectFromServer()
    instance.close()


def test_a_report_says_what_and_where_and_stays_here(tmp_path: Path) -> None:
    when = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
    file = write_report(tmp_path / "logs", "Traceback: oh no\n", when)
    assert file is not None
    assert file.name == "crash-20260501-123000-000000.txt"
    assert "oh no" in file.read_text()
    assert "sent nowhere" in file.read_text()


def test_the_oldest_reports_go(tmp_path: Path) -> None:
    for second in range(25):
        write_report(tmp_path, "x", datetime(2026, 5, 1, 12, 0, second, tzinfo=UTC))
    names = sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == 20
    assert names[0].startswith("crash-20260501-120005")


def test_a_folder_that_cannot_be_written_is_no_second_crash(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert write_report(tmp_path / "file", "x", datetime(2026, 5, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize("in_thread", [False, True])
def test_what_nobody_caught_is_reported_from_any_thread(
    qtbot: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], in_thread: bool
) -> None:
    reports = CrashReports(tmp_path)
    reports.install()
    try:
        with qtbot.waitSignal(reports.written) as written:
            if in_thread:
                thread = threading.Thread(target=lambda: 1 / 0)
                thread.start()
                thread.join()
            else:
                try:
                    _ = 1 / 0
                except ZeroDivisionError as error:
                    sys.excepthook(ZeroDivisionError, error, error.__traceback__)
    finally:
        reports.remove()
    assert "ZeroDivisionError" in written.args[0].read_text()
    assert [path.name for path in tmp_path.iterdir()] == [written.args[0].name]
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_the_window_is_remembered(tmp_path: Path) -> None:
    file = tmp_path / "state/window.ini"
    memory = Memory(file)
    assert (memory.geometry, memory.theme, memory.recent) == (QByteArray(), "auto", [])
    memory.keep_window(QByteArray(b"\x01\x00g"), QByteArray(b"l"))
    memory.keep_theme("dark")
    odd = Path(os.fsdecode(b"/photos/no utf-8 \xff"))
    memory.keep_open(odd)
    assert Memory(file).open_root == odd
    for number in range(12):
        memory.keep_recent(Path(f"/photos/{number}"))
    memory.keep_recent(Path("/photos/5"))
    again = Memory(file)
    assert (again.geometry, again.layout, again.theme) == (QByteArray(b"\x01\x00g"), QByteArray(b"l"), "dark")
    assert again.recent[:3] == [Path("/photos/5"), Path("/photos/11"), Path("/photos/10")]
    assert len(again.recent) == 10
    again.forget_recent(Path("/photos/5"))
    assert Path("/photos/5") not in Memory(file).recent


def test_the_about_box_names_the_licences(qtbot: Any) -> None:
    dialog = AboutDialog()
    qtbot.addWidget(dialog)
    words = dialog.licences.toPlainText()
    assert "GNU Lesser General Public License version 3" in words
    assert all(part in words.casefold() for part in ("numpy", "pillow", "libheif", "libraw", "onnxruntime"))


def test_garbage_is_collected_in_the_windows_thread(qtbot: Any) -> None:
    collecting = Collecting()
    assert not gc.isenabled()
    died_in: list[threading.Thread] = []

    class Cycle(QObject):
        def __init__(self) -> None:
            super().__init__()
            self.me = self

        def __del__(self) -> None:
            died_in.append(threading.current_thread())

    def litter() -> list[list[int]]:
        return [[number] for number in range(5000)]

    Cycle()
    thread = threading.Thread(target=litter)
    thread.start()
    thread.join()
    kept = litter()
    assert not died_in
    qtbot.waitUntil(lambda: bool(died_in))
    collecting.end()
    assert died_in == [threading.main_thread()]
    assert gc.isenabled()
    assert len(kept) == 5000


def test_only_the_last_question_is_answered(qtbot: Any) -> None:
    asking, gate = Asking("test"), threading.Event()
    answers: list[object] = []
    asking.answered.connect(answers.append)
    asking.ask(lambda: gate.wait(5) and "first")
    asking.ask(lambda: "second")
    asking.ask(lambda: "third")
    gate.set()
    qtbot.waitUntil(lambda: bool(answers))
    qtbot.wait(50)
    assert answers == ["third"]
    asking.close()


def test_what_goes_wrong_with_a_question_is_told(qtbot: Any) -> None:
    asking, error = Asking("test"), RunError("the drive is gone")

    def question() -> None:
        raise error

    with qtbot.waitSignal(asking.failed) as failed:
        asking.ask(question)
    assert failed.args == [error]
    asking.close()


def test_the_command_line_explains_itself_without_qt() -> None:
    code = (
        "import sys; from tagger_gui.app import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: print('PySide6' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "captioned at once" in done.stdout
    assert done.stdout.splitlines()[-1] == "False False"


def test_without_qt_there_is_a_sentence() -> None:
    code = "import sys; sys.modules['PySide6'] = None; from tagger_gui.app import main; sys.exit(main([]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (
        2,
        "tagger: Qt is not installed (pip install 'tagger-photos[gui]')\n",
    )


def test_without_a_screen_there_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert app.main([]) == 2
    assert capsys.readouterr().err == (
        "tagger: there is no screen to open a window on (tagger tag does the same on the command line)\n"
    )


def test_two_starts_of_the_whole_program(settings_file: Path, photos: Path) -> None:
    """A second start hands its folder to the first and ends; the first captions it, and ends in order on a signal."""
    command = [sys.executable, "-m", "tagger", "gui"]
    before = (photos / "red.jpg").read_bytes()
    first = subprocess.Popen(command)
    try:
        wait_for((settings_file.parent / "gui.socket").exists)
        assert subprocess.run([*command, str(photos)], timeout=60).returncode == 0
        wait_for(lambda: (photos / "red.jpg").read_bytes() != before)
    finally:
        first.send_signal(signal.SIGTERM)
    assert first.wait(60) == 0


def wait_for(holds: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.1)

"""One window for all: a second start hands its photos to the program that runs already, and ends.

Source: QLocalServer and QLocalSocket, which are a socket file of the user's own, or a named pipe on Windows.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_WAIT_MILLISECONDS = 1000
_ANSWER_MILLISECONDS = 10_000  # a computer that is at its limits
_LONGEST_NAME = 100  # bytes: sockets have 108 for it, some systems 104
_LONGEST = 1 << 20  # bytes: what another program sends is not believed to be small


def default_name() -> str:
    """What the program of this user is called among those that run: a socket in a folder that is the user's own.

    Where that cannot be (Windows, a path that is too long for a socket), a name that follows from the user's.
    """
    import platformdirs

    name = "tagger-gui-" + hashlib.sha256(os.fsencode(Path.home())).hexdigest()[:16]
    if os.name == "nt":
        return name
    folder = platformdirs.user_state_path("tagger", appauthor=False)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return name
    socket = folder / "gui.socket"
    return str(socket) if len(os.fsencode(socket)) < _LONGEST_NAME else name


def hand_over(name: str, paths: Sequence[Path]) -> bool:
    """Give ``paths`` to the program that runs under ``name``; False where none does."""
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(_WAIT_MILLISECONDS):
        return False
    socket.write(json.dumps([str(path) for path in paths]).encode() + b"\n")
    sent = socket.waitForBytesWritten(_WAIT_MILLISECONDS)
    answered = sent and socket.waitForReadyRead(_ANSWER_MILLISECONDS)
    socket.disconnectFromServer()
    return answered


class Instance(QObject):
    """The program that runs under a name, to which later ones hand their photos."""

    handed = Signal(object)
    """A list of paths, which may be empty: somebody only wants to see the window."""

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)
        QLocalServer.removeServer(name)  # of a program that was killed; nobody answered under this name
        self.listens = self._server.listen(name)
        self._heard: dict[QLocalSocket, bytes] = {}

    def close(self) -> None:
        """Let another program have the name."""
        self._server.close()

    def _greet(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            self._heard[socket] = b""
            socket.readyRead.connect(self._listen)
            socket.disconnected.connect(self._part)
            if socket.bytesAvailable():
                self._read(socket)

    def _listen(self) -> None:
        for socket in list(self._heard):
            self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        self._heard[socket] += socket.readAll().data()
        line, end, _ = self._heard[socket].partition(b"\n")
        if len(line) > _LONGEST:
            socket.abort()
        elif end:
            self._heard[socket] = b""
            socket.write(b"ok\n")
            socket.flush()
            self.handed.emit(_paths(line))

    def _part(self) -> None:
        for socket in [one for one in self._heard if one.state() == QLocalSocket.LocalSocketState.UnconnectedState]:
            del self._heard[socket]
            socket.deleteLater()


def _paths(line: bytes) -> list[Path]:
    try:
        names = json.loads(line)
    except ValueError:
        return []
    return [Path(name) for name in names if isinstance(name, str)] if isinstance(names, list) else []

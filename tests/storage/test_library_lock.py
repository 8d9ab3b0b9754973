"""One writer a library: who waits, who takes over, who is named."""

import errno
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from storage.unprivileged import unprivileged
from tagger.core.errors import RunError
from tagger.storage import lock as locks
from tagger.storage.lock import LibraryLock


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / ".tagger").mkdir()
    return tmp_path / ".tagger/lock"


def holder_in(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(file.read_text())
    return content


def test_says_who_holds_it(file: Path) -> None:
    with LibraryLock(file, "tag") as lock:
        held = holder_in(file)
        assert (held["pid"], held["command"], held["host"]) == (os.getpid(), "tag", lock.holder.host)
        with pytest.raises(RunError, match=rf"in use by tagger tag, pid {os.getpid()} on host ") as caught:
            LibraryLock(file, "undo").__enter__()
        assert str(file.parent.parent) in caught.value.cause
        assert str(file) in caught.value.hint
    assert file.read_bytes() == b""
    with LibraryLock(file, "undo"):
        assert holder_in(file)["command"] == "undo"


def test_waits_and_tells_once(file: Path) -> None:
    told: list[str] = []
    entered, leave = threading.Event(), threading.Event()

    def other() -> None:
        with LibraryLock(file, "tag"):
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=other)
    thread.start()
    entered.wait(10)

    def tell(line: str) -> None:
        told.append(line)
        leave.set()

    with LibraryLock(file, "undo", wait=10, notify=tell):
        assert len(told) == 1
        assert told[0].startswith("waiting for tagger tag, pid ")
    thread.join()


def test_gives_up(file: Path) -> None:
    begun = time.monotonic()
    with LibraryLock(file, "tag"), pytest.raises(RunError, match="in use by tagger tag"):
        LibraryLock(file, "undo", wait=0.25).__enter__()
    assert 0.2 < time.monotonic() - begun < 5


def test_waiting_can_be_stopped(file: Path) -> None:
    asked = iter([False, True])
    with LibraryLock(file, "tag"), pytest.raises(RunError):
        LibraryLock(file, "undo", wait=60, stopped=lambda: next(asked)).__enter__()


def test_of_a_dead_process(file: Path) -> None:
    """Killed without a chance to tidy up: the file still names it, the system has freed the lock."""
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom tagger.storage.lock import LibraryLock\n"
        "LibraryLock(Path(sys.argv[1]), 'tag').__enter__()\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(file)])
    assert holder_in(file)["command"] == "tag"
    with LibraryLock(file, "undo"):
        assert holder_in(file)["command"] == "undo"


def test_of_another_process(file: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom tagger.storage.lock import LibraryLock\n"
        "with LibraryLock(Path(sys.argv[1]), 'tag'):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", code, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        with pytest.raises(RunError, match=f"pid {process.pid} "):
            LibraryLock(file, "undo").__enter__()
        process.communicate("")
    with LibraryLock(file, "undo"):
        pass


def write_holder(file: Path, *, age: float = 0.0, **changes: object) -> None:
    holder = replace(LibraryLock(file, "tag").holder, mark="another", **changes)  # type: ignore[arg-type]
    file.write_text(json.dumps(asdict(holder)))
    then = time.time() - age
    os.utime(file, (then, then))


def test_of_another_computer(file: Path) -> None:
    """A drive whose locks do not reach the other computer: its sign of life counts."""
    write_holder(file, host="elsewhere", age=10)
    with pytest.raises(RunError, match="on host elsewhere"):
        LibraryLock(file, "undo").__enter__()
    write_holder(file, host="elsewhere", age=1000)
    with LibraryLock(file, "undo"):
        assert holder_in(file)["command"] == "undo"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"pid": "x"}', b"\xff" * 100])
def test_unreadable(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with LibraryLock(file, "undo"):
        assert holder_in(file)["command"] == "undo"


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A drive without locks."""
    monkeypatch.setattr(locks, "locked_by_system", lambda descriptor: None)
    monkeypatch.setattr(locks, "_SETTLE_SECONDS", 0.0)


@pytest.mark.usefixtures("no_locks")
def test_drive_without_locks(file: Path) -> None:
    with LibraryLock(file, "tag"), pytest.raises(RunError, match="in use by tagger tag"):
        LibraryLock(file, "undo").__enter__()
    with LibraryLock(file, "undo"):
        pass


@pytest.mark.usefixtures("no_locks")
def test_drive_without_locks_and_a_dead_process(file: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    write_holder(file, pid=process.pid)
    with LibraryLock(file, "undo"):
        pass


@pytest.mark.usefixtures("no_locks")
def test_drive_without_locks_and_two_at_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both write the file at the same moment; the one whose words are not in it then has lost."""
    monkeypatch.setattr(time, "sleep", lambda seconds: write_holder(file, command="faster"))
    with pytest.raises(RunError, match="in use by tagger faster"):
        LibraryLock(file, "undo").__enter__()
    assert holder_in(file)["command"] == "faster"


class Full:
    """A disk without room for the holder's name."""

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def write(self, descriptor: int, content: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_full_disk(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "os", Full())
    with LibraryLock(file, "tag"):
        assert file.read_bytes() == b""
        with pytest.raises(RunError, match="is in use by another program"):
            LibraryLock(file, "undo").__enter__()


@pytest.mark.usefixtures("no_locks")
def test_full_disk_without_locks(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "os", Full())
    with pytest.raises(RunError, match=r"cannot write .*: No space left on device"):
        LibraryLock(file, "tag").__enter__()


def test_sign_of_life(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "_SIGN_OF_LIFE_SECONDS", 0.01)
    with LibraryLock(file, "tag"):
        os.utime(file, (1, 1))
        deadline = time.monotonic() + 10
        while file.stat().st_mtime < 100 and time.monotonic() < deadline:
            threading.Event().wait(0.01)
        assert file.stat().st_mtime > 100
    assert not [thread for thread in threading.enumerate() if thread.name == "tagger-lock"]


@pytest.fixture
def shared() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)
        Path(name).chmod(0o777)


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_folder_that_is_read_only(shared: Path) -> None:
    shared.chmod(0o555)
    with unprivileged(), pytest.raises(RunError, match=r"cannot open .*Permission denied"):
        LibraryLock(shared / "lock", "tag").__enter__()

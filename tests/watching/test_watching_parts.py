"""The small parts: names, mounts, looks, pauses, what is noticed, status files, texts of services."""

import errno
import os
import plistlib
import shutil
import socket
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from watched import jpeg

from tagger.core.errors import RunError
from tagger.storage.processes import is_alive
from tagger.watching import eyes as eyes_module
from tagger.watching.eyes import LookingEyes, NoWatches, ToldEyes, has_free_watches, open_eyes
from tagger.watching.intake import Intake
from tagger.watching.looking import look_at
from tagger.watching.mounts import network_type
from tagger.watching.names import is_temporary
from tagger.watching.pauses import Pauses, QuietHours, on_battery
from tagger.watching.status import (
    PlaceStatus,
    Status,
    Trouble,
    all_statuses,
    name_of,
    now,
    read_status,
    status_file,
    write_status,
)
from tagger.watching.units import make_unit

MOUNTS = r"""
22 1 254:1 / / rw,relatime - ext4 /dev/root rw
30 22 0:40 / /home/me/nas rw - nfs4 server:/photos rw
31 22 0:41 / /media/my\040phone rw shared:3 - fuse.jmtpfs jmtpfs rw
32 22 8:1 / /media/stick rw - fuseblk /dev/sda1 rw
33 22 0:42 / /mnt/win rw - cifs //server/share rw
34 33 254:2 / /mnt/win/local rw - ext4 /dev/vdb rw
35 22 0:50 / /mnt/over rw - nfs server:/x rw
36 22 254:3 / /mnt/over rw - xfs /dev/vdc rw
"""


@pytest.mark.parametrize(
    "name",
    [
        ".x.jpg.AbC123", "x.jpg.part", "x.jpg.crdownload", "x.jpg.download", "x.jpg~", ".syncthing.x.jpg.tmp",
        "~syncthing~x.jpg.tmp", "x.jpg.~tmp~", ".dropbox.cache", "._x.jpg", ".sync_1a2b.db", "~RFa1b2.TMP", "x.tmp.jpg",
        "x.jpg_exiftool_tmp", ".x.jpg.0ff40083.tagger-tmp", "X.JPG.TMP", ".goutputstream-X1Y2Z3", "@eaDir", "x\n.part",
    ],
)  # fmt: skip
def test_temporary_names(name: str) -> None:
    assert is_temporary(name)


@pytest.mark.parametrize(
    "name",
    ["x.jpg", "party.jpg", "temporary.jpg", "a.part1.jpg", "IMG_0001.JPG", "x~1.jpg", "été.heic", "tmp.jpg"],
)
def test_names_of_photos(name: str) -> None:
    assert not is_temporary(name)


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/me/photos", ""), ("/home/me/nas", "nfs4"), ("/home/me/nas/2024", "nfs4"), ("/home/me", "nfs4"),
        ("/home/me/nasty", ""), ("/media/my phone/DCIM", "fuse.jmtpfs"), ("/media/stick", ""), ("/mnt/win", "cifs"),
        ("/mnt/win/local/photos", ""), ("/mnt/over", ""),
    ],
)  # fmt: skip
def test_network_drives(folder: str, kind: str) -> None:
    assert network_type(Path(folder), MOUNTS) == kind


def test_mounts_of_this_machine() -> None:
    assert isinstance(network_type(Path("/")), str)
    assert network_type(Path("/photos"), "no mounts at all\n1 2 3 - \n") == ""


def test_looks(tmp_path: Path) -> None:
    content = jpeg(1)
    cases = {
        "whole.jpg": (content, True), "cut.jpg": (content[:-1], False), "trailer.jpg": (content + b"more", False),
        "empty.jpg": (b"", False), "zeros.jpg": (b"\0" * 100, False), "any.heic": (b"x", True),
        "empty.heic": (b"", False),
        "whole.png": (b"\x89PNG....IEND\xaeB`\x82", True), "cut.png": (b"\x89PNG....IEND", False),
        "whole.webp": (b"RIFF\x08\0\0\0WEBPVP8 ", True), "cut.webp": (b"RIFF\x09\0\0\0WEBPVP8 ", False),
    }  # fmt: skip
    for name, (bytes_, whole) in cases.items():
        path = tmp_path / name
        path.write_bytes(bytes_)
        look = look_at(path)
        assert look is not None
        assert (name, look.whole, look.size) == (name, whole, len(bytes_))
    assert look_at(tmp_path / "missing.jpg") is None
    assert look_at(tmp_path) is None
    (tmp_path / "link.jpg").symlink_to(tmp_path / "whole.jpg")
    assert look_at(tmp_path / "link.jpg") is None


def test_quiet_hours() -> None:
    night, noon = QuietHours.parse("22:00-07:00"), QuietHours.parse("9:30-14:00")
    for hours, inside, outside in (
        (night, ("22:00", "23:59", "00:00", "06:59"), ("07:00", "21:59", "12:00")),
        (noon, ("09:30", "13:59"), ("09:29", "14:00", "00:00")),
    ):
        assert all(hours.hold(time.fromisoformat(at)) for at in inside)
        assert not any(hours.hold(time.fromisoformat(at)) for at in outside)
    assert str(noon) == "09:30-14:00"
    for wrong in ("", "22-7", "24:00-07:00", "22:00-22:00", "22:60-07:00", "22:00"):
        with pytest.raises(ValueError, match="quiet hours"):
            QuietHours.parse(wrong)


@pytest.mark.parametrize(
    ("supplies", "expected"),
    [
        ({}, False),
        ({"BAT0": {"type": "Battery", "status": "Discharging"}}, True),
        ({"BAT0": {"type": "Battery", "status": "Charging"}}, False),
        ({"AC": {"type": "Mains", "online": "1"}, "BAT0": {"type": "Battery", "status": "Discharging"}}, False),
        ({"AC": {"type": "Mains", "online": "0"}, "BAT0": {"type": "Battery", "status": "Discharging"}}, True),
        ({"mouse": {"type": "Battery", "scope": "Device", "status": "Discharging"}}, False),
    ],
)
def test_battery(tmp_path: Path, supplies: dict[str, dict[str, str]], expected: bool) -> None:
    for name, values in supplies.items():
        (tmp_path / name).mkdir()
        for key, value in values.items():
            (tmp_path / name / key).write_text(f"{value}\n")
    assert on_battery(tmp_path) is expected
    at = datetime(2024, 5, 1, 12, tzinfo=UTC)
    assert Pauses().reason(at, tmp_path) == ("on battery" if expected else "")
    assert Pauses(battery=False).reason(at, tmp_path) == ""
    assert Pauses(QuietHours(time(11), time(13))).reason(at, tmp_path) == "quiet hours 11:00-13:00"


def test_no_power_supplies_at_all(tmp_path: Path) -> None:
    assert not on_battery(tmp_path / "missing")


def test_intake_is_bounded() -> None:
    wake = threading.Event()
    intake = Intake(wake, limit=2, clock=lambda: 5.0)
    intake.file(Path("/a"))
    intake.file(Path("/a"))
    intake.folder(Path("/b"))
    intake.file(Path("/c"))
    noticed = intake.take()
    assert (noticed.files, noticed.folders, noticed.missed) == ({Path("/a"): 5.0}, {Path("/b"): 5.0}, True)
    assert wake.is_set()
    assert not intake.take().missed


def test_a_complaint_of_watchdog_means_looking_again(root: Path) -> None:
    """That is how it tells that the system's queue was full."""
    import logging

    intake = Intake(threading.Event())
    told = ToldEyes(root, intake)
    told.start()
    try:
        logging.getLogger("watchdog.observers.inotify_c").warning("Inotify queue overflowed")
        assert intake.take().missed
    finally:
        told.stop()
    logging.getLogger("watchdog.observers.inotify_c").warning("of somebody else's")
    assert not intake.take().missed


def test_too_few_watches(root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Looking again and again instead, and one line that says how to have more."""
    with pytest.raises(NoWatches, match="max_user_watches"):
        ToldEyes(root, Intake(threading.Event()), has_watches=lambda _: False).start()
    monkeypatch.setattr(eyes_module, "has_free_watches", lambda _: False)
    found = open_eyes(root, Intake(threading.Event()), poll=None, network="", default_poll=7.0)
    found.stop()
    assert found.how == "looking every 7 s"
    assert [line for line in caplog.messages if "max_user_watches" in line] == caplog.messages
    assert len(caplog.messages) == 1


def test_the_system_says_it_has_no_watches(root: Path) -> None:
    told = ToldEyes(root, Intake(threading.Event()))

    def schedule(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "inotify watch limit reached")

    told._observer.schedule = schedule  # type: ignore[method-assign, assignment]
    with pytest.raises(NoWatches):
        told.start()
    told.stop()
    assert has_free_watches(root)


def test_network_drives_are_looked_at(root: Path) -> None:
    found = open_eyes(root, Intake(threading.Event()), poll=None, network="nfs4", default_poll=5.0)
    found.stop()
    assert isinstance(found, LookingEyes)


def test_looking_notices_what_is_new(root: Path) -> None:
    (root / "before.jpg").write_bytes(jpeg(1))
    wake = threading.Event()
    intake = Intake(wake)
    looking = LookingEyes(root, intake, 0.05)
    looking.start()
    try:
        while not looking.are_open():
            wake.wait(0.01)
        assert not wake.is_set()
        (root / "x.tmp.jpg").write_bytes(jpeg(2))
        (root / "new.jpg").write_bytes(jpeg(2))
        os.utime(root / "before.jpg", ns=(1, 1))
        seen: set[Path] = set()
        while len(seen) < 2:
            assert wake.wait(30)
            wake.clear()
            seen |= intake.take().files.keys()
        assert seen == {root / "new.jpg", root / "before.jpg"}
    finally:
        looking.stop()
    assert not looking.are_alive()


def status(**values: object) -> Status:
    made: dict[str, object] = {
        "name": "one", "pid": os.getpid(), "host": socket.gethostname(), "version": "1", "since": now(),
        "updated": now(), "model": "tiny 1",
    }  # fmt: skip
    return Status(**made | values)  # type: ignore[arg-type]


def test_status_files(tmp_path: Path) -> None:
    place = PlaceStatus("/p", "/p", "watching", "told by the system", 2, 3)
    one = status(places=(place,), counts={"captioned": 4}, errors=(Trouble(now(), "/p/\udcff.jpg", "bad"),), rate=2)
    write_status(status_file("one", tmp_path), one)
    assert read_status(status_file("one", tmp_path)) == one
    assert one.queue == 5
    (tmp_path / "broken.status.json").write_text('{"pid": 1}')
    (tmp_path / "empty.status.json").write_text("")
    assert all_statuses(tmp_path) == [one]
    assert not list(tmp_path.glob("*.new"))
    write_status(tmp_path / "missing" / "x", one)


def test_running_or_not() -> None:
    child = subprocess.Popen(["true"])
    child.wait()
    old = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    assert status().is_running()
    assert not status(pid=child.pid).is_running()
    assert not status(host="another").is_running()
    assert not status(updated=old).is_running()
    assert not is_alive(0)
    assert not is_alive(-1)
    assert is_alive(1)


def test_names_of_watchers() -> None:
    one, other = Path("/a"), Path("/b")
    assert name_of([one, other]) == name_of([other, one]) != name_of([one])


HARD = ["/usr/bin/py thon", "watch", "--", "/photos/a b %h $HOME ${X} \\ \"x\" 'y' ; é"]


def test_systemd_unit(tmp_path: Path) -> None:
    unit = make_unit("linux", HARD, home=tmp_path, config=tmp_path / ".config")
    assert unit.file == tmp_path / ".config/systemd/user/tagger-watch.service"
    line = next(line for line in unit.content.decode().splitlines() if line.startswith("ExecStart="))
    assert line == ('ExecStart="/usr/bin/py thon" "watch" "--" "/photos/a b %%h $$HOME $${X} \\\\ \\"x\\" \'y\' ; é"')
    assert "Restart=on-failure" in unit.content.decode()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_accepts_its_unit(tmp_path: Path) -> None:
    unit = make_unit("linux", [shutil.which("true") or "", *HARD[1:]], home=tmp_path, config=tmp_path)
    file = tmp_path / "tagger-watch.service"
    file.write_bytes(unit.content)
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(file)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_launchd_agent(tmp_path: Path) -> None:
    unit = make_unit("macos", HARD, home=tmp_path, config=tmp_path, user=501)
    assert unit.file == tmp_path / "Library/LaunchAgents/org.tagger.watch.plist"
    agent = plistlib.loads(unit.content)
    assert agent["ProgramArguments"] == HARD
    assert agent["KeepAlive"] == {"SuccessfulExit": False}
    assert unit.start == (("launchctl", "bootstrap", "gui/501", str(unit.file)),)


def test_windows_task(tmp_path: Path) -> None:
    command = ["C:\\Program Files\\py & co\\python.exe", "watch", "--", 'C:\\my "photos" <1>\\', "D:\\50% off"]
    unit = make_unit("windows", command, home=tmp_path, config=tmp_path)
    task = ET.fromstring(unit.content.decode("utf-16"))
    names = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    assert task.findtext(".//t:Command", namespaces=names) == command[0]
    arguments = task.findtext(".//t:Arguments", namespaces=names) or ""
    assert arguments == 'watch -- "C:\\my \\"photos\\" <1>\\\\" "D:\\50% off"'
    assert task.find(".//t:RestartOnFailure", names) is not None


@pytest.mark.parametrize("platform", ["linux", "macos", "windows"])
@pytest.mark.parametrize("word", ["/a\nb", "/a\rb", "/a\0b", "/\udcff"])
def test_what_no_quoting_can_carry(tmp_path: Path, platform: str, word: str) -> None:
    with pytest.raises(RunError, match="rename it"):
        make_unit(platform, ["tagger", word], home=tmp_path, config=tmp_path)  # type: ignore[arg-type]


@pytest.mark.parametrize("word", ["C:\\%USERNAME%\\photos", "C:\\$(Arg0)"])
def test_what_the_task_scheduler_would_replace(tmp_path: Path, word: str) -> None:
    with pytest.raises(RunError, match="rename it"):
        make_unit("windows", ["tagger", word], home=tmp_path, config=tmp_path)


def test_memory_settings() -> None:
    """In a process of its own: the settings stay for good."""
    code = "from tagger.watching.memory import *\nshare_memory()\ngive_memory_back()\nprint('fine')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("fine\n", "")

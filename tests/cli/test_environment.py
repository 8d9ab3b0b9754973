"""What the machine does to us: rights, full disks, locked and newer databases, a terminal."""

import os
import pty
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from captioning.pictures import jpeg, photo, scene
from storage.unprivileged import unprivileged
from tiny_bundle import COLOURS

from cli.conftest import Cli, make_newer, snapshot, write

NOBODY = 65534


@pytest.fixture
def shared_photos(shared_folder: Path, bundle_folder: Path) -> Path:
    """A library with three photos that belongs to nobody, and a bundle that nobody may read."""
    folder = shared_folder / "photos"
    folder.mkdir()
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        write(folder / name, photo(COLOURS["red"], seed=ord(name[0])))
    shutil.copytree(bundle_folder, shared_folder / "bundle")
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            os.chown(path, NOBODY, NOBODY)
    return folder


@pytest.fixture
def as_nobody(
    cli: Cli,
    photos: Path,
    shared_photos: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Path]:
    """The library; the test runs without root's powers, and the user's settings are where it can read them."""
    for command in ("tag", "show", "undo"):  # nobody may not even read Python's own modules everywhere: load them now
        cli(command, photos / "red.jpg")
    config = shared_photos.parent / "config"
    (config / "tagger").mkdir(parents=True)
    (config / "tagger/tagger.toml").write_text(f'bundle = "{shared_photos.parent / "bundle"}"\n')
    monkeypatch.setenv("XDG_CONFIG_HOME", str(config))
    with unprivileged():
        yield shared_photos
    for path in shared_photos.parent.rglob("*"):
        if path.is_dir():
            path.chmod(0o777)


def test_read_only_file(cli: Cli, as_nobody: Path) -> None:
    (as_nobody / "b.jpg").chmod(0o444)
    before = snapshot(as_nobody)["b.jpg"]
    result = cli("tag", "--json", as_nobody)
    assert (result.code, set(result.outcomes.values())) == (0, {"captioned"})
    assert result.reasons == {"b.jpg": "into a sidecar: file is read-only"}
    assert snapshot(as_nobody)["b.jpg"] == before
    assert (as_nobody / "b.jpg.xmp").exists()
    assert not (as_nobody / "a.jpg.xmp").exists()


def test_no_permission_to_read(cli: Cli, as_nobody: Path) -> None:
    (as_nobody / "b.jpg").chmod(0)
    result = cli("tag", "--json", as_nobody)
    assert (result.code, result.outcomes) == (1, {"a.jpg": "captioned", "b.jpg": "failed", "c.jpg": "captioned"})
    assert "permission denied" in result.reasons["b.jpg"]


def test_read_only_folder_in_a_library(cli: Cli, as_nobody: Path) -> None:
    (as_nobody / "sub").mkdir()
    write(as_nobody / "sub/d.jpg", photo(COLOURS["blue"]))
    (as_nobody / "sub").chmod(0o555)
    before = snapshot(as_nobody)["sub/d.jpg"]
    result = cli("tag", "--json", as_nobody)
    assert (result.code, result.outcomes["d.jpg"], result.outcomes["a.jpg"]) == (1, "failed", "captioned")
    assert "no permission to write in the file's folder" in result.reasons["d.jpg"]
    assert snapshot(as_nobody)["sub/d.jpg"] == before


def test_read_only_library(cli: Cli, as_nobody: Path) -> None:
    as_nobody.chmod(0o555)
    before = snapshot(as_nobody)
    result = cli("tag", as_nobody)
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert f"cannot create {as_nobody}/.tagger: Permission denied" in result.err
    assert snapshot(as_nobody) == before
    assert "would be: 3 failed" in cli("tag", "--dry-run", as_nobody).err


def test_folder_that_cannot_be_listed(cli: Cli, as_nobody: Path) -> None:
    (as_nobody / "sub").mkdir()
    (as_nobody / "sub").chmod(0)
    result = cli("tag", "--json", as_nobody)
    assert (result.code, result.outcomes["sub"], result.outcomes["c.jpg"]) == (1, "failed", "captioned")


def test_folder_that_may_not_be_entered(cli: Cli, as_nobody: Path) -> None:
    """One line, whichever command is pointed at it; what was known of the photos there stays."""
    (as_nobody / "sub").mkdir()
    write(as_nobody / "sub/d.jpg", photo(COLOURS["blue"]))
    cli("tag", as_nobody)
    write(as_nobody / "copy.jpg", photo(COLOURS["blue"]))
    (as_nobody / "sub").chmod(0)
    result = cli("tag", "--json", as_nobody / "copy.jpg", as_nobody / "sub/d.jpg")
    assert (result.code, result.outcomes) == (1, {"copy.jpg": "captioned", "d.jpg": "failed"})
    assert result.reasons["d.jpg"] == "permission denied"
    for command in ("show", "undo"):
        assert cli(command, as_nobody / "sub/d.jpg").code != 0
    assert len(cli("search", "blue", "--library", as_nobody).out.splitlines()) == 2
    result = cli("undo", "--json", as_nobody)
    assert (result.code, result.outcomes["d.jpg"], result.outcomes["a.jpg"]) == (1, "failed", "restored")


def test_undo_of_what_may_not_be_looked_at(cli: Cli, as_nobody: Path) -> None:
    """One photo that cannot be read any more does not keep the others from being undone."""
    before = snapshot(as_nobody)
    cli("tag", as_nobody)
    (as_nobody / "b.jpg").chmod(0)
    result = cli("undo", "--json", as_nobody)
    assert (result.code, result.outcomes) == (1, {"a.jpg": "restored", "b.jpg": "failed", "c.jpg": "restored"})
    (as_nobody / "b.jpg").chmod(0o644)
    assert cli("undo", as_nobody).code == 0
    assert snapshot(as_nobody) == before


def test_newer_index(cli: Cli, photos: Path) -> None:
    cli("tag", photos / "red.jpg")
    make_newer(photos / ".tagger/index.db")
    before = snapshot(photos)
    for command in (["tag", photos], ["search", "red", "--library", photos], ["undo", photos]):
        result = cli(*command)
        assert (result.code, result.err.count("\n")) == (2, 1)
        assert "was written by a newer version of tagger" in result.err
    assert snapshot(photos) == before


def test_locked_index(cli: Cli, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **options: connect(*args, **options | {"timeout": 0.05}))
    cli("tag", photos / "red.jpg")
    before = snapshot(photos)
    other = sqlite3.connect(photos / ".tagger/index.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        result = cli("tag", photos)
    finally:
        other.close()
    assert (result.code, result.out) == (2, "")
    assert "index.db is in use by another program" in result.err
    # The photo that could not be indexed is written and recorded: the next run settles it.
    assert cli("tag", "--json", photos).code == 0
    after = snapshot(photos)
    assert sum(after[name] != before[name] for name in before) == 2
    assert len(cli("search", "photo", "--library", photos).out.splitlines()) == 3


@pytest.mark.parametrize("content", [b"not a database at all", bytes(8192)], ids=["text", "zeros"])
def test_damaged_index(cli: Cli, photos: Path, content: bytes) -> None:
    cli("tag", photos / "red.jpg")
    for file in (photos / ".tagger").glob("index.db*"):
        file.unlink()
    (photos / ".tagger/index.db").write_bytes(content)
    result = cli("tag", photos)
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert "delete it" in result.err


def test_locked_journal(cli: Cli, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be recorded is not done."""
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **options: connect(*args, **options | {"timeout": 0.05}))
    cli("tag", photos / "red.jpg")
    before = snapshot(photos)
    other = sqlite3.connect(photos / ".tagger/journal.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        result = cli("tag", photos)
    finally:
        other.close()
    assert (result.code, snapshot(photos)) == (2, before)
    assert "journal.db is in use by another program" in result.err


def fill(folder: Path, keep: int) -> Path:
    """Take all room on the disk but ``keep`` bytes."""
    filler = folder / "filler"
    status = os.statvfs(folder)
    with filler.open("wb") as file:
        file.write(bytes(max(0, status.f_bavail * status.f_frsize - keep)))
    return filler


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path | None]:
    """A disk of three megabytes; None where we may not mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True)
    if done.returncode != 0:
        yield None
        return
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("keep", [0, 20_000, 60_000, 150_000])
def test_full_disk(cli: Cli, small_disk: Path | None, keep: int) -> None:
    """Every photo is wholly before or wholly after; with room again, the rest is done."""
    if small_disk is None:
        return  # test_file_size_limit is there everywhere
    originals = {f"{i}.jpg": jpeg(scene((240, 160)), quality=95 - i) for i in range(12)}
    for name, content in originals.items():
        write(small_disk / name, content)
    if keep:
        cli("tag", small_disk / "0.jpg")
    filler = fill(small_disk, keep)
    result = cli("tag", "--json", small_disk)
    assert result.code in (1, 2)
    assert "full" in result.out + result.err
    written = [record["path"] for record in result.records if record["outcome"] == "captioned"]
    for name, content in originals.items():
        if str(small_disk / name) not in written and name != "0.jpg":
            now = (small_disk / name).read_bytes()
            assert now == content or (now.startswith(content[:2]) and len(now) > len(content))
    filler.unlink()
    again = cli("tag", "--json", small_disk)
    assert again.code == 0
    assert set(again.outcomes.values()) <= {"captioned", "unchanged"}
    assert not list(small_disk.rglob("*.tagger-tmp"))
    assert cli("undo", small_disk).code == 0
    assert {name: (small_disk / name).read_bytes() for name in originals} == originals


def test_file_size_limit(photos: Path, settings_file: Path) -> None:
    """The system lets no file grow: as on a full disk, the photos stay as they are."""
    write(photos / "large.jpg", jpeg(scene((1200, 900)), quality=98))
    size = (photos / "large.jpg").stat().st_size
    before = snapshot(photos)
    program = [sys.executable, "-m", "tagger", "tag", "--json", str(photos)]

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    done = subprocess.run(program, preexec_fn=limited, capture_output=True, text=True)
    assert done.returncode in (1, 2), done.stderr
    assert "Traceback" not in done.stderr
    assert snapshot(photos)["large.jpg"] == before["large.jpg"]
    assert not list(photos.rglob("*.tagger-tmp"))
    assert subprocess.run(program, capture_output=True).returncode == 0


def test_on_a_terminal(photos: Path, settings_file: Path) -> None:
    """A progress bar with count and time left; names cannot steer the terminal there either."""
    write(photos / "\x1b]0;owned\x07.jpg", photo(COLOURS["grey"]))
    write(photos / "z\x1b[5m.jpg", b"bad")
    parent, child = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "200"}
    command = [sys.executable, "-m", "tagger", "tag", "-v", str(photos)]
    process = subprocess.Popen(command, stdout=child, stderr=child, env=environment)
    os.close(child)
    shown = b""
    while True:
        try:
            piece = os.read(parent, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(parent)
    assert process.wait() == 1
    assert b"5/5" in shown
    assert b"A red photo" in shown
    assert b"\x1b]0;owned" not in shown
    assert b"\x1b[5m" not in shown

"""Two commands on one library; a library on a read-only disk."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from storage.unprivileged import unprivileged

from cli.conftest import Cli, snapshot
from tagger.storage.library import Library
from tagger.storage.lock import LibraryLock

WRITERS = [["tag"], ["undo"], ["clean"], ["index", "rebuild"], ["index", "prune"], ["history", "prune", "--library"]]
READERS = [["search", "photo", "--library"], ["history", "--library"], ["index", "verify"], ["index", "stats"]]


@pytest.mark.parametrize("command", WRITERS, ids=" ".join)
def test_second_writer(cli: Cli, photos: Path, command: list[str]) -> None:
    cli("tag", photos)
    before = snapshot(photos)
    with LibraryLock(Library(photos).lock_file, "tag"):
        result = cli(*command, photos, "--wait", 0)
    assert (result.code, result.out) == (2, "")
    assert f"the library {photos} is in use by tagger tag, pid {os.getpid()} on host " in result.err
    assert snapshot(photos) == before
    assert cli(*command, photos, "--wait", 0).code == 0


@pytest.mark.parametrize("command", READERS, ids=" ".join)
def test_readers_need_no_lock(cli: Cli, photos: Path, command: list[str]) -> None:
    cli("tag", photos)
    with LibraryLock(Library(photos).lock_file, "tag"):
        assert cli(*command, photos).code == 0
        assert cli("show", photos / "red.jpg").code == 0
        assert cli("tag", "--dry-run", photos).code == 0
        assert cli("clean", "--dry-run", photos).code == 0


def test_waits_until_the_other_is_done(cli: Cli, photos: Path) -> None:
    cli("tag", photos)
    lock = LibraryLock(Library(photos).lock_file, "undo")
    lock.__enter__()
    timer = threading.Timer(0.5, lambda: lock.__exit__(None, None, None))
    timer.start()
    result = cli("tag", photos)
    timer.join()
    assert result.code == 0
    assert result.err.startswith(f"waiting for tagger undo, pid {os.getpid()} on host ")
    assert result.err.endswith("3 unchanged\n")


def test_what_is_being_written_is_not_recovered(cli: Cli, photos: Path) -> None:
    """A record that is pending because its writer is at work stays pending."""
    cli("tag", photos)
    code = (
        "import sys\nfrom pathlib import Path\nfrom tagger import bootstrap\n"
        "from tagger.core.records import ChangeState\n"
        "root = Path(sys.argv[1])\n"
        "with bootstrap.open_library(root, bootstrap.settings_for(root), claim=bootstrap.Claim('tag')) as library:\n"
        "    library.journal.resolve(1, ChangeState.PENDING)\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", code, str(photos)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        result = cli("undo", photos, "--wait", 0.2)
        assert (result.code, "waiting for" in result.err) == (2, True)
        assert '"pending": 1' in cli("history", "--json", "--library", photos).out
        process.communicate("")
    result = cli("undo", photos)
    assert (result.code, "an interrupted run had written it" in result.err) == (0, True)


def test_two_at_once(cli: Cli, photos: Path) -> None:
    """Both end well: one after the other."""
    command = [sys.executable, "-m", "tagger", "tag", "--wait", "120", "--json", str(photos)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outcomes = [process.communicate()[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(output.count('"captioned"') for output in outcomes) == [0, 3]
    assert cli("undo", photos).err == "3 restored\n"


@pytest.mark.parametrize("wait", ["-1", "nan", "x", "inf"])
def test_wrong_wait(cli: Cli, photos: Path, wait: str) -> None:
    assert cli("tag", photos, f"--wait={wait}").code == 2
    assert not (photos / ".tagger").exists()


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_library_on_a_read_only_disk(
    cli: Cli, shared_folder: Path, photos: Path, bundle_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for command in (["show", photos / "red.jpg"], ["history"], ["clean", photos], ["index", "stats", photos]):
        cli(*command)  # nobody may not even read Python's own modules everywhere: load them now
    shutil.copytree(bundle_folder, shared_folder / "bundle")
    (shared_folder / "config/tagger").mkdir(parents=True)
    (shared_folder / "config/tagger/tagger.toml").write_text(f'bundle = "{shared_folder}/bundle"\n')
    monkeypatch.setenv("XDG_CONFIG_HOME", str(shared_folder / "config"))
    shared_folder /= "photos"
    shared_folder.mkdir()
    (photos / "red.jpg").rename(shared_folder / "red.jpg")
    run = cli("tag", shared_folder).run
    library = shared_folder / ".tagger"
    for path in (*library.iterdir(), shared_folder / "red.jpg"):
        path.chmod(0o444)
    library.chmod(0o555)
    shared_folder.chmod(0o555)
    files = sorted(library.iterdir())
    try:
        with unprivileged():
            assert "A red photo" in cli("search", "red", "--library", shared_folder).out
            assert "A red photo" in cli("show", shared_folder / "red.jpg").out
            assert run in cli("history", "--library", shared_folder).out
            assert run in cli("history", shared_folder / "red.jpg").out
            assert cli("index", "verify", shared_folder).err == "1 as recorded\n"
            assert cli("index", "stats", shared_folder).code == 0
            for command in (["undo"], ["index", "rebuild"], ["tag"], ["clean"], ["index", "prune"]):
                result = cli(*command, shared_folder)
                assert (result.code, result.err.count("\n")) == (2, 1)
                assert "Permission denied" in result.err
    finally:
        shared_folder.chmod(0o777)
        library.chmod(0o777)
    assert sorted(library.iterdir()) == files

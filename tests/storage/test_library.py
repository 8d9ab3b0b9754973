"""Finding and making a library."""

import os
import tempfile
from pathlib import Path

import pytest

from storage.unprivileged import unprivileged
from tagger.core.errors import RunError
from tagger.storage.library import Library, find_root


def test_create_and_find(tmp_path: Path) -> None:
    inner = tmp_path / "2024/may"
    inner.mkdir(parents=True)
    (inner / "a.jpg").touch()
    assert find_root(inner) is None
    library = Library(tmp_path)
    library.create()
    library.create()
    assert library.index_file == tmp_path / ".tagger/index.db"
    assert library.journal_file == tmp_path / ".tagger/journal.db"
    assert {find_root(path) for path in (tmp_path, inner, inner / "a.jpg", inner / "new/b.jpg")} == {tmp_path}


def test_nearest_root_wins(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    Library(tmp_path).create()
    Library(inner).create()
    assert find_root(inner) == inner


def test_found_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    Library(tmp_path / "real").create()
    (tmp_path / "link").symlink_to("real")
    assert find_root(tmp_path / "link") == tmp_path / "real"


def test_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Library(tmp_path).create()
    monkeypatch.chdir(tmp_path)
    assert find_root(Path()) == tmp_path


def test_loop_of_links(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    assert find_root(tmp_path / "loop") is None


@pytest.mark.parametrize("what", ["file", "link"])
def test_refused(tmp_path: Path, what: str) -> None:
    folder = tmp_path / ".tagger"
    if what == "file":
        folder.touch()
    else:
        (tmp_path / "elsewhere").mkdir()
        folder.symlink_to("elsewhere")
    with pytest.raises(RunError, match="symbolic link" if what == "link" else "not a folder") as caught:
        Library(tmp_path).create()
    assert "move it away" in caught.value.hint
    with pytest.raises(RunError, match="symbolic link" if what == "link" else "not a folder"):
        find_root(tmp_path / "x")


def test_no_such_root(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no such folder"):
        Library(tmp_path / "nowhere").create()


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_read_only_root() -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        root.chmod(0o555)
        with unprivileged(), pytest.raises(RunError, match=r"cannot create .*Permission denied") as caught:
            Library(root).create()
        assert "writable" in caught.value.hint
        root.chmod(0o700)

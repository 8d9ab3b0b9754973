"""Folders at fsspec addresses, by fsspec's memory and local file systems."""

import os
import sys
from pathlib import Path

import pytest
from tagger_training import places
from tagger_training.places import is_remote, place

from tagger.core.errors import RunError

fsspec = pytest.importorskip("fsspec")


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places.platformdirs, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    memory = fsspec.filesystem("memory")
    if memory.exists("/set"):
        memory.rm("/set", recursive=True)


def put(name: str, content: bytes) -> None:
    fsspec.filesystem("memory").pipe(f"/set/{name}", content)


def test_what_is_an_address() -> None:
    assert is_remote("s3://bucket/set")
    assert is_remote("memory://set")
    assert not is_remote("C://photos")
    assert not is_remote("/photos")
    assert not is_remote("photos")


def test_a_local_folder_is_used_as_it_is(tmp_path: Path) -> None:
    here = place(str(tmp_path))
    assert not here.remote
    assert here.fetch() == tmp_path
    here.send()


def test_fetch_copies_once(tmp_path: Path) -> None:
    put("captions.tsv", b"split\tfile\tcaption\n")
    put("images/a.jpg", b"123")
    seen: list[tuple[int, int]] = []
    folder = place("memory://set").fetch(lambda done, total: seen.append((done, total)))
    assert (folder / "images/a.jpg").read_bytes() == b"123"
    assert seen == [(1, 2), (2, 2)]
    seen.clear()
    put("images/b.jpg", b"4567")
    assert place("memory://set").fetch(lambda done, total: seen.append((done, total))) == folder
    assert seen == [(1, 1)]
    assert (folder / "images/b.jpg").read_bytes() == b"4567"


def test_send_copies_what_changed(tmp_path: Path) -> None:
    here = place("memory://set")
    folder = here.fetch()
    (folder / "sub").mkdir()
    (folder / "sub/history.csv").write_text("1\n")
    (folder / "model").write_bytes(b"a" * 10)
    here.send()
    memory = fsspec.filesystem("memory")
    assert memory.cat("/set/sub/history.csv") == b"1\n"
    seen: list[int] = []
    (folder / "sub/history.csv").write_text("1\n2\n")
    here.send(lambda done, total: seen.append(total))
    assert seen == [1]
    assert memory.cat("/set/sub/history.csv") == b"1\n2\n"
    assert (place("memory://set").fetch() / "model").read_bytes() == b"a" * 10


def test_the_local_file_system_by_address(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there/a.txt").write_text("x")
    assert (place(f"file://{tmp_path}/there").fetch() / "a.txt").read_text() == "x"


def test_errors_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RunError, match="nosuch"):
        place("nosuch://bucket/set")
    (tmp_path / "closed").mkdir()
    here = place(f"file://{tmp_path}/closed")
    (here.local / "a").write_text("x")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(here._filesystem), "put_file", refuse)
    with pytest.raises(RunError, match="Permission denied"):
        here.send()
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(RunError, match="needs fsspec"):
        place("s3://bucket/set")


def test_a_name_that_leaves_the_folder_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    put("a", b"x")
    here = place("memory://set")
    monkeypatch.setattr(type(here._filesystem), "find", lambda *_, **__: {"/set/../../x": {"size": 1}})
    with pytest.raises(RunError, match="inside its folder"):
        here.fetch()
    assert not os.path.exists(here.local.parent.parent / "x")  # noqa: PTH110

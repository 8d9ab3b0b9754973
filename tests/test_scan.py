"""Folders, files and patterns to photos."""

import os
import socket
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from storage.unprivileged import unprivileged

from tagger.core.records import Outcome, OutcomeKind, Photo
from tagger.scan import scan

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX file systems")


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * len(path.name))


def seen(root: Path, paths: Sequence[Path] | None = None, *, recursive: bool = True) -> list[str]:
    """Photos as they come, relative to ``root``; outcomes with a sign for their kind in front."""
    signs = {OutcomeKind.SKIPPED: "~", OutcomeKind.FAILED: "!"}
    found = []
    for item in scan([root] if paths is None else paths, recursive=recursive):
        sign = signs[item.kind] if isinstance(item, Outcome) else ""
        found.append(sign + os.path.relpath(item.path, root))
    return found


def reason(path: Path) -> tuple[OutcomeKind, str]:
    (outcome,) = scan([path])
    assert isinstance(outcome, Outcome)
    return outcome.kind, outcome.reason


def test_photo(tmp_path: Path) -> None:
    make(tmp_path, "a.jpg")
    os.utime(tmp_path / "a.jpg", ns=(1, 1_700_000_000_123_456_789))
    assert list(scan([tmp_path])) == [Photo(tmp_path / "a.jpg", 5, 1_700_000_000_123_456_789)]


def test_is_lazy(tmp_path: Path) -> None:
    make(tmp_path, "a/1.jpg", "b/1.jpg")
    items = scan([tmp_path])
    assert next(items).path == tmp_path / "a/1.jpg"
    make(tmp_path, "b/2.jpg")
    assert [item.path.name for item in items] == ["1.jpg", "2.jpg"]


def test_order(tmp_path: Path) -> None:
    make(tmp_path, "b/1.jpg", "IMG_10.jpg", "IMG_9.jpg", "IMG_009.jpg", "a/10/x.jpg", "a/9/x.jpg", "a/z.jpg", "Z.jpg")
    assert seen(tmp_path) == [
        "IMG_009.jpg", "IMG_9.jpg", "IMG_10.jpg", "Z.jpg", "a/z.jpg", "a/9/x.jpg", "a/10/x.jpg", "b/1.jpg",
    ]  # fmt: skip


def test_formats(tmp_path: Path) -> None:
    photos = ["1.JPG", "2.jpeg", "3.JpE", "4.jfif", "5.png", "6.HEIC", "7.cr2", "7.NEF", "7.tif", "7.avif", "7.gif"]
    make(tmp_path, *photos, "8.txt", "9.xmp", "9.jpg.xmp", "9.mp4", "10.jxl", "jpg", "x.jpg.bak")
    assert sorted(seen(tmp_path)) == sorted([*photos, "~10.jxl"])
    assert reason(tmp_path / "10.jxl") == (OutcomeKind.SKIPPED, "JPEG XL cannot be read yet")
    sidecar = "not a photo: it is a sidecar, and written with its photo"
    assert reason(tmp_path / "9.jpg.xmp") == (OutcomeKind.FAILED, sidecar)
    assert reason(tmp_path / "8.txt") == (OutcomeKind.FAILED, "not a photo: .txt is no photo format")
    assert reason(tmp_path / "jpg") == (OutcomeKind.FAILED, "not a photo: its name has no suffix")


def test_ignored(tmp_path: Path) -> None:
    make(tmp_path, ".a.jpg", ".hidden/a.jpg", "@eaDir/a.jpg", "$RECYCLE.BIN/a.jpg", "System Volume Information/a.jpg")
    make(tmp_path, ".tagger/a.jpg", "a.jpg.tagger-tmp", "x.tagger-tmp/a.jpg", "b.jpg")
    assert seen(tmp_path) == ["b.jpg"]
    assert seen(tmp_path, [tmp_path / ".hidden", tmp_path / ".a.jpg"]) == [".hidden/a.jpg", ".a.jpg"]


def test_not_recursive(tmp_path: Path) -> None:
    make(tmp_path, "a.jpg", "b/c.jpg")
    assert seen(tmp_path, recursive=False) == ["a.jpg"]
    assert seen(tmp_path, [tmp_path, tmp_path / "b", tmp_path / "b/c.jpg"], recursive=False) == ["a.jpg", "b/c.jpg"]


def test_a_folder_named_like_a_photo(tmp_path: Path) -> None:
    make(tmp_path, "album.jpg/a.jpg")
    assert seen(tmp_path) == ["album.jpg/a.jpg"]


class TestOnce:
    @pytest.mark.parametrize(
        ("given", "found"),
        [
            (["", ""], ["a.jpg", "x/b.jpg", "x/y/c.jpg"]),
            (["", "x", "x/y/c.jpg"], ["a.jpg", "x/b.jpg", "x/y/c.jpg"]),
            (["x/y/c.jpg", "x", ""], ["x/y/c.jpg", "x/b.jpg", "a.jpg"]),
            (["x/y", "x/../x", "."], ["x/y/c.jpg", "x/b.jpg", "a.jpg"]),
            (["a.jpg", "x/../a.jpg"], ["a.jpg"]),
            (["x/.h/d.jpg", "", "x/.h"], ["x/.h/d.jpg", "a.jpg", "x/b.jpg", "x/y/c.jpg"]),
            (["", "x/.h/d.jpg"], ["a.jpg", "x/b.jpg", "x/y/c.jpg", "x/.h/d.jpg"]),
            (["", "x/.h"], ["a.jpg", "x/b.jpg", "x/y/c.jpg", "x/.h/d.jpg"]),
            (["", "e.txt", "e.txt"], ["a.jpg", "x/b.jpg", "x/y/c.jpg", "!e.txt"]),
            (["**/c.jpg", "x/*/*.jpg", ""], ["x/y/c.jpg", "a.jpg", "x/b.jpg"]),
            (["x", "**"], ["x/b.jpg", "x/y/c.jpg", "a.jpg"]),
            (["?.jpg", "a.jpg", "x*", "x/y"], ["a.jpg", "x/b.jpg", "x/y/c.jpg"]),
        ],
    )
    def test_each_file_comes_once(self, tmp_path: Path, given: list[str], found: list[str]) -> None:
        make(tmp_path, "a.jpg", "x/b.jpg", "x/y/c.jpg", "x/.h/d.jpg", "e.txt")
        assert seen(tmp_path, [tmp_path / name for name in given]) == found

    @posix
    def test_by_way_of_links(self, tmp_path: Path) -> None:
        make(tmp_path, "real/a.jpg")
        (tmp_path / "link").symlink_to("real")
        (tmp_path / "b.jpg").symlink_to("real/a.jpg")
        paths = [tmp_path / "link", tmp_path / "b.jpg", tmp_path / "real", tmp_path / "link/a.jpg"]
        assert list(scan(paths)) == list(scan([tmp_path / "real"]))


class TestPatterns:
    @pytest.mark.parametrize(
        ("pattern", "found"),
        [
            ("*.jpg", ["1.jpg", "2.jpg"]),
            ("[2-9].jpg", ["2.jpg"]),
            ("?.*", ["1.jpg", "2.jpg", "3.png"]),
            ("*/*.jpg", ["x/1.jpg"]),
            ("x/*/3.jpg", ["x/y/3.jpg"]),
            ("**/3.jpg", ["x/y/3.jpg"]),
            ("**/*.jpg", ["1.jpg", "2.jpg", "x/1.jpg", "x/y/3.jpg"]),
            ("x/**", ["x/1.jpg", "x/y/3.jpg"]),
            ("**/y", ["x/y/3.jpg"]),
            ("**/**/y/**", ["x/y/3.jpg"]),
            ("x*", ["x/1.jpg", "x/y/3.jpg"]),
            ("*", ["1.jpg", "2.jpg", "3.png", "x/1.jpg", "x/y/3.jpg"]),
            ("*.gif", ["!*.gif"]),
            ("nowhere/*.jpg", ["!nowhere/*.jpg"]),
            ("*.txt", ["!*.txt"]),
        ],
    )
    def test_expanded(self, tmp_path: Path, pattern: str, found: list[str]) -> None:
        make(tmp_path, "1.jpg", "2.jpg", "3.png", "4.txt", "x/1.jpg", "x/y/3.jpg", ".h/5.jpg")
        assert seen(tmp_path, [tmp_path / pattern]) == found

    def test_not_recursive(self, tmp_path: Path) -> None:
        make(tmp_path, "1.jpg", "x/1.jpg", "x/y/3.jpg")
        assert seen(tmp_path, [tmp_path / "*"], recursive=False) == ["1.jpg", "x/1.jpg"]
        assert seen(tmp_path, [tmp_path / "**/*.jpg"], recursive=False) == ["1.jpg", "x/1.jpg", "x/y/3.jpg"]
        assert seen(tmp_path, [tmp_path / "**", tmp_path], recursive=False) == ["1.jpg", "x/1.jpg", "x/y/3.jpg"]

    def test_relative(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        make(tmp_path, "1.jpg")
        monkeypatch.chdir(tmp_path)
        assert [item.path for item in scan([Path("*.jpg")])] == [tmp_path / "1.jpg"]

    @posix
    def test_a_name_with_signs_is_no_pattern(self, tmp_path: Path) -> None:
        make(tmp_path, "[1]*?.jpg", "1x.jpg")
        assert seen(tmp_path, [tmp_path / "[1]*?.jpg"]) == ["[1]*?.jpg"]

    @posix
    def test_pattern_through_loops(self, tmp_path: Path) -> None:
        make(tmp_path, "x/1.jpg")
        (tmp_path / "x/loop").symlink_to("..")
        assert seen(tmp_path, [tmp_path / "**/*.jpg"]) == ["x/1.jpg"]


def test_missing(tmp_path: Path) -> None:
    make(tmp_path, "a.jpg")
    for name in ("nothing.jpg", "a.jpg/b.jpg", "nowhere/c.jpg"):
        assert reason(tmp_path / name) == (OutcomeKind.FAILED, "no such file or folder")
    assert reason(Path("a\0b.jpg")) == (OutcomeKind.FAILED, "not a file name")
    assert reason(tmp_path / ("x" * 300))[1] == "file name too long"


@posix
class TestPosix:
    def test_links_in_folders(self, tmp_path: Path) -> None:
        make(tmp_path, "real/a.jpg", "here/b.jpg")
        (tmp_path / "here/link.jpg").symlink_to(Path("../real/a.jpg"))
        (tmp_path / "here/broken.jpg").symlink_to(os.fsdecode(b"caf\xe9\n.jpg"))
        (tmp_path / "here/folder").symlink_to("../real")
        (tmp_path / "here/folder.jpg").symlink_to("../real")
        (tmp_path / "here/loop.jpg").symlink_to("loop.jpg")
        (tmp_path / "here/self").symlink_to(".")
        outcomes = list(scan([tmp_path / "here"]))
        assert [(item.path.name, getattr(item, "reason", "")) for item in outcomes] == [
            ("b.jpg", ""),
            ("broken.jpg", r"symbolic link to caf\xe9\n.jpg"),
            ("link.jpg", "symbolic link to ../real/a.jpg"),
            ("loop.jpg", "symbolic link to loop.jpg"),
        ]

    def test_links_by_name(self, tmp_path: Path) -> None:
        make(tmp_path, "real/a.jpg")
        (tmp_path / "folder").symlink_to("real")
        (tmp_path / "link.jpg").symlink_to("folder/a.jpg")
        (tmp_path / "loop").symlink_to("loop")
        (tmp_path / "broken").symlink_to("nowhere*")
        for name in ("folder", "link.jpg", "folder/a.jpg"):
            assert [item.path for item in scan([tmp_path / name])] == [tmp_path / "real/a.jpg"]
        assert reason(tmp_path / "loop") == (OutcomeKind.FAILED, "a symbolic link that leads back to itself")
        assert reason(tmp_path / "broken")[1] == "symbolic link to nowhere*, which is not there"

    def test_special_files(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "fifo.jpg")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(tmp_path / "socket.jpg"))
            assert seen(tmp_path) == ["~fifo.jpg", "~socket.jpg"]
        assert reason(tmp_path / "fifo.jpg") == (OutcomeKind.SKIPPED, "not a regular file")
        assert reason(Path("/dev/null"))[0] is OutcomeKind.FAILED

    def test_odd_names(self, tmp_path: Path) -> None:
        names = [b"a b.jpg", b"a\nb.jpg", b"caf\xe9.jpg", "naïve 🐕.jpg".encode(), b"-rf.jpg", b"\xff\xfe.JPG"]
        for name in names:
            (tmp_path / os.fsdecode(name)).touch()
        assert sorted(os.fsencode(item.path.name) for item in scan([tmp_path])) == sorted(names)

    def test_folder_that_cannot_be_listed(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            root = Path(name).resolve()
            root.chmod(0o755)
            make(root, "1/a.jpg", "2/a.jpg", "3/a.jpg")
            (root / "2").chmod(0)
            with unprivileged():
                items = list(scan([root, root / "2", root / "2/a.jpg"]))
            (root / "2").chmod(0o755)
        assert [item.path.parent.name for item in items if isinstance(item, Photo)] == ["1", "3"]
        failed = [(item.path, item.reason) for item in items if isinstance(item, Outcome)]
        assert failed == [
            (root / "2", "cannot list the folder: permission denied"),
            (root / "2/a.jpg", "permission denied"),
        ]

    def test_very_deep(self, tmp_path: Path) -> None:
        folders = [tmp_path / "d"]
        for _ in range(1200):
            folders.append(folders[-1] / "d")
        for folder in folders:
            folder.mkdir()
        photo = folders[-1] / "a.jpg"
        photo.touch()
        assert [item.path for item in scan([tmp_path])] == [photo]
        photo.unlink()  # pytest's own way of cleaning up would not get that deep
        for folder in reversed(folders):
            folder.rmdir()

    def test_vanished_meanwhile(self, tmp_path: Path) -> None:
        make(tmp_path, "1.jpg", "2.jpg", "x/3.jpg")
        items = scan([tmp_path])
        next(items)
        (tmp_path / "2.jpg").unlink()
        (tmp_path / "x/3.jpg").unlink()
        (tmp_path / "x").rmdir()
        assert [getattr(item, "reason", "") for item in items] == [
            "no such file or folder",
            "cannot list the folder: no such file or folder",
        ]

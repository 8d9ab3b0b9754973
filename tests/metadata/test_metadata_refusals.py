"""Files that cannot be read or may not be written: each refused with a cause, none touched."""

import os
from pathlib import Path

import jpegs
import pytest
from trial import DOG, PICTURE, nobody, plan, read, read_gone, write, writer

from tagger.core.errors import NotEmbeddable, PhotoError, PhotoSkipped
from tagger.metadata.sidecar import SidecarPolicy

BAD = {
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(50), PhotoError, "PNG"),
    "webp": (b"RIFF\x10\0\0\0WEBPVP8 " + bytes(50), PhotoError, "WebP"),
    "tiff": (b"II*\0\x08\0\0\0" + bytes(50), PhotoError, "TIFF"),
    "jpeg xl": (b"\xff\x0a" + bytes(50), PhotoSkipped, "JPEG XL"),
    "empty": (b"", PhotoError, "empty"),
    "zero bytes": (bytes(5000), PhotoError, "zero bytes"),
    "garbage": (b"hello, I am text" * 9, PhotoError, "not a JPEG"),
    "only soi": (b"\xff\xd8", PhotoError, "truncated"),
    "soi and eoi": (b"\xff\xd8\xff\xd9", PhotoError, "truncated"),
    "header only": (PICTURE[:100], PhotoError, "truncated"),
    "no eoi": (PICTURE[:-2], PhotoError, "truncated"),
    "cut picture": (PICTURE[:-20], PhotoError, "truncated"),
    "cut picture, then another": (PICTURE[:-20] + PICTURE, PhotoError, "truncated"),
    "cut picture, then a large one": (
        PICTURE[:-20] + PICTURE[:-2] + bytes(70000) + b"\xff\xd9",
        PhotoError,
        "truncated",
    ),
    "segment past the end": (b"\xff\xd8\xff\xe1\xff\xffExif", PhotoError, "runs past the end"),
    "segment without length": (b"\xff\xd8\xff\xe1\0\0" + PICTURE[2:], PhotoError, "no length"),
    "no segment": (b"\xff\xd8ab" + PICTURE[2:], PhotoError, "no segment begins"),
    "no size": (
        PICTURE.replace(b"\xff\xc0\0\x11\x08\0\x20\0\x30", b"\xff\xc0\0\x11\x08\0\0\0\0"),
        PhotoError,
        "how large",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(tmp_path: Path, name: str) -> None:
    data, error, cause = BAD[name]
    path = tmp_path / "bad.jpg"
    path.write_bytes(data)
    with pytest.raises(error, match=cause) as caught:
        read(path)
    assert type(caught.value) is error
    assert caught.value.path == path
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == data


def test_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    for name, cause in (("pipe.jpg", "not a regular file"), (".", "folder")):
        with pytest.raises(PhotoError, match=cause):
            read(tmp_path / name)
    with pytest.raises(PhotoError, match="null"):
        read_gone(tmp_path / "a\0b.jpg")
    (tmp_path / "loop.jpg").symlink_to(tmp_path / "loop.jpg")
    with pytest.raises(PhotoError):
        read_gone(tmp_path / "loop.jpg")


def test_larger_than_any_photo(tmp_path: Path) -> None:
    path = tmp_path / "huge.jpg"
    with path.open("wb") as file:
        file.truncate((1 << 30) + 1)  # sparse: takes no room
    with pytest.raises(PhotoError, match="1 GiB"):
        read(path)


TWO = {
    "exif": [jpegs.exif_segment(jpegs.camera_tiff().build())] * 2,
    "xmp": [jpegs.xmp_segment(jpegs.foreign_packet(jpegs.bag("dc:subject", "sea")))] * 2,
}


@pytest.mark.parametrize("name", TWO)
def test_sound_but_nothing_to_write_into(path: Path, name: str) -> None:
    """Which of two blocks counts is not defined: a sidecar holds our words, or nothing does."""
    path.write_bytes(jpegs.with_segments(PICTURE, *TWO[name]))
    metadata = read(path)
    assert metadata.keywords == (("sea",) if name == "xmp" else ())
    with pytest.raises(NotEmbeddable, match=f"more than one {name.upper()}"):
        writer(sidecar=SidecarPolicy.NEVER).plan(metadata, DOG, model="m", run="r")
    assert plan(path).sidecar == path.with_name("photo.jpg.xmp")


def test_read_only_file_is_skipped(path: Path) -> None:
    path.chmod(0o444)
    with pytest.raises(NotEmbeddable, match="file is read-only"):
        plan(path, sidecar=SidecarPolicy.NEVER)


def test_hard_links_are_skipped(path: Path, tmp_path: Path) -> None:
    (tmp_path / "link.jpg").hardlink_to(path)
    with pytest.raises(NotEmbeddable, match="has 2 hard links"):
        plan(path, sidecar=SidecarPolicy.NEVER)


def test_read_only_file_that_holds_everything_is_unchanged(path: Path) -> None:
    write(path)
    path.chmod(0o444)
    assert writer().plan(read(path), DOG, model="test 1", run="r") == ()


def test_unreadable(shared: Path) -> None:
    path = shared / "secret.jpg"
    path.write_bytes(PICTURE)
    path.chmod(0)
    with nobody(), pytest.raises(PhotoError, match="permission denied"):
        read(path)


def test_no_permission_to_write(shared: Path) -> None:
    path = shared / "photo.jpg"
    path.write_bytes(PICTURE)
    path.chmod(0o644 if os.geteuid() == 0 else 0o464)  # others may write, the one who runs us may not
    with nobody(), pytest.raises(PhotoError, match="no permission to write the file") as caught:
        plan(path)
    assert not isinstance(caught.value, PhotoSkipped)
    assert path.read_bytes() == PICTURE


def test_read_only_folder(shared: Path) -> None:
    path = shared / "photo.jpg"
    path.write_bytes(PICTURE)
    path.chmod(0o666)
    change = plan(path)
    shared.chmod(0o555)
    with nobody(), pytest.raises(PhotoError, match="folder"):
        plan(path)
    with nobody(), pytest.raises(PhotoError, match="folder"):
        writer().apply(change)
    assert path.read_bytes() == PICTURE


def test_somebody_elses_file_that_we_may_write(shared: Path) -> None:
    path = shared / "photo.jpg"
    path.write_bytes(PICTURE)
    path.chmod(0o666)
    with nobody():
        change = write(path)
        assert writer().compare(change) == "after"
    assert path.stat().st_mode & 0o777 == 0o666

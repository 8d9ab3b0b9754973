"""Files that cannot be read or may not be written: each refused with a cause, none touched."""

import os
from pathlib import Path

import jpegs
import pytest
from trial import PICTURE, nobody, plan, read, read_gone, write, writer

from tagger.core.errors import PhotoError, PhotoSkipped

PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)
BAD = {
    "empty": (b"", PhotoError, "empty"),
    "zero bytes": (bytes(5000), PhotoError, "zero bytes"),
    "garbage": (b"hello, I am text" * 9, PhotoError, "not a JPEG"),
    "png": (PNG, PhotoSkipped, "a PNG"),
    "gif": (b"GIF89a" + bytes(50), PhotoSkipped, "a GIF"),
    "webp": (b"RIFF\x10\0\0\0WEBPVP8 " + bytes(50), PhotoSkipped, "a WebP"),
    "heic": (b"\0\0\0\x18ftypheic" + bytes(50), PhotoSkipped, "a HEIC"),
    "avif": (b"\0\0\0\x18ftypavif" + bytes(50), PhotoSkipped, "an AVIF"),
    "tiff": (b"II*\0\x08\0\0\0" + bytes(50), PhotoSkipped, "a TIFF"),
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
    "two exif": (
        jpegs.with_segments(PICTURE, *[jpegs.exif_segment(jpegs.camera_tiff().build())] * 2),
        PhotoError,
        "more than one EXIF",
    ),
    "two xmp": (
        jpegs.with_segments(PICTURE, *[jpegs.xmp_segment(jpegs.packet(""))] * 2),
        PhotoError,
        "more than one XMP",
    ),
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


def test_read_only_file_is_skipped(path: Path) -> None:
    path.chmod(0o444)
    with pytest.raises(PhotoSkipped, match="file is read-only"):
        plan(path)


def test_hard_links_are_skipped(path: Path, tmp_path: Path) -> None:
    (tmp_path / "link.jpg").hardlink_to(path)
    with pytest.raises(PhotoSkipped, match="has 2 hard links"):
        plan(path)


def test_read_only_file_that_holds_everything_is_unchanged(path: Path) -> None:
    write(path)
    path.chmod(0o444)
    assert plan(path).splices == ()


def test_unreadable(shared: Path) -> None:
    path = shared / "secret.jpg"
    path.write_bytes(PICTURE)
    path.chmod(0)
    with nobody(), pytest.raises(PhotoError, match="permission denied"):
        read(path)


def test_no_permission_to_write(shared: Path) -> None:
    path = shared / "photo.jpg"
    path.write_bytes(PICTURE)
    path.chmod(0o644 if os.geteuid() == 0 else 0o500)
    with nobody(), pytest.raises(PhotoError) as caught:
        plan(path)
    if os.geteuid() == 0:
        assert "no permission to write the file" in str(caught.value)
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

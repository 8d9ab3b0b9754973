"""Thumbnails: where they come from, in which order, and what becomes of photos that have none."""

import io
import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import piexif
import pytest
from captioning.pictures import ORIENTATIONS, jpeg, plain, scene
from captioning.raws import dng
from PIL import Image

pytest.importorskip("PySide6")

from PySide6.QtGui import QPixmap
from tagger_gui.library.embedded import embedded_thumbnail
from tagger_gui.library.thumbnail_cache import ThumbnailCache, cache_file, thumbnail_key
from tagger_gui.library.thumbnails import LEVELS, Thumbnails

HEIC = Path(__file__).parents[1] / "metadata/assets/pattern.heic"
BOX = (160, 120)


@pytest.fixture
def thumbnails(tmp_path: Path, qtbot: Any) -> Iterator[Thumbnails]:
    made = Thumbnails(ThumbnailCache(tmp_path / "cache.db"), threads=1)
    yield made
    made.close()


def with_thumbnail(photo: Image.Image, small: Image.Image, orientation: int = 1) -> bytes:
    """A JPEG with another picture as its thumbnail, so that one can see where it was taken from."""
    exif = {"0th": {piexif.ImageIFD.Orientation: orientation}, "1st": {}, "thumbnail": jpeg(small)}
    return jpeg(photo, exif=piexif.dump(exif))


def colour_of(pixmap: QPixmap) -> tuple[int, int, int]:
    colour = pixmap.toImage().pixelColor(pixmap.width() // 2, pixmap.height() // 2)
    return colour.red(), colour.green(), colour.blue()


def close_to(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 30 for a, b in zip(one, other, strict=True))


def wait_for(qtbot: Any, thumbnails: Thumbnails, path: Path, box: tuple[int, int] = BOX) -> QPixmap:
    """The final thumbnail."""
    seen: list[Path] = []
    thumbnails.ready.connect(seen.append)

    def done() -> bool:
        thumbnails.want([path], box)
        return thumbnails.is_final(path, box)

    qtbot.waitUntil(done, timeout=20_000)
    assert path in seen
    pixmap = thumbnails.pixmap(path)
    assert pixmap is not None
    return pixmap


def test_fits_its_box(thumbnails: Thumbnails, tmp_path: Path, qtbot: Any) -> None:
    (tmp_path / "wide.jpg").write_bytes(jpeg(plain((200, 20, 20), (900, 300))))
    (tmp_path / "high.jpg").write_bytes(jpeg(plain((20, 20, 200), (300, 900))))
    wide, high = (wait_for(qtbot, thumbnails, tmp_path / name) for name in ("wide.jpg", "high.jpg"))
    assert (wide.width(), wide.height()) == (160, 54)
    assert (high.width(), high.height()) == (40, 120)
    assert close_to(colour_of(wide), (200, 20, 20)) and close_to(colour_of(high), (20, 20, 200))


def test_small_photo_stays_small(thumbnails: Thumbnails, tmp_path: Path, qtbot: Any) -> None:
    (tmp_path / "small.png").write_bytes(b"")
    plain((9, 99, 9), (30, 20)).save(tmp_path / "small.png")
    pixmap = wait_for(qtbot, thumbnails, tmp_path / "small.png")
    assert (pixmap.width(), pixmap.height()) == (30, 20)


def test_exif_thumbnail_comes_first(thumbnails: Thumbnails, tmp_path: Path, qtbot: Any) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(with_thumbnail(plain((200, 20, 20), (900, 600)), plain((20, 200, 20), (160, 107))))
    colours = []
    thumbnails.ready.connect(lambda ready: colours.append(colour_of(thumbnails.pixmap(ready) or QPixmap())))
    thumbnails.want([path], BOX)
    qtbot.waitUntil(lambda: len(colours) == 2)
    assert close_to(colours[0], (20, 200, 20)) and close_to(colours[1], (200, 20, 20))


def test_larger_box_is_made_anew(thumbnails: Thumbnails, tmp_path: Path, qtbot: Any) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg(plain((200, 20, 20), (900, 600))))
    wait_for(qtbot, thumbnails, tmp_path / "a.jpg")
    larger = wait_for(qtbot, thumbnails, tmp_path / "a.jpg", (500, 500))
    assert (larger.width(), larger.height()) == (500, 334)


def test_from_disk_the_second_time(tmp_path: Path, qtbot: Any) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg(plain((200, 20, 20), (900, 600))))
    info = path.stat()
    for _ in range(2):
        made = Thumbnails(ThumbnailCache(tmp_path / "cache.db"), threads=1)
        assert close_to(colour_of(wait_for(qtbot, made, path)), (200, 20, 20))
        made.close()
        # Damaged under the same size and time: only who has it on disk can show it again.
        path.write_bytes(bytes(info.st_size))
        os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))


def test_changed_file_is_looked_at_again(thumbnails: Thumbnails, tmp_path: Path, qtbot: Any) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg(plain((200, 20, 20), (900, 600))))
    wait_for(qtbot, thumbnails, path)
    path.write_bytes(jpeg(plain((20, 20, 200), (900, 600))))
    thumbnails.want([path], BOX)  # nobody said that it changed
    thumbnails.forget([path])
    thumbnails.want([path], BOX)
    qtbot.waitUntil(lambda: close_to(colour_of(thumbnails.pixmap(path) or QPixmap()), (20, 20, 200)))


@pytest.mark.parametrize("name", ["heic", "dng"])
def test_heic_and_raw(thumbnails: Thumbnails, tmp_path: Path, qtbot: Any, name: str) -> None:
    path = tmp_path / f"photo.{name}"
    if name == "heic":
        shutil.copy(HEIC, path)
    else:
        path.write_bytes(dng(preview=False))
    pixmap = wait_for(qtbot, thumbnails, path)
    assert max(pixmap.width(), pixmap.height()) > 20


def test_photos_that_have_none_say_why(thumbnails: Thumbnails, tmp_path: Path, qtbot: Any) -> None:
    broken, gone = tmp_path / "broken.jpg", tmp_path / "gone.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 not a photo")
    thumbnails.want([broken, gone], BOX)
    qtbot.waitUntil(lambda: bool(thumbnails.problem(broken) and thumbnails.problem(gone)))
    assert thumbnails.pixmap(broken) is None
    assert "No such file" in thumbnails.problem(gone)
    broken.write_bytes(jpeg(plain((200, 20, 20))))
    thumbnails.forget([broken])
    wait_for(qtbot, thumbnails, broken)
    assert thumbnails.problem(broken) == ""


def test_memory_is_bounded(tmp_path: Path, qtbot: Any) -> None:
    paths = [tmp_path / f"{number}.jpg" for number in range(6)]
    for number, path in enumerate(paths):
        path.write_bytes(jpeg(plain((40 * number, 20, 20), (400, 300))))
    made = Thumbnails(ThumbnailCache(tmp_path / "cache.db"), threads=1, memory=3 * 160 * 120 * 4)
    for path in paths:
        wait_for(qtbot, made, path)
    assert [made.pixmap(path) is not None for path in paths] == [False] * 3 + [True] * 3
    made.close()


def test_only_the_last_wish_counts(tmp_path: Path, qtbot: Any) -> None:
    paths = [tmp_path / f"{number}.jpg" for number in range(30)]
    for path in paths:
        path.write_bytes(jpeg(plain((200, 20, 20), (900, 600))))
    made = Thumbnails(ThumbnailCache(tmp_path / "cache.db"), threads=1)
    made.want(paths[:29], BOX)
    wait_for(qtbot, made, paths[29])
    assert sum(made.pixmap(path) is not None for path in paths[:29]) < 20
    made.close()


def test_close_ends_the_threads(tmp_path: Path, qtbot: Any) -> None:
    made = Thumbnails(ThumbnailCache(tmp_path / "cache.db"), threads=3)
    made.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "tagger-thumbnails"]


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_embedded_thumbnail_is_upright(tmp_path: Path, orientation: int) -> None:
    path = tmp_path / "a.jpg"
    stored = Image.open(io.BytesIO(jpeg(scene((600, 400)), orientation)))
    small = Image.open(io.BytesIO(jpeg(scene((150, 100)), orientation)))
    path.write_bytes(with_thumbnail(stored.convert("RGB"), small.convert("RGB"), orientation))
    thumbnail = embedded_thumbnail(path)
    assert thumbnail is not None and thumbnail.size == (150, 100)
    assert close_to(thumbnail.getpixel((10, 10)), (220, 20, 20))  # type: ignore[arg-type]
    assert close_to(thumbnail.getpixel((140, 10)), (20, 200, 20))  # type: ignore[arg-type]


def test_bars_of_an_embedded_thumbnail_are_cut_off(tmp_path: Path) -> None:
    small = Image.new("RGB", (160, 120))
    small.paste(plain((20, 200, 20), (160, 107)), (0, 7))
    (tmp_path / "a.jpg").write_bytes(with_thumbnail(plain((200, 20, 20), (900, 600)), small))
    thumbnail = embedded_thumbnail(tmp_path / "a.jpg")
    assert thumbnail is not None and thumbnail.size == (160, 107)
    assert close_to(thumbnail.getpixel((80, 3)), (20, 200, 20))  # type: ignore[arg-type]


def test_embedded_thumbnail_of_no_use(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    for content in (
        b"",
        b"\xff\xd8\xff",
        jpeg(plain((1, 2, 3))),  # none
        with_thumbnail(plain((1, 2, 3), (300, 900)), plain((1, 2, 3), (160, 120))),  # from before it was cropped
        with_thumbnail(plain((1, 2, 3), (300, 200)), plain((1, 2, 3), (150, 100)))[:700],  # cut off
    ):
        path.write_bytes(content)
        assert embedded_thumbnail(path) is None
    plain((1, 2, 3)).save(tmp_path / "a.png")
    assert embedded_thumbnail(tmp_path / "a.png") is None
    assert embedded_thumbnail(tmp_path / "missing.jpg") is None


def test_cache_makes_room_for_new_ones(tmp_path: Path) -> None:
    now = [1_000_000.0]
    cache = ThumbnailCache(tmp_path / "cache.db", limit=100_000, clock=lambda: now[0])
    for number in range(64):
        now[0] += 100_000
        cache.put(bytes([number]), bytes(2000))
        if number:
            assert cache.get(bytes([0])) is not None  # looked at all the time
    now[0] += 100_000
    cache.put(b"next", bytes(2000))
    kept = [number for number in range(64) if cache.get(bytes([number])) is not None]
    assert 0 in kept and 1 not in kept and 63 in kept
    assert len(kept) * 2000 < 100_000
    cache.close()


def test_cache_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = ThumbnailCache(tmp_path / "file" / "cache.db")
    cache.put(b"key", b"jpeg")
    assert cache.get(b"key") is None
    cache.close()


def test_damaged_cache_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "cache.db").write_bytes(b"no database at all " * 100)
    with closing(ThumbnailCache(tmp_path / "cache.db")) as cache:
        cache.put(b"key", b"jpeg")
        assert cache.get(b"key") == b"jpeg"


def test_cache_of_a_newer_version_is_made_anew(tmp_path: Path) -> None:
    with closing(ThumbnailCache(tmp_path / "cache.db")) as cache:
        cache.put(b"key", b"jpeg")
    with closing(sqlite3.connect(tmp_path / "cache.db")) as raw:
        raw.execute("INSERT INTO migrations VALUES ('m999_of_the_future', '')")
        raw.commit()
    with closing(ThumbnailCache(tmp_path / "cache.db")) as cache:
        assert cache.get(b"key") is None


def test_damaged_thumbnail_in_the_cache(tmp_path: Path, qtbot: Any) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg(plain((200, 20, 20), (900, 600))))
    info = path.stat()
    cache = ThumbnailCache(tmp_path / "cache.db")
    cache.put(thumbnail_key(path, info.st_size, info.st_mtime_ns, LEVELS[0]), b"no jpeg")
    made = Thumbnails(cache, threads=1)
    assert close_to(colour_of(wait_for(qtbot, made, path)), (200, 20, 20))
    made.close()


def test_key_depends_on_everything(tmp_path: Path) -> None:
    keys = {
        thumbnail_key(tmp_path / name, size, time, pixels)
        for name in ("a", "b")
        for size in (1, 2)
        for time in (1, 2)
        for pixels in LEVELS
    }
    assert len(keys) == 16


def test_cache_is_in_the_users_cache_folder() -> None:
    assert cache_file().name == "thumbnails.db"
    assert str(cache_file()).startswith(os.environ["XDG_CACHE_HOME"]) or os.name == "nt"

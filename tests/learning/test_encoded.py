"""What the encoder saw is kept: whole or not at all, and not without bound."""

import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from captioning.pictures import photo

from tagger.bootstrap import make_captioner
from tagger.captioning.captioner import Decoding
from tagger.config import Settings
from tagger.core.records import Photo
from tagger.learning.encoded import EncodedPhotos, trim


@pytest.fixture
def photos(tmp_path: Path) -> list[tuple[Photo, str]]:
    found = []
    for number in range(20):
        path = tmp_path / f"{number}.jpg"
        path.write_bytes(photo((10 * number, 100, 50)))
        found.append((Photo(path, 1, 1), f"{number:064}"))
    return found


@pytest.fixture
def encoded(bundle_folder: Path, tmp_path: Path) -> EncodedPhotos:
    return EncodedPhotos(make_captioner(Settings(bundle=bundle_folder), Decoding()), tmp_path / "cache")


def look(encoded: EncodedPhotos, photos: Any, **options: Any) -> tuple[dict[str, Any], list[tuple[int, int]]]:
    told: list[tuple[int, int]] = []
    return encoded.encode(photos, threading.Event(), lambda *said: told.append(said), **options), told


def test_a_second_look_reads_what_the_first_kept(encoded: EncodedPhotos, photos: Any) -> None:
    first, told = look(encoded, photos)
    assert len(first) == 20
    assert told == [(0, 20), (16, 20), (20, 20)]
    for path, _ in photos:
        path.path.unlink()
    second, told = look(encoded, photos)
    assert told == [(20, 20)]
    assert all((first[key]["pooled"] == second[key]["pooled"]).all() for key in first)


def test_photos_that_cannot_be_read_are_left_out(encoded: EncodedPhotos, photos: Any) -> None:
    photos[3][0].path.write_bytes(b"nothing")
    photos[4][0].path.unlink()
    found, told = look(encoded, photos)
    assert len(found) == 18
    assert told[-1] == (20, 20)


def test_damaged_files_are_made_again(encoded: EncodedPhotos, photos: Any, tmp_path: Path) -> None:
    before, _ = look(encoded, photos[:3])
    files = sorted((tmp_path / "cache").glob("*/*.npz"))
    assert len(files) == 3
    files[0].write_bytes(b"")
    files[1].write_bytes(files[1].read_bytes()[:-30])
    files[2].write_bytes(b"PK\x03\x04" + os.urandom(300))
    after, _ = look(encoded, photos[:3])
    assert all((before[key]["pooled"] == after[key]["pooled"]).all() for key in before)


def test_stopping_keeps_what_is_done(encoded: EncodedPhotos, photos: Any) -> None:
    stop = threading.Event()

    def progress(done: int, _total: int) -> None:
        if done >= 16:
            stop.set()

    assert len(encoded.encode(photos, stop, progress)) == 16
    assert look(encoded, photos)[1][0] == (16, 20)


def test_the_grid_is_kept_where_it_is_asked_for(encoded: EncodedPhotos, photos: Any) -> None:
    assert set(look(encoded, photos)[0][photos[0][1]]) == {"pooled"}
    found, _ = look(encoded, photos, grid=True)
    assert "pooled" in found[photos[0][1]]


def test_the_oldest_go_first(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.npz").write_bytes(bytes(100))
        os.utime(folder / f"{number}.npz", ns=(number, number))
    trim(tmp_path, 250)
    assert sorted(path.name for path in folder.iterdir()) == ["2.npz", "3.npz"]
    assert np.isclose(sum(path.stat().st_size for path in folder.iterdir()), 200)

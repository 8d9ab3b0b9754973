"""Photos for people to look at: upright, in their own proportions, never enlarged."""

from pathlib import Path

import pytest

from captioning.pictures import jpeg, scene
from captioning.raws import dng
from tagger.captioning.image import load_picture
from tagger.captioning.isolated import Decoder
from tagger.core.errors import PhotoError

HEIC = Path(__file__).parents[1] / "metadata/assets/pattern.heic"


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_reduced_photo_is_upright_and_whole(tmp_path: Path, orientation: int) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(jpeg(scene((900, 600)), orientation))
    rgb = load_picture(path, 300)
    assert rgb.shape == (200, 300, 3)
    assert rgb[20, 20, 0] > 180 > rgb[20, 20, 2]
    assert rgb[190, 20, 2] > 180


def test_a_small_photo_keeps_its_size(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(jpeg(scene((90, 30))))
    assert load_picture(path, 300).shape == (30, 90, 3)


def test_heic_and_raw_come_from_their_own_process_in_their_own_proportions(tmp_path: Path) -> None:
    raw = tmp_path / "photo.dng"
    raw.write_bytes(dng())
    decoder = Decoder()
    assert load_picture(raw, 300, decoder=decoder).shape == (48, 64, 3)
    assert load_picture(raw, 32, decoder=decoder).shape == (24, 32, 3)
    assert sorted(load_picture(HEIC, 300, decoder=decoder).shape) == [3, 48, 64]
    decoder.close()


def test_damage_is_a_photo_error(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"\xff\xd8 nothing")
    with pytest.raises(PhotoError):
        load_picture(path, 300)

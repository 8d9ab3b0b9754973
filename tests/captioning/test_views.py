"""The views of a photo that decoders look at: how they are read, encoded, and told apart."""

from pathlib import Path

import numpy as np
import pytest
import tiny_bundle
from PIL import Image

from tagger.captioning.bundle import ImageSpec, load_bundle
from tagger.captioning.captioner import Decoding, OnnxCaptioner
from tagger.captioning.image import load_image, load_images
from tagger.captioning.views import named, pictures_of, read_views, seen, views_of, whole
from tagger.core.records import Photo

ALL = ("whole", "mirrored", "cropped", "cropped-mirrored")


def candidates(*views: str) -> dict:
    speakers = [{"decoder": 0, "view": view} for view in views]
    return {"best": {"beam_width": 3, "samples": 3, "temperature": 1.0, "speakers": speakers}}


def bundle(folder: Path, *views: str) -> OnnxCaptioner:
    made = tiny_bundle.write_bundle_of_two(folder, candidates(*views))
    return OnnxCaptioner(load_bundle(made), decoding=Decoding(quality="best"))


@pytest.fixture
def photo(tmp_path: Path) -> Photo:
    """A wide photo whose middle is blue, with red on the left and green on the right."""
    pixels = np.zeros((40, 120, 3), np.uint8)
    pixels[:, :40], pixels[:, 40:80], pixels[:, 80:] = (200, 0, 0), (0, 0, 200), (0, 200, 0)
    path = tmp_path / "wide.png"
    Image.fromarray(pixels).save(path)
    return Photo(path, 0, 0)


def test_the_middle_is_read_where_a_view_needs_it(photo: Photo) -> None:
    spec = ImageSpec(16)
    assert read_views(photo.path, spec, ("whole", "mirrored")).shape == (16, 16, 3)
    both = read_views(photo.path, spec, ("whole", "cropped"))
    assert both.shape == (2, 16, 16, 3)
    np.testing.assert_array_equal(whole(both), read_views(photo.path, spec, ()))
    assert both[1][:, 2:-2, 2].min() > 0.7
    assert both[1][:, 2:-2, :2].max() < 0.1
    views = pictures_of(both[None], ALL)
    assert list(views) == list(ALL)
    left = {view: picture[0, :, 0].mean(axis=0).argmax() for view, picture in views.items()}
    assert (left["whole"], left["mirrored"]) == (0, 1)
    np.testing.assert_array_equal(views["cropped-mirrored"], views["cropped"][:, :, ::-1])


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_photos_read_by_two_rules_are_as_if_read_twice(orientation: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    picture = Image.fromarray(rng.integers(0, 255, (60, 90, 3), dtype=np.uint8)).resize((900, 600))
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "a.jpg"
    picture.save(path, exif=exif)
    specs = (ImageSpec(64), ImageSpec(64, resize="center_crop"), ImageSpec(32, resize="pad"))
    together = load_images(path, specs[:2])
    for spec, found in zip(specs, together, strict=False):
        np.testing.assert_array_equal(found, load_image(path, spec))
    assert [found.shape for found in load_images(path, specs)] == [(64, 64, 3), (64, 64, 3), (32, 32, 3)]


def test_the_whole_photo_stands_in_for_a_view_that_is_not_there() -> None:
    encoded = {"pooled": np.zeros(1, np.float32)} | named({"pooled": np.ones(1, np.float32)}, "mirrored")
    assert list(encoded) == ["pooled", "mirrored/pooled"]
    assert seen(encoded, "mirrored")["pooled"] == 1
    assert seen(encoded, "whole")["pooled"] == 0
    assert seen(encoded, "cropped") == {"pooled": 0}


def test_only_the_quality_that_has_views_looks_at_them(tmp_path: Path, photo: Photo) -> None:
    best = bundle(tmp_path / "b", "whole", "cropped")
    assert best.views == ("whole", "cropped")
    assert best.at("default").views == best.at("fast").views == ("whole",)
    assert best.prepare(photo).shape == (2, 16, 16, 3)
    assert best.at("fast").prepare(photo).shape == (16, 16, 3)
    encoded = best.encode(best.prepare(photo)[None])
    middle = best.tag_scores(seen(encoded, "cropped")["pooled"])[0]
    all_of_it = best.tag_scores(encoded["pooled"])[0]
    np.testing.assert_allclose(best.scores(encoded)[0], (middle + all_of_it) / 2, atol=1e-6)
    blue = [label.label for label in best.labels].index("blue")
    assert middle[blue] > 0.9 > all_of_it[blue]
    assert "blue" in best.generate([best.prepare(photo)])[0].text


def test_a_decoder_sees_its_own_view(tmp_path: Path, photo: Photo) -> None:
    middle = bundle(tmp_path / "b", "cropped")
    (caption,) = middle.generate([middle.prepare(photo)])
    cropped = whole(middle.prepare(photo)[1:])
    alone = bundle(tmp_path / "c", "whole").generate([cropped])[0]
    assert middle.views == ("whole", "cropped")
    assert caption.text == alone.text
    assert caption.features != alone.features  # what is kept of a photo is of all of it


def test_what_is_kept_of_a_photo_is_the_same_at_every_quality(tmp_path: Path, photo: Photo) -> None:
    best = bundle(tmp_path / "b", "whole", "cropped")
    fast = best.at("fast")
    found = {one.generate([one.prepare(photo)])[0].features for one in (best, fast)}
    found |= {one.describe([one.prepare(photo)])[0] for one in (best, fast)}
    assert len(found) == 1
    assert best.describe([]) == []


def test_a_picture_without_its_middle_can_be_captioned(tmp_path: Path) -> None:
    best = bundle(tmp_path / "b", "whole", "cropped", "cropped-mirrored")
    plain = np.zeros((16, 16, 3), np.float32)
    assert best.generate([plain])[0].text == best.generate([np.stack([plain, plain])])[0].text


def test_views_of_a_quality(tmp_path: Path) -> None:
    made = load_bundle(tiny_bundle.write_bundle_of_two(tmp_path / "b", candidates("mirrored", "mirrored")))
    assert views_of(made, "best") == ("whole", "mirrored")
    assert views_of(made, "default") == views_of(made, "fast") == ("whole",)

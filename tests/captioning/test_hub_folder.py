"""What the JSON of an export becomes: pixels and rules, of several kinds of models."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_hub
from PIL import Image

from tagger.captioning.bundle import ImageSpec
from tagger.captioning.hub_folder import read_hub_folder
from tagger.captioning.image import load_image, preprocess
from tagger.core.errors import RunError

HALF = {"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}


def image(tmp_path: Path, said: dict[str, Any]) -> ImageSpec:
    export = tiny_hub.write_export(tmp_path / "export")
    (export / "preprocessor_config.json").write_text(json.dumps(said))
    return read_hub_folder(export).image


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"size": 224, "feature_extractor_type": "ViTFeatureExtractor"}, (224, "squash", "bilinear", 0)),
        ({"size": {"height": 384, "width": 384}, "resample": 3}, (384, "squash", "bicubic", 0)),
        ({"size": {"shortest_edge": 256}, "crop_size": 224}, (224, "center_crop", "bicubic", 256)),
        ({"size": 224, "crop_size": 224, "image_processor_type": "CLIP"}, (224, "center_crop", "bicubic", 224)),
        (
            {"size": {"height": 256, "width": 256}, "crop_size": {"height": 224, "width": 224}, "do_center_crop": True},
            (224, "squash", "bicubic", 256),
        ),
    ],
)  # fmt: skip
def test_pixels(tmp_path: Path, said: dict[str, Any], expected: tuple[object, ...]) -> None:
    spec = image(tmp_path, said | HALF)
    assert (spec.size, spec.resize, spec.interpolation, spec.resized) == expected
    assert (spec.mean, spec.std, spec.scale) == ((0.5,) * 3, (0.5,) * 3, 1 / 255)


def test_pixels_as_they_are(tmp_path: Path) -> None:
    spec = image(tmp_path, {"size": 32, "do_normalize": False, "do_rescale": False})
    assert (spec.mean, spec.std, spec.scale) == ((0.0,) * 3, (1.0,) * 3, 1.0)


@pytest.mark.parametrize(
    ("resize", "box"), [("squash", (12.5, 7.5, 87.5, 52.5)), ("center_crop", (14 * 100 / 53, 7.5, 38 * 100 / 53, 52.5))]
)
def test_the_centre_is_cut_out(tmp_path: Path, resize: Any, box: tuple[float, ...]) -> None:
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 100, 3), dtype=np.uint8))
    picture.save(tmp_path / "it.png")
    found = load_image(tmp_path / "it.png", ImageSpec(24, resize=resize, resized=32))
    np.testing.assert_array_equal(found, np.asarray(picture.resize((24, 24), Image.Resampling.BICUBIC, box=box)))


def test_pixels_are_those_of_the_preprocessor(tmp_path: Path) -> None:
    """The arithmetic of ViTImageProcessor: resize, * rescale_factor, - mean, / std."""
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 100, 3), dtype=np.uint8))
    picture.save(tmp_path / "it.png")
    spec = image(tmp_path, {"size": 32, "image_processor_type": "ViTImageProcessor"} | HALF)
    resized = np.asarray(picture.resize((32, 32), Image.Resampling.BILINEAR), np.float64)
    found = preprocess(load_image(tmp_path / "it.png", spec), spec)
    np.testing.assert_allclose(found, (resized / 255 - 0.5) / 0.5, atol=1e-5)


def test_rules_of_an_old_model_are_in_its_configuration(tmp_path: Path) -> None:
    export = tiny_hub.write_export(
        tmp_path / "export",
        config={"decoder_start_token_id": 5, "num_beams": 4, "decoder": {"eos_token_id": 7, "max_length": 30}},
    )
    (export / "generation_config.json").unlink()
    found = read_hub_folder(export)
    assert (found.rules.start, found.rules.ends, found.rules.max_length, found.beam_width) == (5, (7,), 30, 4)


def test_of_a_configuration_that_is_beside_rules_only_tokens_count(tmp_path: Path) -> None:
    config = {"eos_token_id": 9, "bos_token_id": 4, "num_beams": 7, "decoder": {"no_repeat_ngram_size": 2}}
    found = read_hub_folder(
        tiny_hub.write_export(
            tmp_path / "export",
            config=config,
            generation_config={"decoder_start_token_id": None, "eos_token_id": None, "num_beams": None},
        )
    )
    assert (found.rules.start, found.rules.ends) == (4, (9,))
    assert (found.beam_width, found.rules.no_repeat_ngram) == (1, 0)


def test_rules_of_blip_are_its_text_models(tmp_path: Path) -> None:
    text = {"bos_token_id": 4, "sep_token_id": 6, "eos_token_id": 2, "pad_token_id": 0}
    export = tiny_hub.write_export(tmp_path / "export", config={"model_type": "blip", "text_config": text})
    found = read_hub_folder(export)
    assert (found.rules.start, found.rules.ends, found.padding) == (4, (6,), 0)


def test_every_rule_is_read(tmp_path: Path) -> None:
    said = {
        "eos_token_id": [2, 5], "max_new_tokens": 9, "min_length": 3, "min_new_tokens": 2, "early_stopping": "never",
        "repetition_penalty": 1.2, "no_repeat_ngram_size": 3, "forced_bos_token_id": 4, "forced_eos_token_id": 2,
        "suppress_tokens": [7], "begin_suppress_tokens": [8, 9], "length_penalty": 0.5, "num_beams": 6,
    }  # fmt: skip
    found = read_hub_folder(tiny_hub.write_export(tmp_path / "export", generation_config=said))
    assert found.rules.record == {
        "start": 1, "ends": [2, 5], "max_length": 10, "min_length": 3, "min_new": 2, "early_stopping": "never",
        "repetition_penalty": 1.2, "no_repeat_ngram": 3, "forced_first": [4], "forced_last": [2], "suppressed": [7],
        "suppressed_first": [8, 9],
    }  # fmt: skip
    assert (found.beam_width, found.length_penalty) == (6, 0.5)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="is not a folder"):
        read_hub_folder(tmp_path / "nothing")

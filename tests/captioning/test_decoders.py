"""Several decoders of one bundle: asked together at the best quality, the first one alone otherwise."""

from pathlib import Path

import numpy as np
import pytest
import tiny_bundle

from tagger.captioning import sampler
from tagger.captioning.bundle import load_bundle
from tagger.captioning.captioner import Decoding, OnnxCaptioner
from tagger.captioning.decoders import together
from tagger.core.errors import BundleError

CANDIDATES = {
    "default": {"beam_width": 4, "samples": 3, "temperature": 1.0},
    "best": {
        "beam_width": 4,
        "samples": 3,
        "temperature": 1.0,
        "speakers": [{"decoder": 0, "view": "whole"}, {"decoder": 1, "view": "cropped"}],
    },
}
RULES = sampler.Rules(start=0, end=1, max_length=6)


def chain(seed: int):
    """A decoder without a model: its next word depends on the last one and on how many were said."""
    table = np.random.default_rng(seed).normal(0, 3, (7, 5, 5)).astype(np.float32)

    def step(token_ids, state):
        return table[state["said"], token_ids], {"said": state["said"] + 1}

    return step, {"said": np.zeros(2, np.int64)}, table


def test_the_mean_of_the_logits_says_the_next_word() -> None:
    first, second = chain(1), chain(2)
    step, state = together([first[:2], second[:2]])
    mean = (first[2] + second[2]) / 2

    def alone(token_ids, state):
        return mean[state["said"], token_ids], {"said": state["said"] + 1}

    found = sampler.beam_search(step, state, 2, RULES, width=3)
    expected = sampler.beam_search(alone, {"said": np.zeros(2, np.int64)}, 2, RULES, width=3)
    assert [[one.token_ids for one in each] for each in found] == [[one.token_ids for one in each] for each in expected]
    assert found[0][0].log_probability == pytest.approx(expected[0][0].log_probability, abs=1e-5)


def test_one_decoder_is_left_as_it_is() -> None:
    step, state, _ = chain(1)
    assert together([(step, state)]) == (step, state)


def test_only_the_best_quality_asks_them_all(tmp_path: Path) -> None:
    plain = OnnxCaptioner(load_bundle(tiny_bundle.write_bundle(tmp_path / "one")))
    two = OnnxCaptioner(load_bundle(tiny_bundle.write_bundle_of_two(tmp_path / "two", CANDIDATES)))
    pixels = [np.full((16, 16, 3), level, np.float32) for level in (0.2, 0.9)]

    def said(captioner: OnnxCaptioner) -> list[str]:
        return [caption.text for caption in captioner.generate(pixels)]

    assert said(two.at("fast")) == said(plain.at("fast"))
    encoded = two.encode(np.stack(pixels))
    scores = two.tag_scores(encoded["pooled"])
    expected = two.expected(encoded, scores)
    alone, both = (two.at(quality).candidates(encoded, scores, expected) for quality in ("default", "best"))
    logs = [{one.hypothesis.token_ids: one.hypothesis.log_probability for one in found[0]} for found in (alone, both)]
    common = logs[0].keys() & logs[1].keys()
    assert common
    assert any(logs[0][token_ids] != pytest.approx(logs[1][token_ids], abs=1e-3) for token_ids in common)
    walls = [sum("wall" in said for said in map(two.detokenize, found)) for found in logs]
    assert walls[1] > walls[0]
    assert said(two.at("best")) == said(two.at("best"))


def test_what_is_said_of_a_photo_does_not_depend_on_others(tmp_path: Path) -> None:
    two = OnnxCaptioner(
        load_bundle(tiny_bundle.write_bundle_of_two(tmp_path / "two", CANDIDATES)), decoding=Decoding(quality="best")
    )
    pixels = [np.full((16, 16, 3), level, np.float32) for level in (0.1, 0.5, 0.9)]
    alone = [two.generate([one])[0].text for one in pixels]
    assert [caption.text for caption in two.generate(pixels)] == alone


@pytest.mark.parametrize(
    "speakers",
    [
        [],
        [{"decoder": 2, "view": "whole"}],
        [{"decoder": -1, "view": "whole"}],
        [{"decoder": 0, "view": "upside-down"}],
        [{"decoder": 0, "view": ["whole"]}],
        [{"decoder": 0, "view": "whole"}] * 9,
    ],
)
def test_speakers_that_there_are_not(tmp_path: Path, speakers: list) -> None:
    candidates = {"best": {**CANDIDATES["best"], "speakers": speakers}}
    folder = tiny_bundle.write_bundle_of_two(tmp_path / "two", candidates)
    with pytest.raises(BundleError, match="speakers that are decoders of the bundle"):
        load_bundle(folder)


def test_a_second_decoder_of_other_words(tmp_path: Path) -> None:
    folder = tiny_bundle.write_bundle_of_two(tmp_path / "two", CANDIDATES, vocabulary=(*tiny_bundle.VOCABULARY, "more"))
    with pytest.raises(BundleError, match=r"decoder_step_2\.onnx have one column a token"):
        OnnxCaptioner(load_bundle(folder))

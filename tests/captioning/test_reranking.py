"""``reranker.json``: comes back as it was written, and nothing in it is trusted."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tagger.captioning.reranking import CHOICE_FEATURES, Learned, Linear, Reranker, parse_reranker, sigmoid

RANKING = Linear(("log_probability", "consensus"), (1.0, -2.0), (0.5, 0.0), (2.0, 1.0), 0.25)
RERANKER = Reranker({"default": Learned(RANKING, RANKING), "fast": Learned(None, None)}, {"dog": 0.1}, 8.0, 0.2)


def record() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(RERANKER.to_json())
    return made


def test_there_and_back() -> None:
    assert parse_reranker(RERANKER.to_json()) == RERANKER
    assert RERANKER.qualities["default"].uses == {"log_probability", "consensus"}


def test_a_weighted_sum_of_standardised_columns() -> None:
    values = np.array([[1.5, 9.0, 2.0], [0.5, 9.0, 0.0]])
    names = ("log_probability", "words", "consensus")
    assert RANKING.scores(values, names).tolist() == [1.0 * 0.5 - 2.0 * 2.0 + 0.25, 0.25]


def test_priors_of_labels_that_are_not_known_are_small() -> None:
    assert RERANKER.prior(["dog", "cat"]).tolist() == pytest.approx([0.1, 1e-3])


def test_log_odds() -> None:
    assert sigmoid(0) == 0.5
    assert sigmoid(1000) == 1
    assert sigmoid(-1000) == 0


def set_(*keys: str, to: object) -> Callable[[dict[str, Any]], None]:
    def change(made: dict[str, Any]) -> None:
        for key in keys[:-1]:
            made = made[key]
        made[keys[-1]] = to

    return change


RANK = ("qualities", "default", "ranking")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (set_("format", to=2), "format"),
        (set_("qualities", to=[]), "objects"),
        (set_("priors", to={"dog": 2}), "prior"),
        (set_("rare", to=-1), "rare"),
        (set_("rare", to=True), "rare"),
        (set_("least_sure", to="much"), "least_sure"),
        (set_("qualities", "default", to=7), "a quality is an object"),
        (set_(*RANK, to=[]), "features"),
        (set_(*RANK, "features", to=["log_probability", "charm"]), "unknown feature 'charm'"),
        (set_(*RANK, "features", to=["log_probability", "margin"]), "unknown feature 'margin'"),
        (set_(*RANK, "features", to=["consensus", "consensus"]), "twice"),
        (set_(*RANK, "weights", to=[1.0]), "one number a feature"),
        (set_(*RANK, "weights", to=[1.0, 1e300]), "weights"),
        (set_(*RANK, "deviation", to=[1.0, 0]), "above 0"),
        (set_(*RANK, "bias", to=None), "bias"),
    ],
)
def test_nonsense_is_refused(change: Callable[[dict[str, Any]], None], words: str) -> None:
    made = record()
    change(made)
    with pytest.raises(ValueError, match=words):
        parse_reranker(json.dumps(made))


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000, json.dumps({"format": 1})])
def test_what_is_no_record(text: str) -> None:
    with pytest.raises(ValueError):
        parse_reranker(text)


def test_no_number_that_is_none() -> None:
    with pytest.raises(ValueError, match="NaN"):
        parse_reranker(RERANKER.to_json().replace("8.0", "NaN"))


def test_the_choice_knows_more_than_the_candidates() -> None:
    made = record()
    made["qualities"]["default"]["confidence"]["features"] = ["margin", "ranking"]
    confidence = parse_reranker(json.dumps(made)).qualities["default"].confidence
    assert confidence is not None
    assert set(confidence.features) < set(CHOICE_FEATURES)

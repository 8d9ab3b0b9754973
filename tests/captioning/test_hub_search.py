"""Greedy and beam search by the rules of transformers, against what transformers itself said.

hub_search.json holds the captions of ``generate`` of transformers 4.57.6 for eight tables of logits a rule.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tagger.captioning import hub_search
from tagger.captioning.hub import HubRules

State = Mapping[str, np.ndarray]
LENGTH, VOCABULARY, PHOTOS = 10, 14, 8
NAMES = {"no_repeat_ngram_size": "no_repeat_ngram", "min_new_tokens": "min_new", "eos_token_id": "ends"}
NAMES |= {"forced_bos_token_id": "forced_first", "forced_eos_token_id": "forced_last"}
NAMES |= {"suppress_tokens": "suppressed", "begin_suppress_tokens": "suppressed_first"}
CASES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("hub_search.json").read_text())


def table(seed: int) -> np.ndarray:
    """Logits by place, token before and token; no two are equal, for how ties end is nobody's rule."""
    made = (2 * np.random.default_rng(seed).standard_normal((LENGTH, VOCABULARY, VOCABULARY))).astype(np.float32)
    made[:, :, 2] += 1.5
    return made


TABLES = np.stack([table(seed) for seed in range(PHOTOS)])


def step(token_ids: np.ndarray, state: State) -> tuple[np.ndarray, State]:
    photo, place = state["photo"][:, 0], state["place"][:, 0]
    return TABLES[photo, place, token_ids], {"photo": state["photo"], "place": state["place"] + 1}


def begin(photos: range) -> State:
    return {"photo": np.array(photos)[:, None], "place": np.zeros((len(photos), 1), np.int64)}


def rules_of(said: dict[str, Any]) -> HubRules:
    record: dict[str, Any] = {"start": 1, "ends": [2], "max_length": LENGTH}
    for name, value in said.items():
        if name != "length_penalty":
            listed = name == "eos_token_id" or name.startswith("forced")
            record[NAMES.get(name, name)] = [value] if listed and not isinstance(value, list) else value
    return HubRules.of(record)


def search(case: dict[str, Any], photos: range = range(PHOTOS)) -> list[list[list[int]]]:
    rules = rules_of(case["rules"])
    if case["width"] == 1:
        found = hub_search.greedy(step, begin(photos), len(photos), rules)
    else:
        penalty = case["rules"].get("length_penalty", 1.0)
        found = hub_search.beam_search(
            step, begin(photos), len(photos), rules, width=case["width"], length_penalty=penalty
        )
    return [[list(one.token_ids) for one in each] for each in found]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['width']} {json.dumps(case['rules'])}")
def test_as_transformers_says(case: dict[str, Any]) -> None:
    assert search(case) == case["said"]


def test_rules_change_what_is_said() -> None:
    said = {json.dumps(case["said"]) for case in CASES if case["width"] == 3}
    assert len(said) >= 10


@pytest.mark.parametrize("width", [1, 3])
def test_company_changes_nothing(width: int) -> None:
    case = {"rules": {}, "width": width}
    assert [search(case, range(i, i + 1))[0] for i in range(PHOTOS)] == search(case)


def test_log_probability_is_the_models_own() -> None:
    rules = rules_of({"repetition_penalty": 1.5, "suppress_tokens": [4, 5, 6]})
    for found in (
        hub_search.greedy(step, begin(range(PHOTOS)), PHOTOS, rules),
        hub_search.beam_search(step, begin(range(PHOTOS)), PHOTOS, rules, width=3, length_penalty=1.0),
    ):
        for photo, each in enumerate(found):
            for one in each:
                tokens = [1, *one.token_ids, *([2] if len(one.token_ids) < LENGTH - 1 else [])]
                logs = [
                    TABLES[photo, i, before] - np.log(np.exp(TABLES[photo, i, before]).sum())
                    for i, before in enumerate(tokens[:-1])
                ]
                own = sum(log[token] for log, token in zip(logs, tokens[1:], strict=True))
                assert one.log_probability == pytest.approx(own, abs=1e-4)


def test_numbers_that_are_none_give_no_caption() -> None:
    def broken(token_ids: np.ndarray, state: State) -> tuple[np.ndarray, State]:
        return np.full((len(token_ids), VOCABULARY), np.nan, np.float32), state

    assert hub_search.beam_search(broken, begin(range(2)), 2, rules_of({}), width=3, length_penalty=1.0) == [[], []]
    assert hub_search.greedy(broken, begin(range(2)), 2, rules_of({})) == [[], []]
    assert hub_search.beam_search(step, {}, 0, rules_of({}), width=3, length_penalty=1.0) == []


@pytest.mark.parametrize(
    "change",
    [
        {"max_length": 1}, {"max_length": 514}, {"min_length": 10}, {"repetition_penalty": 0.0}, {"ends": []},
        {"suppressed": [-1]}, {"early_stopping": "often"}, {"no_repeat_ngram": 17},
    ],
    ids=repr,
)  # fmt: skip
def test_rules_that_make_no_sense(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="rule"):
        HubRules.of({"start": 1, "ends": [2], "max_length": LENGTH} | change)

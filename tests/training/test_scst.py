"""The second stage: its reward is that of the reference code, and rises for every system."""

import random
from pathlib import Path

import numpy as np
import pytest
from small_training import CAPTIONS, DECODERS, features_of, fit_run, history, seen_of, small_run

from tagger.core.errors import RunError

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def made_up(words: int, seed: int) -> list[list[int]]:
    rng = random.Random(seed)
    return [[rng.randrange(words) for _ in range(rng.choice([0, 1, 2, 3, 5, 8, 12, 25]))] for _ in range(30)]


@pytest.mark.parametrize("photos", [1, 2, 6])
def test_cider_is_that_of_the_reference_code(photos: int) -> None:
    from pycocoevalcap.cider.cider import Cider
    from tagger_training.cider import CiderD

    total = 0.0
    for seed in range(12):
        texts = [text or [1] for text in made_up(12, seed)]
        references = [texts[i * 5 : i * 5 + 1 + (seed + i) % 5] for i in range(photos)]
        captions = [text or [0] for text in made_up(14, seed + 100)[:photos]]  # some words that no reference has

        def text(words: list[int]) -> str:
            return " ".join(f"w{word}" for word in words)

        wanted = {i: [text(words) for words in own] for i, own in enumerate(references)}
        said = {i: [text(words)] for i, words in enumerate(captions)}
        mean, each = Cider().compute_score(wanted, said)
        found = CiderD(references).score(captions, range(photos))
        np.testing.assert_allclose(found, each, atol=1e-10)
        total += mean
    assert (total > 0.1) == (photos > 1)  # of a single photo every n-gram weighs nothing


def test_a_caption_may_be_scored_for_any_photo_and_many_at_once() -> None:
    from tagger_training.cider import CiderD

    references = [made_up(9, seed)[:3] for seed in range(5)]
    scores = CiderD(references)
    captions = [made_up(9, 50 + i)[i % 30] for i in range(600)]
    photos = [i % 5 for i in range(600)]
    together = scores.score(captions, photos)
    alone = [scores.score([caption], [photo])[0] for caption, photo in zip(captions, photos, strict=True)]
    np.testing.assert_allclose(together, alone, atol=1e-12)
    assert together.max() > 1
    assert scores.score([], []).shape == (0,)


@pytest.mark.parametrize("decoder", DECODERS)
def test_the_graph_says_what_the_search_says(decoder: str, tmp_path: Path) -> None:
    import keras
    from tagger_training.speaking import Speaker, said_words
    from tagger_training.systems.prefix import PrefixDecoder

    from tagger.captioning import sampler

    keras.utils.set_random_seed(4)
    run = small_run(tmp_path / "run", decoder)
    model, text, features = run.system.build(), run.tokenizer.text, features_of(run, 6)
    speaker = Speaker(run.system, model, text, len(run.tokenizer))
    rules = sampler.Rules(text.start, text.end, text.max_length, (text.padding, text.unknown))
    slow = PrefixDecoder(model, run.system)
    expected = sampler.greedy(slow.step, slow.start(*features), 6, rules)
    assert said_words(speaker.greedy(*features), text) == [list(found[0].token_ids) for found in expected]
    drawn = speaker.drawn(*features, count=50, seed=(1, 2))
    assert drawn.shape == (300, text.max_length + 1)
    np.testing.assert_array_equal(drawn, speaker.drawn(*features, count=50, seed=(1, 2)))
    assert (drawn != speaker.drawn(*features, count=50, seed=(1, 3))).any()
    captions = said_words(drawn, text)
    assert {len(words) for words in captions} == {1, 2, 3, 4}
    assert not {token for words in captions for token in words} & {0, 1, 2, 3}
    assert len({tuple(words) for words in captions[:50]}) > 10


@pytest.mark.parametrize("decoder", DECODERS)
def test_drawn_captions_come_as_often_as_the_model_says(decoder: str, tmp_path: Path) -> None:
    import keras
    from tagger_training.speaking import Speaker

    keras.utils.set_random_seed(4)
    run = small_run(tmp_path / "run", decoder, max_length=1)
    model, features = run.system.build(), features_of(run, 1)
    drawn = Speaker(run.system, model, run.tokenizer.text, len(run.tokenizer)).drawn(*features, count=4000, seed=(5, 6))
    rows = [np.zeros(1, np.int32)] if run.system.takes_rows else []
    tokens = np.array([[1]], np.int32)
    logits = np.asarray(model([*features, *rows, tokens], training=False))[0, 0].astype(np.float64)
    allowed = np.exp(logits[4:] - logits[4:].max())
    found = np.bincount(drawn[:, 0], minlength=len(logits))[4:] / 4000
    np.testing.assert_allclose(found, allowed / allowed.sum(), atol=0.035)


def stage(run, **changes):
    from tagger_training.scst import Captioned, Scst, ScstConfig

    run.scst_folder.mkdir(exist_ok=True)
    photos = Captioned(seen_of(run, mirrored=run.config.flip), CAPTIONS)
    return Scst(run, ScstConfig("d", **({"batch_size": 4, "epochs": 3} | changes)), photos, Captioned(*photos_of(run)))


def photos_of(run):
    return seen_of(run), CAPTIONS


@pytest.mark.parametrize("decoder", DECODERS)
def test_the_expected_reward_rises_for_every_system(decoder: str, tmp_path: Path) -> None:
    run = small_run(tmp_path / "run", decoder, epochs=1, learning_rate=1e-3)
    fit_run(run)
    rate = 5e-3 if decoder == "merge-lstm" else 2e-2
    second = stage(run, learning_rate=rate, epochs=40, batch_size=2, samples=20, cross_entropy=0.0, patience=40)
    while not second.finished:
        second.epoch()
    rewards = [float(row["reward"]) for row in history(run.scst_folder)]
    # Each is a mean over 80 drawn captions, ten of them have an error of about 0.03.
    assert np.mean(rewards[-10:]) > np.mean(rewards[:10]) + 0.15


@pytest.mark.parametrize("decoder", DECODERS)
def test_an_interrupted_stage_ends_as_one_that_was_not(decoder: str, tmp_path: Path) -> None:
    settings = {"batch_size": 2, "averaging": 0.5, "way": 0.7, "learning_rate": 1e-2}
    runs = [small_run(tmp_path / name, decoder, epochs=1, flip=True) for name in ("whole", "parts")]
    for run in runs:
        fit_run(run)
    whole = stage(runs[0], **settings)
    while not whole.finished:
        whole.epoch()

    def interrupt(done: int, total: int, reward: float) -> None:
        raise KeyboardInterrupt

    parts = stage(runs[1], **settings)
    parts.epoch()
    with pytest.raises(KeyboardInterrupt):
        parts.epoch(interrupt)
    parts = stage(runs[1], **settings)
    while not parts.finished:
        parts.epoch()
    ended, expected = history(runs[1].scst_folder), history(runs[0].scst_folder)
    weights = [run.best_model().get_weights() for run in runs]
    assert ended == expected
    assert all(np.array_equal(one, other) for one, other in zip(*weights, strict=True))


def test_weights_between_the_stages_may_be_kept(tmp_path: Path) -> None:
    weights = []
    for way in (1.0, 0.25):
        run = small_run(tmp_path / str(way), "merge-lstm", epochs=1)
        fit_run(run)
        first = run.best_model().get_weights()
        second = stage(run, epochs=1, learning_rate=1e-2, way=way)
        with second._kept_weights():  # before any step there is no way
            assert all(np.array_equal(a, b) for a, b in zip(first, second._model.get_weights(), strict=True))
        second.epoch()
        own = second._model.get_weights()
        with second._kept_weights():
            weights.append(second._model.get_weights())
        assert all(np.array_equal(a, b) for a, b in zip(own, second._model.get_weights(), strict=True))
        for old, new, kept in zip(first, own, weights[-1], strict=True):
            np.testing.assert_allclose(kept, old + way * (new - old), atol=1e-6)
    assert any(np.abs(a - b).max() > 1e-4 for a, b in zip(*weights, strict=True))


def test_what_is_not_better_is_not_kept_and_what_is_not_finite_stops(tmp_path: Path) -> None:
    from tagger_training.scst import Captioned, Scst, ScstConfig

    run = small_run(tmp_path / "run", "merge-lstm", epochs=12, dropout=0.0)
    from small_training import batches
    from tagger_training.fit import fit

    fit(run, batches(run, train=True), batches(run, train=False))
    spoilt = stage(run, learning_rate=0.5, epochs=2)
    spoilt.epoch()
    assert run.best_weights == run.first_weights
    row = history(run.scst_folder)[0]
    assert float(row["val_cider"]) <= spoilt.start_score()
    kept = {path.name: path.read_bytes() for path in run.scst_folder.iterdir()}
    features = seen_of(run)
    features[0].stored[0] = np.nan
    broken = Scst(
        run, ScstConfig("d", batch_size=4, epochs=3), Captioned(features, CAPTIONS), Captioned(*photos_of(run))
    )
    with pytest.raises(RunError, match="not finite any more"):
        broken.epoch()
    assert {path.name: path.read_bytes() for path in run.scst_folder.iterdir()} == kept


def test_what_cannot_be_rewarded_is_refused(tmp_path: Path) -> None:
    from tagger_training.scst import Captioned, Scst, ScstConfig

    run = small_run(tmp_path / "run", "merge-lstm", epochs=1)
    with pytest.raises(RunError, match="has no finished epoch"):
        stage(run)
    one = Captioned(seen_of(run, 1), CAPTIONS[:1])
    with pytest.raises(RunError, match="on a single photo"):
        Scst(run, ScstConfig("d"), one, one)
    fit_run(run)
    with pytest.raises(RunError, match="on a single validation photo"):
        Scst(run, ScstConfig("d"), Captioned(*photos_of(run)), one)
    prefix = small_run(tmp_path / "prefix", "merge-lstm", form="prefix")
    with pytest.raises(RunError, match="cannot be stepped"):
        stage(prefix)

"""Phrases that captions share, against the scorer of training and by hand."""

import math

import numpy as np
import pytest
from tagger_training.cider import CiderD

from tagger.captioning.ngrams import HEADER, MOST, Phrases, format_phrases, parse_phrases

WORDS = {"a": 4, "dog": 5, "runs": 6, "on": 7, "grass": 8}


def tokens(phrase: str) -> tuple[int, ...] | None:
    found = [WORDS.get(word) for word in phrase.split(" ")]
    return None if None in found else tuple(token for token in found if token)


def test_alike_is_what_training_scores_where_no_word_comes_twice() -> None:
    captions = [(0, 1, 2, 3), (0, 1, 2, 4), (5, 6, 7), (3, 2, 1, 0, 8)]
    scorer = CiderD([[list(caption)] for caption in captions])
    known: dict[tuple[int, ...], float] = {}
    for caption in captions:
        for n in range(1, 5):
            for i in range(len(caption) - n + 1):
                phrase = caption[i : i + n]
                photos = sum(any(other[j : j + n] == phrase for j in range(len(other) - n + 1)) for other in captions)
                known[phrase] = math.log(len(captions)) - math.log(photos)
    phrases = Phrases(list(known), list(known.values()), math.log(len(captions)))
    alike = phrases.vectors(captions).alike()
    for one, caption in enumerate(captions):
        expected = scorer.score([list(caption)] * len(captions), range(len(captions)))
        assert np.allclose(alike[one], expected, atol=1e-6)


def test_a_caption_is_most_like_itself_and_unlike_others() -> None:
    alike = Phrases((), (), 1.0).vectors([(1, 2, 3, 4), (1, 2, 3, 4), (7, 8, 9, 10)]).alike()
    assert np.allclose(np.diag(alike), 10)
    assert alike[0, 1] == pytest.approx(10)
    assert alike[0, 2] == 0


def test_short_captions_have_few_phrases_and_break_nothing() -> None:
    alike = Phrases((), (), 1.0).vectors([(1,), (), (1, 2)]).alike()
    assert np.isfinite(alike).all()
    assert alike[1].sum() == 0


def test_agreement_with_the_mean_of_vectors_is_what_a_caption_scores_on_average() -> None:
    captions = [(0, 1, 2, 3), (0, 1, 2, 4), (5, 6, 7), (3, 2, 1, 0)]
    parts = {c[i : i + n] for c in captions for n in range(1, 5) for i in range(len(c) - n + 1)}
    known = sorted(parts, key=lambda phrase: (len(phrase), phrase))
    phrases = Phrases(known, [1.0 + len(phrase) + phrase[0] for phrase in known], 3.0)
    vectors = phrases.vectors(captions)
    expected = np.zeros(len(known), np.float32)
    for phrase, value in zip(vectors.phrases, vectors.values[1:].mean(axis=0), strict=True):
        expected[known.index(phrase)] = value
    found = phrases.agreement(vectors, expected)
    assert found.shape == (4, 4)
    alone = vectors.values @ vectors.values[1:].T * 10 / 4  # no penalty on lengths
    assert np.allclose(found.mean(axis=1), alone.mean(axis=1), atol=1e-6)


def test_only_the_first_phrases_are_expected() -> None:
    phrases = Phrases([(4,), (5,)], [1.0, 1.0], 1.0)
    found = phrases.agreement(phrases.vectors([(5,)]), np.array([0.9], np.float32))
    assert found.sum() == 0


def test_a_table_comes_back_as_it_was_written() -> None:
    table = format_phrases({"a dog": 1.5, "on grass": 2.25, "a cat": 1.0}, [0.25, 0.5])
    phrases = parse_phrases(table, 9.0, tokens)
    assert phrases.known == ((4, 5), (7, 8), None)
    assert phrases.rare == 9.0
    assert phrases.weights.tolist() == [1.5, 2.25, 1.0]
    assert phrases.usual.tolist() == [0.25, 0.5, 0.0]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("", "does not begin with the columns"),
        ("phrase\tweight\n", "does not begin with the columns"),
        ("ngram\tweight\tusual\na dog\n", "line 2"),
        ("ngram\tweight\tusual\na dog\tnan\t0\n", "line 2"),
        ("ngram\tweight\na dog\t1\n", "does not begin with the columns"),
        ("ngram\tweight\tusual\na dog\t1\n", "line 2"),
        ("ngram\tweight\tusual\na dog\t1\t1.5\n", "line 2"),
        ("ngram\tweight\tusual\na dog\t1\t-0.1\n", "line 2"),
        ("ngram\tweight\tusual\na dog\t-1\t0\n", "line 2"),
        ("ngram\tweight\tusual\na dog\t1e9\t0\n", "line 2"),
        ("ngram\tweight\tusual\na dog\t1\t0\na dog\t2\t0\n", "line 3"),
        ("ngram\tweight\tusual\na dog runs on grass\t1\t0\n", "one to 4 words"),
        ("ngram\tweight\tusual\n\t1\t0\n", "line 2"),
        ("\t".join(HEADER) + "\n" + "".join(f"w{i}\t1\t0\n" for i in range(MOST + 1)), "more than"),
    ],
)
def test_a_bad_table_is_refused_by_its_line(table: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_phrases(table, 1.0, tokens)

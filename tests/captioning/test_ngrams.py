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


def test_agreement_is_the_cosine_with_what_is_expected() -> None:
    phrases = Phrases([(4,), (5,), (4, 5)], [1.0, 2.0, 3.0], 1.0)
    vectors = phrases.vectors([(4, 5), (6, 7)])
    found = phrases.agreement(vectors, np.array([0.5, 0.5, 0.9], np.float32))
    one = (1 * 0.5 * 1 + 2 * 0.5 * 2) / (math.hypot(1, 2) * math.hypot(0.5, 1.0))
    assert np.allclose(found, [[one, 1, 0, 0], [0, 0, 0, 0]])


def test_words_that_are_expected() -> None:
    phrases = Phrases([(4,), (4, 5), (5,)], [1.0, 1.0, 1.0], 1.0)
    found = phrases.word_logs([(4, 5), (4, 9), ()], np.array([0.5, 0.9], np.float32))
    nothing = math.log(1e-4)
    assert found == pytest.approx([(math.log(0.5001) + nothing) / 2] * 2 + [0.0])


def test_only_the_first_phrases_are_expected() -> None:
    phrases = Phrases([(4,), (5,)], [1.0, 1.0], 1.0)
    found = phrases.agreement(phrases.vectors([(5,)]), np.array([0.9], np.float32))
    assert found.sum() == 0


def test_a_table_comes_back_as_it_was_written() -> None:
    table = format_phrases({"a dog": 1.5, "on grass": 2.25, "a cat": 1.0})
    phrases = parse_phrases(table, 9.0, tokens)
    assert phrases.known == ((4, 5), (7, 8), None)
    assert phrases.rare == 9.0
    assert phrases.weights.tolist() == [1.5, 2.25, 1.0]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("", "does not begin with the columns"),
        ("phrase\tweight\n", "does not begin with the columns"),
        ("ngram\tweight\na dog\n", "line 2"),
        ("ngram\tweight\na dog\tnan\n", "line 2"),
        ("ngram\tweight\na dog\t-1\n", "line 2"),
        ("ngram\tweight\na dog\t1e9\n", "line 2"),
        ("ngram\tweight\na dog\t1\na dog\t2\n", "line 3"),
        ("ngram\tweight\na dog runs on grass\t1\n", "one to 4 words"),
        ("ngram\tweight\n\t1\n", "line 2"),
        ("\t".join(HEADER) + "\n" + "".join(f"w{i}\t1\n" for i in range(MOST + 1)), "more than"),
    ],
)
def test_a_bad_table_is_refused_by_its_line(table: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_phrases(table, 1.0, tokens)

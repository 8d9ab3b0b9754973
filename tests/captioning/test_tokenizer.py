"""Words and token ids."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.captioning.bundle import TextSpec
from tagger.captioning.tokenizer import SPECIAL_TOKENS, Tokenizer, build_vocabulary, words

CAPTIONS = ("A dog runs.", "A dog sleeps", "a cat")
VOCABULARY = build_vocabulary(CAPTIONS)


def test_words() -> None:
    assert words("A man's dog, off-leash: it's 3 o\u2019clock!") == (
        ["a", "man's", "dog", "off", "leash", "it's", "3", "o'clock"]
    )
    assert words("snake_case 'quoted' ÉTÉ 猫") == ["snake", "case", "quoted", "été", "猫"]
    assert words(" .,'_ ") == []


def test_vocabulary() -> None:
    assert build_vocabulary(CAPTIONS) == [*SPECIAL_TOKENS, "a", "dog", "cat", "runs", "sleeps"]
    assert build_vocabulary(["b a", "a b c"], min_count=2) == [*SPECIAL_TOKENS, "a", "b"]
    assert build_vocabulary(["b a", "a b c"], size=5) == [*SPECIAL_TOKENS, "a"]


def test_round_trip() -> None:
    tokenizer = Tokenizer(VOCABULARY, TextSpec())
    assert len(tokenizer) == 9
    assert tokenizer.encode("A dog barks") == [4, 5, 3]
    assert tokenizer.decode([1, 4, 5, 7, 3, 2, 0]) == "A dog runs"
    assert tokenizer.decode([]) == ""
    lower = Tokenizer(VOCABULARY, TextSpec(case="lower", max_length=2))
    assert lower.encode("a dog runs") == [4, 5]
    assert lower.decode([4, 5]) == "a dog"


@given(st.lists(st.sampled_from(VOCABULARY[4:]), max_size=20))
def test_what_is_said_reads_back(said: list[str]) -> None:
    tokenizer = Tokenizer(VOCABULARY, TextSpec())
    assert tokenizer.encode(tokenizer.decode(tokenizer.encode(" ".join(said)))) == [VOCABULARY.index(w) for w in said]


def test_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        Tokenizer(["<pad>", "<start>", "<end>", "<unk>", "a", "a"], TextSpec())
    with pytest.raises(ValueError, match="outside"):
        Tokenizer(["<pad>", "<start>", "<end>"], TextSpec())
    with pytest.raises(ValueError, match="outside"):
        Tokenizer(VOCABULARY, TextSpec(padding=-1))
    with pytest.raises(IndexError):
        Tokenizer(VOCABULARY, TextSpec()).decode([99])

"""Captions in every script: what their words are, and how words become a sentence again."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.captioning.bundle import TextSpec
from tagger.captioning.tokenizer import Tokenizer, build_vocabulary, words


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("一只狗。", ["一", "只", "狗"]),
        ("カメラ と 犬", ["カ", "メ", "ラ", "と", "犬"]),
        ("สุนัขวิ่ง", ["สุ", "นั", "ข", "วิ่", "ง"]),
        ("हिन्दी में कुत्ता", ["हिन्दी", "में", "कुत्ता"]),
        ("می\u200cخواهم سگ", ["می\u200cخواهم", "سگ"]),
        ("犬dog犬", ["犬", "dog", "犬"]),
        ("Een foto's 's avonds", ["een", "foto's", "s", "avonds"]),
        ("L'été, l’hiver", ["l'été", "l'hiver"]),
        ("👨\u200d👩\u200d👧 ein Haus", ["ein", "haus"]),
        ("개가 달린다", ["개가", "달린다"]),
    ],
)
def test_words_of_every_script(caption: str, expected: list[str]) -> None:
    assert words(caption) == expected


def test_composed_and_decomposed_letters_are_one_word() -> None:
    assert words(unicodedata.normalize("NFD", "Café in Zürich")) == words("Café in Zürich") == ["café", "in", "zürich"]
    assert words(unicodedata.normalize("NFD", "개가")) == ["개가"]


@pytest.mark.parametrize("caption", ["一只狗在草地上跑", "हिन्दी में कुत्ता", "สุนัขวิ่ง", "犬 dog 犬", "Un chien d'été"])
def test_a_caption_reads_back_as_it_was_written(caption: str) -> None:
    tokenizer = Tokenizer(build_vocabulary([caption]), TextSpec())
    assert tokenizer.decode(tokenizer.encode(caption)) == caption[:1].upper() + caption[1:]


@given(st.text("abC'’_.,-3é ßжΩ\n", max_size=30))
def test_scripts_with_spaces_have_the_words_that_they_always_had(text: str) -> None:
    assert words(text) == re.findall(r"[^\W_]+(?:'[^\W_]+)*", text.lower().replace("\u2019", "'"))


@given(st.text(max_size=40))
def test_any_text_has_words_that_stay_the_same_when_read_again(text: str) -> None:
    for word in words(text):
        assert any(character.isalnum() for character in word)
        assert not any(character.isspace() for character in word)

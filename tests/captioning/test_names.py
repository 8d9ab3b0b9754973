"""How names are compared and written."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.captioning.names import Case, cased, clean_name, fold_name, matcher


@pytest.mark.parametrize(
    ("word", "case", "written"),
    [
        ("hot dog", "as-is", "hot dog"),
        ("Hot DOG", "lower", "hot dog"),
        ("hot dog", "upper", "HOT DOG"),
        ("hot dog", "title", "Hot Dog"),
        ("hot dog", "sentence", "Hot dog"),
        ("close-up/men's TV", "title", "Close-Up/Men's TV"),
        ("TV set", "sentence", "TV set"),
        ("straße", "upper", "STRASSE"),  # German: as Unicode has it, not with a capital ẞ
        ("straße", "lower", "straße"),
        ("STRASSE", "lower", "strasse"),
        ("übung", "sentence", "Übung"),
        ("iğne", "upper", "IĞNE"),  # Turkish would have İĞNE: no rule is a language's own
        ("kırmızı", "upper", "KIRMIZI"),
        ("ǆep", "sentence", "ǅep"),  # one letter of two parts: the first of them is large
        ("σκύλος", "upper", "ΣΚΎΛΟΣ"),
        ("ΣΚΎΛΟΣ", "lower", "σκύλος"),  # a final sigma
        ("狗", "upper", "狗"),
        ("", "sentence", ""),
    ],
)
def test_case(word: str, case: Case, written: str) -> None:
    assert cased(word, case) == written


def test_names_are_compared_without_case_and_form() -> None:
    assert fold_name(" Hot  DOG ") == "hot dog"
    assert fold_name("STRASSE") == fold_name("straße")
    assert fold_name("Cafe\u0301") == fold_name("CAFÉ")
    assert clean_name("Cafe\u0301  noir ") == "Café noir"


@pytest.mark.parametrize(
    ("pattern", "name", "meant"),
    [
        ("dog", "dog", True),
        ("Dog", "dog", True),
        ("dog", "hot dog", False),
        ("*dog", "hot dog", True),
        ("dog*", "hot dog", False),
        ("*o*o*", "hot dog", True),
        ("*", "hot dog", True),
        ("*", "", True),
        ("d.g", "dog", False),
        ("[dog]", "dog", False),
        ("do?", "dog", False),
    ],
)
def test_patterns(pattern: str, name: str, meant: bool) -> None:
    assert (matcher(pattern).fullmatch(name) is not None) is meant


@given(st.text())
def test_a_name_means_itself(text: str) -> None:
    plain = text.replace("*", "")
    assert matcher(plain).fullmatch(fold_name(plain))
    assert fold_name(fold_name(plain)) == fold_name(plain)
    assert unicodedata.is_normalized("NFC", clean_name(plain))

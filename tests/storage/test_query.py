"""The search language: what is understood, and what the user is told when it is not."""

import pytest

from tagger.core.errors import RunError
from tagger.storage.query import MAX_LENGTH, MAX_TERMS, Kind, Term, condition, parse


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        (" \t\n", []),
        ("dog beach", [Term(Kind.WORD, "dog"), Term(Kind.WORD, "beach")]),
        ('-"a dog"', [Term(Kind.PHRASE, "a dog", negated=True)]),
        ("t-shirt", [Term(Kind.WORD, "t-shirt")]),
        ("12:30", [Term(Kind.WORD, "12:30")]),
        ("Tag:Dog", [Term(Kind.TAG, "dog")]),
        ('-tag:"Traffic  light "', [Term(Kind.TAG, "traffic  light", negated=True)]),
        ('path:"a b"', [Term(Kind.PATH, "a b")]),
        ("path:a:b", [Term(Kind.PATH, "a:b")]),
        ('since:"2024"', [Term(Kind.SINCE, "2024")]),
        ('"tag:dog"', [Term(Kind.PHRASE, "tag:dog")]),
    ],
)
def test_understood(text: str, terms: list[Term]) -> None:
    assert parse(text) == terms


@pytest.mark.parametrize(
    ("text", "cause", "hint"),
    [
        ("a -", "- has no letter or digit", "write a word"),
        ("dog & cat", "& has no letter or digit", "write a word"),
        ('""', '"" has no letter or digit', "write a word"),
        ('"dog', '"dog has no closing quote', "around words"),
        ('"dog"cat', "something follows", "put a space"),
        ("tag:", "tag: has no value", "write tag:word"),
        ('path:"" dog', 'path:"" has no value', "write path:word"),
        ("tags:dog", "tags: is not something to search by", "did you mean tag:"),
        ("colour:red", "colour: is not", 'the text itself, write "colour:red"'),
        ("since:", "since: is not a date", "write since:2024, since:2024-05 or since:2024-05-01"),
        ("until:yesterday", "until:yesterday is not a date", "write until:2024"),
        ("since:2024-13", "since:2024-13 is not a date", "write since:2024"),
        ("since:2023-02-29", "since:2023-02-29 is not a date", "write since:2024"),
        ("since:0000", "since:0000 is not a date", "write since:2024"),
        ("since:２０２４", "since:２０２４ is not a date", "write since:2024"),
        ("x" * (MAX_LENGTH + 1), "too long", "at most 1,000"),
        ("x " * (MAX_TERMS + 1), "too many terms", "at most 100"),
    ],
)
def test_explained(text: str, cause: str, hint: str) -> None:
    with pytest.raises(RunError) as caught:
        parse(text)
    assert cause in caught.value.cause
    assert hint in caught.value.hint


def test_values_are_bound() -> None:
    sql, values = condition(parse("""tag:"'; DROP" path:%' since:2024 x';--"""))
    assert "DROP" not in sql
    assert "x'" not in sql
    assert sql.count("?") == len(values) == 5

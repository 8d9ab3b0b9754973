"""The search language: what is understood, and what the user is told when it is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.core.errors import RunError
from tagger.storage.query import (
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_TERMS,
    Either,
    Every,
    Kind,
    Not,
    Query,
    Term,
    condition,
    parse,
)

DOG, CAT, BIRD = (Term(Kind.WORD, word) for word in ("dog", "cat", "bird"))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", Every(())),
        (" \t\n", Every(())),
        ("dog", DOG),
        ("dog cat", Every((DOG, CAT))),
        ("dog AND cat", Every((DOG, CAT))),
        ("dog OR cat bird", Either((DOG, Every((CAT, BIRD))))),
        ("(dog OR cat) bird", Every((Either((DOG, CAT)), BIRD))),
        ("dog NOT cat", Every((DOG, Not(CAT)))),
        ("NOT NOT dog", Not(Not(DOG))),
        ("-(dog cat)", Not(Every((DOG, CAT)))),
        ("((dog))", DOG),
        ("or not and", Every((Term(Kind.WORD, "or"), Term(Kind.WORD, "not"), Term(Kind.WORD, "and")))),
        ("ORANGE", Term(Kind.WORD, "ORANGE")),
        ('"OR"', Term(Kind.PHRASE, "OR")),
        ('-"a dog"', Not(Term(Kind.PHRASE, "a dog"))),
        ('"a do"*', Term(Kind.WORD, "a do")),
        ("do*", Term(Kind.WORD, "do*")),
        ("t-shirt", Term(Kind.WORD, "t-shirt")),
        ("12:30", Term(Kind.WORD, "12:30")),
        ("Tag:Dog", Term(Kind.TAG, "dog")),
        ('-tag:"Traffic  light "', Not(Term(Kind.TAG, "traffic  light"))),
        ('path:"a b"', Term(Kind.PATH, "a b")),
        ("path:a:b", Term(Kind.PATH, "a:b")),
        ("(path:a)", Term(Kind.PATH, "a")),
        ("-model:Default", Not(Term(Kind.MODEL, "default"))),
        ("state:REVIEW", Term(Kind.STATE, "review")),
        ("is:failed", Term(Kind.IS, "failed")),
        ('since:"2024"', Term(Kind.SINCE, "2024")),
        ("captioned-since:2024-05", Term(Kind.CAPTIONED_SINCE, "2024-05")),
        ("captioned:", None),
        ("Score<0.3", Term(Kind.SCORE_BELOW, "0.3")),
        ("-score>.5", Not(Term(Kind.SCORE_ABOVE, ".5"))),
        ('"tag:dog"', Term(Kind.PHRASE, "tag:dog")),
        ('"score<1"', Term(Kind.PHRASE, "score<1")),
    ],
)
def test_understood(text: str, query: Query | None) -> None:
    if query is None:
        with pytest.raises(RunError):
            parse(text)
    else:
        assert parse(text) == query


@pytest.mark.parametrize(
    ("text", "cause", "hint"),
    [
        ("a -", "- has no letter or digit to search for, at character 3", "write a word"),
        ("dog & cat", "& has no letter or digit", "write a word"),
        ('""', '"" has no letter or digit', "write a word"),
        ('"dog', '"dog has no closing quote, at character 1', "around words"),
        ('"dog"cat', 'something follows the quote of "dog", at character 6', "put a space"),
        ("IMG(1)", "something follows IMG, at character 4", "put a space"),
        ("(a)b", "something follows )", "put a space"),
        ("tag:", "tag: has no value", "write tag:word"),
        ('path:"" dog', 'path:"" has no value', "write path:word"),
        ("tags:dog", "tags: is not something to search by", "did you mean tag:"),
        ("scor:1", "scor: is not something to search by", "did you mean score<0.3?"),
        ("colour:red", "colour: is not", 'the text itself, write "colour:red"'),
        ("since:", "since: is not a date", "write since:2024, since:2024-05 or since:2024-05-01"),
        ("until:yesterday", "until:yesterday is not a date", "write until:2024"),
        ("dog since:2024-13", "since:2024-13 is not a date, at character 5", "write since:2024"),
        ("since:2023-02-29", "since:2023-02-29 is not a date", "write since:2024"),
        ("since:0000", "since:0000 is not a date", "write since:2024"),
        ("since:２０２４", "since:２０２４ is not a date", "write since:2024"),
        ("score<low", "score<low is not a score", "as in score<0.3"),
        ("score<", "score< is not a score", "as in score<0.3"),
        ("score>1e5", "score>1e5 is not a score", "as in score>0.3"),
        ("state:done", "state:done is not known", "state:machine or state:approved or state:review"),
        ("is:lost", "is:lost is not known", "is:failed or is:uncaptioned or is:written"),
        ("OR dog", "OR has nothing before it, at character 1", "write or to search"),
        ("dog OR", "OR has nothing after it", "write or to search"),
        ("dog OR OR cat", "OR has nothing before it, at character 8", "write or"),
        ("(dog NOT)", "NOT has nothing after it, at character 9", "write not"),
        ("(dog", "( has no closing bracket, at character 1", "add )"),
        ("dog)", ") closes no bracket, at character 4", "take it out"),
        ("()", "a term is missing, at character 2", "write a word"),
        ("(" * (MAX_DEPTH + 2) + "a" + ")" * (MAX_DEPTH + 2), "go too deep", "at most 40"),
        ("NOT " * 200 + "a", "go too deep", "at most 40"),
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
    sql, values = condition(parse("""tag:"'; DROP" path:%'x since:2024 x';-- model:' score<0.5"""))
    assert "DROP" not in sql
    assert "x'" not in sql
    assert sql.count("?") == len(values) == 7


@given(st.text() | st.text(alphabet='ab -":*()ORANDNOTtagsce<>.01\0\ud800é'))
def test_any_text_is_a_query_or_explained(text: str) -> None:
    try:
        query = parse(text)
    except RunError as error:
        assert error.hint
        assert "\n" not in str(error)
    else:
        sql, values = condition(query)
        assert sql.count("?") == len(values)

"""Whole numbers that options take."""

import argparse

import pytest

from tagger.cli.numbers import whole


def test_numbers_within_the_limits() -> None:
    assert (whole()("0"), whole(least=1)("1"), whole(least=1, most=10)("10")) == (0, 1, 10)


@pytest.mark.parametrize(
    ("least", "most", "text", "complaint"),
    [
        (0, None, "-1", "must not be below 0"),
        (1, None, "0", "must not be below 1"),
        (1, 10, "11", "must be 1 to 10"),
        (1, 10, "0", "must be 1 to 10"),
        (0, None, "many", "'many' is not a whole number"),
        (0, None, "1.5", "'1.5' is not a whole number"),
    ],
)
def test_other_numbers_are_refused(least: int, most: int | None, text: str, complaint: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=complaint):
        whole(least=least, most=most)(text)

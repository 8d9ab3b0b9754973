"""Which labels exclude each other: those of one kind, as a cat is no dog. Knows no tables and no scores."""

from collections.abc import Mapping, Sequence


def kinds_of(family: Sequence[str], kinds: Mapping[str, str]) -> dict[str, str]:
    """The kinds of a label, given with all its ancestors, each with the nearest of them that is of that kind."""
    return {kinds[name]: name for name in reversed(family) if kinds.get(name)}


def excludes(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two labels, given by ``kinds_of``, are of one kind, but of nothing of it in common.

    A pug and a tabby cat exclude each other because dog and cat do; a pug and a dog do not.
    """
    return any(one[kind] != other[kind] for kind in one.keys() & other.keys())

"""What a search asks for: an expression of terms, without any text of a user's and without SQL."""

from dataclasses import dataclass
from enum import StrEnum

STATES = ("machine", "approved", "review", "rejected")
PROPERTIES = ("failed", "uncaptioned", "written")


class Kind(StrEnum):
    """What a term looks at. All but WORD and PHRASE are written before a colon, SCORE before ``<`` or ``>``."""

    WORD = "word"
    PHRASE = "phrase"
    TAG = "tag"
    PATH = "path"
    MODEL = "model"
    STATE = "state"
    SINCE = "since"
    UNTIL = "until"
    CAPTIONED_SINCE = "captioned-since"
    CAPTIONED_UNTIL = "captioned-until"
    SCORE_BELOW = "score<"
    SCORE_ABOVE = "score>"
    IS = "is"


@dataclass(frozen=True, slots=True)
class Term:
    """One condition.

    ``value`` is folded for TAG, PATH and MODEL, a year, month or day for the dates, a decimal number for the scores,
    one of STATES and PROPERTIES for STATE and IS. The last word of a WORD, which may be several, is a beginning.
    """

    kind: Kind
    value: str


@dataclass(frozen=True, slots=True)
class Not:
    """Rows that ``part`` does not hold of."""

    part: "Query"


@dataclass(frozen=True, slots=True)
class Every:
    """Rows that every part holds of; all rows where there is none."""

    parts: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Rows that at least one part holds of."""

    parts: tuple["Query", ...]


Query = Term | Not | Every | Either

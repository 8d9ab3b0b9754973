"""Names of tags as users write them: how two are compared, and how one is written. Knows no rules and no labels.

Source: Unicode Standard 15, sections 3.13 (default case algorithms) and 5.18.
"""

import re
import unicodedata
from typing import Literal

Case = Literal["as-is", "lower", "upper", "title", "sentence"]


def clean_name(text: str) -> str:
    """A name as it is written: composed Unicode (NFC), one space between words."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold_name(text: str) -> str:
    """The form in which names are compared: clean, without upper and lower case."""
    return unicodedata.normalize("NFC", clean_name(text).casefold())


def cased(word: str, case: Case) -> str:
    """``word`` in upper and lower case as chosen, by Unicode's rules for all languages alike.

    ``title`` and ``sentence`` change first letters only, so that TV stays TV.
    """
    match case:
        case "lower":
            return word.lower()
        case "upper":
            return word.upper()
        case "title":
            return re.sub(r"(?:^|(?<=[\s/-]))\S", lambda match: match[0].title(), word)
        case "sentence":
            return word[:1].title() + word[1:]
        case "as-is":
            return word


def matcher(pattern: str) -> re.Pattern[str]:
    """What finds the folded names that ``pattern`` means, as full matches; ``*`` stands for any text."""
    return re.compile(".*".join(map(re.escape, fold_name(pattern).split("*"))))

"""Words of captions in every script. Knows no vocabulary.

A word is letters, numbers and the marks on them, after normalisation to NFC. Scripts that are written without spaces
between words (Han, Hiragana, Katakana, Thai, Lao, Khmer, Burmese) have no words that could be told apart without a
dictionary: there every character, with its marks, is a word, and such words are joined without a space.
Source: Unicode Standard Annex 29, "Unicode Text Segmentation", which leaves these scripts to dictionaries as well.
"""

import unicodedata
from collections.abc import Iterable

_JOINERS = "\u200c\u200d"  # inside words of Persian and of the scripts of India
_UNSPACED = (
    (0x0E01, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x2FDF),  # radicals
    (0x3005, 0x3007),
    (0x3021, 0x3029),
    (0x3031, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F),  # Katakana of half width
    (0x1AFF0, 0x1B16F),
    (0x20000, 0x3FFFF),
)


def words_of_any_script(text: str) -> list[str]:
    """Words of ``text`` in lower case and NFC; an apostrophe between two letters stays."""
    found: list[str] = []
    grows = False  # the next letter belongs to the last word
    held = ""  # an apostrophe that belongs to it only if a letter follows
    marked = False  # the next mark belongs to the last word
    for character in text:
        if character.isalnum():
            alone = _is_unspaced(character)
            if grows and not alone:
                found[-1] += held + character
            else:
                found.append(character)
            grows, held, marked = not alone, "", True
        elif marked and not held and (unicodedata.category(character)[0] == "M" or character in _JOINERS):
            found[-1] += character
        elif character == "'" and grows and not held:
            held = character
        else:
            grows, held, marked = False, "", False
    return [word.rstrip(_JOINERS) for word in found]


def joined(words: Iterable[str]) -> str:
    """Words as a sentence: a space between two, unless both are of a script that has none."""
    text = ""
    for word in words:
        space = " " if text and not (_is_unspaced(word[0]) and _ends_unspaced(text)) else ""
        text += space + word
    return text


def _ends_unspaced(text: str) -> bool:
    base = next((c for c in reversed(text) if c.isalnum()), "")
    return bool(base) and _is_unspaced(base)


def _is_unspaced(character: str) -> bool:
    code = ord(character)
    return code >= _UNSPACED[0][0] and any(first <= code <= last for first, last in _UNSPACED)

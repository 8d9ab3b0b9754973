"""Token ids <-> text: the same words in training and at run time. Knows no model."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from tagger.captioning.bundle import TextSpec
from tagger.captioning.scripts import joined, words_of_any_script

SPECIAL_TOKENS = ("<pad>", "<start>", "<end>", "<unk>")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def words(text: str) -> list[str]:
    """Lower-case words of a caption; punctuation separates, an apostrophe inside a word stays.

    In a script without spaces every character is a word (scripts.py). Text is normalised to NFC.
    """
    text = unicodedata.normalize("NFC", text).lower().replace("\u2019", "'")
    return _WORD.findall(text) if text.isascii() else words_of_any_script(text)


class Tokenizer:
    """Words <-> token ids by a vocabulary of one token a line, line number = id."""

    def __init__(self, vocabulary: Sequence[str], text: TextSpec) -> None:
        if len(set(vocabulary)) != len(vocabulary):
            raise ValueError("the vocabulary has a token twice")
        if not all(0 <= i < len(vocabulary) for i in (text.padding, text.start, text.end, text.unknown)):
            raise ValueError("a special token's id is outside the vocabulary")
        self.vocabulary = tuple(vocabulary)
        self.text = text
        self._ids = {token: index for index, token in enumerate(vocabulary)}
        self._special = frozenset({text.padding, text.start, text.end, text.unknown})

    def __len__(self) -> int:
        return len(self.vocabulary)

    def encode(self, caption: str) -> list[int]:
        """Token ids of a caption, without start and end markers, cut to the longest caption."""
        return [self._ids.get(word, self.text.unknown) for word in words(caption)][: self.text.max_length]

    def decode(self, token_ids: Iterable[int]) -> str:
        """Sentence for token ids; special tokens are left out. An id outside the vocabulary raises IndexError."""
        text = joined(self.vocabulary[i] for i in token_ids if i not in self._special)
        return text[:1].upper() + text[1:] if self.text.case == "sentence" else text


def build_vocabulary(captions: Iterable[str], *, min_count: int = 1, size: int | None = None) -> list[str]:
    """Vocabulary from captions: special tokens, then words seen ``min_count`` times or more, most frequent first.

    Ties are in alphabetical order, so that the same captions always give the same ids. ``size`` bounds the whole.
    """
    counts = Counter(word for caption in captions for word in words(caption))
    kept = sorted((word for word, n in counts.items() if n >= min_count), key=lambda word: (-counts[word], word))
    return [*SPECIAL_TOKENS, *kept][:size]

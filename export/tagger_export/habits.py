"""How captions and tags of many photos read, counted by rule: sameness, repetition, grammar. Needs no references."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tagger.captioning import repetition
from tagger.captioning.tokenizer import words
from tagger.captioning.wording import tidy
from tagger.core.records import Caption


@dataclass(frozen=True, slots=True)
class Habits:
    """What is seen of many captions together.

    ``shared``: share of photos whose caption another photo has too. ``repeating`` and ``wrong_articles``: captions that
    name a thing twice ("a tie and a tie"), and that say "a elephant" or leave an article hanging. ``tags_a_photo`` and
    ``untagged`` (share of photos) count every tag, parents too; None for a model without tags.
    """

    shared: float
    repeating: int
    wrong_articles: int
    tags_a_photo: float | None = None
    untagged: float | None = None


def habits(captions: Sequence[Caption], *, tagged: bool) -> Habits:
    """Count over the captions of at least one photo, each with its tags where the model is one that has ``tagged``."""
    said = [" ".join(words(caption.text)) for caption in captions]
    times = Counter(said)
    tags = [len(caption.tags) for caption in captions]
    return Habits(
        shared=sum(times[text] > 1 for text in said) / len(said),
        repeating=sum(map(repeats, said)),
        wrong_articles=sum(map(has_wrong_article, said)),
        tags_a_photo=sum(tags) / len(tags) if tagged else None,
        untagged=tags.count(0) / len(tags) if tagged else None,
    )


def repeats(caption: str) -> bool:
    """Whether a caption names a thing twice (see ``repetition``)."""
    return repetition.repeats(words(caption))


def has_wrong_article(caption: str) -> bool:
    """Whether an article is not the one that the next word sounds for, or has no word to belong to."""
    said = words(caption)
    return any(word in ("a", "an") and tidy([word, *said[i + 1 : i + 2]])[:1] != [word] for i, word in enumerate(said))

"""What was learned, in words: for the card of the new bundle, and line by line for people. Knows no terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tagger.learning.labels import NewTag

if TYPE_CHECKING:
    from tagger.learning.corrections import Counts
    from tagger.learning.learning import Learned


def counts_line(counts: "Counts") -> str:
    """How much people said: ``12 photos approved, 30 corrected, 2 rejected; 41 tags put in, 7 taken out``."""
    return (
        f"{counts.approved} photos approved, {counts.edited} corrected, {counts.rejected} rejected; "
        f"{counts.tags_added} tags put in, {counts.tags_removed} taken out"
    )


def report_lines(learned: "Learned") -> Iterator[str]:
    """What was learned and measured, before and after, one thing a line."""
    for tag in learned.tags.new:
        yield new_tag_line(tag)
    for label, count in learned.tags.few:
        yield f'tag "{label}": not learned, it is on {count} photos and needs 5'
    if learned.tags.shifted:
        judged = sum(tag.wrong + tag.missing for tag in learned.tags.shifted)
        before = sum(tag.right_before for tag in learned.tags.shifted)
        after = sum(tag.right_after for tag in learned.tags.shifted)
        count = len(learned.tags.shifted)
        yield (
            f"{count} known tags put right: of {judged} corrections of them, held back, {before} were right before, "
            f"{after} are after"
        )
    if learned.others:
        yield f"tags of {learned.others} photos that nobody corrected: {learned.tags_same:.1%} stay"
    found = learned.captions
    if found is None:
        if learned.captions_note:
            yield f"captions: not learned, {learned.captions_note}"
        return
    yield f"captions: learned from {found.captions}" + _words(found.new_words)
    held = found.held_back
    if held.photos:
        yield (
            f"captions of {held.photos} photos that were held back: words in common with the person's "
            f"{held.words_before:.2f} before, {held.words_after:.2f} after (F1); CIDEr {held.cider_before:.2f} before, "
            f"{held.cider_after:.2f} after"
        )
    lost = found.forgotten
    if lost.data_photos:
        change = lost.cider_after / lost.cider_before - 1 if lost.cider_before else 0.0
        yield (
            f"captions of the {lost.data_photos} photos of the data set: CIDEr {lost.cider_before:.3f} before, "
            f"{lost.cider_after:.3f} after ({change:+.1%})"
        )
    if lost.photos:
        yield f"captions of {lost.photos} photos that nobody corrected: {lost.same:.0%} stay word for word"
    if found.share < 1:
        yield f"to forget less, the decoder went {found.share:.0%} of the way"


def new_tag_line(tag: NewTag) -> str:
    """One new tag: from how many photos, and how good it was on photos that were held back."""
    words = f'tag "{tag.label}": from {tag.photos} photos'
    if not tag.on:
        alike = f"; {tag.elsewhere} photos that nobody judged look like them" if tag.elsewhere else ""
        return f"{words}; off, as it is not right often enough{alike}: put it on more photos, approve some without it"
    least, most = tag.precision or (0.0, 0.0)
    right = f"{most:.0%}" if least == most else f"{least:.0%} to {most:.0%}"
    return (
        f"{words}; held back, {tag.found} of {tag.photos} found again ({tag.recall:.0%}), right in {right} of the "
        f"photos that get it, on {tag.elsewhere} of {tag.unseen} that nobody judged"
    )


def card_text(learned: "Learned", counts: "Counts", when: str) -> str:
    """Markdown that goes before the card of the bundle that the new one began with."""
    lines = "\n".join(f"- {line}" for line in report_lines(learned))
    return (
        f"# {learned.model}\n\nThe bundle {learned.base}, which learned on {when[:10]} from what its user said of "
        f"{learned.photos} photos: {counts_line(counts)}. It holds words of that person, and none of the photos.\n\n"
        f"## Before and after\n\n{lines}\n\nPhotos that were held back were not learned from while they were measured. "
        f"What follows is the card of {learned.base}; its scores are that bundle's.\n"
    )


def _words(new: tuple[str, ...]) -> str:
    return f", with {len(new)} new words: {', '.join(new[:12])}" + (" ..." if len(new) > 12 else "") if new else ""

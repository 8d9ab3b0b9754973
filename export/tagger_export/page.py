"""An evaluation as one HTML page to look through: photos with captions and references, best and worst first."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tagger_export.markup import new_page, picture, references, reliability_diagram, shown, table, thumbnail
from tagger_export.sureness import confidence

if TYPE_CHECKING:
    from PIL.Image import Image

    from tagger_export.evaluation import Evaluation

SHOWN = 60
"""Photos on a page: the worse half and the better half of it, each from its end inwards."""


def count_shown(photos: int) -> int:
    """How many of so many photos are on a page."""
    return min(SHOWN, photos)


def write_page(
    out: Path,
    title: str,
    evaluation: "Evaluation",
    *,
    attention: "Callable[[Path], Image] | None" = None,
    progress: Callable[[], None] = lambda: None,
) -> None:
    """Write the page to ``out``; ``attention`` draws where the words of a photo's caption come from.

    ``progress`` is called after every photo. Raises RunError where the page cannot be written.
    """
    each = evaluation.caption_scores.each
    ranked = sorted(range(len(each)), key=lambda i: each[i], reverse=True)
    count = count_shown(len(each))
    best, worst = ranked[: count - count // 2], ranked[::-1][: count // 2]
    with new_page(out, title) as write:
        write(table(evaluation.rows()))
        write(reliability_diagram(evaluation.sureness))
        for heading, chosen in (("Best", best), ("Worst", worst)):
            if chosen:
                write(f"<h2>{heading}</h2>\n")
            for i in chosen:
                write(_article(evaluation, i, attention))
                progress()


def _article(evaluation: "Evaluation", i: int, attention: "Callable[[Path], Image] | None") -> str:
    photo, caption = evaluation.photos[i], evaluation.said[i]
    drawn = picture(attention(photo.path), "where each word comes from", "attention") if attention else ""
    tags = ", ".join(tag.label for tag in caption.tags)
    return (
        f"<article>{picture(thumbnail(photo.path), photo.path.name)}<div>"
        f'<p class="said">{shown(caption.text)}</p><p class="score">CIDEr {evaluation.caption_scores.each[i]:.2f}, '
        f"{confidence(caption):.0%} sure, {shown(photo.path.name)}</p>{references(photo.captions)}"
        f"<small>{shown(tags)}</small></div>{drawn}</article>\n"
    )

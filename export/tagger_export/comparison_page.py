"""Several models on the same photos as one HTML page: all their captions of a photo, where they differ most first."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tagger_export.markup import new_page, picture, references, reliability_diagram, shown, table, thumbnail
from tagger_export.sureness import confidence

if TYPE_CHECKING:
    from tagger_export.comparison import Difference
    from tagger_export.evaluation import Evaluation

SHOWN = 200
"""Photos on a page at most, divided evenly among its parts."""
_STYLE = "article dl { margin: 0 } dt { color: #777 } dd { margin: 0 0 .5rem } .best { color: #1b7f3b }"


def chosen_photos(evaluations: "Sequence[Evaluation]") -> list[tuple[int, bool, list[int]]]:
    """The parts of a page: which other model, whether the first is the better one, photos by falling difference."""
    first = evaluations[0].caption_scores.each
    most = max(1, SHOWN // (2 * (len(evaluations) - 1)))
    parts = []
    for number, other in enumerate(evaluations[1:], start=1):
        ahead = [mine - its for mine, its in zip(first, other.caption_scores.each, strict=True)]
        ranked = sorted(range(len(ahead)), key=lambda i: ahead[i], reverse=True)
        parts.append((number, True, [i for i in ranked if ahead[i] > 0][:most]))
        parts.append((number, False, [i for i in reversed(ranked) if ahead[i] < 0][:most]))
    return parts


def write_comparison(
    out: Path,
    title: str,
    evaluations: "Mapping[str, Evaluation]",
    rows: Sequence[Sequence[str]],
    differences: "Mapping[str, Difference]",
    progress: Callable[[], None],
) -> None:
    """Write the page: ``rows`` of scores side by side, ``differences`` to the first model, then photos.

    All evaluations are of the same photos; ``progress`` is called after every photo. Raises RunError.
    """
    names, models = list(evaluations), list(evaluations.values())
    with new_page(out, title, style=_STYLE) as write:
        write(table(rows, ("", *names)))
        for name, found in differences.items():
            same = len(models[0].photos) - found.better - found.worse
            write(
                f"<p>{shown(name)} less {shown(names[0])}: CIDEr-D {found}; better on {found.better} photos, worse on "
                f"{found.worse}, the same on {same}.</p>\n"
            )
        for name, model in evaluations.items():
            write(f"<section><h2>{shown(name)}</h2>{reliability_diagram(model.sureness)}</section>\n")
        for number, first_ahead, photos in chosen_photos(models):
            better, worse = (0, number) if first_ahead else (number, 0)
            write(f"<h2>{shown(names[better])} better than {shown(names[worse])}</h2>\n")
            if not photos:
                write("<p>On no photo.</p>\n")
            for i in photos:
                write(_article(evaluations, i))
                progress()


def _article(evaluations: "Mapping[str, Evaluation]", i: int) -> str:
    photo = next(iter(evaluations.values())).photos[i]
    highest = max(model.caption_scores.each[i] for model in evaluations.values())
    said = []
    for name, model in evaluations.items():
        caption, score = model.said[i], model.caption_scores.each[i]
        tags = ", ".join(tag.label for tag in caption.tags)
        said.append(
            f'<dt>{shown(name)}</dt><dd><p class="said{" best" if score == highest else ""}">{shown(caption.text)}</p>'
            f'<span class="score">CIDEr {score:.2f}, {confidence(caption):.0%} sure</span> <small>{shown(tags)}</small>'
            "</dd>"
        )
    return (
        f"<article>{picture(thumbnail(photo.path), photo.path.name)}<div><dl>{''.join(said)}</dl>"
        f'{references(photo.captions)}<p class="score">{shown(photo.path.name)}</p></div></article>\n'
    )

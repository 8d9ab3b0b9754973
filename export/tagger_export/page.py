"""An evaluation as one HTML page to look through: photos with captions and references, best and worst first.

Complete in itself (pictures inside, no scripts, nothing from the web). Knows no model.
"""

import base64
import html
import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from tagger_training.datasets import CaptionedPhoto

from tagger.core.errors import RunError

if TYPE_CHECKING:
    from tagger_export.evaluation import Evaluation

SHOWN = 60
"""Photos on a page: the worse half and the better half of it, each from its end inwards."""

_WIDTH = 320  # pixels
_STYLE = """
body { font: 16px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
body { color: #1a1a1a; background: #fff }
table { border-collapse: collapse } td, th { padding: .15rem .8rem .15rem 0; text-align: left }
article { display: grid; grid-template-columns: 20rem 1fr; gap: 1.2rem; padding: 1rem 0; border-top: 1px solid #ccc }
article img { max-width: 100% } .said { font-size: 1.15rem; font-weight: 600; margin: 0 } .score { color: #555 }
ul { margin: .4rem 0; padding-left: 1.2rem } .attention { grid-column: 1 / -1 }
@media (prefers-color-scheme: dark) {
  body { color: #eee; background: #161616 } .score { color: #aaa } article { border-color: #444 }
}
@media (max-width: 45rem) { article { grid-template-columns: 1fr } }
"""


def shown(photos: int) -> int:
    """How many of so many photos are on a page."""
    return min(SHOWN, photos)


def write_page(
    out: Path,
    title: str,
    evaluation: "Evaluation",
    *,
    attention: Callable[[Path], Image.Image] | None = None,
    progress: Callable[[], None] = lambda: None,
) -> None:
    """Write the page to ``out``; ``attention`` draws where the words of a photo's caption come from.

    ``progress`` is called after every photo. Raises RunError where the page cannot be written.
    """
    photos, each = evaluation.photos, evaluation.caption_scores.each
    ranked = sorted(range(len(photos)), key=lambda i: each[i], reverse=True)
    count = shown(len(photos))
    best, worst = ranked[: count - count // 2], ranked[::-1][: count // 2]
    rows = "".join(
        f"<tr><th>{html.escape(label)}</th><td>{html.escape(value)}</td></tr>" for label, value in evaluation.rows()
    )

    def article(i: int) -> str:
        text = _article(photos[i], evaluation.captions[i], each[i], attention)
        progress()
        return text

    sections = "".join(
        f"<h2>{heading}</h2>" + "".join(map(article, chosen))
        for heading, chosen in (("Best", best), ("Worst", worst))
        if chosen
    )
    name = html.escape(title)
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}</title>'
        '<meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">"
        f"<style>{_STYLE}</style><h1>{name}</h1><table>{rows}</table>{sections}</html>\n"
    )
    try:
        out.write_text(page, encoding="utf-8")
    except OSError as error:
        raise RunError(f"{out} cannot be written: {error.strerror}", "choose another place with --html") from error


def _article(photo: CaptionedPhoto, caption: str, score: float, attention: Callable[[Path], Image.Image] | None) -> str:
    references = "".join(f"<li>{html.escape(text)}</li>" for text in photo.captions)
    drawn = _picture(attention(photo.path), "where each word comes from", "attention") if attention else ""
    return (
        f"<article>{_picture(_thumbnail(photo.path), photo.path.name, '')}<div>"
        f'<p class="said">{html.escape(caption)}</p><p class="score">CIDEr {score:.2f}, '
        f"{html.escape(photo.path.name)}</p><ul>{references}</ul></div>{drawn}</article>"
    )


def _thumbnail(path: Path) -> Image.Image:
    with Image.open(path) as image:  # it was captioned a moment ago
        image.draft("RGB", (_WIDTH, _WIDTH))
        small = image.convert("RGB")
    small.thumbnail((_WIDTH, _WIDTH))
    return small


def _picture(image: Image.Image, alt: str, style: str) -> str:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=80)
    data = base64.b64encode(stream.getvalue()).decode()
    return f'<img class="{style}" alt="{html.escape(alt, quote=True)}" src="data:image/jpeg;base64,{data}">'

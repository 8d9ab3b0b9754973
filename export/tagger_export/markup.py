"""Pages that are complete in themselves: pictures inside, nothing from the web. Texts are untrusted. Knows no model."""

import base64
import hashlib
import html
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from tagger.captioning.image import load_picture
from tagger.cli.output import printable
from tagger.core.errors import PhotoError
from tagger_export.outputs import new_file

if TYPE_CHECKING:
    from tagger_export.sureness import Sureness

WIDTH = 320  # pixels of the longer side of a thumbnail
_STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
table { border-collapse: collapse } td, th { padding: .15rem .8rem .15rem 0; text-align: left; vertical-align: top }
article { display: grid; grid-template-columns: 20rem 1fr; gap: 1.2rem; padding: 1rem 0; border-top: 1px solid #8886 }
article img { max-width: 100% } .said { font-size: 1.15rem; font-weight: 600; margin: 0 }
.score, small { color: #777; overflow-wrap: anywhere } ul { margin: .4rem 0; padding-left: 1.2rem }
.attention { grid-column: 1 / -1 } svg { max-width: 24rem; width: 100%; font-size: 11px }
@media (max-width: 45rem) { article { grid-template-columns: 1fr } }
"""

Write = Callable[[str], object]
"""Puts a piece of HTML down."""


@contextmanager
def new_page(path: Path, title: str, *, style: str = "", script: str = "") -> Iterator[Write]:
    """A page to write into, completed in the end; no script but ``script`` runs in it.

    Raises RunError where it cannot be written; a file that is there stays.
    """
    allowed = f"; script-src 'sha256-{_digest(script)}'" if script else ""
    with new_file(path, "--html") as file:

        def write(text: str) -> None:
            file.write(text.encode("utf-8", "backslashreplace"))

        write(
            '<!doctype html><html lang="en"><meta charset="utf-8">'
            f'<title>{shown(title)}</title><meta name="viewport" content="width=device-width">'
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
            f"style-src 'unsafe-inline'{allowed}\"><style>{_STYLE}{style}</style><h1>{shown(title)}</h1>\n"
        )
        yield write
        write(f"<script>{script}</script></html>\n" if script else "</html>\n")


def shown(text: str) -> str:
    """Text as HTML holds it, also inside quotes."""
    return html.escape(printable(text), quote=True)


def table(rows: Iterable[Sequence[str]], heads: Sequence[str] = ()) -> str:
    """A table; the first cell of every row names it."""
    head = "<tr>" + "".join(f"<th>{shown(text)}</th>" for text in heads) + "</tr>" if heads else ""
    body = "".join(
        f"<tr><th>{shown(row[0])}</th>" + "".join(f"<td>{shown(cell)}</td>" for cell in row[1:]) + "</tr>"
        for row in rows
    )
    return f"<table>{head}{body}</table>\n"


def references(captions: Iterable[str]) -> str:
    """What people wrote of a photo, as a list."""
    return "<ul>" + "".join(f"<li>{shown(text)}</li>" for text in captions) + "</ul>"


def thumbnail(path: Path) -> Image.Image | None:
    """A photo of any format, upright and small; None where it can no longer be read."""
    try:
        return Image.fromarray(load_picture(path, WIDTH))
    except PhotoError:
        return None


def picture(image: Image.Image | None, alt: str, style: str = "") -> str:
    """A picture inside the page; nothing for none."""
    if image is None:
        return "<span></span>"
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=80)
    inside = base64.b64encode(stream.getvalue()).decode()
    return f'<img class="{style}" alt="{shown(alt)}" src="data:image/jpeg;base64,{inside}">'


def reliability_diagram(sureness: "Sureness") -> str:
    """Predicted against observed, as a drawing: a dot for each bin, with a line of one standard error to both sides."""
    side, left, top = 220, 40, 10

    def x(value: float) -> str:
        return f"{left + side * value:.1f}"

    def y(value: float) -> str:
        return f"{top + side * (1 - value):.1f}"

    parts = [f'<path d="M{x(0)} {y(0)}L{x(1)} {y(1)}" stroke="#888" stroke-dasharray="4" fill="none"/>']
    parts.append(f'<rect x="{left}" y="{top}" width="{side}" height="{side}" fill="none" stroke="#888"/>')
    for tick in (0.0, 0.5, 1.0):
        parts.append(f'<text x="{x(tick)}" y="{top + side + 14}" text-anchor="middle">{tick:g}</text>')
        parts.append(f'<text x="{left - 4}" y="{float(y(tick)) + 4:.1f}" text-anchor="end">{tick:g}</text>')
    most = max(each.captions for each in sureness.bins)
    for each in sureness.bins:
        low, high = _interval(each.observed, each.captions)
        radius = 2 + 6 * (each.captions / most) ** 0.5
        parts.append(f'<path d="M{x(each.predicted)} {y(low)}V{y(high)}" stroke="#36c"/>')
        parts.append(
            f'<circle cx="{x(each.predicted)}" cy="{y(each.observed)}" r="{radius:.1f}" fill="#36c" fill-opacity=".6">'
            f"<title>{each.captions} captions: {each.predicted:.2f} predicted, {each.observed:.2f} observed</title>"
            "</circle>"
        )
    kind = "confidence" if sureness.calibrated else "mean probability of the words (not calibrated)"
    parts.append(f'<text x="{left + side / 2}" y="{top + side + 30}" text-anchor="middle">{kind}</text>')
    drawing = "".join(parts)
    return (
        f"<h3>Right where it is sure?</h3><p>Share of captions with CIDEr-D of {sureness.level:g} or more, by how sure "
        f'the model is of them. Larger dots are more captions.</p><svg viewBox="0 0 280 270" fill="currentColor" '
        f'role="img" aria-label="reliability diagram">{drawing}</svg>\n'
    )


def _interval(share: float, count: int) -> tuple[float, float]:
    """One standard error around a share of so many; none is of no length, also where all are alike.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference" (1927).
    """
    middle, weight = (share + 0.5 / count), 1 + 1 / count
    half = (share * (1 - share) / count + 0.25 / count**2) ** 0.5
    return max(0.0, (middle - half) / weight), min(1.0, (middle + half) / weight)


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

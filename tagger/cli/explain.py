"""``tagger explain``: draw where in a photo each word of its caption comes from. Writes no photo."""

import argparse
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tagger import bootstrap
from tagger.cli import output
from tagger.cli.main import make_parser
from tagger.cli.one_photo import one_photo, only
from tagger.core.errors import RunError

if TYPE_CHECKING:
    from PIL import Image


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    from tagger.captioning.heat_sheet import draw_sheet, view
    from tagger.captioning.heatmaps import explain_words

    options = _parser().parse_args(arguments)
    if options.out.suffix.lower() != ".png":
        raise RunError(f"{options.out} is not called .png", "name a PNG file with --out")
    if options.out.exists():
        raise RunError(f"{options.out} exists already", "choose another name, or remove it")
    found = one_photo(options.photo)
    settings = bootstrap.settings_for(None).replace(bundle=options.bundle, device=options.device)
    lazy = bootstrap.make_captioner(settings)
    with only(options.photo):
        pixel_values = lazy.prepare(found)
        seen = view(found.path, lazy.bundle.image)
    explanation = explain_words(lazy.captioner(), pixel_values, method=options.method)
    _write(options.out, draw_sheet(seen, explanation))
    print(output.printable(f"{found.path}: {explanation.text}"))
    print(output.printable(f"{options.out}: {len(explanation.words)} words by {explanation.method}"))
    return 0


def _write(path: Path, sheet: "Image.Image") -> None:
    content = io.BytesIO()
    sheet.save(content, "PNG")
    try:
        with path.open("xb") as file:  # whatever is there may be somebody's photo
            file.write(content.getvalue())
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error.strerror}", "choose another place with --out") from error


def _parser() -> argparse.ArgumentParser:
    parser = make_parser(
        "explain", "Draw where in a photo each word of its caption comes from. The photo is only read."
    )
    parser.add_argument("photo", metavar="PHOTO", type=Path, help="one photo")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.png", help="picture to make; must not exist")
    parser.add_argument(
        "--method",
        choices=("attention", "occlusion"),
        help="attention: the model's own; occlusion: what hiding each part does to each word, of any model "
        "(default: attention where the bundle has it)",
    )
    parser.add_argument("--bundle", type=Path, metavar="PATH", help="model bundle (default: the embedded one)")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), help="where the model runs (default: auto)")
    return parser

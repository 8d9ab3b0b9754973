"""``tagger compare``: what several models say of the same photos, how sure, in what time. Writes no photo."""

import argparse
import html
import math
import sys
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

import tagger
from tagger import bootstrap, pipeline
from tagger.captioning.captioner import Decoding
from tagger.cli.choices import add_quality
from tagger.cli.interrupt import stop_on_interrupt
from tagger.cli.main import make_parser
from tagger.cli.output import outcome_line, printable
from tagger.cli.progress import RunProgress
from tagger.core.errors import PhotoError, RunError
from tagger.core.records import Caption, Outcome, OutcomeKind, Photo
from tagger.lazy import LazyCaptioner
from tagger.models import named_bundle
from tagger.report import small_jpeg
from tagger.scan import scan

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>tagger: models compared</title>
<style>
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8884; padding: .6rem; text-align: left; vertical-align: top; }
th { position: sticky; top: 0; background: Canvas; }
td:first-child { width: 11rem; }
img { display: block; max-width: 10rem; }
small { color: #888; overflow-wrap: anywhere; }
</style>
</head>
<body>
<h1>Models compared</h1>
<table>
"""

Said = tuple[Caption, float]
"""A caption, and the seconds that the model took for it."""


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(arguments)
    settings = bootstrap.settings_for(None).replace(device=options.device, quality=options.quality)
    decoding = Decoding(quality=settings.quality, beam_width=options.beam_width)
    captioners = [
        bootstrap.make_captioner(settings.replace(bundle=named_bundle(bundle)), decoding) for bundle in options.bundles
    ]
    seconds = [0.0] * len(captioners)
    compared = failed = 0
    with ExitStack() as stack:
        stop = stack.enter_context(stop_on_interrupt())
        page = stack.enter_context(_page(options.html, captioners)) if options.html else None
        progress = stack.enter_context(RunProgress(enabled=True))
        said: dict[Path, list[Said]] = {}

        def ask(photo: Photo) -> Outcome:
            try:
                said[photo.path] = [_ask(captioner, photo) for captioner in captioners]
            except PhotoError as error:
                return Outcome(OutcomeKind.FAILED, photo.path, str(error))
            return Outcome(OutcomeKind.CAPTIONED, photo.path)

        progress.count(scan(options.photos, recursive=options.recursive), stop)
        found = scan(options.photos, recursive=options.recursive)
        for outcome in pipeline.each(found, ask, stop, jobs=1):
            progress.advance(outcome)
            answers = said.pop(outcome.path, None)
            if answers is None:
                failed += outcome.kind is OutcomeKind.FAILED
                progress.complain(outcome_line(outcome))
                continue
            compared += 1
            seconds = [sum_ + took for sum_, (_, took) in zip(seconds, answers, strict=True)]
            for line in _lines(outcome.path, captioners, answers):
                progress.print(line)
            if page is not None:
                _write(page, _row(outcome.path, answers))
        summary = list(_summary(captioners, seconds, compared))
        if page is not None:
            cells = (f"<td colspan={len(captioners) + 1}>{_text(line)}</td>" for line in summary)
            _write(page, "".join(f"<tr>{cell}</tr>\n" for cell in cells))
    for note in dict.fromkeys(captioner.quality_note for captioner in captioners):
        progress.note(note)
    for line in summary:
        print(printable(line), file=sys.stderr)
    print(f"{compared} compared, {failed} failed" if compared or failed else "no photos found", file=sys.stderr)
    if stop.is_set():
        print("stopped; what is above is all", file=sys.stderr)
    return 1 if failed or stop.is_set() else 0


def _ask(captioner: LazyCaptioner, photo: Photo) -> Said:
    """One caption, timed from pixels to words; loading the model does not count."""
    pixel_values = captioner.prepare(photo)
    if not captioner.provider:
        captioner.generate([pixel_values])  # the first time everything is slow
    began = time.perf_counter()
    (caption,) = captioner.generate([pixel_values])
    return caption, time.perf_counter() - began


def _lines(path: Path, captioners: Sequence[LazyCaptioner], answers: Sequence[Said]) -> Iterator[str]:
    yield printable(str(path))
    width = max(len(captioner.model_id) for captioner in captioners)
    for captioner, (caption, took) in zip(captioners, answers, strict=True):
        tags = ", ".join(tag.label for tag in caption.tags)
        sure = _sure(caption)
        yield printable(f"  {captioner.model_id:<{width}}  {1000 * took:6.0f} ms  {sure:>4}  {caption.text}  [{tags}]")


def _summary(captioners: Sequence[LazyCaptioner], seconds: Sequence[float], photos: int) -> Iterator[str]:
    """How long each model took for a photo; nothing where there was none."""
    for captioner, total in zip(captioners, seconds, strict=True):
        if photos:
            yield f"{captioner.model_id}: {1000 * total / photos:.0f} ms a photo, on {captioner.provider}"


def _row(path: Path, answers: Sequence[Said]) -> str:
    picture = small_jpeg(path)
    shown = f'<img alt="" src="data:image/jpeg;base64,{b64encode(picture).decode("ascii")}">' if picture else ""
    cells = "".join(
        f"<td>{_text(caption.text)}<br><small>{_text(', '.join(tag.label for tag in caption.tags))}"
        f"<br>{_sure(caption)} sure, {1000 * took:.0f} ms</small></td>"
        for caption, took in answers
    )
    return f"<tr><td>{shown}<small>{_text(str(path))}</small></td>{cells}</tr>\n"


def _sure(caption: Caption) -> str:
    """``Caption.score`` for people."""
    return "?" if math.isnan(caption.score) else f"{caption.score:.0%}"


def _text(text: str) -> str:
    return html.escape(printable(text))


@contextmanager
def _page(path: Path, captioners: Sequence[LazyCaptioner]) -> Iterator[IO[str]]:
    """A new page, completed in the end. Raises RunError; a file that is there stays as it is."""
    if path.suffix.lower() not in (".html", ".htm"):
        raise RunError(f"{path} is not called .html", "name a page with --html")
    try:
        file = path.open("x", encoding="utf-8", newline="\n")
    except FileExistsError as error:
        raise RunError(f"{path} is there already", "name another file") from error
    except OSError as error:
        raise RunError(f"cannot write {path}: {error.strerror}", "choose another place with --html") from error
    with file:
        names = "".join(f"<th>{_text(captioner.model_id)}</th>" for captioner in captioners)
        _write(file, f"{_HEAD}<thead><tr><th>Photo</th>{names}</tr></thead>\n<tbody>\n")
        yield file
        _write(file, f"</tbody>\n</table>\n<p>tagger {tagger.__version__}</p>\n</body>\n</html>\n")


def _write(file: IO[str], text: str) -> None:
    try:
        file.write(text)
    except OSError as error:
        raise RunError(f"cannot write {file.name}: {error.strerror}", "is the disk full?") from error


def _width(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 64:
        raise argparse.ArgumentTypeError("must be from 1 to 64")
    return value


def _parser() -> argparse.ArgumentParser:
    parser = make_parser(
        "compare",
        "Show what several models say of the same photos, how sure they are, and in what time. Photos are only read.",
    )
    parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTOS", help="photos and folders")
    parser.add_argument(
        "--bundles",
        nargs="+",
        type=Path,
        required=True,
        metavar="BUNDLE",
        help="their folders or files, or their names in tagger bundle list; the name default is the embedded one",
    )
    parser.add_argument("--html", type=Path, metavar="FILE.html", help="a page with thumbnails too; must not exist")
    parser.add_argument(
        "--recursive", action=argparse.BooleanOptionalAction, default=True, help="folders within folders too (default)"
    )
    add_quality(parser)
    parser.add_argument("--beam-width", type=_width, metavar="N", help="width of the search (default: each bundle's)")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), help="where the models run (default: auto)")
    return parser

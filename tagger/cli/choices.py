"""What bundle, decoding and sidecars a command works with: the options for it, and what follows from them."""

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING

from tagger import bootstrap
from tagger.cli.numbers import whole
from tagger.config import Settings
from tagger.core.errors import RunError
from tagger.lazy import LazyCaptioner

if TYPE_CHECKING:
    from tagger.captioning.captioner import Decoding


def add_choices(parser: argparse.ArgumentParser) -> None:
    """The options of every command that captions photos of libraries."""
    parser.add_argument(
        "--sidecar",
        choices=("auto", "always", "never"),
        help="XMP files beside photos: only where needed or there already (auto, default), for every photo, or never",
    )
    parser.add_argument(
        "--sidecar-name", choices=("ext", "stem"), help="call a new one photo.jpg.xmp (default) or photo.xmp"
    )
    parser.add_argument(
        "--hard-links",
        choices=("sidecar", "replace"),
        help="a photo with several names gets a sidecar (default), or is replaced, which separates the names",
    )
    parser.add_argument("--bundle", type=Path, metavar="PATH", help="model bundle (default: the embedded one)")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), help="where the model runs (default: auto)")
    parser.add_argument("--batch-size", type=int, metavar="N", help="photos captioned at once (default: 8)")
    parser.add_argument("--jobs", type=int, metavar="N", help="photos read at once (default: one a core)")
    parser.add_argument(
        "--decoding",
        choices=("beam", "greedy", "sample"),
        default="beam",
        help="how captions are searched (%(default)s)",
    )
    add_quality(parser)
    parser.add_argument("--beam-width", type=int, metavar="N", help="width of --decoding beam (default: bundle's)")
    parser.add_argument("--temperature", type=_positive, default=1.0, help="of --decoding sample (%(default)s)")
    parser.add_argument("--top-p", type=_share, default=0.9, help="of --decoding sample (%(default)s)")
    parser.add_argument("--seed", type=whole(), default=0, help="of --decoding sample (%(default)s)")
    parser.add_argument(
        "--caption-style",
        choices=("as-is", "sentence", "lower", "full-stop"),
        help="captions as the bundle says them (default), with a capital, all in lower case, or with a full stop too",
    )
    parser.add_argument(
        "--neutral",
        action=argparse.BooleanOptionalAction,
        help="name people without gender, in captions and tags: person, child",
    )
    parser.add_argument(
        "--review-below",
        type=_probability,
        metavar="SCORE",
        help="captions of which the model is less sure than this (0 to 1) wait for a person: state:review (default: "
        "what the bundle says; 0: none waits)",
    )


def add_quality(parser: argparse.ArgumentParser) -> None:
    """How much trouble is taken over a caption."""
    parser.add_argument(
        "--quality",
        choices=("fast", "default", "best"),
        help="fast: what a beam finds first; default: the best of several captions, where the bundle learned to "
        "choose; best: of many, which takes longer",
    )


def settings_of(root: Path | None, options: argparse.Namespace) -> Settings:
    """The settings of a library, or of none, overridden by the command line."""
    return bootstrap.settings_for(root).replace(
        caption_policy=options.caption_policy,
        write=False if options.no_write else None,
        bundle=options.bundle,
        device=options.device,
        batch_size=options.batch_size,
        jobs=options.jobs,
        quality=options.quality,
        beam_width=options.beam_width,
        sidecar=options.sidecar,
        sidecar_name=options.sidecar_name,
        hard_links=options.hard_links,
        caption_style=options.caption_style,
        neutral=options.neutral,
        review_below=options.review_below,
    )


def captioner_for(
    settings: Settings, options: argparse.Namespace, known: dict[tuple[object, ...], LazyCaptioner]
) -> LazyCaptioner:
    """The captioner for the settings of a library; libraries that agree share one of the ``known``."""
    wanted = (
        *(settings.bundle, settings.device, settings.quality, settings.beam_width),
        *(settings.caption_style, settings.neutral, settings.review_below),
    )
    if wanted not in known:
        known[wanted] = bootstrap.make_captioner(settings, decoding_of(options, settings))
    return known[wanted]


def decoding_of(options: argparse.Namespace, settings: Settings) -> "Decoding":
    """How captions are searched for, as the command line says, and otherwise the settings. Raises RunError."""
    from tagger.captioning.captioner import Decoding

    if options.quality and options.decoding != "beam":
        raise RunError(
            f"--quality {options.quality} is of --decoding beam, not of {options.decoding}", "leave one of them out"
        )
    return Decoding(
        method=options.decoding,
        quality=settings.quality,
        beam_width=settings.beam_width or None,
        temperature=options.temperature,
        top_p=options.top_p,
        seed=options.seed,
    )


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError("must be above 0 and finite")
    return value


def _share(text: str) -> float:
    value = float(text)
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError("must be above 0 and at most 1")
    return value


def _probability(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError("must be from 0 to 1")
    return value

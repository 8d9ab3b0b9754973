"""``tagger train``: fit one system on a data set, or the tag head on the features of a run."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

DEFAULT_CACHE = "runs/features"
SYSTEMS = (  # as in systems/catalogue.py, which cannot be imported without Keras
    "mobilenetv2-lstm",
    "efficientnet-lite2-lstm",
    "resnet50-lstm",
    "vgg16-gru",
    "inceptionv3-attention",
    "mobilenetv3small-transformer",
)


def train(arguments: Sequence[str]) -> int:
    """Train a captioning system (and the tag head): ``tagger train --data DIR --out RUN``."""
    options = _parser().parse_args(arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from tagger_training.places import place
    from tagger_training.train import train_run

    data, out, cache = (place(address) for address in (options.data, options.out, options.cache))
    options.out, options.cache = out.fetch(), cache.fetch()

    def keep() -> None:
        """Send what was learned to where it belongs; a local folder is there already."""
        for kept in (cache, out):
            kept.send()

    try:
        train_run(options, data.fetch(), keep)
    finally:
        keep()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tagger train",
        description="Train a captioning system and its tag head on photos with captions. "
        "Run it again to continue an interrupted training.",
    )
    where = "a folder, or an address such as s3://bucket/folder"
    parser.add_argument("--data", required=True, help=f"data set in a published layout: {where}")
    parser.add_argument("--out", required=True, help=f"for checkpoints, history and plot: {where}")
    parser.add_argument(
        "--system", choices=SYSTEMS, default="mobilenetv2-lstm", help="encoder and decoder (default: %(default)s)"
    )
    parser.add_argument("--encoder", metavar="NAME", help="another encoder than the system's")
    parser.add_argument("--encoder-weights", type=Path, help="weights file (default: Keras fetches ImageNet's)")
    parser.add_argument("--cache", default=DEFAULT_CACHE, help=f"for encoded photos: {where} (%(default)s)")
    numbers = parser.add_argument_group("numbers", "Each has the system's own default, as docs/systems.md lists them.")
    numbers.add_argument("--epochs", type=_positive, help="at most")
    numbers.add_argument("--batch-size", type=_positive, help="captions a step")
    numbers.add_argument("--learning-rate", type=float)
    numbers.add_argument("--dropout", type=float)
    numbers.add_argument("--min-count", type=_positive, help="words seen less often are unknown")
    numbers.add_argument("--vocabulary-size", type=_positive, help="so many tokens at most, the most frequent")
    numbers.add_argument("--max-length", type=_positive, help="longest caption in words")
    numbers.add_argument("--patience", type=_positive, help="epochs without a better loss")
    numbers.add_argument("--seed", type=int)
    numbers.add_argument("--units", type=_positive, help="width of the decoder, where the system lets it be chosen")
    numbers.add_argument("--depth", type=_positive, help="layers of the decoder, likewise")
    numbers.add_argument("--heads", type=_positive, help="attention heads, likewise")
    numbers.add_argument("--embedding", type=_positive, help="width of the word embedding, likewise")
    parser.add_argument(
        "--form",
        choices=("teacher-forced", "prefix"),
        default="teacher-forced",
        help="prefix: one sample a word on padded prefixes, for comparison; cannot be exported",
    )
    parser.add_argument(
        "--preprocessing",
        choices=("encoder", "source"),
        default="encoder",
        help="source: pixels/255 and nearest resize whatever the encoder wants, for comparison",
    )
    parser.add_argument("--no-tags", action="store_true", help="do not train the tag head")
    return parser


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be above 0")
    return value

"""``tagger train``: fit one system on a data set, or the tag head on the features of a run."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

DEFAULT_CACHE = Path("runs/features")


def train(arguments: Sequence[str]) -> int:
    """Train a captioning system (and the tag head): ``tagger train --data DIR --out RUN``."""
    options = _parser().parse_args(arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from tagger_training.train import train_run

    train_run(options)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tagger train",
        description="Train a captioning system and its tag head on photos with captions. "
        "Run it again to continue an interrupted training.",
    )
    parser.add_argument("--data", type=Path, required=True, help="captions.tsv with images/, Flickr8k, or MS-COCO")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints, history and plot")
    parser.add_argument(
        "--system",
        choices=("mobilenetv2-lstm", "efficientnet-lite2-lstm"),
        default="mobilenetv2-lstm",
        help="encoder and decoder (default: %(default)s)",
    )
    parser.add_argument("--encoder-weights", type=Path, help="weights file (default: Keras fetches ImageNet's)")
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE, help="folder of encoded photos (%(default)s)")
    parser.add_argument("--epochs", type=int, default=25, help="at most (%(default)s)")
    parser.add_argument("--batch-size", type=int, default=64, help="captions a step (%(default)s)")
    parser.add_argument("--learning-rate", type=float, default=1e-3, help="of Adam (%(default)s)")
    parser.add_argument("--dropout", type=float, default=0.5, help="(%(default)s)")
    parser.add_argument("--min-count", type=int, default=4, help="words seen less often are unknown (%(default)s)")
    parser.add_argument("--max-length", type=int, default=20, help="longest caption in words (%(default)s)")
    parser.add_argument("--patience", type=int, default=5, help="epochs without a better loss (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="(%(default)s)")
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

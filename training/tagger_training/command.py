"""``tagger train``: fit one system on a data set, or the tag head on the features of a run."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

DEFAULT_CACHE = "runs/features"
SYSTEMS = (  # as in systems/catalogue.py, which cannot be imported without Keras
    "mobilenetv2-lstm",
    "efficientnet-lite2-lstm",
    "resnet50-lstm",
    "vgg16-gru",
    "inceptionv3-attention",
    "mobilenetv3small-transformer",
    "efficientnet-lite2-attention",
)


DEFAULT_SYSTEM = SYSTEMS[0]
_FIRST_STAGE = (  # what a second stage takes over from the first
    *("system", "encoder", "encoder_weights", "dropout", "label_smoothing", "flip", "crop", "min_count"),
    *("vocabulary_size", "max_length", "units", "depth", "heads", "embedding", "untold", "form", "preprocessing"),
    *("mixed_precision", "devices", "cider", "no_tags", "by_photo", "optimizer", "weight_decay", "clip", "schedule"),
    *("warm_up", "averaging", "keep", "fine_epochs", "fine_batch_size", "fine_learning_rate", "fine_dropout"),
    *("fine_averaging", "fine_warm_up", "tags_from"),
)
_SECOND_STAGE = ("from_run", "scst_samples", "scst_cross_entropy", "scst_averaging", "scst_way", "scst_references")


def train(arguments: Sequence[str]) -> int:
    """Train a captioning system (and the tag head): ``tagger train --data DIR --out RUN``."""
    parser = _parser()
    options = parser.parse_args(arguments)
    second = options.stage == "scst"
    for name in _FIRST_STAGE if second else _SECOND_STAGE:
        given = getattr(options, name)
        if given is not None and not (given is False and name in ("cider", "no_tags", "untold")):
            option = "--from" if name == "from_run" else f"--{name.replace('_', '-')}"
            parser.error(f"{option} belongs to {'the first stage' if second else '--stage scst'}")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from tagger_training.places import place
    from tagger_training.second_stage import train_second_stage
    from tagger_training.train import train_run

    data, out, cache = (place(address) for address in (options.data, options.out, options.cache))
    options.out, options.cache = out.fetch(), cache.fetch()
    if options.from_run:
        options.from_run = place(options.from_run).fetch()

    def keep() -> None:
        """Send what was learned to where it belongs; a local folder is there already."""
        for kept in (cache, out):
            kept.send()

    try:
        (train_second_stage if second else train_run)(options, data.fetch(), keep)
    except KeyboardInterrupt:
        Console(stderr=True).print("stopped; run the same command again to go on")
        raise
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
    parser.add_argument("--out", required=True, help=f"for checkpoints, history and plots: {where}")
    parser.add_argument("--system", choices=SYSTEMS, help=f"encoder and decoder (default: {DEFAULT_SYSTEM})")
    parser.add_argument("--encoder", metavar="NAME", help="another encoder than the system's")
    parser.add_argument("--encoder-weights", type=Path, help="weights file (default: Keras fetches ImageNet's)")
    parser.add_argument("--cache", default=DEFAULT_CACHE, help=f"for encoded photos: {where} (%(default)s)")
    again = parser.add_mutually_exclusive_group()
    again.add_argument("--resume", action="store_true", help="go on with what is in --out; fail where nothing is")
    again.add_argument("--restart", action="store_true", help="begin anew; what this stage left in --out is removed")
    numbers = parser.add_argument_group("numbers", "Each has the system's own default, as docs/systems.md lists them.")
    numbers.add_argument("--epochs", type=_positive, help="at most")
    numbers.add_argument("--batch-size", type=_positive, help="captions a step (--stage scst: photos)")
    numbers.add_argument("--learning-rate", type=_rate)
    numbers.add_argument("--dropout", type=_share)
    numbers.add_argument("--label-smoothing", type=_share, metavar="X", help="share of a word given to all others (0)")
    numbers.add_argument("--min-count", type=_positive, help="words seen less often are unknown")
    numbers.add_argument("--vocabulary-size", type=_positive, help="so many tokens at most, the most frequent")
    numbers.add_argument("--max-length", type=_positive, help="longest caption in words")
    numbers.add_argument("--patience", type=_positive, help="epochs without a better loss (--stage scst: CIDEr)")
    numbers.add_argument("--seed", type=_number)
    numbers.add_argument("--units", type=_positive, help="width of the decoder, where the system lets it be chosen")
    numbers.add_argument("--depth", type=_positive, help="layers of the decoder, likewise")
    numbers.add_argument("--heads", type=_positive, help="attention heads, likewise")
    numbers.add_argument("--embedding", type=_positive, help="width of the word embedding, likewise")
    numbers.add_argument("--optimizer", choices=("adam", "adamw", "rmsprop"), help="adamw: weights decay (adam)")
    numbers.add_argument("--weight-decay", type=_weight, metavar="X", help="share of a weight lost at rate 1 (0)")
    numbers.add_argument("--clip", type=_weight, metavar="X", help="largest norm of all gradients together (0: any)")
    numbers.add_argument(
        "--schedule",
        choices=("plateau", "cosine"),
        help="cosine: the learning rate falls to 0 (plateau)",
    )
    numbers.add_argument("--warm-up", type=_share, metavar="X", help="cosine: share of the steps on which it rises (0)")
    numbers.add_argument(
        "--averaging", type=_share, metavar="X", help="measure and keep a running mean of the weights, e.g. 0.99 (0)"
    )
    numbers.add_argument("--keep", choices=("best", "last"), help="the epoch that is kept: of the lowest loss (best)")
    fine = parser.add_argument_group("second part", "More epochs with other numbers, from the averaged weights.")
    fine.add_argument("--fine-epochs", type=_number, metavar="N", help="0: no second part")
    fine.add_argument("--fine-batch-size", type=_positive, metavar="N")
    fine.add_argument("--fine-learning-rate", type=_rate, metavar="X")
    fine.add_argument("--fine-dropout", type=_share, metavar="X")
    fine.add_argument("--fine-averaging", type=_share, metavar="X")
    fine.add_argument("--fine-warm-up", type=_share, metavar="X")
    views = argparse.BooleanOptionalAction
    parser.add_argument("--flip", action=views, help="mirror half of the photos, but not under a 'left' or 'right'")
    parser.add_argument("--crop", type=_share, metavar="X", help="share of the photos of which the middle is seen (0)")
    parser.add_argument("--by-photo", action=views, help="a step is of --batch-size photos, with all their captions")
    parser.add_argument("--untold", action="store_true", help="a decoder that is told the tags does without")
    parser.add_argument(
        "--mixed-precision",
        choices=("auto", "on", "off"),
        help="compute in half precision; auto: where there is a GPU (default: off)",
    )
    parser.add_argument(
        "--devices", type=_devices, metavar="N|all", help="share every batch among GPUs of this machine (default: 1)"
    )
    parser.add_argument("--cider", action="store_true", help="measure CIDEr-D on the split 'val' after every epoch")
    parser.add_argument("--tensorboard", action="store_true", help="write events for TensorBoard into RUN/logs")
    parser.add_argument(
        "--form",
        choices=("teacher-forced", "padded", "prefix"),
        help="for comparison. padded: padding counts in the loss; prefix: one sample a word on padded prefixes, which "
        "cannot be exported",
    )
    parser.add_argument(
        "--preprocessing",
        choices=("encoder", "source"),
        help="source: pixels/255 and nearest resize whatever the encoder wants, for comparison",
    )
    parser.add_argument(
        "--tags-from", type=Path, metavar="RUN", help="a decoder that is told the tags: those of this run's tag head"
    )
    parser.add_argument("--no-tags", action="store_true", help="do not train the tag head")
    second = parser.add_argument_group("second stage")
    second.add_argument(
        "--stage",
        choices=("cross-entropy", "scst"),
        default="cross-entropy",
        help="scst: go on from the run's best weights, rewarding captions by their CIDEr-D",
    )
    second.add_argument(
        "--from", dest="from_run", metavar="RUN", help="copy this run into --out and train that (default: --out itself)"
    )
    second.add_argument("--scst-references", type=_positive, metavar="N", help="leave out photos with fewer (1)")
    second.add_argument("--scst-samples", type=_several, metavar="N", help="captions drawn of a photo a step (5)")
    second.add_argument("--scst-cross-entropy", type=_weight, metavar="X", help="weight of the cross-entropy (0.15)")
    second.add_argument(
        "--scst-averaging", type=_share, metavar="X", help="keep a running mean of the weights, e.g. 0.98 (0: none)"
    )
    second.add_argument(
        "--scst-way",
        type=_part,
        metavar="X",
        help="keep weights so much of the way from the first stage's to the new ones, e.g. 0.5 (1)",
    )
    return parser


def _part(text: str) -> float:
    value = float(text)
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError("must be above 0 and at most 1")
    return value


def _number(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError("must not be below 0")
    return value


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be above 0")
    return value


def _several(text: str) -> int:
    value = int(text)
    if value < 2:
        raise argparse.ArgumentTypeError("must be above 1: a caption is compared with the others of its photo")
    return value


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError("must be at least 0 and below 1")
    return value


def _weight(text: str) -> float:
    value = float(text)
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError("must not be below 0")
    return value


def _rate(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError("must be above 0")
    return value


def _devices(text: str) -> str:
    if text != "all" and not (text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError("must be a number above 0, or all")
    return text if text == "all" else str(int(text))

"""``tagger export``: a checkpoint as a bundle. ``tagger eval`` is in ``eval_command``."""

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from rich.console import Console
from tagger_training.command import DEFAULT_CACHE

from tagger.core.errors import RunError
from tagger_export.eval_command import evaluate, name_unreadable, score_bundle
from tagger_export.graphs import OPSET
from tagger_export.rerank_command import Learning, check_rerank, is_bundle, rerank_copy, rerank_folder

if TYPE_CHECKING:
    from tagger_training.run import Run

__all__ = ["evaluate", "export"]


def export(arguments: Sequence[str]) -> int:
    """Export a checkpoint as a model bundle: ``tagger export RUN OUT``."""
    options = _export_parser().parse_args(arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    check_rerank(options)
    if options.rerank and is_bundle(Path(options.checkpoint)):
        return _rerank(options)
    from tagger_training.places import place
    from tagger_training.run import open_run

    from tagger.captioning.bundle import load_bundle
    from tagger.captioning.generation import GenerationSpec
    from tagger_export.checkpoint import epochs_missing
    from tagger_export.checks import Check
    from tagger_export.exporter import ExportOptions, export_run
    from tagger_export.manifest import add_model_card
    from tagger_export.model_card import model_card

    console = Console(stderr=True, highlight=False)

    def report(check: Check) -> None:
        console.print(
            f"{'ok    ' if check.holds else 'FAILED'} {check.name}: {check.seen}", markup=False, soft_wrap=True
        )

    options.data = data = place(options.data).fetch() if options.data else None
    run = open_run(place(options.checkpoint).fetch())
    photos = _golden_photos(options.photos)
    export_options = ExportOptions(
        name=options.name,
        version=options.bundle_version,
        generation=GenerationSpec(options.beam_width, options.length_penalty),
        photos=photos,
        calibration=_calibration_photos(data, photos) if options.precision == "int8" else (),
        score=(lambda folder: score_bundle(folder, data, "val")) if data else None,
        opset=options.opset,
    )
    notes = _read_notes(options.notes)
    if unfinished := epochs_missing(run):
        console.print(f"{run.folder}: {unfinished}; the best of them is exported", markup=False, soft_wrap=True)
    exported = export_run(run, options.out, export_options, report=report)
    scores = None
    if exported.evaluation:
        name_unreadable(exported.evaluation.failed)
        scores = exported.evaluation.as_json()
    card = model_card(load_bundle(options.out), run, scores, notes, trials=exported.trials, unfinished=unfinished)
    measured: dict[str, Any] = {"scores": scores} if scores else {}
    if exported.trials:
        measured["int8"] = [trial.as_json() for trial in exported.trials]
    add_model_card(options.out, card, measured)
    if options.rerank and data is not None:
        with _phrases(options, run, data) as phrases:
            rerank_folder(options.out, replace(_learning(options, data), phrases=phrases))
    console.print(f"exported: {options.out}", markup=False)
    return 0


def _rerank(options: argparse.Namespace) -> int:
    """Let a finished bundle learn to choose, in a copy."""
    from tagger_training.places import place

    data = place(options.data).fetch()
    learning = _learning(options, data)
    rerank_copy(Path(options.checkpoint), options.out, learning)
    Console(stderr=True, highlight=False).print(f"written: {options.out}", markup=False)
    return 0


@contextmanager
def _phrases(options: argparse.Namespace, run: "Run", data: Path) -> Iterator[Path | None]:
    """The folder of a model that expects phrases: the one that was named, or one that is fitted now, if it can be."""
    if options.phrases:
        yield options.phrases
        return
    from tagger_training.datasets import load_dataset
    from tagger_training.places import place
    from tagger_training.progress import progress_bar

    from tagger_export.phrases import make_phrases

    with TemporaryDirectory() as folder, progress_bar() as progress:
        cache = place(options.cache).fetch()
        make_phrases(run, load_dataset(data), cache, Path(folder), int8=options.precision == "int8", progress=progress)
        yield Path(folder) if any(Path(folder).iterdir()) else None


def _learning(options: argparse.Namespace, data: Path) -> Learning:
    return Learning(data, options.rerank, options.phrases, options.reliability, tuple(getattr(options, "with")))


def _golden_photos(folder: Path | None) -> tuple[Path, ...]:
    """The JPEG files of a folder, in order."""
    if folder is None:
        return ()
    try:
        photos = tuple(sorted(path for path in folder.iterdir() if path.suffix.lower() in (".jpg", ".jpeg")))
    except OSError as error:
        raise RunError(f"{folder} cannot be read: {error.strerror}", "check the path given with --photos") from error
    if not photos:
        raise RunError(f"{folder} holds no JPEG", "name a folder of photos with --photos")
    return photos


def _calibration_photos(data: Path | None, photos: tuple[Path, ...]) -> tuple[Path, ...]:
    """Training photos, evenly from the whole set; without a data set the photos given with --photos."""
    from tagger_training.datasets import load_dataset

    from tagger_export.quantize import CALIBRATION_PHOTOS

    if data is not None:
        photos = tuple(photo.path for photo in load_dataset(data).split("train"))
    if not photos:
        raise RunError("int8 has to be calibrated on photos", "name a data set with --data, or a folder with --photos")
    return photos[:: max(1, len(photos) // CALIBRATION_PHOTOS)][:CALIBRATION_PHOTOS]


def _read_notes(path: Path | None) -> str:
    try:
        return path.read_text(encoding="utf-8") if path else ""
    except OSError as error:
        raise RunError(f"{path} cannot be read: {error.strerror}", "check the path given with --notes") from error


def _export_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tagger export",
        description="Export the best checkpoint of a training run as a model bundle. Every graph is compared with "
        "the Keras model that it was made from; a bundle that differs is not written.",
    )
    parser.add_argument(
        "checkpoint", help="folder or address that tagger train wrote; with --rerank a bundle folder will do too"
    )
    parser.add_argument("out", type=Path, help="bundle folder to make")
    parser.add_argument("--name", default="custom", help="name of the bundle (%(default)s)")
    parser.add_argument("--bundle-version", default="1.0.0", help="(%(default)s)")
    parser.add_argument(
        "--photos",
        type=Path,
        help="folder of JPEGs on which tokens are compared as well; they also calibrate int8 where there is no --data",
    )
    parser.add_argument("--data", help="data set (folder or address) whose val split is scored for the model card")
    parser.add_argument(
        "--precision",
        choices=("float32", "int8"),
        default="float32",
        help="of encoder and decoder. int8 is smaller and faster; a part that changes too much by it, with --data one "
        "that costs 2%% of CIDEr or more, stays float32 (%(default)s)",
    )
    parser.add_argument(
        "--opset", type=int, default=OPSET, help="ONNX operators of that version, for other runtimes (%(default)s)"
    )
    parser.add_argument("--notes", type=Path, help="Markdown that goes into the model card: data, licences, failures")
    parser.add_argument(
        "--rerank",
        nargs="?",
        const="val",
        metavar="SPLIT",
        help="let the bundle learn on this split of --data (val) to choose among captions, and how sure to be of them",
    )
    parser.add_argument(
        "--phrases",
        type=Path,
        metavar="DIR",
        help="with --rerank: folder of a model that expects phrases, ngram_model.onnx and ngrams.tsv (docs/bundle.md); "
        "for a run the default is to fit one on the split train of --data",
    )
    parser.add_argument(
        "--cache", default=DEFAULT_CACHE, help="of encoded photos, as for tagger train; for --rerank (%(default)s)"
    )
    parser.add_argument(
        "--with",
        type=Path,
        nargs="+",
        default=[],
        metavar="BUNDLE",
        help="with --rerank: decoders of these bundles, of the same system trained with other seeds, speak together "
        "with the bundle's own at --quality best",
    )
    parser.add_argument(
        "--reliability", type=Path, metavar="FILE.png", help="with --rerank: draw how sure it is against how right"
    )
    parser.add_argument("--beam-width", type=int, default=3, help="default of the bundle (%(default)s)")
    parser.add_argument("--length-penalty", type=float, default=1.0, help="default of the bundle (%(default)s)")
    return parser

"""``tagger export`` and ``tagger eval``: the commands of this workshop."""

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from tagger.core.errors import RunError
from tagger_export.graphs import OPSET

if TYPE_CHECKING:
    from PIL.Image import Image

    from tagger_export.evaluation import Evaluation


def export(arguments: Sequence[str]) -> int:
    """Export a checkpoint as a model bundle: ``tagger export RUN OUT``."""
    options = _export_parser().parse_args(arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from tagger_training.places import place
    from tagger_training.run import open_run

    from tagger.captioning.bundle import GenerationSpec, load_bundle
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
        score=(lambda folder: _evaluate(folder, data, "val", "beam")) if data else None,
        opset=options.opset,
    )
    notes = _read_notes(options.notes)
    if unfinished := epochs_missing(run):
        console.print(f"{run.folder}: {unfinished}; the best of them is exported", markup=False, soft_wrap=True)
    exported = export_run(run, options.out, export_options, report=report)
    scores = None
    if exported.evaluation:
        _name_unreadable(exported.evaluation)
        scores = exported.evaluation.as_json()
    card = model_card(load_bundle(options.out), run, scores, notes, trials=exported.trials, unfinished=unfinished)
    measured: dict[str, Any] = {"scores": scores} if scores else {}
    if exported.trials:
        measured["int8"] = [trial.as_json() for trial in exported.trials]
    add_model_card(options.out, card, measured)
    console.print(f"exported: {options.out}", markup=False)
    return 0


def evaluate(arguments: Sequence[str]) -> int:
    """Score a bundle or a training run: ``tagger eval MODEL --data DIR``."""
    options = _evaluate_parser().parse_args(arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from tagger_training.metrics import has_java
    from tagger_training.places import place

    folder = place(options.data).fetch()
    evaluation = _evaluate(options.model, folder, options.split, options.method, meteor=has_java())
    _name_unreadable(evaluation)
    if options.captions:
        _write_captions(options.captions, evaluation.captions)
    if options.html:
        _page(options, evaluation)
    if options.json:
        scores = {"model": str(options.model), "split": options.split, **evaluation.as_json()}
        Console(soft_wrap=True, highlight=False).print(json.dumps(scores), markup=False)
    else:
        _print_scores(f"{options.model} on {Path(options.data).name}/{options.split}", evaluation)
    return 1 if evaluation.failed else 0


def _name_unreadable(evaluation: "Evaluation") -> None:
    for error in evaluation.failed:
        Console(stderr=True, highlight=False).print(f"left out: {error.path}: {error}", markup=False, soft_wrap=True)


def _print_scores(title: str, evaluation: "Evaluation") -> None:
    from rich.text import Text

    table = Table("score", "value", title=Text(title))
    for name, value in evaluation.rows():
        table.add_row(name, value)
    Console().print(table)


def _write_captions(path: Path, captions: Sequence[str]) -> None:
    try:
        path.write_text("".join(text + "\n" for text in captions), encoding="utf-8")
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error.strerror}", "choose another place with --captions") from error


def _page(options: argparse.Namespace, evaluation: "Evaluation") -> None:
    from tagger_training.progress import progress_bar

    from tagger.captioning.bundle import load_bundle
    from tagger.captioning.captioner import OnnxCaptioner
    from tagger.captioning.heat_sheet import draw_sheet, view
    from tagger.captioning.heatmaps import explain_words
    from tagger.core.records import Photo
    from tagger_export.page import shown, write_page

    draw = None
    if not (options.model / "config.json").exists():
        bundle = load_bundle(options.model)
        captioner = OnnxCaptioner(bundle)
        if captioner.attends:

            def draw(path: Path) -> "Image":
                explanation = explain_words(captioner, captioner.prepare(Photo(path, 0, 0)))
                return draw_sheet(view(path, bundle.image), explanation)

    title = f"{options.model.resolve().name} on {Path(options.data).name}/{options.split}"
    with progress_bar() as progress:
        task = progress.add_task("drawing", total=shown(len(evaluation.photos)), note="")
        write_page(options.html, title, evaluation, attention=draw, progress=lambda: progress.advance(task))


def _evaluate(model: Path, data: Path, split: str, method: str, *, meteor: bool = False) -> "Evaluation":
    from tagger_training.datasets import load_dataset
    from tagger_training.progress import progress_bar
    from tagger_training.run import open_run

    from tagger.captioning.bundle import load_bundle
    from tagger.captioning.captioner import Decoding, OnnxCaptioner
    from tagger_export.evaluation import evaluate_bundle, evaluate_run

    photos = load_dataset(data).split(split)
    with progress_bar() as progress:
        task = progress.add_task("captioning", total=len(photos), note="")

        def advance(done: int) -> None:
            progress.update(task, completed=done)

        if (model / "config.json").exists():
            if method != "greedy":
                raise RunError(f"{model} is a training run, which is decoded greedily", "add --method greedy")
            return evaluate_run(open_run(model), photos, advance)
        decoding = Decoding(method="greedy" if method == "greedy" else "beam")
        return evaluate_bundle(OnnxCaptioner(load_bundle(model), decoding=decoding), photos, advance, meteor=meteor)


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
    parser.add_argument("checkpoint", help="folder or address that tagger train wrote")
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
    parser.add_argument("--beam-width", type=int, default=3, help="default of the bundle (%(default)s)")
    parser.add_argument("--length-penalty", type=float, default=1.0, help="default of the bundle (%(default)s)")
    return parser


def _evaluate_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tagger eval", description="Score the captions and tags of a bundle, or the captions of a training run."
    )
    parser.add_argument("model", type=Path, help="bundle, or folder that tagger train wrote")
    parser.add_argument("--data", required=True, help="data set that tagger train reads (folder or address)")
    parser.add_argument("--split", default="val", help="(%(default)s)")
    parser.add_argument("--method", choices=("beam", "greedy"), default="beam", help="(%(default)s)")
    parser.add_argument("--captions", type=Path, help="write the captions to this file, one a line")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--html", type=Path, metavar="FILE", help="a page of photos with captions, best and worst")
    return parser

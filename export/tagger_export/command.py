"""``tagger export`` and ``tagger eval``: the commands of this workshop."""

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from tagger.core.errors import RunError

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
    from tagger_export.checks import Check
    from tagger_export.evaluation import golden_photos
    from tagger_export.exporter import ExportOptions, add_model_card, export_run
    from tagger_export.model_card import model_card

    console = Console(stderr=True, highlight=False)

    def report(check: Check) -> None:
        console.print(
            f"{'ok    ' if check.holds else 'FAILED'} {check.name}: {check.seen}", markup=False, soft_wrap=True
        )

    options.data = place(options.data).fetch() if options.data else None
    run = open_run(place(options.checkpoint).fetch())
    export_options = ExportOptions(
        name=options.name,
        version=options.bundle_version,
        generation=GenerationSpec(options.beam_width, options.length_penalty),
        photos=golden_photos(options.photos) if options.photos else (),
        calibration=_calibration_photos(options.data) if options.precision == "int8" else (),
    )
    notes = _read_notes(options.notes)
    export_run(run, options.out, export_options, report=report)
    scores = _evaluate(options.out, options.data, "val", "beam").as_json() if options.data else None
    card = model_card(load_bundle(options.out), run, scores, notes)
    add_model_card(options.out, card, {"scores": scores} if scores else {})
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
    scores = {"model": str(options.model), "split": options.split, **evaluation.as_json()}
    if options.captions:
        options.captions.write_text("".join(text + "\n" for text in evaluation.captions), encoding="utf-8")
    if options.html:
        _page(options, folder, evaluation)
    if options.json:
        Console(soft_wrap=True, highlight=False).print(json.dumps(scores), markup=False)
    else:
        table = Table("", "value", title=f"{options.model} on {Path(options.data).name}/{options.split}")
        for name, value in scores.items():
            table.add_row(name, f"{value:.4g}" if isinstance(value, float) else str(value))
        Console().print(table)
    return 0


def _page(options: argparse.Namespace, data: Path, evaluation: "Evaluation") -> None:
    from tagger_training.datasets import load_dataset

    from tagger.captioning.bundle import load_bundle
    from tagger.captioning.captioner import OnnxCaptioner
    from tagger.captioning.heat_sheet import draw_sheet, view
    from tagger.captioning.heatmaps import explain_words
    from tagger.core.records import Photo
    from tagger_export.page import write_page

    attention = None
    if not (options.model / "config.json").exists():
        bundle = load_bundle(options.model)
        captioner = OnnxCaptioner(bundle)
        if captioner.attends:

            def attention(path: Path) -> "Image":
                explanation = explain_words(captioner, captioner.prepare(Photo(path, 0, 0)))
                return draw_sheet(view(path, bundle.image), explanation)

    photos = load_dataset(data).split(options.split)
    title = f"{options.model.resolve().name} on {Path(options.data).name}/{options.split}"
    write_page(options.html, title, evaluation, photos, attention=attention)


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


def _calibration_photos(data: Path | None) -> tuple[Path, ...]:
    """Training photos, evenly from the whole set."""
    from tagger_training.datasets import load_dataset

    from tagger_export.quantize import CALIBRATION_PHOTOS

    if data is None:
        raise RunError("int8 has to be calibrated on photos", "name a data set with --data")
    photos = load_dataset(data).split("train")
    step = max(1, len(photos) // CALIBRATION_PHOTOS)
    return tuple(photo.path for photo in photos[::step][:CALIBRATION_PHOTOS])


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
    parser.add_argument("--photos", type=Path, help="folder of JPEGs on which tokens are compared as well")
    parser.add_argument("--data", help="data set (folder or address) whose val split is scored for the model card")
    parser.add_argument(
        "--precision",
        choices=("float32", "int8"),
        default="float32",
        help="of the encoder; int8 is smaller and faster and calibrated on photos of --data (%(default)s)",
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

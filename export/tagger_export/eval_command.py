"""``tagger eval``: score models, compare them, show what they say to a person who judges it."""

import argparse
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from tagger.core.errors import PhotoError, RunError
from tagger.models import named_bundle
from tagger_export.asking import Model, ask, check_model, open_model
from tagger_export.eval_options import check_options, eval_parser
from tagger_export.outputs import PICTURE, check_new, new_file

if TYPE_CHECKING:
    from PIL.Image import Image
    from tagger_training.datasets import CaptionedPhoto

    from tagger_export.answers import Answers
    from tagger_export.evaluation import Evaluation


def evaluate(arguments: Sequence[str]) -> int:
    """Score a bundle or a training run: ``tagger eval MODEL --data DIR``."""
    parser = eval_parser()
    options = parser.parse_args(arguments)
    check_options(parser, options)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from tagger_training.datasets import load_dataset
    from tagger_training.places import place

    from tagger_export.comparison import sample

    models = options.bundles or [options.model]
    named = dict(zip(_titles(models), map(named_bundle, models), strict=True))
    for found in named.values():
        check_model(found, options.method)
    data = load_dataset(place(options.data).fetch())
    photos: Sequence[CaptionedPhoto] = data.split(options.split)
    if options.judge:
        return _judge(options, next(iter(named.values())), sample(photos, options.judge, options.seed))
    if options.gap:
        return _gap(options, named, photos, data.split("train"))
    if options.sample:
        photos = sample(photos, options.sample, options.seed)
    return _compare(options, named, photos) if len(named) > 1 else _score(options, named, photos)


def score_bundle(folder: Path, data: Path, split: str) -> "Evaluation":
    """Score a bundle folder on one split of a data set, with progress. Raises RunError."""
    from tagger_training.datasets import load_dataset

    from tagger_export.evaluation import evaluate as evaluated

    model = open_model(folder)
    answers = ask(model, load_dataset(data).split(split), folder.name)
    return evaluated(answers, level=model.right_from, threshold=model.threshold)


def name_unreadable(failed: Sequence[PhotoError]) -> None:
    """Say which photos were left out, and why, on standard error."""
    for error in failed:
        Console(stderr=True, highlight=False).print(f"left out: {error.path}: {error}", markup=False, soft_wrap=True)


def _score(options: argparse.Namespace, named: Mapping[str, Path], photos: "Sequence[CaptionedPhoto]") -> int:
    ((name, place),) = named.items()
    model = _opened(options, place)
    evaluation = _evaluated(model, ask(model, photos, name))
    name_unreadable(evaluation.failed)
    title = f"{name} on {_photos_named(options)}"
    if options.captions:
        with new_file(options.captions, "--captions") as file:
            file.write("".join(text + "\n" for text in evaluation.captions).encode())
    if options.html:
        _write_page(options.html, title, evaluation, model)
    if options.json:
        record = {"model": str(options.model or place), "split": options.split, **evaluation.as_json()}
        _print_json(record | {"reliability": evaluation.sureness.bins_json()})
    else:
        _print_table(title, evaluation.rows(), ("score", "value"))
    return 1 if evaluation.failed else 0


def _compare(options: argparse.Namespace, named: Mapping[str, Path], photos: "Sequence[CaptionedPhoto]") -> int:
    from tagger_export.comparison import difference, in_common, side_by_side
    from tagger_export.comparison_page import chosen_photos, write_comparison

    answers, levels = [], []
    for name, place in named.items():
        model = _opened(options, place)  # one in memory at a time
        answers.append(ask(model, photos, name))
        levels.append((model.right_from, model.threshold))
        del model
    failed = {error.path: error for own in answers for error in own.failed}
    evaluations = {
        name: _scored(own, *own_levels) for name, own, own_levels in zip(named, in_common(answers), levels, strict=True)
    }
    name_unreadable(tuple(failed.values()))
    first, *others = evaluations
    differences = {name: difference(evaluations[first], evaluations[name]) for name in others}
    rows = side_by_side(evaluations)
    title = f"{', '.join(named)} on {_photos_named(options)}"
    if options.html:
        count = sum(len(chosen) for _, _, chosen in chosen_photos(list(evaluations.values())))
        with _progress("drawing", count) as step:
            write_comparison(options.html, title, evaluations, rows, differences, step)
    if options.json:
        bundles = [
            {"model": name, **evaluation.as_json(), "reliability": evaluation.sureness.bins_json()}
            for name, evaluation in evaluations.items()
        ]
        found = [{"model": name, "against": first, **each.as_json()} for name, each in differences.items()]
        _print_json({"split": options.split, "bundles": bundles, "differences": found})
        return 1 if failed else 0
    below = [f"{name} less {first}: CIDEr-D {each}, the interval at 95 %" for name, each in differences.items()]
    _print_table(title, rows, ("score", *named), below)
    return 1 if failed else 0


def _gap(
    options: argparse.Namespace,
    named: Mapping[str, Path],
    photos: "Sequence[CaptionedPhoto]",
    trained: "Sequence[CaptionedPhoto]",
) -> int:
    from tagger_export.comparison import gap, like, sample, side_by_side

    if options.split == "train":
        raise RunError("the gap is that between the split train and another", "name the other with --split")
    ((name, place),) = named.items()
    photos = sample(photos, options.sample, options.seed) if options.sample else photos
    photos = like(photos, photos)
    trained = sample(like(trained, photos), len(photos), options.seed)
    model = _opened(options, place)
    evaluations = {
        split: _evaluated(model, ask(model, own, f"{name}, {split}"))
        for split, own in ((options.split, photos), ("train", trained))
    }
    found = gap(evaluations["train"], evaluations[options.split])
    failed = [error for evaluation in evaluations.values() for error in evaluation.failed]
    name_unreadable(failed)
    title = f"{name} on {Path(options.data).name}: photos that it was not trained on, and photos that it was"
    if options.json:
        splits = {split: evaluation.as_json() for split, evaluation in evaluations.items()}
        _print_json({"model": str(options.model or place), "splits": splits, "gap": found.as_json()})
    else:
        below = [f"train less {options.split}: CIDEr-D {found}"]
        _print_table(title, side_by_side(evaluations), ("score", *evaluations), below)
    return 1 if failed else 0


def _judge(options: argparse.Namespace, place: Path, photos: "Sequence[CaptionedPhoto]") -> int:
    from tagger_export.contact_sheet import sheet_names, write_sheets
    from tagger_export.judging_page import write_judging_page

    if options.sheet:
        for sheet in sheet_names(options.sheet, len(photos)):
            check_new(sheet, "--sheet", PICTURE)
    answers = ask(_opened(options, place), photos, str(options.model))
    name_unreadable(answers.failed)
    title = f"{options.model} on {len(photos)} photos of {_photos_named(options)}, seed {options.seed}"
    written: list[Path] = []
    if options.html:
        with _progress("drawing", len(answers.photos)) as step:
            write_judging_page(options.html, title, answers, step)
        written.append(options.html)
    if options.sheet:
        with _progress("drawing", len(answers.photos)) as step:
            written += write_sheets(options.sheet, answers, step)
    for path in written:
        Console(soft_wrap=True, highlight=False).print(str(path), markup=False)
    return 1 if answers.failed else 0


def _opened(options: argparse.Namespace, place: Path) -> Model:
    return open_model(place, options.method, options.quality)


def _evaluated(model: Model, answers: "Answers") -> "Evaluation":
    return _scored(answers, model.right_from, model.threshold)


def _scored(answers: "Answers", level: float, threshold: float | None) -> "Evaluation":
    from tagger_training.metrics import has_java

    from tagger_export.evaluation import evaluate as evaluated

    return evaluated(answers, meteor=has_java(), level=level, threshold=threshold)


def _write_page(out: Path, title: str, evaluation: "Evaluation", model: Model) -> None:
    from tagger.captioning.bundle import load_bundle
    from tagger.captioning.heat_sheet import draw_sheet, view
    from tagger.captioning.heatmaps import explain_words
    from tagger.core.records import Photo
    from tagger_export.page import count_shown, write_page

    draw = None
    captioner = model.captioner
    if captioner is not None and captioner.attends:
        spec = load_bundle(model.place).image

        def draw(path: Path) -> "Image":
            return draw_sheet(view(path, spec), explain_words(captioner, captioner.prepare(Photo(path, 0, 0))))

    with _progress("drawing", count_shown(len(evaluation.photos))) as step:
        write_page(out, title, evaluation, attention=draw, progress=step)


@contextmanager
def _progress(what: str, total: int) -> Iterator[Any]:
    from tagger_training.progress import progress_bar

    with progress_bar() as progress:
        task = progress.add_task(what, total=total, note="")
        yield lambda: progress.advance(task)


def _titles(models: Sequence[Path]) -> list[str]:
    """What the models are called: by their last name, or by all of it where that says too little."""
    short = [model.resolve().name for model in models]
    if len(set(short)) == len(models):
        return short
    if len(set(models)) < len(models):
        raise RunError("one of the bundles is named twice", "name each once with --bundles")
    return [str(model) for model in models]


def _photos_named(options: argparse.Namespace) -> str:
    chosen = f", {options.sample} of its photos" if options.sample else ""
    return f"{Path(options.data).name}/{options.split}{chosen}"


def _print_json(record: Mapping[str, Any]) -> None:
    Console(soft_wrap=True, highlight=False).print(json.dumps(record), markup=False)


def _print_table(title: str, rows: Sequence[Sequence[str]], heads: Sequence[str], below: Sequence[str] = ()) -> None:
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    table = Table(*map(escape, heads), title=Text(title))
    for row in rows:
        table.add_row(*map(Text, row))
    Console().print(table)
    for line in below:
        Console(soft_wrap=True, highlight=False).print(line, markup=False)

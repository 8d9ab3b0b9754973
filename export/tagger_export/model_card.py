"""The model card of a bundle: what it is, what it was made from, how good it is, where it fails."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tagger_training.run import Run, RunConfig

from tagger.captioning.bundle import Bundle
from tagger_export.int8 import MOST_LOST, Trial

_FORMS = {"teacher-forced": "teacher-forced", "padded": "teacher-forced with the padding in the loss"}
_OPTIMIZERS = {"adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop"}
_SCHEDULES = {"plateau": "falling on a plateau", "cosine": "falling by a cosine"}


def model_card(
    bundle: Bundle,
    run: Run,
    scores: Mapping[str, Any] | None,
    notes: str,
    *,
    trials: Sequence[Trial] = (),
    unfinished: str = "",
) -> str:
    """Markdown. ``scores`` as ``Evaluation.as_json`` gives them; ``notes`` goes in as it is.

    ``trials`` say what int8 did to the parts, ``unfinished`` that training was stopped early.
    """
    config = run.config
    parts = [
        f"# {bundle.model_id}",
        f"Architecture: {bundle.architecture}. Encoder: {config.encoder} ({config.encoder_spec.licence}), "
        f"{bundle.image.size} x {bundle.image.size} pixels. Vocabulary: {len(run.tokenizer)} tokens.",
        "## Recipe",
        _recipe(run, unfinished),
        "## Scores",
        _scores(scores, config.data),
        sizes_section(bundle).strip(),
        _int8(trials),
        notes.strip(),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def sizes_section(bundle: Bundle) -> str:
    """How large the graphs are, as a section of the card."""
    each = (f"{file} {g['bytes'] / 1e6:.1f} MB ({g.get('precision', 'float32')})" for file, g in bundle.graphs.items())
    total = sum(graph["bytes"] for graph in bundle.graphs.values()) / 1e6
    return f"## Sizes\n\n{', '.join(each)}; {total:.1f} MB in all.\n"


def _recipe(run: Run, unfinished: str) -> str:
    config = run.config
    sentences = [
        f"{_decoder(run)}, {_FORMS[config.form]}, trained on the split `train` of `{config.data}`: "
        f"batch {config.batch_size}{' photos' if config.by_photo else ''}, {_OPTIMIZERS[config.optimizer]} "
        f"{config.learning_rate:g} {_SCHEDULES[config.schedule]}, dropout {config.dropout}, words seen at least "
        f"{config.min_count} times, captions cut at {config.max_length} words, seed {config.seed}.",
        "One caption of a photo drawn at random a step." if config.draw else "",
        "Half of the photos of a step mirrored." if config.flip else "",
        f"Of {config.crop:.0%} of the photos of a step the middle." if config.crop else "",
        f"Running mean of the weights, {config.averaging:g}." if config.averaging else "",
        *(_second_part(part) for part in config.parts[1:]),
        f"Label smoothing {config.label_smoothing:g}." if config.label_smoothing else "",
        f"T{unfinished[1:]}." if unfinished else "",
        _second_stage(run) if run.best_weights.parent == run.scst_folder else "",
        "The encoder was not trained.",
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _second_stage(run: Run) -> str:
    path = run.scst_folder / "config.json"
    way = float(json.loads(path.read_text(encoding="utf-8")).get("way", 1.0)) if path.exists() else 1.0
    kept = f", of whose weights {way:.0%} of the way from those before are kept" if way < 1 else ""
    return f"Then self-critical sequence training on CIDEr-D{kept}."


def _second_part(part: RunConfig) -> str:
    rest = f"{part.learning_rate:g}, dropout {part.dropout}, running mean {part.averaging:g}"
    return f"Then {part.epochs} epochs at batch {part.batch_size}, {rest}."


def _decoder(run: Run) -> str:
    """The decoder by name, and those of its numbers that are not its usual ones."""
    numbers = ", ".join(f"{name} {value}" for name, value in run.config.numbers.items())
    return run.system.title + (f" ({numbers})" if numbers else "")


def _int8(trials: Sequence[Trial]) -> str:
    if not trials:
        return ""
    lines = [f"- {trial.part}: {'int8' if trial.kept else 'stays float32'}. Seen: {trial.seen}." for trial in trials]
    if any(trial.scores for trial in trials):
        lines.append(f"\nAn int8 part is kept where the bundle loses less than {MOST_LOST:.0%} of each score by it.")
    return "## int8\n\n" + "\n".join(lines)


def _scores(scores: Mapping[str, Any] | None, data: str) -> str:
    if scores is None:
        return "Not measured."
    lines = [
        f"On the {scores['photos']} photos of the split `val` of `{data}`, by which the best epoch and the tag "
        "thresholds were chosen, so they are optimistic. Default beam search. BLEU and CIDEr-D by pycocoevalcap on "
        "lower-case words without punctuation.",
        "",
        "| BLEU-1 | BLEU-2 | BLEU-3 | BLEU-4 | CIDEr (standard error) | distinct words | words a caption |",
        "|---|---|---|---|---|---|---|",
        f"| {scores['bleu_1']:.3f} | {scores['bleu_2']:.3f} | {scores['bleu_3']:.3f} | {scores['bleu_4']:.3f} "
        f"| {scores['cider']:.3f} ({scores['cider_error']:.3f}) | {scores['distinct_words']} "
        f"| {scores['mean_length']:.1f} |",
    ]
    if "tags_precision" in scores:
        lines += [
            "",
            "| tag precision | recall | macro mAP (labels) | labels fired | tags a photo | photos without a tag |",
            "|---|---|---|---|---|---|",
            f"| {scores['tags_precision']:.3f} | {scores['tags_recall']:.3f} "
            f"| {scores['tags_mean_average_precision']:.3f} ({scores['tags_labels_in_map']}) "
            f"| {scores['tags_labels_fired']} | {scores['tags_tags_per_photo']:.1f} | {scores['tags_without']:.1%} |",
            "",
            "A tag counts as right where one of the photo's captions names it; captions do not name all that is there.",
        ]
    return "\n".join(lines)


CHOOSING = "## Choosing and confidence"


def choosing_section(figures: Mapping[str, Mapping[str, float]], split: str) -> str:
    """What a bundle learned about its own captions, as a section of its card; ``figures`` of each quality."""
    lines = [
        CHOOSING,
        "",
        f"Learned on `{split}`; CIDEr-D of captions that each of five folds did not learn from. *Of the search*: "
        "without choosing; *of the best choice*: by somebody who knows the references. *Written*: those not under "
        "the confidence at which captions wait for a person, unless the user says another.",
        "",
        "| quality | CIDEr | of the search | of the best choice | candidates | review below | share written | "
        "CIDEr of written |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, own in figures.items():
        lines.append(
            f"| {name} | {own['cider']:.3f} | {own['cider_of_search']:.3f} | {own['cider_of_best_choice']:.3f} "
            f"| {own['candidates']:.1f} | {own['review_below']:.2f} | {own['share_written']:.0%} "
            f"| {own['cider_of_written']:.3f} |"
        )
    return "\n".join(lines) + "\n"

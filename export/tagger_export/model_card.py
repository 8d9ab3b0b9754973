"""The model card of a bundle: what it is, what it was made from, how good it is, where it fails."""

from collections.abc import Mapping
from typing import Any

from tagger_training.run import Run

from tagger.captioning.bundle import Bundle

_OPTIMIZERS = {"adam": "Adam", "rmsprop": "RMSprop"}


def model_card(bundle: Bundle, run: Run, scores: Mapping[str, Any] | None, notes: str) -> str:
    """Markdown. ``scores`` as ``Evaluation.as_json`` gives them; ``notes`` goes in as it is."""
    config = run.config
    sizes = {file: graph["bytes"] / 1e6 for file, graph in bundle.graphs.items()}
    parts = [
        f"# {bundle.model_id}",
        f"Architecture: {bundle.architecture}. Encoder: {config.encoder} ({config.encoder_spec.licence}), "
        f"{bundle.image.size} x {bundle.image.size} pixels. Vocabulary: {len(run.tokenizer)} tokens.",
        "## Recipe",
        f"{_decoder(run)}, teacher-forced, trained on the split `train` of `{config.data}`: batch {config.batch_size}, "
        f"{_OPTIMIZERS[config.optimizer]} {config.learning_rate:g} falling on a plateau, dropout {config.dropout}, "
        f"words seen at least {config.min_count} times, captions cut at {config.max_length} words, seed {config.seed}. "
        + ("One caption of a photo drawn at random a step. " if config.draw else "")
        + "The encoder was not trained.",
        "## Scores",
        _scores(scores, config.data),
        "## Sizes",
        ", ".join(f"{file} {size:.1f} MB" for file, size in sizes.items())
        + f"; {sum(sizes.values()):.1f} MB in all. Precision of the encoder: "
        + f"{bundle.graphs['encoder_model.onnx']['precision']}; of the rest: float32.",
        notes.strip(),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _decoder(run: Run) -> str:
    """The decoder by name, and those of its numbers that are not its usual ones."""
    numbers = ", ".join(f"{name} {value}" for name, value in run.config.numbers.items())
    return run.system.title + (f" ({numbers})" if numbers else "")


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

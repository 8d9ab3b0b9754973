"""New tags, and known ones put right, from what a person said: by numpy alone, in seconds.

A new tag is a linear model of the encoder's pooled features and of what the known tags say: photos that have it against
photos that a person looked at and that have it not, which count fully, and photos that nobody looked at, which count
less, for some of them may have it. Every photo is held back in turn, with those that look nearly the same, and the
threshold is the lowest at which the tag is right often enough on what was held back; a tag of which that cannot be
shown is off.
A known tag is shifted a little towards what was accepted and rejected; its own opinion of the other photos of the
library, and a penalty on every shift, hold it where it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tagger.captioning.onnx_file import TagExtension, logits_of, numbers_of
from tagger.captioning.tags import Label
from tagger.learning.corrections import Judged
from tagger.learning.ridge import fit_ridge, fit_shift, fit_sigmoid, groups_of
from tagger.learning.thresholds import lowest_threshold

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST = 5
"""Photos that a new tag is learned from, at least."""
MOST_NEW = 500
_UNSEEN = 0.3  # what a photo counts that nobody looked at, where a tag is learned
_PERHAPS_WRONG = 0.1  # and where it is judged: one that gets the tag may well be a photo that the person means
_ALIKE = 0.97
_ANCHOR = 0.2
_STRENGTH = 3.0
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class NewTag:
    """A tag that was learned: from how many photos, and what it did on those that were held back, each in turn.

    ``found`` of the photos that have it got it; ``wrong`` of those that a person saw without it did too (``against``
    were asked), and ``elsewhere`` of the photos that nobody judged (``unseen`` were asked). ``threshold`` above 1: off;
    then the numbers are those of a threshold that half of the photos pass.
    """

    label: str
    photos: int
    found: int
    wrong: int
    against: int
    elsewhere: int
    unseen: int
    threshold: float

    @property
    def on(self) -> bool:
        """Whether photos get it."""
        return self.threshold <= 1

    @property
    def recall(self) -> float:
        """Of the photos that have it, so many got it (0 to 1)."""
        return self.found / max(1, self.photos)

    @property
    def precision(self) -> tuple[float, float] | None:
        """Of the photos that got it, so many have it (0 to 1): at least and at most, for nobody judged the others.

        None where no photo that has it got it.
        """
        if not self.found:
            return None
        return self.found / (self.found + self.wrong + self.elsewhere), self.found / (self.found + self.wrong)


@dataclass(frozen=True, slots=True)
class ShiftedTag:
    """A known tag: how often a person took it out or put it in, and of these how many are right before and after.

    After: as a model says it that had not seen the photo.
    """

    label: str
    wrong: int
    missing: int
    right_before: int
    right_after: int


@dataclass(frozen=True, slots=True)
class LearnedLabels:
    """What becomes of the tag model: the labels with new ones behind them, and what to put behind its graph.

    ``few`` are labels that people put in too few times, and how often.
    """

    labels: tuple[Label, ...]
    extension: TagExtension
    new: tuple[NewTag, ...]
    shifted: tuple[ShiftedTag, ...]
    few: tuple[tuple[str, int], ...]

    @property
    def changes(self) -> bool:
        """Whether there is anything new."""
        return bool(self.new or self.shifted)


@dataclass(frozen=True, slots=True)
class _Examples:
    """Pictures as the linear models see them: judged ones first, then the rest.

    ``read`` (N, R) is what is read of each, equalised, ``products`` (N, N) the inner products, ``groups`` (N,).
    """

    judged: Sequence[Judged]
    read: "NDArray[np.float64]"
    products: "NDArray[np.float64]"
    groups: "NDArray[np.int64]"
    mean: "NDArray[np.float32]"
    deviation: "NDArray[np.float32]"

    def having(self, label: str) -> "NDArray[np.bool_]":
        return self.flags([label in one.right for one in self.judged])

    def without(self, label: str) -> "NDArray[np.bool_]":
        return self.flags([label in one.wrong or (one.reviewed and label not in one.right) for one in self.judged])

    def flags(self, values: Sequence[bool]) -> "NDArray[np.bool_]":
        return np.array([*values, *[False] * (len(self.read) - len(self.judged))], bool)


def learn_labels(
    judged: Sequence[Judged],
    pooled: "NDArray[np.float32]",
    scores: "NDArray[np.float32]",
    labels: Sequence[Label],
    words: Sequence[str],
    spelling: dict[str, str],
) -> LearnedLabels:
    """Learn from pictures with their pooled features (N, P) and the model's scores (N, T); the first are the judged.

    ``words`` are the labels as the user's vocabulary writes them.
    """
    examples = _examples(judged, pooled, scores)
    known = {word.casefold(): node for node, word in enumerate(words)}
    known |= {label.label.casefold(): node for node, label in enumerate(labels)}
    wanted: dict[str, int] = {}
    for one in judged:
        for label in one.right | one.added:
            if label not in known and label in spelling:
                wanted[label] = wanted.get(label, 0) + 1
    enough = sorted(
        (label for label, count in wanted.items() if count >= FEWEST and _is_name(spelling[label])),
        key=lambda label: (-wanted[label], label),
    )[:MOST_NEW]
    learned = [_learn_new(label, spelling[label], examples) for label in enough]
    made, thresholds = list(labels), [threshold for _, _, _, threshold in learned]
    made += [Label(spelling[label], threshold) for label, threshold in zip(enough, thresholds, strict=True)]
    shifts = [
        found
        for label, node in sorted(known.items())
        if label == words[node].casefold() and (found := _learn_shift(label, node, labels[node], examples, scores))
    ]
    for shift in shifts:
        made[shift.node] = replace(made[shift.node], threshold=shift.threshold)
    width = examples.read.shape[1]
    extension = TagExtension(
        mean=examples.mean,
        deviation=examples.deviation,
        changed=np.array([shift.node for shift in shifts], np.int64),
        shift=_columns([shift.weights for shift in shifts], width),
        shift_bias=np.array([shift.bias for shift in shifts], np.float32),
        weights=_columns([column for _, column, _, _ in learned], width),
        bias=np.array([bias for _, _, bias, _ in learned], np.float32),
    )
    few = tuple((spelling[label], count) for label, count in sorted(wanted.items()) if count < FEWEST)
    return LearnedLabels(
        tuple(made), extension, tuple(tag for tag, _, _, _ in learned), tuple(shift.tag for shift in shifts), few
    )


def _examples(judged: Sequence[Judged], pooled: "NDArray[np.float32]", scores: "NDArray[np.float32]") -> _Examples:
    """Features and logits count the same as a whole; of each of them, what hardly varies here counts least."""
    numbers = numbers_of(pooled, scores)
    mean, deviation = numbers.mean(axis=0), numbers.std(axis=0)
    for part in (slice(0, pooled.shape[1]), slice(pooled.shape[1], None)):
        spread = deviation[part] + 0.1 * float(deviation[part].mean()) + 1e-6
        deviation[part] = spread * np.sqrt(2 * len(spread))
    read = (numbers - mean) / deviation
    products = read @ read.T
    groups = groups_of(products, alike=_ALIKE)
    return _Examples(judged, read, products, groups, mean.astype(np.float32), deviation.astype(np.float32))


def _learn_new(label: str, written: str, examples: _Examples) -> tuple[NewTag, "NDArray[np.float64]", float, float]:
    """A tag, the weights (R,) and bias of its logit, and its threshold."""
    having, without = examples.having(label), examples.without(label)
    counts = np.where(without, 1.0, _UNSEEN)
    counts[having] = 1.0
    balanced = counts.copy()
    balanced[having] *= 0.5 * counts[~having].sum() / having.sum() if (~having).any() else 1.0
    balanced /= balanced.mean()
    fitted = fit_ridge(examples.products, np.where(having, 1.0, -1.0), balanced, examples.groups)
    slope, offset = fit_sigmoid(fitted.held_out, having, counts)
    held_out = 0.5 * (1 + np.tanh(0.5 * (slope * fitted.held_out + offset)))
    threshold = lowest_threshold(held_out, having, counts, np.where(having | without, 1.0, _PERHAPS_WRONG))
    fired = held_out >= (threshold if threshold <= 1 else float(np.median(held_out[having])))
    unseen = ~having & ~without
    tag = NewTag(
        written,
        photos=int(having.sum()),
        found=int((fired & having).sum()),
        wrong=int((fired & without).sum()),
        against=int(without.sum()),
        elsewhere=int((fired & unseen).sum()),
        unseen=int(unseen.sum()),
        threshold=threshold,
    )
    weights = slope * (examples.read.T @ fitted.dual)
    return tag, weights, slope * fitted.bias + offset, threshold


@dataclass(frozen=True, slots=True)
class _Shift:
    """What is added to the logit of the label at position ``node``: ``weights`` (R,) and ``bias``; its threshold."""

    node: int
    weights: "NDArray[np.float64]"
    bias: float
    threshold: float
    tag: ShiftedTag


def _learn_shift(
    label: str, node: int, entry: Label, examples: _Examples, scores: "NDArray[np.float32]"
) -> _Shift | None:
    """How a known label's logit changes; None where nobody said anything of it.

    A label that is off, or only comes along with others, is taken up where it was put in often enough and holds up.
    """
    wrong = examples.flags([label in one.wrong for one in examples.judged])
    missing = examples.flags([label in one.added for one in examples.judged])
    off = entry.threshold > 1
    if not (wrong | missing).any() or (off and missing.sum() < FEWEST):
        return None
    right = examples.having(label)
    old, logits = scores[:, node].astype(np.float64), logits_of(scores[:, node])
    targets = np.where(wrong, 0.0, np.where(right, np.maximum(old, 0.9), old))
    weights = np.where(wrong | missing, 2.0, np.where(right, 1.0, _ANCHOR))
    dual, bias = fit_shift(examples.products, logits, targets, weights, strength=_STRENGTH)
    after = logits + np.where(wrong | right, _held_out_shift(examples, logits, targets, weights), 0.0)
    threshold = entry.threshold
    if off:
        counts = np.where(right | examples.without(label), 1.0, _UNSEEN)
        threshold = lowest_threshold(0.5 * (1 + np.tanh(0.5 * after)), right, counts, counts)
        if threshold > 1:
            return None
    cut = np.log(threshold / max(1 - threshold, 1e-6))
    before = (logits >= cut) & (not off)
    judged = wrong | missing
    tag = ShiftedTag(
        entry.label,
        int(wrong.sum()),
        int(missing.sum()),
        int((before == missing)[judged].sum()),
        int(((after >= cut) == missing)[judged].sum()),
    )
    return _Shift(node, examples.read.T @ dual, bias, threshold, tag)


def _held_out_shift(
    examples: _Examples,
    logits: "NDArray[np.float64]",
    targets: "NDArray[np.float64]",
    weights: "NDArray[np.float64]",
) -> "NDArray[np.float64]":
    """What would be added to each judged example's logit by a model that had not seen its group."""
    added = np.zeros(len(targets))
    names = np.unique(examples.groups[: len(examples.judged)])
    for fold in range(_FOLDS):
        held = np.isin(examples.groups, names[fold::_FOLDS])
        held[len(examples.judged) :] = False
        if not held.any() or held.all():
            continue
        kept = ~held
        inside = examples.products[np.ix_(kept, kept)]
        dual, bias = fit_shift(inside, logits[kept], targets[kept], weights[kept], strength=_STRENGTH)
        added[held] = examples.products[np.ix_(held, kept)] @ dual + bias
    return added


def _columns(columns: "Sequence[NDArray[np.float64]]", width: int) -> "NDArray[np.float32]":
    return np.stack(columns, axis=1).astype(np.float32) if columns else np.zeros((width, 0), np.float32)


def _is_name(label: str) -> bool:
    """Whether the table of labels can hold it."""
    return label.isprintable() and ";" not in label and "\t" not in label and 0 < len(label) <= 100

"""From the corrections in libraries to a new version of their bundle. Every face calls the same functions.

Reads indexes and photos and writes one new folder beside the other models; photos, indexes and the bundles that are
there stay as they are. Which bundle is used is the face's to say, in the user's settings.
"""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import tagger
from tagger import bootstrap
from tagger.captioning.bundle import MODEL_CARD, TAGS, Bundle, load_bundle
from tagger.captioning.captioner import Decoding
from tagger.captioning.importing import try_out
from tagger.captioning.onnx_file import extend_tag_model
from tagger.captioning.selection import pack
from tagger.captioning.tags import format_labels, load_labels
from tagger.config import Settings
from tagger.core.errors import RunError
from tagger.learning import versions
from tagger.learning.captions import CaptionLesson, LearnedCaptions, Said, Tell, caption_learner
from tagger.learning.card import card_text
from tagger.learning.corrections import Corrections, collect, most_telling
from tagger.learning.encoded import POOLED, EncodedPhotos, cache_folder
from tagger.learning.labels import LearnedLabels, learn_labels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagger.core.protocols import StopEvent
    from tagger.lazy import LazyCaptioner

FEWEST_PHOTOS = 5
"""Photos that a person corrected or approved, at least: with fewer nothing can be learned, nor measured."""
FEWEST_CAPTIONS = 5
MOST_PHOTOS = 800
"""So many corrected photos are learned from, at most: more would take long, and tell little more."""
TAG_MODEL = "tag_model.onnx"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be learned: ``tags_only`` leaves captions as they are; ``name`` is the new bundle's.

    ``data`` is a data set on whose split ``val`` is measured what captions lost. ``dry_run``: nothing is kept.
    """

    tags_only: bool = False
    name: str = ""
    data: Path | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of it. ``source`` is the new bundle, None in a dry run; ``model`` its name and version.

    ``photos`` are those that could be looked at, ``unreadable`` those that could not. ``captions`` is None where only
    tags were learned, and ``captions_note`` says why. ``tags_same`` is the share (0 to 1) of the tags of ``others``,
    photos that nobody corrected, that stayed.
    """

    base: str
    model: str
    source: Path | None
    photos: int
    unreadable: int
    others: int
    tags: LearnedLabels
    tags_same: float
    captions: LearnedCaptions | None
    captions_note: str
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """What was learned, as JSON values."""
        record: dict[str, Any] = {"base": self.base, "model": self.model, "bundle": str(self.source or "")}
        record |= {"photos": self.photos, "unreadable": self.unreadable, "others": self.others}
        record["new_tags"] = [asdict(tag) | {"on": tag.on, "precision": tag.precision} for tag in self.tags.new]
        record["changed_tags"] = [asdict(tag) for tag in self.tags.shifted]
        record["too_few"] = [{"label": label, "photos": count} for label, count in self.tags.few]
        record["tags_same"] = round(self.tags_same, 4)
        if self.captions is None:
            record["captions"] = {"learned": False, "why": self.captions_note}
        else:
            found = self.captions
            record["captions"] = {"learned": True, "photos": found.captions, "new_words": found.new_words}
            record["captions"] |= {"share": found.share, "held_back": asdict(found.held_back)}
            record["captions"]["forgotten"] = asdict(found.forgotten)
        return record | {"seconds": round(self.seconds, 1)}


def gathered(roots: Sequence[Path]) -> tuple[Corrections, Settings]:
    """What people said in the libraries at these roots, and the settings that hold there. Changes nothing.

    Raises RunError where there is no library, or they use different bundles.
    """
    if not roots:
        raise RunError("no library was named", "tagger learn FOLDER")
    settings = [bootstrap.settings_for(root) for root in roots]
    if len({one.bundle for one in settings}) > 1:
        raise RunError("these libraries use different bundles", "let each of them learn by itself")
    with ExitStack() as stack:
        indexes = [
            stack.enter_context(bootstrap.open_library(root, one, reading=True)).index
            for root, one in zip(roots, settings, strict=True)
        ]
        return collect(indexes), settings[0]


def require_enough(corrections: Corrections) -> None:
    """Raise RunError where there are too few photos to learn from."""
    count = len(corrections.judged)
    if count < FEWEST_PHOTOS:
        known = "no photo was" if not count else "only one photo was" if count == 1 else f"only {count} photos were"
        raise RunError(
            f"{known} approved or corrected so far; learning needs at least {FEWEST_PHOTOS}",
            "tagger approve and tagger edit, or the review in the window, make more",
        )


def learn(
    corrections: Corrections,
    settings: Settings,
    models: Path,
    wanted: Wanted,
    tell: Tell,
    stop: "StopEvent",
    *,
    clock: Callable[[], float] = time.monotonic,
) -> Learned | None:
    """Learn from ``corrections``, from the bundle of ``settings`` to a new one below ``models``; None where stopped.

    A bundle that learned before is not learned on top of: everything is learned again from the one that it began with,
    which says as much and drifts nowhere. Raises RunError, BundleError.
    """
    began = clock()
    require_enough(corrections)
    corrections = replace(corrections, judged=most_telling(corrections.judged, MOST_PHOTOS))
    current = load_bundle(settings.bundle or bootstrap.DEFAULT_BUNDLE)
    base = versions.base_of(current, models)
    learner = None
    note = "only tags were asked for" if wanted.tags_only else ""
    said = tuple(Said(one.identity, one.caption, one.edited) for one in corrections.judged if one.caption)
    if not wanted.tags_only:
        note = _cannot_caption(base, sum(one.edited for one in said))
        if not note:
            try:
                learner = caption_learner()
            except RunError as error:
                note = str(error)
        if learner is None and wanted.data is not None:
            raise RunError(f"--data measures captions, which cannot be learned here: {note}", "leave out --data")
    photos = EncodedPhotos(_captioner(base, settings), cache_folder(), settings.jobs or os.cpu_count() or 1)
    pictures = [(one.photo, one.identity) for one in corrections.judged] + list(corrections.others)
    seen = photos.encode(pictures, stop, partial(tell, "looking at photos"), grid=learner is not None)
    if stop.is_set():
        return None
    judged = [one for one in corrections.judged if one.identity in seen]
    others = [identity for _, identity in corrections.others if identity in seen]
    if len(judged) < FEWEST_PHOTOS:
        raise RunError(
            f"only {len(judged)} of the {len(corrections.judged)} corrected photos can be read now",
            "is the drive with the photos there?",
        )
    tell("learning tags", 0, 1)
    pooled = np.stack([seen[key][POOLED] for key in (*(one.identity for one in judged), *others)])
    scores = _scores(photos.captioner, pooled)
    labels, words = load_labels(base), _words(photos.captioner)
    tags = learn_labels(judged, pooled, scores, labels, words, corrections.spelling if base.tags else {})
    tell("learning tags", 1, 1)
    target, version = versions.place(models, wanted.name or _name(base))
    with versions.new_folder(models) as folder:
        record = _record(base, settings, models, corrections, tags)
        write = partial(versions.write_version, folder, base, name=wanted.name or _name(base), version=version)
        files = _tag_files(base, tags)
        halfway = write(files=files, changes=_changes(tags, record))
        captions = None
        if learner is not None:
            lesson = CaptionLesson(
                base,
                halfway,
                tuple(one for one in said if one.key in seen),
                tuple(others),
                seen,
                look=lambda more, what: photos.encode(more, stop, partial(tell, what), grid=True),
                data=wanted.data,
            )
            captions = learner(lesson, tell, stop)
        if stop.is_set():
            return None
        if captions is not None:
            files |= captions.files
            record |= {"captions": captions.captions, "new_words": list(captions.new_words)}
        if captions is None and not tags.changes:
            cause = "there is nothing new to learn: no tag was put in often enough or taken out"
            raise RunError(cause + (f"; {note}" if note else ""), "a new tag needs at least 5 photos")
        same = _same_tags(photos.captioner, _captioner(halfway, settings), pooled[len(judged) :])
        found = Learned(
            base=base.model_id,
            model=halfway.model_id,
            source=None if wanted.dry_run else target,
            photos=len(judged),
            unreadable=len(corrections.judged) - len(judged),
            others=len(others),
            tags=tags,
            tags_same=same,
            captions=captions,
            captions_note=note,
            seconds=clock() - began,
        )
        files[MODEL_CARD] = versions.card(base, card_text(found, corrections.counts, record["when"]))
        made = write(files=files, changes=_changes(tags, record, captions))
        try_out(made)
        if stop.is_set():
            return None
        if not wanted.dry_run:
            folder.rename(target)
    return found


def share_features(roots: Sequence[Path], learned: Learned) -> None:
    """Let the new bundle know what photos look like to the old one: their encoder is the same. Raises RunError."""
    for root in roots:
        with bootstrap.open_library(root, bootstrap.settings_for(root)) as library:
            library.index.features.copy_to(learned.base, learned.model)


def _captioner(bundle: Bundle, settings: Settings) -> "LazyCaptioner":
    rules = settings.replace(bundle=bundle.source)
    return bootstrap.make_captioner(rules, Decoding(beam_width=settings.beam_width or None))


def _cannot_caption(base: Bundle, captions: int) -> str:
    """Why captions cannot be learned; empty where they can."""
    if base.imported is not None:
        return f"the captions of {base.model_id} come from elsewhere: only its tags can learn"
    if captions < FEWEST_CAPTIONS:
        return f"captions need {FEWEST_CAPTIONS} photos whose caption was corrected, and there are {captions}"
    return ""


def _name(base: Bundle) -> str:
    return base.name if versions.LEARNED in base.provenance else f"{base.name}+learned"


def _words(captioner: "LazyCaptioner") -> tuple[str, ...]:
    vocabulary = captioner.vocabulary
    return tuple(entry.word for entry in vocabulary.entries[: len(vocabulary.labels)])


def _scores(captioner: "LazyCaptioner", pooled: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """Probabilities (N, T) of all labels."""
    return captioner.captioner().tag_scores(pooled)


def _tag_files(base: Bundle, tags: LearnedLabels) -> dict[str, bytes]:
    """The tag model and its table as they are from now on; nothing where no tag was learned, or the bundle has none."""
    if not tags.changes or not base.tags:
        return {}
    known = len(tags.labels) - len(tags.new)
    model = extend_tag_model(base.read(TAG_MODEL), tags.extension, known, name=f"bundle {base.source}: {TAG_MODEL}")
    return {TAG_MODEL: model, TAGS: format_labels(tags.labels).encode()}


def _record(
    base: Bundle, settings: Settings, models: Path, corrections: Corrections, tags: LearnedLabels
) -> dict[str, Any]:
    """What the manifest says of what was learned."""
    return {
        "from": base.model_id,
        "before": versions.named_before(settings.bundle, models),
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "tagger": tagger.__version__,
        "photos": len(corrections.judged),
        "counts": asdict(corrections.counts),
        "new_tags": [tag.label for tag in tags.new],
        "changed_tags": [tag.label for tag in tags.shifted],
    }


def _changes(tags: LearnedLabels, record: Mapping[str, Any], captions: LearnedCaptions | None = None) -> dict[str, Any]:
    """What becomes another in the manifest. The scores of the bundle that it began with are not this one's."""
    changes: dict[str, Any] = {"provenance": {versions.LEARNED: dict(record), "scores": None, "int8": None}}
    if tags.new:
        changes["tags"] = {"labels": len(tags.labels)}
    if captions is not None:
        changes["graphs"] = {name: dict(captions.graphs[name]) for name in captions.graphs}
    return changes


def _same_tags(one: "LazyCaptioner", other: "LazyCaptioner", pooled: "NDArray[np.float32]") -> float:
    """The share of the tags of photos (N, P) by either of two bundles that both give, of those that both know."""
    both = either = 0
    known = set(_words(one))
    for first, now in zip(_tags(one, pooled), _tags(other, pooled), strict=True):
        second = {label for label in now if label in known or label in first}
        both, either = both + len(first & second), either + len(first | second)
    return both / either if either else 1.0


def _tags(captioner: "LazyCaptioner", pooled: "NDArray[np.float32]") -> list[set[str]]:
    if not len(pooled):
        return []
    return [{tag.label for tag in captioner.tags(pack(row)) or ()} for row in captioner.captioner().tag_scores(pooled)]

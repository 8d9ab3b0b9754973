"""Models by their names: found, opened and asked, whether bundles (own or imported) or training runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tagger.core.errors import RunError
from tagger_export.sureness import LEVEL

if TYPE_CHECKING:
    from tagger_training.datasets import CaptionedPhoto

    from tagger.captioning.captioner import OnnxCaptioner
    from tagger.captioning.quality import Quality
    from tagger_export.answers import Answers


Method = Literal["beam", "greedy"]


@dataclass(frozen=True, slots=True)
class Model:
    """What can be asked: a bundle's captioner, or a training run at ``place``.

    ``right_from`` and ``threshold`` are what the bundle states: from which CIDEr-D a caption counts as right, and the
    confidence below which it had better wait for a person.
    """

    place: Path
    captioner: "OnnxCaptioner | None"
    right_from: float = LEVEL
    threshold: float | None = None


def check_model(place: Path, method: Method) -> None:
    """Refuse, before anything is loaded, what is no model or cannot be asked by this method. Raises RunError."""
    from tagger.captioning.bundle import load_bundle

    if not _is_run(place):
        load_bundle(place)
    elif method != "greedy":
        raise RunError(f"{place} is a training run, which is decoded greedily", "add --method greedy")


def open_model(place: Path, method: Method = "beam", quality: "Quality" = "default") -> Model:
    """Load a bundle; a training run is opened when it is asked. Raises RunError, BundleError."""
    from tagger.captioning.bundle import load_bundle
    from tagger.captioning.captioner import Decoding
    from tagger.captioning.opening import open_captioner

    check_model(place, method)
    if _is_run(place):
        return Model(place, None)
    bundle = load_bundle(place)
    captioner = open_captioner(bundle, decoding=Decoding(method=method, quality=quality))
    generation = bundle.generation
    threshold = generation.review_below.get(quality) if method == "beam" else None
    return Model(place, captioner, generation.right_from or LEVEL, threshold)


def _is_run(place: Path) -> bool:
    return (place / "config.json").exists()


def ask(model: Model, photos: "Sequence[CaptionedPhoto]", name: str) -> "Answers":
    """Have all photos captioned, with progress under the model's ``name``. Raises RunError."""
    from tagger_training.progress import progress_bar

    from tagger_export.answers import ask_bundle, ask_run

    with progress_bar() as progress:
        task = progress.add_task("captioning", total=len(photos), note=name)

        def advance(done: int) -> None:
            progress.update(task, completed=done)

        if model.captioner is not None:
            return ask_bundle(model.captioner, photos, advance)
        from tagger_training.run import open_run

        return ask_run(open_run(model.place), photos, advance)

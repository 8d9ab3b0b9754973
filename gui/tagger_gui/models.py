"""The models on this computer: where they are, how one is taken in, how fast it is here. Knows no widget.

A model is a bundle (docs/bundle.md), data from whoever made it: it is copied first, and the copy is checked.
"""

import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tagger.bootstrap import DEFAULT_BUNDLE, make_captioner
from tagger.captioning.bundle import MANIFEST, MODEL_CARD, Bundle, load_bundle
from tagger.captioning.captioner import Decoding
from tagger.config import Settings
from tagger.core.errors import BundleError, RunError, TaggerError
from tagger.core.protocols import StopEvent
from tagger.core.records import Caption, Photo
from tagger.models import SUFFIX, known_bundles

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tagger.lazy import LazyCaptioner

MEASURE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Model:
    """One bundle, or what is wrong with it. ``source`` is its folder or file, ``size`` its bytes, ``card`` Markdown."""

    source: Path
    bundle: Bundle | None
    card: str = ""
    size: int = 0
    problem: str = ""

    @property
    def name(self) -> str:
        """What people call it."""
        return self.bundle.model_id if self.bundle is not None else self.source.name

    @property
    def is_embedded(self) -> bool:
        """Whether it came along with the program."""
        return self.source == DEFAULT_BUNDLE


@dataclass(frozen=True, slots=True)
class Speed:
    """Captions a second on this computer, the provider that made them, and what is to be said of that; or empty."""

    per_second: float
    provider: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """What two models say of one photo; ``problem`` says why there is nothing."""

    path: Path
    captions: tuple[Caption, Caption] | None
    problem: str = ""


def known_models(folder: Path, chosen: Path | None) -> list[Model]:
    """The embedded model, those in ``folder`` by name, and the chosen one where it is elsewhere."""
    return [_look(source) for source in known_bundles(folder, chosen)]


def take_in(source: Path, folder: Path) -> Path:
    """Copy a bundle into ``folder``, check each of its files there, and have it caption one picture.

    Returns where it is now. Raises BundleError for what is no whole bundle, RunError where it cannot be kept.
    """
    bundle = load_bundle(source)
    name = re.sub(r"[^\w.-]+", "-", f"{bundle.name}-{bundle.version}").strip(".-") or "model"
    target = folder / (name + (SUFFIX if source.is_file() else ""))
    if target.exists():
        raise RunError(f"{bundle.model_id} is here already", f"to replace it, delete {target} first")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=folder) as temporary:
            copy = Path(temporary) / target.name
            if source.is_file():
                shutil.copyfile(source, copy)
            else:
                copy.mkdir()
                shutil.copyfile(source / MANIFEST, copy / MANIFEST)
                for file in bundle.files:
                    (copy / file).write_bytes(bundle.read(file))
            checked = load_bundle(copy)
            for file in checked.files:
                checked.read(file)
            captioner = make_captioner(Settings(bundle=copy), Decoding())
            captioner.generate([_noise(captioner)])
            copy.rename(target)
    except FileNotFoundError as error:
        raise BundleError(f"bundle {source}: {Path(error.filename).name} is missing", "get the bundle again") from error
    except OSError as error:
        raise RunError(f"cannot keep the model in {folder}: {error.strerror}") from error
    return target


def measure(settings: Settings, stop: StopEvent, *, seconds: float = MEASURE_SECONDS) -> Speed:
    """Have the model of ``settings`` caption for so long, after one batch to warm up; reading photos is not counted.

    Raises BundleError, RunError.
    """
    captioner = make_captioner(settings)
    batch = [_noise(captioner, seed) for seed in range(settings.batch_size)]
    captioner.generate(batch)
    done, began = 0, time.perf_counter()
    while True:
        captioner.generate(batch)
        done += len(batch)
        passed = time.perf_counter() - began
        if passed >= seconds or stop.is_set():
            return Speed(done / passed, captioner.provider, captioner.device_note)


def compare(paths: Sequence[Path], one: Settings, other: Settings, stop: StopEvent) -> Iterator[Compared]:
    """What the models of two settings say of the same photos. Raises BundleError, RunError."""
    captioners = [make_captioner(each) for each in (one, other)]
    for path in paths:
        if stop.is_set():
            return
        try:
            info = path.stat()
            photo = Photo(path, info.st_size, info.st_mtime_ns)
            first, second = (each.generate([each.prepare(photo)])[0] for each in captioners)
        except OSError as error:
            yield Compared(path, None, error.strerror or str(error))
        except (BundleError, RunError):
            raise
        except TaggerError as error:
            yield Compared(path, None, str(error))
        else:
            yield Compared(path, (first, second))


def _look(source: Path) -> Model:
    try:
        bundle = load_bundle(source)
        card = bundle.read(MODEL_CARD).decode("utf-8", "replace") if MODEL_CARD in bundle.files else ""
        size = (
            source.stat().st_size if source.is_file() else sum((source / file).stat().st_size for file in bundle.files)
        )
    except BundleError as error:
        return Model(source, None, problem=str(error))
    except OSError as error:
        return Model(source, None, problem=f"{source}: {error.strerror}")
    return Model(source, bundle, card, size)


def _noise(captioner: "LazyCaptioner", seed: int = 0) -> "NDArray[np.float32]":
    """A picture of noise, as the model wants pictures."""
    import numpy as np

    from tagger.captioning.image import preprocess

    spec = captioner.bundle.image
    pixels = np.random.default_rng(seed).integers(0, 256, (spec.size, spec.size, 3), dtype=np.uint8)
    return preprocess(pixels, spec)

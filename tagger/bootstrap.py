"""Settings -> wired objects: the only place that names concrete classes. Loads ONNX Runtime only when it is needed."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import tagger
from tagger.captioning.bundle import Bundle, load_bundle
from tagger.config import Settings, library_config_file, load_settings, user_config_file
from tagger.core.errors import RunError
from tagger.core.records import Caption, Photo
from tagger.metadata.policy import CaptionPolicy
from tagger.metadata.writer import EmbeddedWriter
from tagger.stages import RunOptions, Stages
from tagger.storage.index import SqliteIndex
from tagger.storage.journal import SqliteJournal
from tagger.storage.library import Library, find_root

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tagger.captioning.captioner import Decoding, OnnxCaptioner

DEFAULT_BUNDLE = Path(__file__).parent / "bundles" / "default"
_MEMORY = Path(":memory:")


class LazyCaptioner:
    """A captioner that is built when the first photo needs it: a run that finds nothing to do loads no model."""

    def __init__(self, bundle: Bundle, settings: Settings, decoding: "Decoding") -> None:
        self.bundle = bundle
        self._settings, self._decoding = settings, decoding
        self._built: OnnxCaptioner | None = None
        self._lock = Lock()

    @property
    def model_id(self) -> str:
        """Name and version of the bundle."""
        return self.bundle.model_id

    @property
    def fingerprint(self) -> str:
        """Everything besides the model that shapes a caption."""
        d, g = self._decoding, self.bundle.generation
        penalty = g.length_penalty if d.length_penalty is None else d.length_penalty
        if d.method == "sample":
            return f"sample t{d.temperature:g} p{d.top_p:g} n{d.count} s{d.seed}"
        return f"{d.method} {d.beam_width or g.beam_width} {penalty:g}" if d.method == "beam" else d.method

    @property
    def device_note(self) -> str:
        """What to tell a user who asked for CUDA and does not get it; empty otherwise or while nothing is loaded."""
        if self._settings.device == "cuda" and self._built and not self._built.provider.startswith("CUDA"):
            return "CUDA was asked for but is not there: running on the CPU (tagger doctor says more)"
        return ""

    def prepare(self, photo: Photo) -> "NDArray[np.float32]":
        """Read one photo into ``pixel_values``; needs no model."""
        from tagger.captioning.image import load_image, preprocess

        return preprocess(load_image(photo.path, self.bundle.image), self.bundle.image)

    def generate(self, batch: "Sequence[NDArray[np.float32]]") -> list[Caption]:
        """Caption a batch, building the captioner first where that is still to do."""
        return self.captioner().generate(batch)

    def captioner(self) -> "OnnxCaptioner":
        """The real captioner. Raises BundleError, RunError."""
        from tagger.captioning.captioner import OnnxCaptioner

        with self._lock:
            if self._built is None:
                self._built = OnnxCaptioner(self.bundle, device=self._settings.device, decoding=self._decoding)
            return self._built


@dataclass(frozen=True, slots=True)
class OpenLibrary:
    """One library with its databases open."""

    root: Path
    index: SqliteIndex
    journal: SqliteJournal
    writer: EmbeddedWriter

    def stages(self, captioner: LazyCaptioner, settings: Settings, *, run: str, dry_run: bool) -> Stages:
        """The stages of one run over this library."""
        options = RunOptions(
            run=run,
            decoding=captioner.fingerprint,
            policy=settings.caption_policy,
            write=settings.write,
            dry_run=dry_run,
            jobs=settings.jobs or min(8, os.cpu_count() or 1),
            batch_size=settings.batch_size,
        )
        return Stages(captioner, self.writer, self.index, self.journal, options)


def make_captioner(settings: Settings, decoding: "Decoding") -> LazyCaptioner:
    """The captioner of the chosen bundle, not loaded yet. Raises BundleError."""
    return LazyCaptioner(load_bundle(settings.bundle or DEFAULT_BUNDLE), settings, decoding)


def settings_for(root: Path | None) -> Settings:
    """The user's settings, overridden by the library's own. Raises RunError."""
    files = [user_config_file()] + ([library_config_file(root)] if root else [])
    return load_settings(files)


def library_root(path: Path) -> Path:
    """Root of the library that ``path`` belongs to: the nearest one at or above it, else the folder itself."""
    folder = _folder(path)
    return find_root(folder) or folder


def existing_root(path: Path) -> Path:
    """Root of the library at or above ``path``. Raises RunError where there is none."""
    root = find_root(_folder(path))
    if root is None:
        raise RunError(f"no library at {path} or above", "tag the folder first: tagger tag FOLDER")
    return root


def _folder(path: Path) -> Path:
    """The folder that is meant by, or holds, what ``path`` leads to."""
    real = Path(os.path.realpath(path))
    return real if os.path.isdir(real) else real.parent  # noqa: PTH112 - Path.is_dir raises where we may not look


@contextmanager
def open_library(
    root: Path, settings: Settings, *, create: bool = False, in_memory: bool = False
) -> Iterator[OpenLibrary]:
    """Open index and journal of a library.

    ``create`` makes them where they are missing; ``in_memory`` uses empty ones that leave nothing behind where
    there are none yet (for a dry run). Raises RunError.
    """
    library = Library(root)
    if create:
        library.create()
    index_file, journal_file = (
        _MEMORY if in_memory and not file.exists() else file for file in (library.index_file, library.journal_file)
    )
    writer = EmbeddedWriter(
        caption_policy=CaptionPolicy(settings.caption_policy), keep_time=settings.keep_time, version=tagger.__version__
    )
    with ExitStack() as stack:
        index = stack.enter_context(SqliteIndex(root, index_file))
        journal = stack.enter_context(SqliteJournal(root, journal_file))
        yield OpenLibrary(root, index, journal, writer)


def new_run_id() -> str:
    """Id of a run: when it began (local time) and four random hex digits."""
    return f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-{os.urandom(2).hex()}"

"""Settings -> wired objects: the only place that names concrete classes."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import tagger
from tagger import recovery
from tagger.applying import Applying, Elsewhere
from tagger.captioning.bundle import load_bundle
from tagger.config import Settings, library_config_file, load_settings, user_config_file
from tagger.core.errors import BundleError, RunError, StorageFull
from tagger.core.records import Outcome
from tagger.ignored import Ignored
from tagger.lazy import LazyCaptioner
from tagger.metadata.policy import CaptionPolicy, Hierarchical
from tagger.metadata.sidecar import SidecarName, SidecarPolicy
from tagger.metadata.writer import PhotoWriter
from tagger.results import Result
from tagger.run_options import RunOptions
from tagger.scan import look_below
from tagger.shards import Recording, local
from tagger.sidecar_news import SidecarNews
from tagger.stages import Stages, is_gone
from tagger.storage.database import discard, swap_in
from tagger.storage.index import SqliteIndex
from tagger.storage.journal import SqliteJournal
from tagger.storage.library import FOLDER_NAME, Library, find_root
from tagger.storage.lock import LibraryLock
from tagger.storage.text import RelativePaths

if TYPE_CHECKING:
    from tagger.captioning.captioner import Decoding

DEFAULT_BUNDLE = Path(__file__).parent / "bundles" / "default"
_MEMORY = Path(":memory:")
WAIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Claim:
    """A command that writes in a library, alone: how long (seconds) it waits for another one to be done.

    ``notify`` is told once whom it waits for; ``stopped`` ends the waiting.
    """

    command: str
    wait: float = WAIT_SECONDS
    notify: Callable[[str], object] = lambda _: None
    stopped: Callable[[], bool] = lambda: False

    def lock(self, library: Library) -> LibraryLock:
        """The lock to hold meanwhile."""
        return LibraryLock(library.lock_file, self.command, wait=self.wait, notify=self.notify, stopped=self.stopped)


@dataclass(frozen=True, slots=True)
class OpenLibrary:
    """One library with its databases open."""

    root: Path
    index: SqliteIndex
    journal: SqliteJournal
    writer: PhotoWriter

    def recover(self) -> Iterator[Outcome]:
        """Settle what a crash left unfinished: what every run does before anything else that writes."""
        return recovery.recover(self.writer, self.index, self.journal)

    def stages(
        self, captioner: LazyCaptioner, settings: Settings, *, run: str, dry_run: bool, terse: bool = False
    ) -> Stages:
        """The stages of one run over this library. Raises RunError where its vocabulary does not fit the bundle."""
        captioner = captioner.under(settings.tags)
        options = replace(
            _run_options(settings, run=run, dry_run=dry_run),
            unsure_below=captioner.unsure_below,
            decoding=captioner.fingerprint,
            vocabulary=captioner.vocabulary.fingerprint,
            terse=terse,
        )
        news = SidecarNews(self.journal, self.index.sidecar_looks, remember=not dry_run)
        return Stages(captioner, self.writer, self.index, self.journal, options, news=news)

    def applying(self, settings: Settings, *, run: str, dry_run: bool) -> Applying:
        """What takes the results of other machines into this library; needs no bundle."""
        options = replace(_run_options(settings, run=run, dry_run=dry_run), unsure_below=_unsure_below(settings))
        stages = Stages(Elsewhere(""), self.writer, self.index, self.journal, options)
        paths, ignored = RelativePaths(self.root), Ignored(self.root)
        return Applying(
            stages,
            place=lambda path: local(path, paths),
            look=lambda path: look_below(self.root, path, ignored),
        )


@contextmanager
def recording(
    root: Path, settings: Settings, captioner: LazyCaptioner, record: Callable[[Result], object]
) -> Iterator[Recording]:
    """The stages of a run that opens nothing of the library ``root``, and hands on what it finds. Raises RunError."""
    with SqliteIndex(root, _MEMORY) as index, SqliteJournal(root, _MEMORY) as journal:
        library = OpenLibrary(root, index, journal, make_writer(settings))
        stages = library.stages(captioner, settings, run="", dry_run=True)
        parts = {part.name: getattr(stages, part.name) for part in fields(stages)}
        yield Recording(**parts, paths=RelativePaths(root), record=record)


def _run_options(settings: Settings, *, run: str, dry_run: bool) -> RunOptions:
    return RunOptions(
        run=run,
        policy=_policy(settings),
        write=settings.write,
        dry_run=dry_run,
        review_below=settings.review_below or 0.0,
        jobs=settings.jobs or min(8, os.cpu_count() or 1),
        batch_size=settings.batch_size,
    )


def _unsure_below(settings: Settings) -> float:
    """What the chosen bundle says of captions that had better wait; 0 where it is not on this machine."""
    if settings.review_below is not None:
        return 0.0
    with suppress(BundleError):
        generation = load_bundle(settings.bundle or DEFAULT_BUNDLE).generation
        return generation.review_below.get(settings.quality, 0.0)
    return 0.0


def _policy(settings: Settings) -> str:
    """Everything besides caption and tags that shapes what is written into a photo."""
    parts: list[str] = [settings.caption_policy]
    if settings.tags.hierarchical != "auto":
        parts.append(settings.tags.hierarchical)
    if settings.sidecar != "auto":
        parts.append(f"sidecar={settings.sidecar}")
    if settings.hard_links != "sidecar":
        parts.append(f"hard_links={settings.hard_links}")
    if settings.review_below is not None:
        parts.append(f"review_below={settings.review_below:g}")
    return " ".join(parts)


def make_captioner(settings: Settings, decoding: "Decoding | None" = None, *, threads: int = 0) -> LazyCaptioner:
    """The captioner of the chosen bundle, on so many cores (0: all), not loaded yet. Raises BundleError.

    Without a ``decoding`` captions are searched for as the settings say.
    """
    if decoding is None:
        from tagger.captioning.captioner import Decoding

        decoding = Decoding(quality=settings.quality, beam_width=settings.beam_width or None)
    return LazyCaptioner(load_bundle(settings.bundle or DEFAULT_BUNDLE), settings, decoding, threads=threads)


def settings_for(root: Path | None) -> Settings:
    """The user's settings, overridden by the library's own. Raises RunError."""
    files = [user_config_file()] + ([library_config_file(root)] if root else [])
    return load_settings(files)


def library_root(path: Path) -> Path:
    """Root of the library that ``path`` belongs to: the nearest one at or above it, else the folder itself."""
    folder = _folder(path)
    return find_root(folder) or folder


def by_library(paths: Iterable[Path]) -> dict[Path, list[Path]]:
    """Paths by the library that they belong to, or that a run will make: then the outermost folder named."""
    roots = [(path, library_root(_anchor(path))) for path in paths]
    groups: dict[Path, list[Path]] = {}
    for path, root in roots:
        outer = [other for _, other in roots if root.is_relative_to(other)]
        new = not (root / FOLDER_NAME).is_dir()
        groups.setdefault(min(outer, key=lambda folder: len(folder.parts)) if new else root, []).append(path)
    return groups


def existing_root(path: Path) -> Path:
    """Root of the library at or above ``path``. Raises RunError where there is none."""
    root = find_root(_folder(path))
    if root is None:
        raise RunError(f"no library at {path} or above", "tag the folder first: tagger tag FOLDER")
    return root


def _anchor(path: Path) -> Path:
    """The nearest thing that exists at or above a path: a missing one, or a pattern, still has a library."""
    return next((part for part in (path, *path.absolute().parents) if not is_gone(part)), path)


def _folder(path: Path) -> Path:
    """The folder that is meant by, or holds, what ``path`` leads to."""
    real = Path(os.path.realpath(path))
    return real if os.path.isdir(real) else real.parent  # noqa: PTH112 - Path.is_dir raises where we may not look


def make_writer(settings: Settings) -> PhotoWriter:
    """The writer that does as the settings say."""
    return PhotoWriter(
        caption_policy=CaptionPolicy(settings.caption_policy),
        hierarchical=Hierarchical(settings.tags.hierarchical),
        keep_time=settings.keep_time,
        version=tagger.__version__,
        sidecar=SidecarPolicy(settings.sidecar),
        sidecar_name=SidecarName(settings.sidecar_name),
        hard_links=settings.hard_links == "replace",
    )


@contextmanager
def open_library(
    root: Path,
    settings: Settings,
    *,
    create: bool = False,
    in_memory: bool = False,
    reading: bool = False,
    claim: Claim | None = None,
) -> Iterator[OpenLibrary]:
    """Open index and journal of a library.

    ``create`` makes them where they are missing, and keeps the journal within its limits; ``in_memory`` uses empty
    ones that leave nothing behind where there are none yet (for a dry run). ``reading``: nothing will be written, so
    a read-only disk will do. Whoever writes has a ``claim``. Raises RunError.
    """
    library = Library(root)
    if create:
        library.create()
    index_file, journal_file = (
        _MEMORY if (in_memory or reading) and not file.exists() else file
        for file in (library.index_file, library.journal_file)
    )
    with ExitStack() as stack:
        if claim is not None and library.folder.is_dir():
            stack.enter_context(claim.lock(library))
        index = stack.enter_context(SqliteIndex(root, index_file, reading=reading))
        journal = stack.enter_context(SqliteJournal(root, journal_file, reading=reading))
        if create:
            with suppress(StorageFull):  # the run itself will say so, photo by photo
                journal.prune(
                    older_than=timedelta(days=settings.journal_days), keep_bytes=settings.journal_megabytes << 20
                )
        yield OpenLibrary(root, index, journal, make_writer(settings))


@dataclass(frozen=True, slots=True)
class Rebuilding:
    """A library whose index is being made anew in a file of its own: ``library`` has that one, ``old`` is the other.

    ``settings`` are those of a run with the settings of now.
    """

    library: OpenLibrary
    old: SqliteIndex | None
    settings: str

    def swap(self) -> None:
        """Put the new index in the place of the old one, which keeps what photos look like. Raises RunError."""
        if self.old is not None:
            with suppress(RunError):  # damaged: then it is found out again
                self.library.index.features.adopt(self.old.features)
        self.library.index.close()
        if self.old is not None:
            self.old.close()
        swap_in(Library(self.library.root).new_index_file, Library(self.library.root).index_file)


@contextmanager
def rebuilding_library(root: Path, settings: Settings, *, claim: Claim) -> Iterator[Rebuilding]:
    """Open a library with an empty new index; without ``swap`` nothing comes of it. Raises RunError."""
    files = Library(root)
    with ExitStack() as stack:
        stack.enter_context(claim.lock(files))
        discard(files.new_index_file)  # of a rebuild that was cut off
        stack.callback(discard, files.new_index_file)
        old = None
        if files.index_file.exists():
            with suppress(RunError):  # damaged: one more reason for a new one
                old = stack.enter_context(SqliteIndex(root, files.index_file))
        journal = stack.enter_context(SqliteJournal(root, files.journal_file))
        index = stack.enter_context(SqliteIndex(root, files.new_index_file))
        library = OpenLibrary(root, index, journal, make_writer(settings))
        captioner = make_captioner(settings)
        stages = library.stages(captioner, settings, run="", dry_run=True)
        yield Rebuilding(library, old, stages.options.settings)


def new_run_id() -> str:
    """Id of a run: when it began (local time) and four random hex digits."""
    return f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-{os.urandom(2).hex()}"

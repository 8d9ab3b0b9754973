"""Libraries opened for a while, with their settings and model: what ``tagger tag`` does once, a watcher does often.

Nothing of a library stays open in between: a drive can be removed, another command can write or swap the index.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagger import bootstrap
from tagger.config import Settings
from tagger.core.records import Outcome
from tagger.stages import Stages

if TYPE_CHECKING:
    from tagger.bootstrap import OpenLibrary
    from tagger.lazy import LazyCaptioner

_WAIT_SECONDS = 2.0  # for another command that writes; a watcher has time and tries again


@dataclass(frozen=True, slots=True)
class Bench:
    """A library that is open and claimed, the stages of a run over it, and what recovery found."""

    library: "OpenLibrary"
    stages: Stages
    recovered: tuple[Outcome, ...]


class Workshop:
    """Settings and models of all libraries that are watched; ``overrides`` are settings of the command line."""

    def __init__(self, overrides: Mapping[str, Any]) -> None:
        self._overrides = dict(overrides)
        self._settings: dict[Path, Settings] = {}
        self._captioners: dict[tuple[object, ...], LazyCaptioner] = {}
        self._created: set[Path] = set()

    def check(self, roots: list[Path]) -> None:
        """Read settings and bundles of these libraries. Raises RunError, BundleError for what cannot be used."""
        for root in roots:
            self._captioner(self._of(root))

    def reload(self) -> None:
        """Read all settings again. Raises RunError, BundleError: then those of before stay."""
        before = self._settings, self._captioners
        self._settings, self._captioners = {}, {}
        try:
            self.check(list(before[0]))
        except Exception:
            self._settings, self._captioners = before
            raise
        # A model that is loaded serves on where its settings are what they were.
        self._captioners |= {key: before[1][key] for key in self._captioners.keys() & before[1].keys()}

    @property
    def model(self) -> str:
        """The models, as recorded in photos."""
        return ", ".join(sorted({captioner.model_id for captioner in self._captioners.values()}))

    @property
    def provider(self) -> str:
        """Where the models run; empty while none is loaded."""
        return ", ".join(sorted({captioner.provider for captioner in self._captioners.values()} - {""}))

    @contextmanager
    def open(self, root: Path, *, run: str, stopped: Callable[[], bool]) -> Iterator[Bench]:
        """Open a library to write in it, alone. Raises RunError, also where another command writes in it."""
        settings = self._of(root)
        captioner = self._captioner(settings)
        claim = bootstrap.Claim("watch", _WAIT_SECONDS, stopped=stopped)
        with bootstrap.open_library(root, settings, create=root not in self._created, claim=claim) as library:
            self._created.add(root)
            recovered = tuple(library.recover())
            yield Bench(library, library.stages(captioner, settings, run=run, dry_run=False), recovered)

    def _of(self, root: Path) -> Settings:
        if root not in self._settings:
            self._settings[root] = bootstrap.settings_for(root).replace(**self._overrides)
        return self._settings[root]

    def _captioner(self, settings: Settings) -> "LazyCaptioner":
        wanted = (settings.bundle, settings.device, settings.quality, settings.beam_width, settings.review_below)
        if wanted not in self._captioners:
            self._captioners[wanted] = bootstrap.make_captioner(settings)
        return self._captioners[wanted]

"""Bundles as people name them: by their place, or by their name in the folder for models."""

from collections.abc import Iterator
from pathlib import Path

from tagger import bootstrap
from tagger.config import user_models_folder
from tagger.core.errors import RunError

SUFFIX = ".taggerbundle"


def named_bundle(named: Path) -> Path:
    """Where the bundle is that somebody means; ``default`` is the embedded one, where nothing else is called so."""
    if named.exists() or len(named.parts) != 1:
        return named
    kept = user_models_folder() / named
    found = next((path for path in (kept, kept.with_name(kept.name + SUFFIX)) if path.exists()), None)
    return found or (bootstrap.DEFAULT_BUNDLE if str(named) == "default" else named)


def known_bundles(folder: Path, used: Path | None) -> Iterator[Path]:
    """The embedded bundle, those in ``folder`` by name, and the one that is used where it is elsewhere.

    Raises RunError for a folder that cannot be read.
    """
    try:
        inside = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        inside = []
    except OSError as error:
        raise RunError(f"cannot read {folder}: {error.strerror}") from error
    sources = [bootstrap.DEFAULT_BUNDLE, *(path for path in inside if path.is_dir() or path.suffix == SUFFIX)]
    yield from sources
    if used is not None and not any(same(used, source) for source in sources):
        yield used


def same(one: Path, other: Path) -> bool:
    """Whether two names lead to one place."""
    return one.resolve() == other.resolve()

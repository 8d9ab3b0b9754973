"""A settings file that somebody edits: comments, order and what we do not know stay. Knows no widget.

Keys are those of ``tagger.config.Settings``; one in the table ``[tags]`` is written ``tags.max``. What a value may be
is tagger.config's to say, and what fits the model is the vocabulary's: ``save`` asks both before it writes.
"""

import os
import shutil
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from tagger.bootstrap import DEFAULT_BUNDLE
from tagger.captioning.bundle import load_bundle
from tagger.captioning.tags import load_labels
from tagger.captioning.vocabulary import Vocabulary
from tagger.config import Settings, load_settings
from tagger.core.errors import RunError

_BOM = "\N{BYTE ORDER MARK}"


class SettingsFile:
    """One TOML file, which need not be there yet; ``below`` are the files that it overrides, the first one lowest.

    Raises RunError where the file, or one below, cannot be read.
    """

    def __init__(self, file: Path, below: Sequence[Path] = ()) -> None:
        self.file, self._below = file, tuple(below)
        self._inherited = load_settings(self._below)
        self._before = _read(file)
        try:
            text = (self._before or b"").decode("utf-8-sig")
            self._document = tomlkit.parse(text)
        except (UnicodeDecodeError, TOMLKitError) as error:
            raise RunError(f"{file} is not valid TOML: {error}", "correct it in a text editor") from error
        self._text = tomlkit.dumps(self._document)

    @property
    def is_changed(self) -> bool:
        """Whether ``save`` has something to write."""
        return tomlkit.dumps(self._document) != self._text

    def has(self, key: str) -> bool:
        """Whether the key stands in this file."""
        table, name = self._place(key)
        return table is not None and name in table

    def value(self, key: str) -> Any:
        """What holds: the file's own value, else what the files below say, else the default.

        Lists are lists, tables are dicts; of a table only this file's own entries, which come over those below.
        """
        table, name = self._place(key)
        if table is None or name not in table:
            inherited = self.inherited(key)
            return {} if isinstance(inherited, dict) else inherited
        own = table[name]
        return own.unwrap() if hasattr(own, "unwrap") else own

    def inherited(self, key: str) -> Any:
        """What holds where this file does not say anything."""
        name = key.removeprefix("tags.")
        value = getattr(self._inherited if name == key else self._inherited.tags, name)
        if isinstance(value, Mapping):
            return {entry: _plain(of) for entry, of in value.items()}
        return _plain(value)

    def set(self, key: str, value: Any) -> None:
        """Put a value into this file, unless it holds already; a table is changed entry by entry."""
        if value == self.value(key):
            return
        table, name = self._place(key, make=True)
        if isinstance(value, dict):
            _set_table(table, name, value)
        elif table is not None:
            table[name] = value

    def unset(self, key: str) -> None:
        """Take a key out of this file."""
        table, name = self._place(key)
        if table is not None and name in table:
            del table[name]

    def save(self) -> None:
        """Write the file, whole or not at all. Raises RunError where a value is not allowed or it cannot be written."""
        if not self.is_changed:
            return
        text = tomlkit.dumps(self._document)
        bom = _BOM if (self._before or b"").startswith(_BOM.encode()) else ""
        content = (bom + text).encode()
        target = Path(os.path.realpath(self.file))
        if _read(self.file) != self._before:
            raise RunError(f"{self.file} was changed meanwhile by another program", "open the settings again")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            number, name = tempfile.mkstemp(prefix=".tagger-", suffix=".toml", dir=target.parent)
        except OSError as error:
            raise RunError(f"cannot write {self.file}: {error.strerror}") from error
        candidate = Path(name)
        try:
            with os.fdopen(number, "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            self._check(candidate)
            with suppress(FileNotFoundError):
                shutil.copymode(target, candidate)
            candidate.replace(target)
        except OSError as error:
            raise RunError(f"cannot write {self.file}: {error.strerror}") from error
        finally:
            candidate.unlink(missing_ok=True)
        self._before, self._text = content, text

    def _check(self, candidate: Path) -> None:
        """Raise RunError where the settings of now, in ``candidate``, cannot be used."""
        try:
            check(load_settings([*self._below, candidate]))
        except RunError as error:
            raise RunError(
                *(part.replace(str(candidate), str(self.file)) for part in (error.cause, error.hint))
            ) from error

    def _place(self, key: str, *, make: bool = False) -> tuple[Any, str]:
        """The table that a key belongs into, None where there is none, and its name there."""
        name = key.removeprefix("tags.")
        if name == key:
            return self._document, key
        if "tags" not in self._document and make:
            self._document["tags"] = tomlkit.table()
        table = self._document.get("tags")
        return (table if isinstance(table, dict) else None), name


def check(settings: Settings) -> None:
    """Raise BundleError or RunError where the model is none, or the rules for tags do not fit it."""
    bundle = load_bundle(settings.bundle or DEFAULT_BUNDLE)
    Vocabulary(load_labels(bundle), settings.tags, bundle=bundle.model_id)


def _read(file: Path) -> bytes | None:
    """The content; None where there is no such file. Raises RunError."""
    try:
        content = file.read_bytes()
        tomllib.loads(content.decode("utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise RunError(f"cannot read {file}: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RunError(f"{file} is not valid TOML: {error}", "correct it in a text editor") from error
    return content


def _set_table(table: Any, name: str, entries: Mapping[str, Any]) -> None:
    """Make the table ``name`` in ``table`` hold these entries; those that are the same keep their comments."""
    if table is None:
        return
    if not entries:
        table.pop(name, None)
        return
    if not isinstance(table.get(name), dict):
        table[name] = tomlkit.table()
    own = table[name]
    for gone in [entry for entry in own if entry not in entries]:
        del own[gone]
    for entry, value in entries.items():
        if entry not in own or own[entry] != value:
            own[entry] = value


def _plain(value: Any) -> Any:
    """A value of Settings as it stands in TOML."""
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, Path) else value

"""Settings: what the user chose, from TOML files. Knows names, types and ranges; not what a setting does."""

import difflib
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, Self, get_args

from tagger.captioning.names import Case, clean_name, fold_name
from tagger.captioning.quality import Quality
from tagger.captioning.vocabulary import Hierarchical, TagRules
from tagger.captioning.wording import CaptionStyle
from tagger.core.errors import RunError

CaptionPolicy = Literal["keep", "replace", "append"]
Device = Literal["auto", "cpu", "cuda"]
SidecarPolicy = Literal["auto", "always", "never"]
SidecarName = Literal["ext", "stem"]
HardLinks = Literal["sidecar", "replace"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the user chose. Raises RunError for a value that is not allowed.

    ``caption_policy``: what happens to a caption that a person wrote. ``write``: into the photos, or only into the
    index. ``keep_time``: leave the photo's modification time as it was. ``bundle``: a model's folder, None for the
    embedded one. ``batch_size``: photos captioned at once. ``jobs``: threads that read photos, 0 for as many as
    suit the machine. ``quality``: how much trouble is taken over a caption. ``beam_width``: sentences weighed side by
    side, 0 for the bundle's own choice.
    ``sidecar``: an XMP file beside the photo where the photo itself cannot hold our words (and where there is one
    already), for every photo, or never. ``sidecar_name``: a new one is called ``photo.jpg.xmp`` or ``photo.xmp``.
    ``hard_links``: a photo with several names gets a sidecar, or is replaced, which separates the names.
    ``caption_style``: as the bundle says, with a capital, all in lower case, or with a full stop too. ``neutral``:
    people are named without gender.
    ``review_below``: captions with a lower score (0 to 1) wait for a person; None: as the bundle says.
    ``journal_days``, ``journal_megabytes``: undo is kept at most this long, and in at most this much space.
    ``tags``: which tags are written, and under which words.
    """

    caption_policy: CaptionPolicy = "keep"
    write: bool = True
    keep_time: bool = False
    bundle: Path | None = None
    device: Device = "auto"
    batch_size: int = 8
    jobs: int = 0
    quality: Quality = "default"
    beam_width: int = 0
    sidecar: SidecarPolicy = "auto"
    sidecar_name: SidecarName = "ext"
    hard_links: HardLinks = "sidecar"
    caption_style: CaptionStyle = "as-is"
    neutral: bool = False
    review_below: float | None = None
    journal_days: int = 365
    journal_megabytes: int = 1024
    tags: TagRules = field(default_factory=TagRules)

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            allowed = _allowed(item.name, value)
            if allowed:
                raise RunError(f"{item.name} = {_shown(value)} is not allowed", f"{item.name} is {allowed}")

    def replace(self, **overrides: Any) -> Self:
        """A copy with these settings; None leaves a setting as it is. Raises RunError like the constructor."""
        return replace(self, **{name: value for name, value in overrides.items() if value is not None})


_CHOICES: dict[str, tuple[str, ...]] = {
    "caption_policy": get_args(CaptionPolicy),
    "device": get_args(Device),
    "sidecar": get_args(SidecarPolicy),
    "sidecar_name": get_args(SidecarName),
    "hard_links": get_args(HardLinks),
    "caption_style": get_args(CaptionStyle),
    "quality": get_args(Quality),
}
_RANGES = {
    "batch_size": (1, 1024),
    "jobs": (0, 256),
    "beam_width": (0, 64),
    "journal_days": (1, 36500),
    "journal_megabytes": (1, 1_000_000),
}


def _allowed(name: str, value: object) -> str:
    """What ``name`` may be, in words, when ``value`` is not that; empty when it is."""
    if name in _CHOICES:
        choices = _CHOICES[name]
        return "" if value in choices else "one of " + ", ".join(f'"{choice}"' for choice in choices)
    if name in _RANGES:
        low, high = _RANGES[name]
        good = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return "" if good else f"a whole number from {low} to {high}"
    if name == "review_below":
        good = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
        return "" if good or value is None else "a number from 0 to 1"
    if name == "bundle":
        return "" if value is None or isinstance(value, Path) else "the path of a folder"
    if name == "tags":
        return "" if isinstance(value, TagRules) else "a table: [tags]"
    return "" if isinstance(value, bool) else "true or false"


def _shown(value: object) -> str:
    """``value`` as it would stand in TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def load_settings(files: Sequence[Path]) -> Settings:
    """Read TOML files in order, a later one overriding an earlier one; a file that is not there is fine.

    Of a table in ``tags`` each entry is overridden by itself; a list is replaced as a whole. A relative ``bundle`` is
    relative to the folder of its file. Raises RunError that names file and key.
    """
    settings = Settings()
    for file in files:
        try:
            values = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise RunError(f"cannot read {file}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise RunError(f"{file} is not text in UTF-8", "save it as UTF-8") from error
        except tomllib.TOMLDecodeError as error:
            raise RunError(f"{file} is not valid TOML: {error}", 'a line looks like: device = "cpu"') from error
        settings = replace(settings, **_checked(file, values, settings))
    return settings


def _checked(file: Path, values: Mapping[str, Any], before: Settings) -> dict[str, Any]:
    """``values`` of ``file`` as fields of Settings; ``before`` is what earlier files say."""
    names = [item.name for item in fields(Settings)]
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name not in names:
            raise _unknown(file, name, names)
        if name == "tags" and isinstance(value, dict):
            checked[name] = _tags(file, value, before.tags)
            continue
        if name == "bundle" and isinstance(value, str) and value and "\0" not in value:
            checked[name] = _path(file, value)
            continue
        allowed = _allowed(name, value)
        if allowed:
            raise _not_allowed(file, name, value, allowed, _CHOICES.get(name, ()))
        checked[name] = value
    return checked


def _tags(file: Path, table: Mapping[str, Any], before: TagRules) -> TagRules:
    """The rules of ``before``, overridden by a table ``[tags]`` of ``file``."""
    names = [item.name for item in fields(TagRules) if item.name != "origins"]
    checked: dict[str, Any] = {}
    origins = dict(before.origins)
    for key, value in table.items():
        if key not in names:
            raise _unknown(file, key, names, table="tags.")
        if key not in _TAG_TABLES:
            checked[key], origins[key] = _tag_value(file, f"tags.{key}", value, _TAG_VALUES[key]), file
            continue
        if not isinstance(value, dict):
            raise _not_allowed(file, f"tags.{key}", value, f"a table: [tags.{key}]")
        entries, in_file = dict(getattr(before, key)), set()
        for written, entry in value.items():
            name = _tag_value(file, f"a name in tags.{key}", written, _NAME if key == "thresholds" else _WORD)
            folded = fold_name(name)
            if folded in in_file:
                raise RunError(f'{file}: tags.{key} has "{name}" twice', "upper and lower case do not matter")
            in_file.add(folded)
            entries = {other: kept for other, kept in entries.items() if fold_name(other) != folded}
            entries[name] = _tag_value(file, f'tags.{key}."{name}"', entry, _TAG_TABLES[key])
            origins[f"{key}.{folded}"] = file
        checked[key] = entries
    return replace(before, **checked, origins=origins)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a setting may be: ``keep`` makes the value that is kept, or raises ValueError; ``allowed`` says it."""

    keep: Callable[[Any], object]
    allowed: str
    choices: tuple[str, ...] = ()


def _tag_value(file: Path, name: str, value: object, kind: _Kind) -> Any:
    try:
        return kind.keep(value)
    except ValueError:
        raise _not_allowed(file, name, value, kind.allowed, kind.choices) from None


def _one_of(choices: tuple[str, ...]) -> _Kind:
    def keep(value: object) -> object:
        return _require(value, value in choices)

    return _Kind(keep, "one of " + ", ".join(f'"{choice}"' for choice in choices), choices)


def _require(value: Any, holds: object) -> Any:
    if not holds:
        raise ValueError
    return value


def _text(value: object, forbidden: str = ";") -> str:
    text: str = _require(value, isinstance(value, str))
    return text if text.isprintable() and not set(forbidden) & set(text) else _require(text, False)


def _name(value: object) -> str:
    return str(_require(name := clean_name(_text(value)), name))


def _word(value: object) -> str:
    return str(_require(word := clean_name(_text(value, ";*")), word))


def _share(value: object) -> float:
    return float(_require(value, isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1))


def _count(value: object) -> int:
    return int(_require(value, isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1000))


def _flag(value: object) -> bool:
    return bool(_require(value, isinstance(value, bool)))


def _list_of(item: Callable[[object], str]) -> Callable[[Any], tuple[str, ...]]:
    return lambda value: tuple(dict.fromkeys(item(entry) for entry in _require(value, isinstance(value, list))))


_NAME = _Kind(_name, "text on one line, without ;")
_WORD = _Kind(_word, "text on one line, without ; and *")
_SHARE = _Kind(_share, "a number from 0 to 1")
_TAG_TABLES = {
    "synonyms": _WORD,
    "hierarchy": _Kind(_list_of(_word), 'a list of words, such as ["pet", "animal"]'),
    "thresholds": _SHARE,
}
_TAG_VALUES = {
    "allow": _Kind(_list_of(_name), 'a list of names, such as ["dog", "winter*"]'),
    "deny": _Kind(_list_of(_name), 'a list of names, such as ["dog", "winter*"]'),
    "write_parents": _Kind(_flag, "true or false"),
    "hierarchical": _one_of(get_args(Hierarchical)),
    "max": _Kind(_count, "a whole number from 0 (all) to 1000"),
    "min_score": _SHARE,
    "prefix": _Kind(_text, "text on one line, without ;"),
    "suffix": _Kind(_text, "text on one line, without ;"),
    "case": _one_of(get_args(Case)),
}


def _unknown(file: Path, name: str, names: Sequence[str], *, table: str = "") -> RunError:
    close = difflib.get_close_matches(name.replace("-", "_"), names, n=1)
    known = ", ".join(f"{table}{known}" for known in names)
    hint = f"did you mean {table}{close[0]}?" if close else f"there are {known}"
    return RunError(f"{file}: unknown setting {table}{name}", hint)


def _not_allowed(file: Path, name: str, value: object, allowed: str, choices: Sequence[str] = ()) -> RunError:
    close = difflib.get_close_matches(str(value), choices, n=1)
    meant = f'did you mean "{close[0]}"? ' if close else ""
    return RunError(f"{file}: {name} = {_shown(value)} is not allowed", f"{meant}{name} is {allowed}")


def _path(file: Path, value: str) -> Path:
    try:
        path = Path(value).expanduser()
    except RuntimeError as error:  # no such user
        raise RunError(f'{file}: bundle = "{value}": {error}', "write the path in full") from error
    return file.absolute().parent / path


def user_config_file() -> Path:
    """The user's own settings; the library's are in ``.tagger/tagger.toml`` below its root."""
    import platformdirs

    return platformdirs.user_config_path("tagger", appauthor=False) / "tagger.toml"


def user_models_folder() -> Path:
    """Where bundles that were taken in are kept: below the user's folder for programs' files."""
    import platformdirs

    return platformdirs.user_data_path("tagger", appauthor=False) / "models"


def library_config_file(root: Path) -> Path:
    """The settings of the library with this root."""
    return root / ".tagger" / "tagger.toml"

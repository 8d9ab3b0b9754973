"""Settings: what the user chose, from TOML files. Knows names, types and ranges; not what a setting does."""

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, Self, get_args

from tagger.core.errors import RunError

CaptionPolicy = Literal["keep", "replace", "append"]
Device = Literal["auto", "cpu", "cuda"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the user chose. Raises RunError for a value that is not allowed.

    ``caption_policy``: what happens to a caption that a person wrote. ``write``: into the photos, or only into the
    index. ``keep_time``: leave the photo's modification time as it was. ``bundle``: a model's folder, None for the
    embedded one. ``batch_size``: photos captioned at once. ``jobs``: threads that read photos, 0 for as many as
    suit the machine. ``beam_width``: sentences weighed side by side, 0 for the bundle's own choice.
    """

    caption_policy: CaptionPolicy = "keep"
    write: bool = True
    keep_time: bool = False
    bundle: Path | None = None
    device: Device = "auto"
    batch_size: int = 16
    jobs: int = 0
    beam_width: int = 0

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            allowed = _allowed(item.name, value)
            if allowed:
                raise RunError(f"{item.name} = {_shown(value)} is not allowed", f"{item.name} is {allowed}")

    def replace(self, **overrides: Any) -> Self:
        """A copy with these settings; None leaves a setting as it is. Raises RunError like the constructor."""
        return replace(self, **{name: value for name, value in overrides.items() if value is not None})


_CHOICES: dict[str, tuple[str, ...]] = {"caption_policy": get_args(CaptionPolicy), "device": get_args(Device)}
_RANGES = {"batch_size": (1, 1024), "jobs": (0, 256), "beam_width": (0, 64)}


def _allowed(name: str, value: object) -> str:
    """What ``name`` may be, in words, when ``value`` is not that; empty when it is."""
    if name in _CHOICES:
        choices = _CHOICES[name]
        return "" if value in choices else "one of " + ", ".join(f'"{choice}"' for choice in choices)
    if name in _RANGES:
        low, high = _RANGES[name]
        good = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return "" if good else f"a whole number from {low} to {high}"
    if name == "bundle":
        return "" if value is None or isinstance(value, Path) else "the path of a folder"
    return "" if isinstance(value, bool) else "true or false"


def _shown(value: object) -> str:
    """``value`` as it would stand in TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def load_settings(files: Sequence[Path]) -> Settings:
    """Read TOML files in order, a later one overriding an earlier one; a file that is not there is fine.

    A relative ``bundle`` is relative to the folder of its file. Raises RunError that names file and key.
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
        settings = replace(settings, **_checked(file, values))
    return settings


def _checked(file: Path, values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` of ``file`` as fields of Settings."""
    names = [item.name for item in fields(Settings)]
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name not in names:
            close = difflib.get_close_matches(name.replace("-", "_"), names, n=1)
            hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(names)}"
            raise RunError(f"{file}: unknown setting {name}", hint)
        if name == "bundle" and isinstance(value, str) and value and "\0" not in value:
            checked[name] = _path(file, value)
            continue
        allowed = _allowed(name, value)
        if allowed:
            choices = difflib.get_close_matches(str(value), _CHOICES.get(name, ()), n=1)
            meant = f'did you mean "{choices[0]}"? ' if choices else ""
            raise RunError(f"{file}: {name} = {_shown(value)} is not allowed", f"{meant}{name} is {allowed}")
        checked[name] = value
    return checked


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


def library_config_file(root: Path) -> Path:
    """The settings of the library with this root."""
    return root / ".tagger" / "tagger.toml"

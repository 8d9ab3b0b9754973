"""The program among the programs of a Linux desktop: a menu entry, on whose icon photos and folders can be dropped.

Source: https://specifications.freedesktop.org/desktop-entry-spec/latest/ and its base directory specification. Two
files in the user's own folder, nothing else; Windows and macOS keep such entries elsewhere.
"""

import os
import sys
from pathlib import Path

from tagger.core.errors import RunError

NAME = "tagger"
"""Of both files, and what the window tells the desktop that it belongs to."""

_ACCENT = "#1f5fbf"
_TYPES = (
    "image/jpeg", "image/png", "image/webp", "image/tiff", "image/heic", "image/heif", "image/avif", "inode/directory",
)  # fmt: skip
_COMMENTS = {
    "": "Captions and tags for photos, on your own computer",
    "de": "Beschreibungen und Stichwörter für Fotos, auf dem eigenen Rechner",
    "fr": "Légendes et mots-clés pour vos photos, sur votre ordinateur",
    "es": "Descripciones y etiquetas para fotos, en su propio ordenador",
    "zh_CN": "在您自己的电脑上为照片添加说明和标签",
}


def add_to_menu() -> list[Path]:
    """Write the entry and its icon, over those of before; returns both. Raises RunError."""
    program = Path(sys.executable).with_name("tagger-gui")
    if not program.is_file():
        raise RunError(f"{program} is not there", "install tagger with pip into this Python")
    entry, picture = _places()
    try:
        for path, text in ((picture, _svg()), (entry, _entry(program))):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RunError(f"{error.filename}: {error.strerror}", "the menu entry belongs into your own folder") from error
    return [entry, picture]


def remove_from_menu() -> list[Path]:
    """Remove what ``add_to_menu`` wrote; returns what was there. Raises RunError."""
    there = [path for path in _places() if path.is_file()]
    try:
        for path in there:
            path.unlink()
    except OSError as error:
        raise RunError(f"{error.filename}: {error.strerror}", "remove the file by hand") from error
    return there


def _places() -> tuple[Path, Path]:
    if not sys.platform.startswith("linux"):
        raise RunError("menu entries of this kind are Linux's", "start tagger-gui, or make a link to it")
    named = os.environ.get("XDG_DATA_HOME", "")
    shared = Path(named) if Path(named).is_absolute() else Path.home() / ".local/share"
    return shared / "applications" / f"{NAME}.desktop", shared / "icons/hicolor/scalable/apps" / f"{NAME}.svg"


def _entry(program: Path) -> str:
    comments = [f"Comment{f'[{code}]' if code else ''}={text}" for code, text in _COMMENTS.items()]
    lines = [
        "[Desktop Entry]", "Type=Application", f"Name={NAME}", *comments, f"Exec={_quoted(program)} %F",
        f"Icon={NAME}", "Terminal=false", "Categories=Graphics;Photography;", f"MimeType={';'.join(_TYPES)};",
        f"StartupWMClass={NAME}",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _quoted(program: Path) -> str:
    """A program in the way of the key Exec: quoted, then escaped as every value is, and no field code."""
    text = str(program)
    for letter in ("\\", '"', "`", "$"):
        text = text.replace(letter, "\\" + letter)
    return '"' + text.replace("\\", "\\\\").replace("%", "%%") + '"'


def _svg() -> str:
    """The program's icon as an SVG picture."""
    from tagger_gui.icons import DRAWINGS

    shapes, path, words = [], [], iter(DRAWINGS["app"].split())
    for word in words:
        if word == "B":
            x, y, width, height, radius = (next(words) for _ in range(5))
            shapes.append(f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}"/>')
        elif word == "O":
            x, y, radius = (next(words) for _ in range(3))
            shapes.append(f'<circle cx="{x}" cy="{y}" r="{radius}"/>')
        else:
            path.append(word)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="' + _ACCENT + '"'
        ' stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round">'
        + "".join(shapes)
        + f'<path d="{" ".join(path)}"/></svg>\n'
    )

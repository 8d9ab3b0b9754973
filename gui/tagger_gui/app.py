"""``tagger gui`` and ``tagger-gui``: the desktop program on the command line. Loads Qt only to open a window."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tagger.cli.main import make_parser
from tagger.cli.output import complain
from tagger.core.errors import RunError, TaggerError

_LIBRARIES = "on Debian and Ubuntu: apt install libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the desktop program; returns the exit code."""
    options = _parser().parse_args(list(sys.argv[1:] if arguments is None else arguments))
    try:
        if options.add_to_menu or options.remove_from_menu:
            return _change_menu(add=options.add_to_menu)
        _require_screen()
        try:
            from tagger_gui.program import run
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "PySide6":
                raise
            raise RunError("Qt is not installed", "pip install 'tagger-photos[gui]'") from error
        except ImportError as error:
            raise RunError(f"Qt cannot start: {error}", _LIBRARIES) from error
        return run([Path(path).absolute() for path in options.paths], theme=options.theme)
    except TaggerError as error:
        complain(str(error))
        return 2


def _change_menu(*, add: bool) -> int:
    from tagger_gui.menu_entry import add_to_menu, remove_from_menu

    changed = add_to_menu() if add else remove_from_menu()
    for path in changed:
        print(f"{'wrote' if add else 'removed'} {path}")
    if not changed:
        print("there was no menu entry")
    return 0


def _require_screen() -> None:
    """Raise RunError where Qt would end the program because there is no screen."""
    named = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    if sys.platform.startswith("linux") and not named:
        raise RunError("there is no screen to open a window on", "tagger tag does the same on the command line")


def _parser() -> argparse.ArgumentParser:
    parser = make_parser(
        "gui", "The desktop program. Photos and folders that are named are captioned at once, as if dropped on it."
    )
    parser.add_argument("paths", metavar="PATH", nargs="*", help="photos or folders")
    parser.add_argument(
        "--theme", choices=("auto", "light", "dark"), help="colours (default: as chosen in the View menu)"
    )
    menu = parser.add_mutually_exclusive_group()
    menu.add_argument(
        "--add-to-menu", action="store_true", help="Linux: a menu entry, on whose icon photos can be dropped; then end"
    )
    menu.add_argument("--remove-from-menu", action="store_true", help="take the menu entry away again; then end")
    return parser

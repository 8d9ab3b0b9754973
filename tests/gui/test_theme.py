"""Colours that can be read, in both modes, and icons that can be seen."""

from itertools import product

import pytest
from PySide6.QtWidgets import QApplication
from tagger_gui import icons, theme
from tagger_gui.theme import DARK, LIGHT, Colours

MODES = pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
GROUNDS = ("window", "surface", "sunken", "hover", "selection")
INKS = ("text", "muted", "accent", "success", "warning", "danger", "info")


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.1, relative luminance and contrast ratio."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@MODES
def test_every_text_colour_meets_aa_on_every_ground(colours: Colours) -> None:
    found = {
        (ink, ground): contrast(getattr(colours, ink), getattr(colours, ground))
        for ink, ground in product(INKS, GROUNDS)
    }
    assert not {pair: ratio for pair, ratio in found.items() if ratio < 4.5}
    assert contrast(colours.on_accent, colours.accent) >= 4.5
    assert contrast(colours.on_accent, colours.accent_hover) >= 4.5


@MODES
def test_the_focus_ring_stands_out(colours: Colours) -> None:
    assert contrast(colours.accent, colours.surface) >= 3
    assert contrast(colours.accent, colours.window) >= 3


@MODES
def test_the_style_sheet_is_complete(colours: Colours) -> None:
    assert "@" not in theme.style_sheet(colours)


def test_the_whole_program_changes_its_mode(qapp: QApplication) -> None:
    for dark in (True, False):
        theme.apply_theme(qapp, dark=dark)
        assert theme.is_dark() is dark
        assert theme.colours_of() is (DARK if dark else LIGHT)


@pytest.mark.parametrize(("name", "dark"), [("light", False), ("dark", True)])
def test_a_mode_by_its_name(qapp: QApplication, name: str, dark: bool) -> None:
    theme.apply_named(qapp, name)
    assert theme.is_dark() is dark


@pytest.mark.parametrize("name", icons.DRAWINGS)
def test_every_icon_draws_something_in_the_colour_of_the_mode(qapp: QApplication, name: str) -> None:
    seen = []
    for dark in (False, True):
        theme.apply_theme(qapp, dark=dark)
        image = icons.icon(name).pixmap(48, 48).toImage()
        inks = {
            image.pixelColor(x, y).name()
            for x, y in product(range(48), range(48))
            if image.pixelColor(x, y).alpha() > 250
        }
        assert inks
        seen.append(inks)
    assert seen[0] != seen[1]


def test_an_unknown_letter_in_a_drawing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="unknown letter Q"):
        icons.outline("M 1 1 Q 2 2")

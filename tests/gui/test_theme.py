"""Colours that can be read, in both modes, and icons that can be seen."""

import re
from itertools import product

import pytest
from PySide6.QtGui import QPalette
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


def pairs_of(sheet: str) -> dict[str, tuple[str, str]]:
    """Colour and ground of each rule that has both; what is disabled need not be read (WCAG 1.4.3)."""
    found = {}
    for names, body in re.findall(r"([^{}]+){([^{}]*)}", sheet):
        parts = dict(part.strip().split(": ", 1) for part in body.replace("\n", " ").split(";") if ": " in part)
        ink, ground = parts.get("color", ""), parts.get("background", "")
        if ink.startswith("#") and ground.startswith("#") and ":disabled" not in names:
            found[names.strip()] = (ink, ground)
    return found


@MODES
def test_every_rule_of_the_style_sheet_meets_aa(colours: Colours) -> None:
    found = pairs_of(theme.style_sheet(colours))
    assert len(found) >= 6
    assert not {names: pair for names, pair in found.items() if contrast(*pair) < 4.5}


@MODES
def test_every_pair_of_qts_own_palette_meets_aa(qapp: QApplication, colours: Colours) -> None:
    palette, roles = theme.palette_of(colours), QPalette.ColorRole
    pairs = (
        (roles.WindowText, roles.Window),
        (roles.Text, roles.Base),
        (roles.Text, roles.AlternateBase),
        (roles.PlaceholderText, roles.Base),
        (roles.ButtonText, roles.Button),
        (roles.HighlightedText, roles.Highlight),
        (roles.ToolTipText, roles.ToolTipBase),
        (roles.Link, roles.Window),
        (roles.Link, roles.Base),
        (roles.BrightText, roles.Window),
    )
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
        for ink, ground in pairs:
            names = [palette.color(group, role).name() for role in (ink, ground)]
            assert contrast(*names) >= 4.5, (group, ink, ground, names)


@MODES
def test_what_one_types_into_or_drags_has_an_edge(colours: Colours) -> None:
    """WCAG 2.1, 1.4.11: 3 to 1 for what is needed to see a field, and for marks."""
    for ground in ("surface", "window", "sunken", "hover"):
        assert contrast(colours.edge, getattr(colours, ground)) >= 3, ground
    sheet = theme.style_sheet(colours)
    for names in ("QLineEdit, QTextEdit", "QSlider::groove", "QScrollBar::handle {"):
        assert colours.edge in sheet[sheet.index(names) :].partition("}")[0], names


@MODES
def test_badges_can_be_told_by_their_marks(colours: Colours) -> None:
    for name in theme.STATE_COLOURS.values():
        assert contrast(colours.surface, getattr(colours, name)) >= 3, name


@MODES
def test_the_veil_can_be_read_over_any_photo(colours: Colours) -> None:
    alpha = 235 / 255
    for below in (0, 255):
        parts = [int(colours.window[at : at + 2], 16) for at in (1, 3, 5)]
        mixed = "#" + "".join(f"{round(part * alpha + below * (1 - alpha)):02x}" for part in parts)
        assert contrast(colours.text, mixed) >= 4.5
        assert contrast(colours.accent, mixed) >= 3


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

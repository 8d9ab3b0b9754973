"""The languages: no sentence is missing, none has lost a placeholder or a key, and the program speaks them."""

import re
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QSizePolicy, QWidget
from tagger_gui import strings, texts
from tagger_gui.about import AboutDialog
from tagger_gui.languages import LANGUAGES
from tagger_gui.main_window import MainWindow
from tagger_gui.memory import Memory
from tagger_gui.program import load_translations
from tagger_gui.quitting import FinishingDialog
from tagger_gui.session import Captioners
from tagger_gui.settings_dialog import SettingsDialog
from tagger_gui.strings import PLURALS, String
from tagger_gui.theme import apply_theme
from tagger_gui.watching_page import ServiceCommand, WatchingDialog
from tagger_gui.wiring import PhotoWorkspace

from tagger.core.records import OutcomeKind

TRANSLATED = sorted(set(LANGUAGES) - {"en"})
LANGUAGE = pytest.mark.parametrize("language", TRANSLATED)


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"\{\w*\}|%n|<\w+>|</\w+>", text))


@LANGUAGE
def test_no_sentence_is_missing_and_none_too_many(language: str) -> None:
    assert sorted(strings.read(language)) == strings.collect()


def clipped(window: QWidget) -> list[str]:
    """Texts for which there is not the room that they need."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisibleTo(window) or not isinstance(widget, QLabel | QAbstractButton):
            continue
        need, room = widget.sizeHint(), widget.size()
        narrow = need.width() > room.width() and not (isinstance(widget, QLabel) and widget.wordWrap())
        low = isinstance(widget, QLabel) and widget.heightForWidth(room.width()) > room.height()
        if widget.text() and widget.sizePolicy().horizontalPolicy() is not QSizePolicy.Policy.Ignored:
            found += [f"{widget.text()} ({need} in {room})"] if narrow or low else []
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_cut(language: str, qapp: QApplication, tmp_path: Path, qtbot: Any) -> None:
    apply_theme(qapp, dark=False)
    translators = load_translations(qapp, QLocale(language))
    try:
        window = MainWindow(Captioners(), Memory(tmp_path / "window.ini"), PhotoWorkspace)
        dialogs = [
            SettingsDialog(Memory(tmp_path / "window.ini"), None, window),
            WatchingDialog(ServiceCommand(), [], window, state=tmp_path),
            AboutDialog(window),
            FinishingDialog([], window),
        ]
        for widget in (window, *dialogs):
            qtbot.addWidget(widget)
            widget.show()
            qapp.processEvents()
            assert clipped(widget) == [], type(widget).__name__
        for dialog in dialogs:
            dialog.done(0)
        window.close()
    finally:
        for translator in translators:
            qapp.removeTranslator(translator)


@LANGUAGE
def test_placeholders_and_plurals_are_those_of_the_source(language: str) -> None:
    for string, forms in strings.read(language).items():
        assert len(forms) == (PLURALS[language] if string.counted else 1), string
        for form in forms:
            assert placeholders(form) == placeholders(string.text), string
            assert form.strip(), string
            assert form.count("\n") == string.text.count("\n"), string


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_menu_has_one_key_for_each_letter(language: str, qapp: QApplication, tmp_path: Path, qtbot: Any) -> None:
    translators = load_translations(qapp, QLocale(language))
    try:
        window = MainWindow(Captioners(), Memory(tmp_path / "window.ini"), PhotoWorkspace)
        qtbot.addWidget(window)
        menus = [action.menu() for action in window.menuBar().actions()]
        for actions in (window.menuBar().actions(), *(menu.actions() for menu in menus if menu is not None)):
            letters = [found[1].lower() for action in actions if (found := re.search(r"&(\w)", action.text()))]
            assert len(letters) == len(set(letters)), [action.text() for action in actions]
        window.close()
    finally:
        for translator in translators:
            qapp.removeTranslator(translator)


def test_the_program_speaks_german(qapp: QApplication, tmp_path: Path, qtbot: Any) -> None:
    translators = load_translations(qapp, QLocale("de_AT"))
    try:
        dialog = SettingsDialog(Memory(tmp_path / "window.ini"))
        qtbot.addWidget(dialog)
        assert dialog.windowTitle() == "Einstellungen"
        assert dialog.list.item(0).text() == "Beschreibungen"
        assert texts.totals({OutcomeKind.FAILED: 2}) == "2 nicht gelungen"
        assert qapp.translate("SelectionPage", "%n photos selected", "", 1) == "1 Foto ausgewählt"
        assert qapp.translate("SelectionPage", "%n photos selected", "", 3) == "3 Fotos ausgewählt"
    finally:
        for translator in translators:
            qapp.removeTranslator(translator)


@LANGUAGE
def test_what_is_loaded_is_what_was_translated(language: str) -> None:
    """The compiled file is of the same state as the sources of the translators."""
    translator = QTranslator()
    assert translator.load(str(strings.TRANSLATIONS / f"tagger_{language}.qm"))
    for string, forms in strings.read(language).items():
        found = translator.translate(string.context, string.text, "", 5 if string.counted else -1)
        assert found == forms[-1], string


def test_a_file_of_translators_becomes_one_that_qt_loads(tmp_path: Path) -> None:
    source = tmp_path / "tagger_de.ts"
    source.write_bytes((strings.TRANSLATIONS / source.name).read_bytes())
    translator = QTranslator()
    assert translator.load(str(strings.release(source)))
    assert translator.translate("actions", "&Quit") == "&Beenden"


def test_what_is_translated_stays_and_what_is_gone_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strings, "TRANSLATIONS", tmp_path)
    kept, counted, new = String("A", "kept <b>"), String("A", "%n kept", True), String("B", "new")
    strings.write("de", [counted, kept, new], {kept: ("bleibt <b>",), counted: ("%n bleibt", "%n bleiben")})
    assert strings.read("de") == {kept: ("bleibt <b>",), counted: ("%n bleibt", "%n bleiben")}
    strings.write("de", [new], strings.read("de"))
    assert strings.read("de") == {}
    assert (tmp_path / "tagger_de.ts").read_text().count('type="unfinished"') == 1


def test_a_string_whose_place_is_unknown_is_a_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "part.py").write_text("def f(thing, words):\n    thing.tr(words)\n")
    monkeypatch.setattr(strings, "HERE", tmp_path)
    with pytest.raises(ValueError, match=r"part\.py:2"):
        strings.collect()

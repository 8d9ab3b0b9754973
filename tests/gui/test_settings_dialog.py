"""The settings: what the dialogue shows and writes, what it keeps of a file, and what it refuses."""

import tomllib
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QSpinBox
from tagger_gui.memory import Memory
from tagger_gui.session import LibrarySession
from tagger_gui.settings_dialog import SettingsDialog
from tagger_gui.settings_fields import Kind, pages
from tagger_gui.settings_file import SettingsFile

from tagger.bootstrap import settings_for
from tagger.captioning.vocabulary import TagRules
from tagger.config import Settings, library_config_file
from tagger.core.errors import RunError

WRITTEN = """\
# mine
device = "cpu"   # no card here
jobs = 2

[tags]
max = 5 # few
deny = [
  "green", # of all colours
]

[tags.synonyms]
red = "rot" # in German
"""


@pytest.fixture
def file(settings_file: Path) -> Path:
    """The user's settings, with comments."""
    settings_file.write_text(settings_file.read_text().splitlines()[0] + "\n" + WRITTEN)
    return settings_file


@pytest.fixture
def dialog(file: Path, photos: Path, tmp_path: Path, qtbot: Any) -> SettingsDialog:
    dialog = SettingsDialog(Memory(tmp_path / "window.ini"), photos)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def choose(dialog: SettingsDialog, key: str, value: str) -> None:
    box = dialog.rows[key].editor.widget
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def test_every_setting_has_its_place_and_nothing_else() -> None:
    known = {name for name in Settings.__slots__ if name != "tags"}
    known |= {f"tags.{name}" for name in TagRules.__slots__ if name != "origins"}
    shown = [field.key for page in pages() for field in page.fields]
    assert sorted(shown) == sorted(known)


def test_every_choice_is_one_that_the_settings_allow() -> None:
    allowed = {name: get_args(kind) for name, kind in get_type_hints(Settings).items() if get_args(kind)}
    for field in (field for page in pages() for field in page.fields if field.kind is Kind.CHOICE):
        if field.key in allowed:
            assert sorted(value for value, _ in field.choices) == sorted(allowed[field.key])
    for field in (field for page in pages() for field in page.fields if not field.key.startswith("tags.")):
        for value, _ in field.choices:
            Settings(**{field.key: value})
        if field.kind is Kind.NUMBER:
            for end in (field.low, field.high):
                Settings(**{field.key: end})
            for beyond in (field.low - 1, field.high + 1):
                with pytest.raises(RunError):
                    Settings(**{field.key: beyond})


def test_what_is_changed_is_written_and_the_rest_stays_to_the_letter(dialog: SettingsDialog, file: Path) -> None:
    before = file.read_text()
    choose(dialog, "device", "auto")
    most = dialog.rows["tags.max"].editor.widget
    assert isinstance(most, QSpinBox)
    assert most.value() == 5
    most.setValue(7)
    choose(dialog, "sidecar", "always")
    dialog.save.click()
    text = file.read_text()
    assert 'device = "auto"   # no card here' in text
    assert "max = 7 # few" in text
    kept = [line for line in before.splitlines() if "device" not in line and "max" not in line]
    assert [line for line in kept if line not in text.splitlines()] == []
    settings = settings_for(None)
    assert (settings.sidecar, settings.device, settings.tags.max) == ("always", "auto", 7)
    assert not dialog.isVisible()


def test_saving_without_a_change_leaves_the_file_alone(dialog: SettingsDialog, file: Path) -> None:
    before = file.read_bytes(), file.stat().st_mtime_ns
    dialog.save.click()
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before


def test_cancel_writes_nothing(dialog: SettingsDialog, file: Path) -> None:
    before = file.read_bytes()
    choose(dialog, "device", "auto")
    dialog.reject()
    assert file.read_bytes() == before


def test_a_library_overrides_and_gives_back(dialog: SettingsDialog, file: Path, photos: Path) -> None:
    before = file.read_bytes()
    dialog.scope.setCurrentIndex(1)
    row = dialog.rows["caption_policy"]
    assert not row.reset.isVisibleTo(dialog.stack.widget(0))
    choose(dialog, "caption_policy", "append")
    choose(dialog, "device", "auto")
    dialog.rows["device"].reset.click()
    box = dialog.rows["device"].editor.widget
    assert isinstance(box, QComboBox)
    assert box.currentData() == "cpu"
    dialog.save.click()
    assert file.read_bytes() == before
    assert tomllib.loads(library_config_file(photos).read_text()) == {"caption_policy": "append"}
    assert settings_for(photos).caption_policy == "append"
    assert settings_for(None).caption_policy == "keep"


def test_tables_are_lines_and_the_librarys_come_over_the_users(dialog: SettingsDialog, photos: Path) -> None:
    dialog.scope.setCurrentIndex(1)
    words = dialog.rows["tags.synonyms"].editor.widget
    assert isinstance(words, QPlainTextEdit)
    assert (words.toPlainText(), words.placeholderText()) == ("", "red = rot")
    words.setPlainText("blue = blau\nred = Rot")
    parents, sure = (dialog.rows[f"tags.{key}"].editor.widget for key in ("hierarchy", "thresholds"))
    assert isinstance(parents, QPlainTextEdit)
    assert isinstance(sure, QPlainTextEdit)
    parents.setPlainText("red = warm, colour")
    sure.setPlainText("red = 0.8")
    deny = dialog.rows["tags.deny"].editor.widget
    assert isinstance(deny, QLineEdit)
    assert deny.text() == "green"
    dialog.save.click()
    rules = settings_for(photos).tags
    assert dict(rules.synonyms) == {"red": "Rot", "blue": "blau"}
    assert dict(rules.hierarchy) == {"red": ("warm", "colour")}
    assert dict(rules.thresholds) == {"red": 0.8}
    assert settings_for(None).tags.synonyms == {"red": "rot"}


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("tags.thresholds", "red = much", "a number from 0 to 1"),
        ("tags.synonyms", "red", "is not allowed"),
        ("tags.synonyms", "gren = grün", "gren"),
    ],
)
def test_what_is_not_allowed_is_said_and_not_written(
    dialog: SettingsDialog, file: Path, key: str, text: str, said: str
) -> None:
    before = file.read_bytes()
    lines = dialog.rows[key].editor.widget
    assert isinstance(lines, QPlainTextEdit)
    lines.setPlainText(text)
    dialog.save.click()
    assert dialog.isVisible()
    assert dialog.notice.isVisible()
    assert said in dialog.notice.cause.text() + dialog.notice.hint.text()
    assert ".tagger-" not in dialog.notice.cause.text() + dialog.notice.hint.text()
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir() if path.suffix == ".toml"] == [file.name]


def test_a_model_that_is_none_is_refused(dialog: SettingsDialog, file: Path, tmp_path: Path) -> None:
    before = file.read_bytes()
    line = dialog.rows["bundle"].editor.line  # type: ignore[attr-defined]
    line.setText(str(tmp_path))
    line.textEdited.emit(line.text())
    dialog.save.click()
    assert dialog.notice.isVisible()
    assert file.read_bytes() == before


def test_what_another_program_wrote_meanwhile_is_not_lost(dialog: SettingsDialog, file: Path) -> None:
    choose(dialog, "device", "auto")
    file.write_text(file.read_text() + "# later\n")
    dialog.save.click()
    assert "meanwhile" in dialog.notice.cause.text()
    assert file.read_text().endswith("# later\n")


def test_a_link_to_the_file_stays_one_and_its_mark_too(tmp_path: Path, bundle_folder: Path) -> None:
    real, link = tmp_path / "dotfiles.toml", tmp_path / "tagger.toml"
    real.write_bytes(b"\xef\xbb\xbf" + f'bundle = "{bundle_folder}"\r\njobs = 1\r\n'.encode())
    real.chmod(0o640)
    link.symlink_to(real)
    file = SettingsFile(link)
    file.set("jobs", 3)
    file.save()
    assert link.is_symlink()
    assert real.read_bytes() == b"\xef\xbb\xbf" + f'bundle = "{bundle_folder}"\r\njobs = 3\r\n'.encode()
    assert real.stat().st_mode & 0o777 == 0o640


def test_keys_that_are_not_ours_stay_and_are_named(tmp_path: Path, bundle_folder: Path) -> None:
    path = tmp_path / "tagger.toml"
    path.write_text(f'bundle = "{bundle_folder}"\nnewer = 1\n')
    file = SettingsFile(path)
    file.set("jobs", 3)
    with pytest.raises(RunError, match="newer"):
        file.save()
    assert path.read_text().endswith("newer = 1\n")


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tagger.toml"
    path.write_text("jobs = \n")
    with pytest.raises(RunError, match="not valid TOML"):
        SettingsFile(path)


def test_an_open_library_has_the_new_settings(
    dialog: SettingsDialog, session: LibrarySession, file: Path, qtbot: Any
) -> None:
    dialog.saved.connect(session.reload)
    choose(dialog, "caption_policy", "replace")
    with qtbot.waitSignal(session.settings_changed):
        dialog.save.click()
    assert session.settings.caption_policy == "replace"


def test_the_language_is_remembered(dialog: SettingsDialog, tmp_path: Path) -> None:
    dialog.language.setCurrentIndex(dialog.language.findData("de"))
    dialog.save.click()
    assert Memory(tmp_path / "window.ini").language == "de"

"""Teaching a model in the window: what there is to learn from, learning, cancelling, taking back."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from captioning.pictures import photo
from tagger_gui import teaching
from tagger_gui.models_page import ModelsDialog
from tagger_gui.teaching import TeachDialog
from tiny_bundle import COLOURS

from tagger.bootstrap import settings_for
from tagger.captioning.bundle import load_bundle
from tagger.cli.main import main
from tagger.learning import labels


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Captioned photos of three colours, no two alike."""
    monkeypatch.setattr(labels, "_ALIKE", 2.0)  # the tiny encoder sees a colour: to it all red photos are one burst
    folder = tmp_path / "library"
    folder.mkdir()
    for colour in ("red", "green", "blue"):
        for number in range(9):
            shade = tuple(min(255, c + 3 * number) for c in COLOURS[colour])
            (folder / f"{colour}{number}.jpg").write_bytes(photo(shade))
    assert main(["tag", str(folder)]) == 0
    return folder


@pytest.fixture
def corrected(library: Path) -> Path:
    """The red photos show Rex; somebody looked at the others."""
    for number in range(8):
        assert main(["edit", str(library / f"red{number}.jpg"), "--add-tag", "Rex"]) == 0
    assert main(["approve", *(str(path) for path in sorted(library.glob("[gb]*.jpg")))]) == 0
    return library


@pytest.fixture
def made(tmp_path: Path, qtbot: Any) -> Iterator[Any]:
    """Makes dialogues, and ends them."""
    dialogs = []

    def make(root: Path) -> TeachDialog:
        dialog = TeachDialog(root, tmp_path / "models", settings_for(root))
        qtbot.addWidget(dialog)
        dialog.show()
        dialogs.append(dialog)
        return dialog

    yield make
    for dialog in dialogs:
        dialog.done(0)


def test_it_says_what_there_is_and_that_it_is_too_little(made: Any, library: Path, qtbot: Any) -> None:
    dialog = made(library)
    qtbot.waitUntil(lambda: "0 photos approved" in dialog.counts.text(), timeout=30_000)
    assert not dialog.teach.isEnabled()
    assert "needs at least 5" in dialog.state.text()
    assert not dialog.back.isVisible()


def test_teaching_and_taking_back(made: Any, corrected: Path, tmp_path: Path, qtbot: Any) -> None:
    dialog = made(corrected)
    qtbot.waitUntil(dialog.teach.isEnabled, timeout=30_000)
    assert "18 photos approved, 8 corrected" in dialog.counts.text()
    dialog.captions.setChecked(False)
    with qtbot.waitSignal(dialog.changed, timeout=60_000):
        dialog.teach.click()
    qtbot.waitUntil(lambda: dialog.table.rowCount() == 1, timeout=30_000)
    assert [dialog.table.item(0, column).text() for column in (0, 1)] == ["Rex", "8"]
    assert "tiny+learned 1 is used from now on" in dialog.state.text()
    assert settings_for(None).bundle == tmp_path / "models/tiny+learned-1"
    assert "Rex" in dialog.report.text()
    with qtbot.waitSignal(dialog.changed, timeout=30_000):
        dialog.back.click()
    assert load_bundle(settings_for(None).bundle or Path()).model_id == "tiny 1"
    assert "tiny 1 is used again" in dialog.state.text()
    assert (tmp_path / "models/tiny+learned-1").is_dir()


def test_cancelling_keeps_nothing(
    made: Any, corrected: Path, tmp_path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()
    real = teaching.learn

    def slow(*arguments: Any) -> object:
        begun.set()
        assert arguments[-1].wait(30)
        return real(*arguments)

    monkeypatch.setattr(teaching, "learn", slow)
    dialog = made(corrected)
    qtbot.waitUntil(dialog.teach.isEnabled, timeout=30_000)
    dialog.teach.click()
    qtbot.waitUntil(begun.is_set, timeout=30_000)
    assert dialog.bar.isVisible()
    dialog.cancel.click()
    qtbot.waitUntil(lambda: dialog.state.text() == "Stopped. Nothing was kept.", timeout=30_000)
    assert not dialog.bar.isVisible()
    assert dialog.teach.isEnabled()
    assert not (tmp_path / "models").exists() or list((tmp_path / "models").iterdir()) == []


def test_progress_is_shown(made: Any, corrected: Path, qtbot: Any) -> None:
    dialog = made(corrected)
    qtbot.waitUntil(dialog.teach.isEnabled, timeout=30_000)
    dialog._show_progress("looking at photos", 3, 12)
    assert dialog.state.text() == "Looking at photos, 3 of 12"
    assert (dialog.bar.value(), dialog.bar.maximum()) == (3, 12)


def test_a_failure_is_told(made: Any, corrected: Path, tmp_path: Path, qtbot: Any) -> None:
    (tmp_path / "models").write_text("in the way")
    dialog = made(corrected)
    qtbot.waitUntil(dialog.teach.isEnabled, timeout=30_000)
    dialog.captions.setChecked(False)
    dialog.teach.click()
    qtbot.waitUntil(dialog.notice.isVisible, timeout=60_000)
    assert "annot write below" in dialog.notice.cause.text()
    assert dialog.teach.isEnabled()


def test_the_models_page_opens_it(corrected: Path, tmp_path: Path, qtbot: Any) -> None:
    page = ModelsDialog(tmp_path / "models", settings_for(None), library=corrected)
    qtbot.addWidget(page)
    page.show()
    page.teach.click()
    (dialog,) = page.findChildren(TeachDialog)
    qtbot.waitUntil(dialog.teach.isEnabled, timeout=30_000)
    dialog.captions.setChecked(False)
    with qtbot.waitSignal(page.saved, timeout=60_000):
        dialog.teach.click()
    assert page.model is not None
    assert page.model.name == "tiny+learned 1"
    dialog.done(0)
    page.done(0)
    assert not ModelsDialog(tmp_path / "models", settings_for(None)).teach.isEnabled()

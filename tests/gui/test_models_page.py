"""The models: which are listed, how one is taken in and chosen, how fast it is, what two say."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextDocument
from tagger_gui.comparing import CompareDialog
from tagger_gui.models import compare, known_models, measure, take_in
from tagger_gui.models_page import ModelsDialog
from tiny_bundle import write_bundle

from tagger.bootstrap import DEFAULT_BUNDLE, settings_for
from tagger.captioning.bundle import load_bundle
from tagger.config import Settings
from tagger.core.errors import BundleError, RunError


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A second model, not taken in."""
    return write_bundle(tmp_path / "other", name="other", version="2")


@pytest.fixture
def dialog(tmp_path: Path, qtbot: Any) -> Iterator[ModelsDialog]:
    dialog = ModelsDialog(tmp_path / "models", settings_for(None))
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    dialog.done(0)


def test_the_embedded_model_and_the_chosen_one_are_listed(dialog: ModelsDialog, bundle_folder: Path) -> None:
    assert [model.source for model in dialog.models] == [DEFAULT_BUNDLE, bundle_folder]
    assert dialog.model is not None
    assert dialog.model.source == bundle_folder
    assert not dialog.use.isEnabled()
    dialog.list.setCurrentRow(0)
    assert dialog.use.isEnabled()
    chosen = load_bundle(DEFAULT_BUNDLE).provenance["choosing"]["default"]
    assert f"CIDEr {chosen['cider']:.3f}" in dialog.facts.text()
    assert "Known failures" in dialog.card.toPlainText()


def test_a_model_is_taken_in_and_chosen(dialog: ModelsDialog, other: Path, tmp_path: Path, qtbot: Any) -> None:
    with qtbot.waitSignal(dialog.taking.answered, timeout=30_000):
        dialog.take_in(other)
    assert dialog.model is not None
    assert dialog.model.source == tmp_path / "models/other-2"
    with qtbot.waitSignal(dialog.saved):
        dialog.use.click()
    assert settings_for(None).bundle == tmp_path / "models/other-2"
    assert settings_for(None).jobs == 2
    dialog.list.setCurrentRow(0)
    dialog.use.click()
    assert settings_for(None).bundle is None


def test_a_damaged_model_leaves_nothing_behind(dialog: ModelsDialog, other: Path, tmp_path: Path, qtbot: Any) -> None:
    graph = other / "encoder_model.onnx"
    graph.write_bytes(graph.read_bytes()[:-1] + b"?")
    with qtbot.waitSignal(dialog.taking.failed, timeout=30_000):
        dialog.take_in(other)
    assert dialog.notice.isVisible()
    assert "damaged" in dialog.notice.cause.text()
    assert list((tmp_path / "models").iterdir()) == []


def test_a_folder_that_is_no_model_and_one_that_is_here_already(other: Path, tmp_path: Path) -> None:
    with pytest.raises(BundleError):
        take_in(tmp_path, tmp_path / "models")
    take_in(other, tmp_path / "models")
    with pytest.raises(RunError, match="is here already"):
        take_in(other, tmp_path / "models")


def test_only_what_the_manifest_names_is_copied(other: Path, tmp_path: Path) -> None:
    (other / "holiday.mov").write_bytes(b"large")
    taken = take_in(other, tmp_path / "models")
    assert not (taken / "holiday.mov").exists()
    assert (taken / "encoder_model.onnx").exists()


def test_a_model_with_a_bad_manifest_is_listed_with_the_reason(other: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    taken = take_in(other, folder)
    manifest = json.loads((taken / "bundle.json").read_text())
    (taken / "bundle.json").write_text(json.dumps({**manifest, "format": 99}))
    broken = known_models(folder, None)[1]
    assert broken.bundle is None
    assert "unknown format 99" in broken.problem


def test_speed_is_measured_with_what_really_runs(bundle_folder: Path) -> None:
    speed = measure(Settings(bundle=bundle_folder, device="cpu"), threading.Event(), seconds=0.05)
    assert speed.per_second > 0
    assert speed.provider == "CPUExecutionProvider"


def test_measuring_ends_when_it_is_told_to(bundle_folder: Path) -> None:
    stop = threading.Event()
    stop.set()
    assert measure(Settings(bundle=bundle_folder), stop, seconds=3600).per_second > 0


def test_two_models_side_by_side(bundle_folder: Path, photos: Path, qtbot: Any) -> None:
    settings = Settings(bundle=bundle_folder)
    paths = [photos / "red.jpg", photos / "none.jpg", photos / "green.jpg"]
    dialog = CompareDialog(paths, settings, settings.replace(beam_width=1))
    dialog.show()
    qtbot.waitUntil(lambda: dialog.state.text() == "Nothing was written.", timeout=30_000)
    assert [dialog.table.item(row, 0).text() for row in range(3)] == [path.name for path in paths]
    assert "red" in dialog.table.item(0, 1).text()
    assert "No such file" in dialog.table.item(1, 1).text()
    assert "green" in dialog.table.item(2, 2).text()
    assert not dialog.table.item(0, 0).icon().isNull()
    dialog.done(0)


def test_comparing_stops(bundle_folder: Path, photos: Path) -> None:
    stop = threading.Event()
    stop.set()
    settings = Settings(bundle=bundle_folder)
    assert list(compare([photos / "red.jpg"], settings, settings, stop)) == []


def test_a_card_loads_nothing(dialog: ModelsDialog, photos: Path) -> None:
    address = QUrl.fromLocalFile(str(photos / "red.jpg"))
    assert dialog.card.loadResource(QTextDocument.ResourceType.ImageResource.value, address) is None

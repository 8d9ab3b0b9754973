"""The large picture: upright whatever the file, whole or to the pixel; and heat maps over it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from captioning.pictures import jpeg, scene
from captioning.raws import dng
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from tagger_gui.inspector.heat import heat_image
from tagger_gui.inspector.inspector import Inspector
from tagger_gui.inspector.loading import DETAIL, SCREENS, Picture, PictureLoader, screen_size, to_qimage
from tagger_gui.inspector.picture import LARGEST, PictureView
from tagger_gui.session import LibrarySession

from tagger.captioning.image import load_picture
from tagger.captioning.isolated import Decoder

HEIC = Path(__file__).parents[1] / "metadata/assets/pattern.heic"


@pytest.fixture
def view(qtbot: Any) -> PictureView:
    view = PictureView()
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    return view


@pytest.fixture
def loader(qtbot: Any) -> Iterator[PictureLoader]:
    loader = PictureLoader()
    yield loader
    loader.close()


def image(width: int, height: int) -> QImage:
    picture = QImage(width, height, QImage.Format.Format_RGB888)
    picture.fill(QColor("#808080"))
    return picture


def load(qtbot: Any, loader: PictureLoader, path: Path, longest: int = SCREENS[0]) -> Picture:
    with qtbot.waitSignal(loader.loaded, timeout=30_000) as found:
        loader.request(path, longest)
    picture: Picture = found.args[0]
    return picture


@pytest.mark.parametrize("orientation", [1, 2, 3, 4, 5, 6, 7, 8])
def test_every_orientation_is_upright(qtbot: Any, loader: PictureLoader, tmp_path: Path, orientation: int) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(jpeg(scene(), orientation))
    shown = load(qtbot, loader, path).image
    assert (shown.width(), shown.height()) == (120, 80)
    assert shown.pixelColor(20, 10).red() > 180 > shown.pixelColor(20, 10).green()
    assert shown.pixelColor(10, 75).blue() > 180


def test_heic_and_raw_keep_their_proportions(qtbot: Any, loader: PictureLoader, tmp_path: Path) -> None:
    raw = tmp_path / "photo.dng"
    raw.write_bytes(dng())
    for path in (HEIC, raw):
        shown = load(qtbot, loader, path).image
        assert {shown.width(), shown.height()} == {64, 48}, path


def test_the_screen_gets_every_pixel_as_it_is() -> None:
    rgb = np.random.default_rng(1).integers(0, 256, (7, 5, 3)).astype(np.uint8)
    shown = to_qimage(rgb)
    found = [[shown.pixelColor(x, y).getRgb() for x in range(5)] for y in range(7)]
    assert found == [[(*map(int, rgb[y, x]), 255) for x in range(5)] for y in range(7)]


def test_a_photo_is_reduced_but_never_enlarged(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(jpeg(scene((900, 300))))
    assert load_picture(path, 300).shape == (100, 300, 3)
    assert load_picture(path, 2000).shape == (300, 900, 3)
    decoder = Decoder()
    assert load_picture(HEIC, 32, decoder=decoder).shape in ((32, 24, 3), (24, 32, 3))
    decoder.close()


def test_a_damaged_photo_is_a_sentence(qtbot: Any, loader: PictureLoader, tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"\xff\xd8 nothing")
    with qtbot.waitSignal(loader.failed, timeout=10_000) as found:
        loader.request(path)
    assert found.args[0].path == path


def test_of_several_requests_the_last_one_counts(qtbot: Any, loader: PictureLoader, photos: Path) -> None:
    seen: list[Path] = []
    loader.loaded.connect(lambda picture: seen.append(picture.path))
    for name in ("red.jpg", "green.jpg", "sub/blue.jpg"):
        loader.request(photos / name)
    qtbot.waitUntil(lambda: bool(seen))
    qtbot.wait(100)
    assert seen == [photos / "sub/blue.jpg"]


def test_a_photo_that_is_expected_is_decoded_beforehand_unless_its_file_changes(
    qtbot: Any, loader: PictureLoader, photos: Path
) -> None:
    path = photos / "red.jpg"
    content, info = path.read_bytes(), path.stat()
    loader.expect(path)
    qtbot.wait(500)
    path.write_bytes(bytes(len(content)))
    os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))
    assert load(qtbot, loader, path).image.width() == 24
    path.write_bytes(bytes(len(content)))
    with qtbot.waitSignal(loader.failed, timeout=10_000):
        loader.request(path)


def test_a_picture_fits_and_follows_the_size_of_the_window(view: PictureView) -> None:
    view.show_picture(image(2000, 1000))
    assert view.fits
    assert view.zoom == pytest.approx(view.viewport().width() / 2000, rel=0.02)
    view.resize(800, 600)
    assert view.zoom == pytest.approx(view.viewport().width() / 2000, rel=0.02)
    view.show_picture(image(20, 10))
    assert view.zoom == 1.0


def test_zooming_by_keys_and_double_click(qtbot: Any, view: PictureView) -> None:
    view.show_picture(image(2000, 1000))
    whole = view.zoom
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.zoom == pytest.approx(whole * 1.25)
    assert view.dragMode() == PictureView.DragMode.ScrollHandDrag
    QTest.keyClick(view, Qt.Key.Key_Minus)
    assert view.fits
    with qtbot.waitSignal(view.wants_detail):
        QTest.keyClick(view, Qt.Key.Key_1)
    assert view.zoom == pytest.approx(1.0)
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.zoom == pytest.approx(whole)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton)
    assert not view.fits
    for _ in range(40):
        view.zoom_by(1.25)
    assert view.zoom == pytest.approx(LARGEST)


def test_the_menu_zooms_too(view: PictureView) -> None:
    assert not any(action.isEnabled() for action in view.make_menu().actions())
    view.show_picture(image(2000, 1000))
    whole, actions = view.zoom, view.make_menu().actions()
    actions[3].trigger()
    assert view.zoom == pytest.approx(1.0)
    actions[1].trigger()
    assert view.zoom == pytest.approx(0.8)
    actions[0].trigger()
    actions[2].trigger()
    assert view.zoom == pytest.approx(whole)


def test_a_sharper_picture_does_not_move_what_is_seen(view: PictureView) -> None:
    view.show_picture(image(1600, 800))
    view.zoom_by(4)
    view.centerOn(400, 200)
    seen = view.mapToScene(view.viewport().rect().center())
    on_screen = view.zoom * 1600
    view.refine(image(4800, 2400))
    now = view.mapToScene(view.viewport().rect().center())
    assert view.zoom * 4800 == pytest.approx(on_screen)
    assert QPointF(now.x() / 3, now.y() / 3).x() == pytest.approx(seen.x(), abs=3)
    view.refine(image(100, 50))
    assert view.picture_size == (4800, 2400)


def test_pixels_are_those_of_the_photo_not_of_its_reduced_picture(view: PictureView) -> None:
    view.show_picture(image(1600, 800))
    view.zoom_to_pixels()
    view.refine(image(4800, 2400))
    assert view.zoom == pytest.approx(1.0)


def test_arrows_are_left_to_others_while_the_picture_fits(view: PictureView) -> None:
    keys: list[int] = []

    class Holder(PictureView):
        def keyPressEvent(self, event: Any) -> None:  # noqa: N802
            keys.append(event.key())

    holder = Holder()
    view.setParent(holder)
    view.show_picture(image(2000, 1000))
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert keys == [Qt.Key.Key_Right]
    view.setParent(None)
    holder.deleteLater()


def test_a_sentence_takes_the_place_of_the_picture(view: PictureView) -> None:
    view.show_picture(image(100, 100))
    view.show_message("cannot be read")
    assert view.picture_size == (0, 0)
    assert view.accessibleName() == "cannot be read"
    view.zoom_by(2)
    view.grab()


def test_a_heat_map_covers_the_photo_and_goes_with_it(view: PictureView) -> None:
    weights = np.zeros((7, 7), np.float32)
    weights[0, 6] = 1.0
    heat = heat_image(weights, (1600, 800), "squash")
    assert heat is not None
    assert (heat.width(), heat.height()) == (192, 96)
    right, left = heat.pixelColor(188, 3), heat.pixelColor(3, 90)
    assert right.red() > 150 > left.red()
    assert left.alpha() > right.alpha()
    view.show_picture(image(1600, 800))
    view.show_heat(heat)
    assert view.has_heat
    view.show_picture(image(10, 10))
    assert not view.has_heat


def test_a_heat_map_lies_where_the_model_looked() -> None:
    weights = np.ones((7, 7), np.float32)
    cropped = heat_image(weights, (300, 100), "center_crop")
    assert cropped is not None
    assert cropped.pixelColor(5, 30).red() == 0
    assert cropped.pixelColor(96, 30).red() > 200
    padded = np.zeros((4, 4), np.float32)
    padded[1:3] = 1.0  # a photo twice as wide as high lies in the middle half
    whole = heat_image(padded, (200, 100), "pad")
    assert whole is not None
    assert (whole.width(), whole.height()) == (192, 96)
    assert whole.pixelColor(96, 48).red() > 200
    assert heat_image(np.zeros((7, 7), np.float32), (10, 10), "squash") is None


def test_a_large_window_gets_a_larger_picture() -> None:
    assert [screen_size(pixels) for pixels in (300, 1600, 1601, 3000, 9000)] == [1600, 1600, 2400, 3840, 3840]
    assert SCREENS[-1] < DETAIL


def test_zooming_in_loads_every_pixel(qtbot: Any, session: LibrarySession, photos: Path) -> None:
    (photos / "large.jpg").write_bytes(jpeg(scene((2400, 1600))))
    inspector = Inspector(session)
    qtbot.addWidget(inspector)
    inspector.resize(380, 800)
    inspector.show()
    inspector.inspect([photos / "large.jpg"])
    qtbot.waitUntil(lambda: inspector.picture.picture_size == (1600, 1067), timeout=20_000)
    assert inspector.picture.fits
    inspector.picture.zoom_to_pixels()
    qtbot.waitUntil(lambda: inspector.picture.picture_size == (2400, 1600), timeout=20_000)
    assert inspector.picture.zoom == pytest.approx(1.0)
    inspector.close_threads()

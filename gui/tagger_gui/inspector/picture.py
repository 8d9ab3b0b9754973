"""The large picture: fits the window, zooms to the pixel, pans, and takes a heat map over it. Reads no file."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsPixmapItem, QGraphicsScene, QGraphicsView, QMenu, QWidget

from tagger_gui import theme

STEP = 1.25  # of one zoom step
LARGEST = 8.0  # screen pixels a pixel of the photo
_NOTE_FLAGS = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap


class PictureView(QGraphicsView):
    """Shows one picture. Wheel or + and - zoom, 0 fits, 1 shows pixels as they are, dragging pans.

    ``wants_detail`` is emitted when the zoom asks for more pixels than the picture has, which may be a reduced one.
    ``zoomed`` tells the factor (screen pixels a pixel of the picture).
    """

    wants_detail = Signal()
    zoomed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = QGraphicsScene(self)
        self.setScene(self._scene)
        self._photo = QGraphicsPixmapItem()
        self._photo.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self._heat = QGraphicsPixmapItem()
        self._heat.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self._heat.setZValue(1)
        self._scene.addItem(self._photo)
        self._scene.addItem(self._heat)
        self._fits = True
        self._to_pixels = False
        self._message = self._note = ""
        self._follow_theme()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumSize(160, 120)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Photo"))
        self.setAccessibleDescription(self.tr("Plus and minus zoom, 0 fits the window, 1 shows every pixel"))

    @property
    def zoom(self) -> float:
        """Screen pixels a pixel of the picture."""
        return self.transform().m11()

    @property
    def fits(self) -> bool:
        """Whether the whole picture is shown, whatever the size of the window."""
        return self._fits

    @property
    def picture_size(self) -> tuple[int, int]:
        """Width and height of the picture in pixels; zeros where there is none."""
        pixmap = self._photo.pixmap()
        return pixmap.width(), pixmap.height()

    def show_picture(self, image: QImage, *, name: str = "") -> None:
        """Show another photo, whole."""
        self._message = ""
        self.setAccessibleName(name or self.tr("Photo"))
        self._photo.setPixmap(QPixmap.fromImage(image))
        self._scene.setSceneRect(self._photo.boundingRect())
        self.show_heat(None)
        self.fit()

    def refine(self, image: QImage) -> None:
        """Put a sharper picture of the same photo in place; what is in the window stays where it is."""
        old, new = self._photo.pixmap().width(), image.width()
        if not old or new <= old:
            return
        centre = self.mapToScene(self.viewport().rect().center())
        self._photo.setPixmap(QPixmap.fromImage(image))
        self._scene.setSceneRect(self._photo.boundingRect())
        if self._fits:
            self.fit()
        else:
            factor = 1 / self.zoom / self.devicePixelRatioF() if self._to_pixels else old / new
            self.scale(factor, factor)
            self.centerOn(QPointF(centre.x() * new / old, centre.y() * new / old))
        self._to_pixels = False
        self._place_heat()

    def show_message(self, text: str) -> None:
        """Show a sentence instead of a picture; an empty one shows nothing."""
        self._message = text
        self._photo.setPixmap(QPixmap())
        self.show_heat(None)
        self.setAccessibleName(text or self.tr("Photo"))
        self.viewport().update()

    def show_note(self, text: str) -> None:
        """Say something over the lower edge of the picture; empty for nothing."""
        if text != self._note:
            self._note = text
            self.viewport().update()

    @property
    def note(self) -> str:
        """What is said over the picture."""
        return self._note

    def show_heat(self, heat: QImage | None) -> None:
        """Lay a heat map, of whatever size, over the whole photo; None takes it away."""
        self._heat.setPixmap(QPixmap() if heat is None else QPixmap.fromImage(heat))
        self._place_heat()

    @property
    def has_heat(self) -> bool:
        """Whether a heat map is over the photo."""
        return not self._heat.pixmap().isNull()

    def fit(self) -> None:
        """Show the whole picture, enlarged at most to its pixels."""
        self._fits = True
        self._to_pixels = False
        rect = self._photo.boundingRect()
        if rect.isEmpty():
            return
        room = QRectF(self.viewport().rect())
        factor = min(room.width() / rect.width(), room.height() / rect.height(), 1.0)
        self.resetTransform()
        self.scale(factor, factor)
        self.centerOn(rect.center())
        self.setDragMode(QGraphicsView.DragMode.NoDrag)
        self.zoomed.emit(self.zoom)

    def zoom_by(self, factor: float) -> None:
        """Zoom around the mouse, between the whole picture and ``LARGEST``."""
        rect = self._photo.boundingRect()
        if rect.isEmpty():
            return
        room = self.viewport().rect()
        smallest = min(room.width() / rect.width(), room.height() / rect.height(), 1.0)
        wanted = min(self.zoom * factor, LARGEST)
        if wanted <= smallest:
            self.fit()
            return
        self._fits = False
        self.scale(wanted / self.zoom, wanted / self.zoom)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.zoomed.emit(self.zoom)
        if wanted * self.devicePixelRatioF() > 1.0:
            self.wants_detail.emit()

    def zoom_to_pixels(self) -> None:
        """One pixel of the photo to one of the screen; of a reduced picture, when the sharper one is there."""
        self._to_pixels = True
        self.zoom_by(1 / self.zoom / self.devicePixelRatioF())
        self.wants_detail.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom."""
        if delta := event.angleDelta().y():
            self.zoom_by(STEP ** (delta / 120))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom by keys; arrows pan only where a part is hidden, else they are left to others."""
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom_by(STEP)
            case Qt.Key.Key_Minus:
                self.zoom_by(1 / STEP)
            case Qt.Key.Key_0:
                self.fit()
            case Qt.Key.Key_1:
                self.zoom_to_pixels()
            case Qt.Key.Key_Left | Qt.Key.Key_Right | Qt.Key.Key_Up | Qt.Key.Key_Down if not self._fits:
                super().keyPressEvent(event)
            case _:
                event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Between the whole picture and its pixels."""
        if self._fits:
            self.zoom_to_pixels()
        else:
            self.fit()
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What the wheel and the keys do, for those who do not know them."""
        menu = self.make_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def make_menu(self) -> QMenu:
        """The ways to zoom, with their keys."""
        menu = QMenu(self)
        for text, key, do in (
            (self.tr("Zoom in"), "+", lambda: self.zoom_by(STEP)),
            (self.tr("Zoom out"), "-", lambda: self.zoom_by(1 / STEP)),
            (self.tr("Whole photo"), "0", self.fit),
            (self.tr("Every pixel"), "1", self.zoom_to_pixels),
        ):
            menu.addAction(f"{text}\t{key}", do).setEnabled(not self._photo.pixmap().isNull())
        return menu

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the picture whole where it was."""
        super().resizeEvent(event)
        if self._fits:
            self.fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, or the sentence in its place."""
        super().paintEvent(event)
        if not self._message and not self._note:
            return
        painter = QPainter(self.viewport())
        colours, room = theme.colours_of(), self.viewport().rect()
        if self._message:
            painter.setPen(colours.color("muted"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(room.adjusted(16, 16, -16, -16), flags, self._message)
        if self._note:
            text = painter.fontMetrics().boundingRect(room.adjusted(24, 0, -24, 0), _NOTE_FLAGS, self._note)
            text.moveTop(room.bottom() - theme.SPACE * 2 - text.height())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.color("surface"))
            painter.drawRoundedRect(text.adjusted(-10, -4, 10, 4), theme.RADIUS, theme.RADIUS)
            painter.setPen(colours.color("text"))
            painter.drawText(text, _NOTE_FLAGS, self._note)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._follow_theme()

    def _follow_theme(self) -> None:
        self.setBackgroundBrush(theme.colours_of().color("sunken"))

    def _place_heat(self) -> None:
        """Stretch the heat map over the photo: models see most photos squashed."""
        heat, photo = self._heat.pixmap(), self._photo.pixmap()
        if heat.isNull() or photo.isNull():
            return
        transform = self._heat.transform()
        transform.reset()
        transform.scale(photo.width() / heat.width(), photo.height() / heat.height())
        self._heat.setTransform(transform)

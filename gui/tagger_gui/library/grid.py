"""The grid of photos: any number of them, because where each one is follows from its number alone.

QListView lays out every row before it shows the first one; here nothing is done for photos that are not on the
screen. Selection, keys, dragging and screen readers are QAbstractItemView's.
"""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QWidget

from tagger_gui.library.lattice import Lattice
from tagger_gui.library.rows import PhotoListModel
from tagger_gui.library.tile import LARGEST, SMALLEST, TileDelegate
from tagger_gui.theme import SPACE, colours_of

_LOOK_MILLISECONDS = 30  # after a scroll, before thumbnails are asked for
_Index = QModelIndex | QPersistentModelIndex


class PhotoGrid(QAbstractItemView):
    """Shows a PhotoListModel."""

    zoomed = Signal(int)
    """The width of the pictures has changed (device-independent pixels)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles = TileDelegate(self)
        self.setItemDelegate(self._tiles)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.setFrameShape(QAbstractItemView.Shape.NoFrame)
        self.viewport().setMouseTracking(True)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        self._anchor, self._hovered = 0, -1
        self._lattice = Lattice()
        self._band = QRect()
        self._looking = QTimer(self)
        self._looking.setSingleShot(True)
        self._looking.setInterval(_LOOK_MILLISECONDS)
        self._looking.timeout.connect(self._look)

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Show another model; its photos are laid out as soon as it says that they are others."""
        super().setModel(model)
        if model is not None:
            model.modelReset.connect(self.updateGeometries)
            model.layoutChanged.connect(self.updateGeometries)
        self.updateGeometries()

    @property
    def picture_width(self) -> int:
        """Width of the pictures in device-independent pixels."""
        return self._tiles.width

    def set_picture_width(self, pixels: int) -> None:
        """Make the pictures larger or smaller; what is in the middle stays in sight."""
        pixels = max(SMALLEST, min(LARGEST, pixels))
        if pixels == self._tiles.width:
            return
        kept = self.currentIndex()
        if kept.row() not in self.rows_in_sight():
            kept = self.model().index(self.rows_in_sight().start, 0)
        self._tiles.width = pixels
        self.updateGeometries()
        self.scrollTo(kept)
        self.viewport().update()
        self.zoomed.emit(pixels)

    def choose(self, row: int) -> None:
        """Select one photo alone and bring it onto the screen."""
        self._anchor = row
        self.setCurrentIndex(self.model().index(row, 0))

    def rows_in_sight(self) -> range:
        """The rows that are on the screen, also in part."""
        return self._lattice.between(self.verticalOffset(), self.verticalOffset() + self.viewport().height() - 1)

    def visualRect(self, index: _Index) -> QRect:
        """Where a photo is on the screen."""
        if not index.isValid():
            return QRect()
        return self._lattice.cell(index.row()).translated(0, -self.verticalOffset())

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The photo at a point of the screen."""
        row = self._lattice.row_at(point + QPoint(0, self.verticalOffset()))
        return self.model().index(row, 0) if row >= 0 else QModelIndex()

    def horizontalOffset(self) -> int:
        """Nothing is beside the screen."""
        return 0

    def verticalOffset(self) -> int:
        """How far it is scrolled."""
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: _Index) -> bool:  # noqa: ARG002
        """No photo is hidden."""
        return False

    def scrollTo(
        self, index: _Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Bring a photo onto the screen."""
        if not index.isValid():
            return
        bar, rect, high = self.verticalScrollBar(), self.visualRect(index), self.viewport().height()
        if hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(bar.value() + rect.center().y() - high // 2)
        elif rect.top() < 0 or hint == QAbstractItemView.ScrollHint.PositionAtTop:
            bar.setValue(bar.value() + rect.top() - SPACE)
        elif rect.bottom() > high or hint == QAbstractItemView.ScrollHint.PositionAtBottom:
            bar.setValue(bar.value() + rect.bottom() - high + SPACE)

    def updateGeometries(self) -> None:
        """Work out the columns and the length of the scroll bar."""
        super().updateGeometries()
        cell, high = self._tiles.cell, self.viewport().height()
        # Room for the scroll bar is kept free where there is none: photos do not move when it comes.
        width = self.width() - self.verticalScrollBar().sizeHint().width()
        columns = max(1, (width - 2 * SPACE) // cell.width())
        count = self.model().rowCount() if self.model() is not None else 0
        self._lattice = Lattice(count, columns, width, cell.height(), SPACE)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self._lattice.height - high))
        bar.setPageStep(max(cell.height(), high // cell.height() * cell.height()))
        bar.setSingleStep(max(1, cell.height() // 4))
        self._looking.start()

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:  # noqa: ARG002
        """Where a key leads to."""
        if not self._lattice.count:
            return QModelIndex()
        row = self.currentIndex().row()
        if row < 0:
            return self.model().index(self.rows_in_sight().start, 0)
        return self.model().index(self._lattice.reached(row, action, self.viewport().height()), 0)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Choose what a click, a key or a rubber band means."""
        chosen = QItemSelection()
        if self.state() == QAbstractItemView.State.DragSelectingState:
            self._band = rect.normalized()
            area = self._band.translated(0, self.verticalOffset())
            for first, last in self._lattice.touched(area, SPACE):
                chosen.select(self.model().index(first, 0), self.model().index(last, 0))
            self.viewport().update()
        elif command & QItemSelectionModel.SelectionFlag.Current:  # from where the last choice began to here
            first, last = sorted((self._anchor, self.currentIndex().row()))
            chosen.select(self.model().index(max(0, first), 0), self.model().index(last, 0))
        elif (index := self.indexAt(rect.center())).isValid():
            self._anchor = index.row()
            chosen.select(index, index)
        self.selectionModel().select(chosen, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:  # noqa: ARG002
        """Everything on the screen: it is drawn at once anyway."""
        return QRegion(self.viewport().rect())

    def keyboardSearch(self, search: str) -> None:
        """Letters are for the window's shortcuts: looking through 100,000 captions for one would take seconds."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, choose, open; letters and Backspace are left to the window."""
        if event.key() == Qt.Key.Key_Backspace or (event.text().strip() and not event.modifiers()):
            keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if event.key() not in keys:
                event.ignore()
                return
        super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Choose, drag, and light up what is below the mouse."""
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()).row())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End of a rubber band."""
        super().mouseReleaseEvent(event)
        self._band = QRect()
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        """The mouse leaves, the font changes."""
        if event.type() == QEvent.Type.Leave:
            self._hover(-1)
        return super().viewportEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Measure anew where the font has changed."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._tiles.font_changed()
            self.updateGeometries()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the first photo in sight where it is."""
        first, before = self.rows_in_sight().start, self._lattice.columns
        super().resizeEvent(event)
        self.updateGeometries()
        if self._lattice.columns != before and first < self._lattice.count:
            self.scrollTo(self.model().index(first, 0), QAbstractItemView.ScrollHint.PositionAtTop)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl, make the pictures larger or smaller."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_picture_width(self.picture_width + (16 if event.angleDelta().y() > 0 else -16))
            event.accept()
        else:
            super().wheelEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Scroll."""
        super().scrollContentsBy(dx, dy)
        self.viewport().update()
        self._looking.start()

    def dataChanged(self, first: _Index, last: _Index, roles: Sequence[int] = ()) -> None:
        """Draw anew what is on the screen of it."""
        sight = self.rows_in_sight()
        if first.row() < sight.stop and last.row() >= sight.start:
            self.viewport().update()
            if not roles:
                self._looking.start()

    def doItemsLayout(self) -> None:
        """Other photos are shown, or as many more."""
        super().doItemsLayout()
        self.updateGeometries()
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the photos in sight."""
        painter = QPainter(self.viewport())
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(self.font())
        model, chosen, current = self.model(), self.selectionModel(), self.currentIndex()
        option = QStyleOptionViewItem()
        offset = self.verticalOffset()
        for row in self._lattice.between(event.rect().top() + offset, event.rect().bottom() + offset):
            index = model.index(row, 0)
            state = QStyle.StateFlag.State_Enabled
            if chosen.isSelected(index):
                state |= QStyle.StateFlag.State_Selected
            if row == self._hovered:
                state |= QStyle.StateFlag.State_MouseOver
            if index == current and self.hasFocus():
                state |= QStyle.StateFlag.State_HasFocus
            option.state = state
            option.rect = self._lattice.cell(row).translated(0, -offset)
            self._tiles.paint(painter, option, index)
        if not self._band.isNull():
            colour = colours_of().color("accent")
            painter.setPen(colour)
            colour.setAlpha(40)
            painter.setBrush(colour)
            painter.drawRect(self._band)

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            self._hovered = row
            self.viewport().update()

    def _look(self) -> None:
        """Ask for the thumbnails in sight, and then for those around them."""
        model = self.model()
        if isinstance(model, PhotoListModel):
            ratio = self.devicePixelRatioF()
            model.look_at(self._lattice.around(self.rows_in_sight()), self._tiles.box(ratio), ratio)

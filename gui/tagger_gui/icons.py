"""Our own icons: lines on a grid of 24, drawn when they are shown, in the colours of the mode that is on then.

Nothing is loaded from a file. ``icon("pause")`` is one by its name; the names are the keys of DRAWINGS.
"""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPainterPath, QPen, QPixmap

from tagger_gui.theme import colours_of

DRAWINGS = {
    "app": "B 3 5 18 14 3 M 3 16 L 8.5 11 L 13 15 L 16 12.5 L 21 16.5 O 15.5 9 1.5",
    "open": "M 3 18.5 L 3 6 L 9 6 L 11 8.5 L 19 8.5 L 19 11 M 3 18.5 L 6 11 L 22 11 L 19 18.5 Z",
    "photos": "B 3 5 18 14 2 M 3 16 L 8.5 11 L 13 15 L 16 12.5 L 21 16.5 O 15.5 9 1.5",
    "undo": "M 8 5 L 4 9 L 8 13 M 4 9 L 14 9 C 21 9 21 18 14 18 L 9 18",
    "redo": "M 16 5 L 20 9 L 16 13 M 20 9 L 10 9 C 3 9 3 18 10 18 L 15 18",
    "history": "O 12 12 8.5 M 12 7 L 12 12 L 15.5 14",
    "details": "B 3 4 18 16 2 M 14.5 4 L 14.5 20 M 17 8 L 18.5 8 M 17 11 L 18.5 11",
    "review": "M 4 12.5 L 9 17.5 L 20 6.5",
    "shield": "M 12 3 L 19 6 L 19 12 C 19 17 16 20 12 21 C 8 20 5 17 5 12 L 5 6 Z M 8.5 12 L 11 14.5 L 15.5 9.5",
    "pause": "M 8.5 5 L 8.5 19 M 15.5 5 L 15.5 19",
    "resume": "M 7.5 5 L 18.5 12 L 7.5 19 Z",
    "cancel": "M 6 6 L 18 18 M 18 6 L 6 18",
    "warning": "M 12 4 L 21.5 20 L 2.5 20 Z M 12 10 L 12 14.5 M 12 17 L 12 17.3",
    "library": "M 4 19 L 4 5 L 8 5 L 8 19 Z M 8 19 L 8 7 L 12 7 L 12 19 Z M 14 7.6 L 17.5 6.6 L 21 18 L 17.5 19 Z",
    "drop": "M 12 3.5 L 12 14 M 7.5 10 L 12 14.5 L 16.5 10 M 4 15.5 L 4 20 L 20 20 L 20 15.5",
    "settings": "M 4 7 L 12 7 M 17 7 L 20 7 O 14.5 7 2.2 M 4 17 L 7 17 M 12 17 L 20 17 O 9.5 17 2.2",
    "eye": "M 2.5 12 C 6 5.5 18 5.5 21.5 12 C 18 18.5 6 18.5 2.5 12 Z O 12 12 3",
    "model": "O 5 6 2 O 5 18 2 O 12 12 2.4 O 19 6 2 O 19 18 2 M 6.6 7.3 L 10.2 10.4 M 6.6 16.7 L 10.2 13.6 "
    "M 13.8 10.4 L 17.4 7.3 M 13.8 13.6 L 17.4 16.7",
    "tag": "M 3.5 4 L 12 4 L 21 13 L 13 21 L 3.5 11.5 Z O 8 8.5 1.2",
}
"""Drawings by name: M x y (go), L x y (line), C x y x y x y (curve), Z (close), O x y r (circle), B x y w h r (box)."""

_GRID, _WIDTH = 24.0, 1.7


def icon(name: str, colour: str = "text") -> QIcon:
    """An icon by its name, in a colour of the theme. Raises KeyError."""
    return QIcon(_Drawing(outline(DRAWINGS[name]), colour))


def outline(drawing: str) -> QPainterPath:
    """The path that a drawing describes. Raises ValueError for an unknown letter."""
    path, words = QPainterPath(), iter(drawing.split())

    def number() -> float:
        return float(next(words))

    def point() -> QPointF:
        return QPointF(number(), number())

    for letter in words:
        match letter:
            case "M":
                path.moveTo(point())
            case "L":
                path.lineTo(point())
            case "C":
                path.cubicTo(point(), point(), point())
            case "Z":
                path.closeSubpath()
            case "O":
                centre, radius = point(), number()
                path.addEllipse(centre, radius, radius)
            case "B":
                x, y, width, height, radius = (number() for _ in range(5))
                path.addRoundedRect(QRectF(x, y, width, height), radius, radius)
            case _:
                raise ValueError(f"unknown letter {letter} in a drawing")
    return path


class _Drawing(QIconEngine):
    """Draws a path in a theme's colour, muted where the icon is disabled."""

    def __init__(self, path: QPainterPath, colour: str) -> None:
        super().__init__()
        self._path, self._colour = path, colour

    def clone(self) -> QIconEngine:
        """A second one."""
        return _Drawing(self._path, self._colour)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:  # noqa: ARG002
        """Draw it into ``rect``."""
        colours = colours_of()
        colour = QColor(colours.border) if mode is QIcon.Mode.Disabled else colours.color(self._colour)
        side = min(rect.width(), rect.height())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(rect.x() + (rect.width() - side) / 2, rect.y() + (rect.height() - side) / 2)
        painter.scale(side / _GRID, side / _GRID)
        painter.setPen(QPen(colour, _WIDTH, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.drawPath(self._path)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """It as a picture of its own."""
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return pixmap

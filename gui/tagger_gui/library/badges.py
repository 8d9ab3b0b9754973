"""The marks that say where a photo stands: a shape each besides its colour, for those who see no colours."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

from tagger_gui.theme import STATE_COLOURS, Colours, PhotoState

BADGE = 18
"""Width and height in device-independent pixels."""

_PATHS: dict[PhotoState, tuple[tuple[tuple[float, float], ...], ...]] = {
    # Lines in a square of 18: strokes of a pen, each a list of points.
    PhotoState.APPROVED: (((5.2, 9.4), (8.0, 12.2), (12.8, 6.2)),),
    PhotoState.REJECTED: (((6.2, 6.2), (11.8, 11.8)), ((11.8, 6.2), (6.2, 11.8))),
    PhotoState.FAILED: (((9.0, 4.8), (9.0, 9.8)), ((9.0, 12.8), (9.0, 12.9))),
    PhotoState.OUTSIDE: (((5.2, 7.0), (12.6, 7.0), (10.4, 4.9)), ((12.8, 11.0), (5.4, 11.0), (7.6, 13.1))),
    PhotoState.NEW: (((9.0, 5.4), (9.0, 12.6)), ((5.4, 9.0), (12.6, 9.0))),
}
_cached: dict[tuple[PhotoState, str, float], QPixmap] = {}


def badge_pixmap(state: PhotoState, colours: Colours, ratio: float) -> QPixmap:
    """A state's badge in one mode; ``ratio`` is the screen's pixels by device-independent pixel."""
    key = (state, colours.window, ratio)
    if key not in _cached:
        _cached[key] = _drawn(state, colours, ratio)
    return _cached[key]


def badge_icon(state: PhotoState, colours: Colours, ratio: float) -> QIcon:
    """The same for a button."""
    return QIcon(badge_pixmap(state, colours, ratio))


def _drawn(state: PhotoState, colours: Colours, ratio: float) -> QPixmap:
    pixmap = QPixmap(round(BADGE * ratio), round(BADGE * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colours.surface), 1.2))  # a rim, so that it stands out on any photo
    painter.setBrush(colours.color(STATE_COLOURS[state]))
    painter.drawEllipse(QRectF(0.6, 0.6, BADGE - 1.2, BADGE - 1.2))
    pen = QPen(QColor(colours.surface), 1.8)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for points in _PATHS.get(state, ()):
        path = QPainterPath(QPointF(*points[0]))
        for point in points[1:]:
            path.lineTo(QPointF(*point))
        painter.drawPath(path)
    if state is PhotoState.MACHINE:
        painter.setBrush(QColor(colours.surface))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPath(_spark(9.0, 9.0, 5.4))
    if state is PhotoState.REVIEW:
        painter.setBrush(QColor(colours.surface))
        painter.setPen(Qt.PenStyle.NoPen)
        path = QPainterPath()  # an eye
        path.moveTo(3.6, 9.0)
        path.quadTo(9.0, 3.4, 14.4, 9.0)
        path.quadTo(9.0, 14.6, 3.6, 9.0)
        path.addEllipse(QRectF(7.0, 7.0, 4.0, 4.0))
        painter.drawPath(path)
    painter.end()
    return pixmap


def _spark(x: float, y: float, size: float) -> QPainterPath:
    """A star with four rays."""
    path = QPainterPath(QPointF(x, y - size))
    for to in (QPointF(x + size, y), QPointF(x, y + size), QPointF(x - size, y), QPointF(x, y - size)):
        path.quadTo(QPointF(x, y), to)
    return path

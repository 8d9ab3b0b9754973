"""Where the photos of a grid are: arithmetic alone, so that a million of them cost as much as one. Knows no model.

All lengths are device-independent pixels, positions those of the whole grid, not of the part that is on the screen.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractItemView

_Move = QAbstractItemView.CursorAction


@dataclass(frozen=True, slots=True)
class Lattice:
    """``count`` cells, ``columns`` a line, in a grid that is ``width`` wide; lines are ``cell_height`` high."""

    count: int = 0
    columns: int = 1
    width: int = 1
    cell_height: int = 1
    margin: int = 0

    @property
    def height(self) -> int:
        """Of the whole grid."""
        return -(-self.count // self.columns) * self.cell_height + 2 * self.margin

    def cell(self, row: int) -> QRect:
        """Where the cell of a row is."""
        line, column = divmod(row, self.columns)
        wide = self.width - 2 * self.margin
        left = self.margin + wide * column // self.columns
        right = self.margin + wide * (column + 1) // self.columns
        return QRect(left, self.margin + line * self.cell_height, right - left, self.cell_height)

    def row_at(self, point: QPoint) -> int:
        """The row whose cell holds ``point``; -1 where there is none."""
        x, y, wide = point.x() - self.margin, point.y() - self.margin, self.width - 2 * self.margin
        if y < 0 or not 0 <= x < wide:
            return -1
        column = next(c for c in range(self.columns) if x < wide * (c + 1) // self.columns)
        row = y // self.cell_height * self.columns + column
        return row if row < self.count else -1

    def between(self, top: int, bottom: int) -> range:
        """The rows of all lines that reach into these heights."""
        first = max(0, (top - self.margin) // self.cell_height)
        last = max(-1, (bottom - self.margin) // self.cell_height)
        return range(min(self.count, first * self.columns), min(self.count, (last + 1) * self.columns))

    def touched(self, area: QRect, inset: int) -> Iterator[tuple[int, int]]:
        """First and last row, line by line, of the cells (less ``inset`` on each side) that meet ``area``."""
        rows = self.between(area.top(), area.bottom())
        for start in range(rows.start, rows.stop, self.columns):
            line = range(start, min(start + self.columns, rows.stop))
            met = [row for row in line if self.cell(row).adjusted(inset, inset, -inset, -inset).intersects(area)]
            if met:
                yield met[0], met[-1]

    def reached(self, row: int, move: QAbstractItemView.CursorAction, height: int) -> int:
        """The row that a key leads to from ``row``; a page are the lines that a screen of this height holds whole."""
        columns, last = self.columns, self.count - 1
        page = max(1, height // self.cell_height) * columns
        steps = {
            _Move.MoveLeft: -1,
            _Move.MovePrevious: -1,
            _Move.MoveRight: 1,
            _Move.MoveNext: 1,
            _Move.MoveUp: -columns if row >= columns else 0,
            _Move.MoveDown: columns if row // columns < last // columns else 0,
            _Move.MovePageUp: -page,
            _Move.MovePageDown: page,
            _Move.MoveHome: -self.count,
            _Move.MoveEnd: self.count,
        }
        return max(0, min(last, row + steps[move]))

    def around(self, sight: range) -> list[int]:
        """The rows of a screen, those of the next one, and those of half of the one before, in this order."""
        more = len(sight)
        after = range(sight.stop, min(self.count, sight.stop + more))
        before = range(max(0, sight.start - more // 2), sight.start)
        return [*sight, *after, *reversed(before)]

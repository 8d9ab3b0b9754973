"""One open library on the screen: its photos, the inspector of those that are chosen, and the review."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from tagger_gui.session import LibrarySession


class Workspace(QObject):
    """The parts of the window that belong to one session. Call ``close_parts`` before it goes.

    ``centre`` fills the window, ``side`` stands beside it, ``reviewing`` takes the place of both while somebody goes
    through what waits; None where there is no such thing.
    """

    chosen_changed = Signal(object)
    """The list of the paths that are selected."""
    review_left = Signal()
    large_wanted = Signal()
    """Somebody wants to see the current photo large: ``look_large``."""

    def __init__(self, session: LibrarySession, centre: QWidget, side: QWidget) -> None:
        super().__init__()
        self.session, self.centre, self.side = session, centre, side
        self.reviewing: QWidget | None = None
        self.chosen: list[Path] = []

    def choose(self, paths: Sequence[Path]) -> None:
        """These photos are selected now."""
        self.chosen = list(paths)
        self.chosen_changed.emit(self.chosen)

    def review(self, paths: Sequence[Path]) -> None:
        """Begin to go through photos; all that wait where ``paths`` is empty."""

    def look_large(self) -> bool:
        """Show the current photo large, with all others before and behind it; False where there is none."""
        return False

    def look_around(self) -> None:
        """Look for photos that are new, changed or gone."""

    def edit_caption(self) -> None:
        """Go into the caption of the selected photo."""

    def add_tag(self) -> None:
        """Go where a tag for the selected photos is typed."""

    def find_similar(self) -> None:
        """Show the photos that look like the current one."""

    def select_all(self) -> None:
        """Select all photos that are shown."""

    def offer(self, actions: Sequence[QAction]) -> None:
        """Have these as the context menu of the photos; their keys hold where the photos have the focus."""

    def close_parts(self) -> None:
        """End what reads in the library."""


MakeWorkspace = Callable[[LibrarySession], Workspace]

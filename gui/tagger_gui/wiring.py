"""The parts of a library on the screen, made and wired: the only place that names both the view and the inspector."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QAction

from tagger_gui.inspector.inspector import Inspector
from tagger_gui.inspector.review import Review
from tagger_gui.library.view import LibraryView
from tagger_gui.session import LibrarySession
from tagger_gui.workspace import Workspace


class PhotoWorkspace(Workspace):
    """The grid of photos, the inspector of those that are selected, the review of those that wait."""

    def __init__(self, session: LibrarySession) -> None:
        self.view, self.inspector, self.going_through = LibraryView(session), Inspector(session), Review(session)
        super().__init__(session, self.view, self.inspector)
        self.reviewing = self.going_through
        self.view.selection_changed.connect(self.choose)
        self.view.activated.connect(lambda _: self.large_wanted.emit())
        self.going_through.left.connect(self._leave)

    def choose(self, paths: Sequence[Path]) -> None:
        """Show the selected photos in the inspector."""
        self.inspector.inspect(paths)
        super().choose(paths)

    def review(self, paths: Sequence[Path]) -> None:
        """Go through these photos, or through all that wait."""
        if paths:
            self.going_through.start_with(paths)
        else:
            self.going_through.start()

    def look_large(self) -> bool:
        """Show the current photo large; Left and Right walk through all that the grid shows, in its order."""
        every, at = self.view.shown, self.view.current_row
        if at >= 0:
            self.going_through.look_at(every, at)
        return at >= 0

    def look_around(self) -> None:
        """Look for photos that are new, changed or gone."""
        self.view.look_around()

    def edit_caption(self) -> None:
        """Go into the caption of the selected photo."""
        self.inspector.edit_caption()

    def add_tag(self) -> None:
        """Go where a tag for the selected photos is typed."""
        self.inspector.add_tag()

    def find_similar(self) -> None:
        """Show the photos that look like the current one."""
        if self.view.current is not None:
            self.view.find_similar(self.view.current)

    def select_all(self) -> None:
        """Select all photos that are shown."""
        self.view.grid.selectAll()

    def offer(self, actions: Sequence[QAction]) -> None:
        """Have these as the context menu of the grid."""
        self.view.grid.addActions(actions)

    def close_parts(self) -> None:
        """End what reads in the library."""
        self.view.end()
        self.inspector.close_threads()
        self.going_through.close_threads()

    def _leave(self) -> None:
        """Back to the grid, at the photo that was looked at last."""
        if self.going_through.path is not None:
            self.view.select(self.going_through.path)
        self.review_left.emit()

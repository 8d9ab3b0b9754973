"""The parts of a library on the screen, made and wired: the only place that names both the view and the inspector."""

from collections.abc import Sequence
from pathlib import Path

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
        self.view.activated.connect(self._open)
        self.going_through.left.connect(self.review_left)

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

    def close_parts(self) -> None:
        """End what reads in the library."""
        self.view.end()
        self.inspector.close_threads()
        self.going_through.close_threads()

    def _open(self, path: Path) -> None:
        self.review_wanted.emit([path])

"""What the window's actions do with the library that is shown: each is one job of its session."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from tagger_gui import runs
from tagger_gui.workspace import Workspace

if TYPE_CHECKING:
    from tagger.storage.journal import RunSummary


class Commands(QObject):
    """Asks for the library that is shown, and for its runs, when told to do something; without one, does nothing."""

    def __init__(
        self,
        shown: Callable[[], Workspace | None],
        summaries: "Callable[[], list[RunSummary]]",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._shown, self._summaries = shown, summaries

    def undo(self) -> None:
        """Take back the last run that stands."""
        workspace, summary = self._shown(), runs.newest_undoable(self._summaries())
        if workspace is not None and summary is not None:
            workspace.session.undo_run(summary.run)

    def redo(self) -> None:
        """Do again what was undone last."""
        workspace, summary = self._shown(), runs.newest_redoable(self._summaries())
        if workspace is not None and summary is not None:
            workspace.session.redo_run(summary.run)

    def caption_all(self) -> None:
        """Caption what is new in the library."""
        if (workspace := self._shown()) is not None:
            workspace.session.tag([workspace.session.root])

    def caption_chosen(self) -> None:
        """Caption the selected photos."""
        if (workspace := self._shown()) is not None and workspace.chosen:
            workspace.session.tag(workspace.chosen)

    def undo_chosen(self) -> None:
        """Take back the last change of each selected photo."""
        if (workspace := self._shown()) is not None and workspace.chosen:
            workspace.session.undo_photos(workspace.chosen)

    def clean_chosen(self) -> None:
        """Take everything of ours out of the selected photos."""
        if (workspace := self._shown()) is not None and workspace.chosen:
            workspace.session.clean(workspace.chosen)

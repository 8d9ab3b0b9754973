"""What the window's actions do with the library that is shown and with the photos that are selected in it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QWidget

from tagger_gui import runs
from tagger_gui.asking import Asking
from tagger_gui.inspector import deciding
from tagger_gui.questions import confirm_forget, confirm_reject
from tagger_gui.workspace import Workspace

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from tagger.storage.journal import RunSummary
    from tagger_gui.actions import Actions
    from tagger_gui.inspector.draft import Draft
    from tagger_gui.session import LibrarySession

_AT_ONCE = 200


class Commands(QObject):
    """Asks for the library that is shown, and for its runs, when told to do something; without one, does nothing.

    Each is one job of its session, or a step of its workspace. Close it before it goes: it has a thread.
    """

    def __init__(
        self, shown: Callable[[], Workspace | None], summaries: "Callable[[], list[RunSummary]]", parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._shown, self._summaries, self._window = shown, summaries, parent
        self.confirm_reject: Callable[[QWidget, int], bool] = confirm_reject
        self.confirm_forget: Callable[[QWidget, int], bool] = confirm_forget
        self._captions = Asking("captions", self)
        self._captions.answered.connect(_copy)

    def serve(self, actions: "Actions") -> None:
        """Have the actions do it."""
        of_photos: tuple[tuple[QAction, Callable[[Workspace], object]], ...] = (
            (actions.caption_chosen, lambda one: one.session.tag(one.chosen)),
            (actions.undo_chosen, lambda one: one.session.undo_photos(one.chosen)),
            (actions.clean_chosen, lambda one: one.session.clean(one.chosen)),
            (actions.approve_chosen, lambda one: deciding.approve(one.session, one.chosen, _draft(one))),
            (actions.reject_chosen, self._reject),
            (actions.forget_chosen, self._forget),
            (actions.edit_caption, lambda one: one.edit_caption()),
            (actions.add_tag, lambda one: one.add_tag()),
            (actions.find_similar, lambda one: one.find_similar()),
            (actions.open_outside, lambda one: _open(one.chosen[0])),
            (actions.show_in_folder, lambda one: _open(one.chosen[0].parent)),
            (actions.copy_paths, lambda one: _copy(map(str, one.chosen))),
            (actions.copy_captions, self._copy_captions),
        )
        for action, do in of_photos:
            action.triggered.connect(self._for_chosen(do))
        of_library: tuple[tuple[QAction, Callable[[Workspace], object]], ...] = (
            (actions.undo, self._undo),
            (actions.redo, self._redo),
            (actions.caption_all, lambda one: one.session.tag([one.session.root])),
            (actions.select_all, lambda one: one.select_all()),
            (actions.look_around, lambda one: one.look_around()),
        )
        for action, do in of_library:
            action.triggered.connect(self._for_library(do))

    def close(self) -> None:
        """End the thread."""
        self._captions.close()

    def _for_library(self, do: Callable[[Workspace], object]) -> Callable[[], None]:
        def call() -> None:
            if (workspace := self._shown()) is not None:
                do(workspace)

        return call

    def _for_chosen(self, do: Callable[[Workspace], object]) -> Callable[[], None]:
        def call() -> None:
            if (workspace := self._shown()) is not None and workspace.chosen:
                do(workspace)

        return call

    def _undo(self, workspace: Workspace) -> None:
        if (summary := runs.newest_undoable(self._summaries())) is not None:
            workspace.session.undo_run(summary.run)

    def _redo(self, workspace: Workspace) -> None:
        if (summary := runs.newest_redoable(self._summaries())) is not None:
            workspace.session.redo_run(summary.run)

    def _reject(self, workspace: Workspace) -> None:
        photos = list(workspace.chosen)
        if len(photos) == 1 or self.confirm_reject(self._window, len(photos)):
            deciding.reject(workspace.session, photos)

    def _forget(self, workspace: Workspace) -> None:
        photos = list(workspace.chosen)
        if self.confirm_forget(self._window, len(photos)):
            workspace.session.forget(photos)

    def _copy_captions(self, workspace: Workspace) -> None:
        session, photos = workspace.session, tuple(workspace.chosen)
        self._captions.ask(lambda: _captions(session, photos))


def _draft(workspace: Workspace) -> "Draft | None":
    """What was typed of the one photo that is selected belongs to its approval."""
    return workspace.session.drafts.of(workspace.chosen[0]) if len(workspace.chosen) == 1 else None


def _captions(session: "LibrarySession", photos: Sequence[Path]) -> list[str]:
    """The captions of these photos, as far as they have one. Raises RunError."""
    found = []
    with session.reading() as library:
        for start in range(0, len(photos), _AT_ONCE):
            some = photos[start : start + _AT_ONCE]
            known = library.index.known(some)
            found += [known[path].caption.text for path in some if path in known and known[path].caption.text]
    return found


def _copy(lines: "Sequence[str] | map[str]") -> None:
    QGuiApplication.clipboard().setText("\n".join(lines))


def _open(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

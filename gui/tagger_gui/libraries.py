"""The libraries that are open, each with its workspace. Knows no widget."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from tagger_gui.running import Job
from tagger_gui.session import Captioners, LibrarySession
from tagger_gui.workspace import MakeWorkspace, Workspace


class Libraries(QObject):
    """Opens each library once, and closes it when its jobs are over."""

    opened = Signal(object)
    """A Workspace."""
    closing = Signal(object)
    """A Workspace, before it goes."""
    job_failed = Signal(object)
    """What ended a job before its time."""
    job_ended = Signal(object, object)
    """A Workspace, and the Job of its library that is over."""

    def __init__(self, captioners: Captioners, make_workspace: MakeWorkspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._captioners, self._make = captioners, make_workspace
        self._open: dict[Path, Workspace] = {}

    @property
    def open_ones(self) -> list[Workspace]:
        """All of them, in the order in which they were opened."""
        return list(self._open.values())

    @property
    def is_busy(self) -> bool:
        """Whether a job of any of them runs or waits."""
        return any(one.session.jobs.is_busy for one in self.open_ones)

    def open(self, root: Path) -> Workspace:
        """The workspace of a library, opened where it is not yet. Raises RunError."""
        known = self._open.get(root)
        if known is not None:
            return known
        session = LibrarySession(root, self._captioners, self)
        workspace = self._make(session)
        self._open[root] = workspace
        session.jobs.started.connect(self._watch)
        session.jobs.ended.connect(self._tell_of(workspace))
        self.opened.emit(workspace)
        return workspace

    def close(self, workspace: Workspace, seconds: float = 10.0) -> bool:
        """End the library's jobs and let it go; False, and it stays, where a job is still at work after ``seconds``."""
        if not workspace.session.close(seconds):
            return False
        self._open.pop(workspace.session.root, None)
        self.closing.emit(workspace)
        workspace.close_parts()
        return True

    def cancel_all(self) -> None:
        """End all jobs of all libraries soon."""
        for workspace in self.open_ones:
            workspace.session.jobs.cancel_all()

    def _watch(self, job: Job) -> None:
        job.failed.connect(self.job_failed)

    def _tell_of(self, workspace: Workspace) -> Callable[[Job], None]:
        def tell(job: Job) -> None:
            self.job_ended.emit(workspace, job)

        return tell

"""What persons typed and have not decided, of all photos of a library: kept in a file of the user's for the next start.

Not in the index, which is a cache that may be deleted, and not in the library, which may be read-only. Knows no widget.
"""

import hashlib
import json
import logging
import os
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from tagger.core.errors import RunError
from tagger_gui.inspector.draft import Draft

log = logging.getLogger(__name__)
_SAVE_MILLISECONDS = 1000  # after typing


def drafts_file(root: Path, state: Path) -> Path:
    """Where the drafts of the library at ``root`` are, in the user's folder for the ``state`` of programs."""
    return state / "drafts" / f"{hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:16]}.json"


class Drafts(QObject):
    """The drafts of the library at ``root``; without a ``file`` they end with the program.

    A file that makes no sense is put aside, as FILE.damaged, and kept.
    """

    changed = Signal(object)
    """The Path of the photo whose draft is another one now."""

    def __init__(self, root: Path = Path(), file: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root, self._file = root.resolve(), file
        self._drafts: dict[Path, Draft] = {}
        self._saved = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SAVE_MILLISECONDS)
        self._timer.timeout.connect(self._try_to_save)
        self._load()

    @property
    def paths(self) -> tuple[Path, ...]:
        """The photos that have one, in the order in which they were begun."""
        return tuple(self._drafts)

    def of(self, path: Path) -> Draft:
        """The draft of a photo; an empty one where there is none."""
        return self._drafts.get(path, Draft())

    def keep(self, path: Path, draft: Draft) -> None:
        """Remember a draft; an empty one is forgotten."""
        if draft == self.of(path):
            return
        if draft.is_empty:
            del self._drafts[path]
        else:
            self._drafts[path] = draft
        self._saved = False
        self._timer.start()
        self.changed.emit(path)

    def forget(self, path: Path, decided: Draft | None = None) -> None:
        """Forget the draft of a photo; with ``decided`` only that one, and not what was typed since."""
        if decided is None or self.of(path) == decided:
            self.keep(path, Draft())

    def save(self) -> None:
        """Write what is not in the file yet. Raises RunError."""
        self._timer.stop()
        if self._saved or self._file is None:
            return
        new = self._file.with_name(f"{self._file.name}.new")
        kept = {self._name(path): _to_json(draft) for path, draft in self._drafts.items()}
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            if kept:
                new.write_text(json.dumps({"library": str(self._root), "drafts": kept}, indent=1), encoding="ascii")
                new.replace(self._file)
            else:
                self._file.unlink(missing_ok=True)
        except OSError as error:
            raise RunError(
                f"cannot keep what you typed and did not save: {error.strerror}",
                f"is the disk full? It would go into {self._file}",
            ) from error
        self._saved = True

    def _try_to_save(self) -> None:
        try:
            self.save()
        except RunError as error:  # tried again with the next letter, and told when the program ends
            log.warning("%s", error)

    def _load(self) -> None:
        if self._file is None:
            return
        try:
            read = json.loads(self._file.read_bytes())["drafts"]
            self._drafts = {self._root / name: _from_json(values) for name, values in read.items()}
        except FileNotFoundError:
            return
        except OSError as error:
            log.warning("cannot read %s: %s", self._file, error)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            log.warning("%s makes no sense (%s): put aside", self._file, error)
            _put_aside(self._file)

    def _name(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix() if path.is_relative_to(self._root) else str(path)


def _put_aside(file: Path) -> None:
    try:
        file.replace(file.with_name(f"{file.name}.damaged"))
    except OSError as error:
        log.warning("cannot rename %s: %s", file, error)


def _to_json(draft: Draft) -> dict[str, Any]:
    return {"caption": draft.caption, "added": list(draft.added), "removed": list(draft.removed)}


def _from_json(values: Any) -> Draft:
    """Raises ValueError, TypeError, KeyError for what is no draft."""
    caption, added, removed = values["caption"], tuple(values["added"]), tuple(values["removed"])
    if not all(isinstance(word, str) for word in ("" if caption is None else caption, *added, *removed)):
        raise ValueError("no text")
    return Draft(caption, added, removed)

"""Questions that take time, such as to a database: asked in a thread, answered in the window's."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Signal

from tagger.core.errors import TaggerError


class Asking(QObject):
    """Asks one question after the other; of those asked meanwhile only the last one is answered."""

    answered = Signal(object)
    """What the last question returned."""
    failed = Signal(object)
    """The TaggerError that it raised; anything else is a bug, and raised in the window's thread."""

    _done = Signal(int, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, f"tagger-{name}")
        self._last = 0
        self._done.connect(self._tell)

    def ask(self, question: Callable[[], Any]) -> None:
        """Have ``question`` called in the thread; those before it are off."""
        self._last += 1
        self._pool.submit(self._answer, self._last, question)

    def close(self) -> None:
        """End the thread; nothing is answered any more."""
        self._last += 1
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _answer(self, number: int, question: Callable[[], Any]) -> None:
        if number == self._last:
            found: Future[Any] = Future()
            try:
                found.set_result(question())
            except Exception as error:  # noqa: BLE001 - raised again in the window's thread
                found.set_exception(error)
            self._done.emit(number, found)

    def _tell(self, number: int, found: "Future[Any]") -> None:
        if number != self._last:
            return
        error = found.exception()
        if error is None:
            self.answered.emit(found.result())
        elif isinstance(error, TaggerError):
            self.failed.emit(error)
        else:
            raise error

"""Decoding in processes of its own, for libraries that a damaged file can bring down or that print what they think.

A process that dies takes one photo's decoding with it and nothing else. Knows what is sent and received, not pixels.
"""

import multiprocessing
import os
import signal
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from tagger.captioning.bundle import ImageSpec
from tagger.core.errors import PhotoError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_Answer = tuple[bytes | None, tuple[int, ...], str, str]  # pixels and their shape, or the cause and what to do
SECONDS = 120.0  # for one photo: the largest RAW without a preview takes some seconds


class Decoder:
    """Processes that decode, as many as threads ask at once; each is started when first needed. Thread-safe.

    They end with ``close``, or with this process. ``seconds`` is how long one photo may take.
    """

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._idle: list[_Worker] = []
        self._lock = Lock()

    def decode(self, source: Path | bytes, name: str, spec: ImageSpec, path: Path) -> "NDArray[np.uint8]":
        """Decode a file, or its bytes, of the kind ``name``; returns upright RGB, uint8 (height, width, 3).

        Raises PhotoError about ``path``, also where the library crashes or takes too long.
        """
        with self._lock:
            worker = self._idle.pop() if self._idle else None
        worker = worker or _Worker()
        answer = worker.ask((source, name, spec, path), self._seconds)
        if isinstance(answer, str):
            worker.end()
            raise PhotoError(path, answer, "the file may be damaged")
        with self._lock:
            self._idle.append(worker)
        pixels, shape, cause, hint = answer
        if pixels is None:
            raise PhotoError(path, cause, hint)
        return np.frombuffer(pixels, np.uint8).reshape(shape)

    def close(self) -> None:
        """End the processes that wait; ``decode`` starts new ones."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.end()


class _Worker:
    """One process, and our end of the pipe to it."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")  # fork and threads do not go together
        self._connection, theirs = context.Pipe()
        self._process: SpawnProcess = context.Process(target=_serve, args=(theirs,), daemon=True, name="tagger-decode")
        self._process.start()
        theirs.close()

    def ask(self, request: object, seconds: float) -> "_Answer | str":
        """Return the answer, or why there is none."""
        try:
            self._connection.send(request)
            if not self._connection.poll(seconds):
                return f"takes more than {seconds:g} seconds to decode"
            answer: _Answer = self._connection.recv()
        except (EOFError, OSError):
            return "cannot be decoded: the decoder crashed"
        return answer

    def end(self) -> None:
        self._connection.close()
        self._process.kill()
        self._process.join()
        self._process.close()


def _serve(connection: "Connection[Any, Any]") -> None:
    """Answer requests until the other end is closed. Silent: what libraries print says nothing to a user."""
    from tagger.captioning.image import decode_native

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    while True:
        try:
            source, name, spec, path = connection.recv()
        except (EOFError, OSError):
            return
        try:
            pixels = decode_native(source, name, spec, path)
            connection.send((pixels.tobytes(), pixels.shape, "", ""))
        except PhotoError as error:
            connection.send((None, (), error.cause, error.hint))

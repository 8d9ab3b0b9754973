"""Photos -> results, on all machines of a Ray cluster: Ray Data's batches and actors, no scheduler of ours.

Each actor loads the bundle once and writes nothing; results come back to the one that asked, who is the only writer.
The machines see the library under the same path and have tagger installed. Source: docs.ray.io, Ray Data, map_batches.
"""

import contextlib
import logging
import os
import queue
import socket
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagger import bootstrap, pipeline
from tagger.config import Settings
from tagger.core.errors import RunError, TaggerError
from tagger.core.records import Photo
from tagger.results import Line, Result, to_line
from tagger.shards import Recording, local, portable
from tagger.storage.text import RelativePaths

if TYPE_CHECKING:
    from tagger.captioning.captioner import Decoding
    from tagger.core.protocols import StopEvent

_A_TASK = 64  # photos: what a machine that dies has to have done again by another
_POLL_SECONDS = 0.2
_KNOCK_SECONDS = 10.0
_QUEUED = 256
SOURCE = Path("ray")
"""What stands for a file where a result came from a cluster."""


@dataclass(frozen=True, slots=True)
class Job:
    """What every actor needs to know: the library's root, its settings, how captions are searched for."""

    root: Path
    settings: Settings
    decoding: "Decoding"


class Worker:
    """An actor: photos in, lines of results out. The bundle is loaded once, when the first photo comes."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._paths = RelativePaths(job.root)
        self._results: list[Result] = []
        self._lock = threading.Lock()
        self._open = contextlib.ExitStack()
        self._stages: Recording | None = None

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Caption one batch: columns ``name`` (bytes), ``size``, ``mtime_ns`` in, ``line`` (bytes) and ``error`` out.

        ``error`` is why the whole run cannot go on: raised, it would come back wrapped and be tried again.
        """
        photos = [
            Photo(local(bytes(name).decode("utf-8", "surrogateescape"), self._paths), int(size), int(mtime_ns))
            for name, size, mtime_ns in zip(batch["name"], batch["size"], batch["mtime_ns"], strict=True)
        ]
        self._results.clear()
        try:
            self._stages = self._stages or self._opened()
            for _ in pipeline.run(photos, self._stages, threading.Event()):
                pass
        except RunError as error:
            return {"line": [b""], "error": [f"{error.cause}\n{error.hint}"]}
        return {"line": [to_line(result) for result in self._results], "error": [""] * len(self._results)}

    def _opened(self) -> Recording:
        settings = self._job.settings.replace(jobs=1)
        captioner = bootstrap.make_captioner(settings, self._job.decoding, threads=1)
        return self._open.enter_context(bootstrap.recording(self._job.root, settings, captioner, self._record))

    def _record(self, result: Result) -> None:
        with self._lock:
            self._results.append(result)


@contextlib.contextmanager
def cluster(address: str | None) -> Iterator[None]:
    """Join the Ray cluster at ``address``, or start one on this machine. Raises RunError."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would tell its makers of every start
    os.environ.setdefault("RAY_ENABLE_AUTO_CONNECT", "0")  # and start anew where a thread still asks after the end
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise RunError(
            f"--engine ray needs {error.name or 'ray'}, which is not installed", "pip install 'tagger-photos[ray]'"
        ) from error
    joined = ray.is_initialized()
    if not joined:
        try:
            _knock(address)  # Ray itself would wait for minutes
            options = {} if address else {"include_dashboard": False}
            ray.init(address=address or "local", log_to_driver=False, logging_level=logging.ERROR, **options)
        except (OSError, ValueError, RuntimeError, ray.exceptions.RayError) as error:
            where = f"the Ray cluster at {address}" if address else "a Ray cluster on this machine"
            raise RunError(f"cannot reach {where}: {_first_line(error)}", "ray start --head starts one") from error
    ray.data.DataContext.get_current().enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    try:
        yield
    finally:
        if not joined:
            ray.shutdown()


def _knock(address: str | None) -> None:
    """Raise OSError where ``host:port`` answers nobody; other forms of an address are Ray's to know."""
    host, _, port = (address or "").rpartition(":")
    if host and "/" not in host and port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), timeout=_KNOCK_SECONDS).close()


def spread(photos: Iterable[Photo], job: Job, stop: "StopEvent") -> Iterator[Line]:
    """Caption photos on the cluster that was joined; lines come as they are done, in no order. Raises RunError.

    Ends soon after ``stop`` is set. Names, sizes and times of all photos are held in memory (about 0.5 KB each).
    """
    lines: queue.Queue[Line | BaseException | None] = queue.Queue(_QUEUED)
    closed = threading.Event()
    feeder = threading.Thread(target=_feed, args=(photos, job, lines, closed), name="tagger-ray", daemon=True)
    feeder.start()
    try:
        while not stop.is_set():
            try:
                found = lines.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                continue
            if found is None:
                return
            if isinstance(found, BaseException):
                raise found
            yield found
    finally:
        closed.set()


def _feed(photos: Iterable[Photo], job: Job, lines: "queue.Queue[Any]", closed: threading.Event) -> None:
    """Run the data set in a thread of its own: waiting for Ray cannot be interrupted."""
    try:
        for number, content in enumerate(_contents(photos, job), start=1):
            if not _put(lines, Line(SOURCE, number, content), closed):
                return
        _put(lines, None, closed)
    except TaggerError as error:
        _put(lines, error, closed)
    except Exception as error:  # noqa: BLE001 - handed on to the thread that iterates
        _put(lines, _translated(error), closed)


def _put(lines: "queue.Queue[Any]", item: object, closed: threading.Event) -> bool:
    while not closed.is_set():
        with contextlib.suppress(queue.Full):
            lines.put(item, timeout=_POLL_SECONDS)
            return True
    return False


def _contents(photos: Iterable[Photo], job: Job) -> Iterator[bytes]:
    import ray
    import ray.data

    paths = RelativePaths(job.root)
    rows = [
        {
            "name": portable(photo.path, paths).encode("utf-8", "surrogateescape"),
            "size": photo.size,
            "mtime_ns": photo.mtime_ns,
        }
        for photo in photos
    ]
    if not rows:
        return
    cores = max(1, int(ray.cluster_resources().get("CPU", 1)))
    blocks = -(-len(rows) // _A_TASK)
    data = ray.data.from_items(rows, override_num_blocks=blocks).map_batches(
        Worker,
        fn_constructor_args=(job,),
        batch_size=None,
        num_cpus=1,
        num_gpus=1 if job.settings.device == "cuda" else None,
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=min(cores, blocks)),
    )
    for row in data.iter_rows():
        if row["error"]:
            raise RunError(*row["error"].split("\n", 1))
        yield row["line"]


def _translated(error: Exception) -> BaseException:
    """What Ray says went wrong, for the user; a bug of ours as it is."""
    from ray.exceptions import RayError

    if not isinstance(error, RayError):
        return error
    return RunError(f"the Ray cluster gave up: {_first_line(error)}", "is every machine of it still there?")


def _first_line(error: BaseException) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)

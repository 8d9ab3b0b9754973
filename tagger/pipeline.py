"""All photos of a run through the stages, in parallel and in bounded memory. Knows no stage from the inside.

``run`` is a generator of outcomes; every face iterates over the same one, so they cannot differ.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from tagger.core.records import Caption, Outcome, Photo
from tagger.stages import Examined, Stages

if TYPE_CHECKING:
    from tagger.core.protocols import StopEvent

_POLL_SECONDS = 0.2  # how long a stop request may go unseen while every stage is busy
_BATCHES_IN_FLIGHT = 2
_LOOKED_UP = 64  # photos whose rows are looked up together: more gain little, and the first photo waits for them
Item = TypeVar("Item")
WRITERS = 3  # some wait for the disk to confirm while another computes; photos are independent of each other


@dataclass(slots=True)
class _Flow:
    """What is under way in each stage, oldest first; every queue is bounded, which bounds memory."""

    loading: deque[Future[Examined | Outcome]] = field(default_factory=deque)
    batch: list[Examined] = field(default_factory=list)
    captioning: deque[tuple[Future[list[Caption]], list[Examined]]] = field(default_factory=deque)
    writing: deque[Future[Outcome]] = field(default_factory=deque)

    def takes_captions(self, size: int) -> bool:
        """Whether the writing queue has room for another batch."""
        return len(self.writing) < 2 * size

    def takes_photos(self, size: int) -> bool:
        """Whether batch and writing queue have room for another photo."""
        return len(self.batch) < size and len(self.writing) < 4 * size

    def awaited(self, size: int) -> list[Future[Any]]:
        """The futures of which one must be done before anything can move; empty when nothing is under way."""
        found: list[Future[Any]] = [self.writing[0]] if self.writing else []
        if self.captioning and self.takes_captions(size):
            found.append(self.captioning[0][0])
        if self.loading and self.takes_photos(size):
            found.append(self.loading[0])
        return found


def run(photos: Iterable[Photo | Outcome], stages: Stages, stop: "StopEvent") -> Iterator[Outcome]:
    """Take photos through all stages; outcomes of the scan pass through.

    Stops soon after ``stop`` is set: photos that are being written are finished, no other is begun.
    """
    options = stages.options
    source, exhausted, flow = settled(photos, stages, stop), False, _Flow()
    loaders = ThreadPoolExecutor(max(1, options.jobs), "tagger-load")
    captioning = ThreadPoolExecutor(1, "tagger-caption")
    writing = ThreadPoolExecutor(WRITERS, "tagger-write")
    try:
        while not stop.is_set():
            while not exhausted and len(flow.loading) < options.jobs + options.batch_size:
                photo = next(source, None)
                if photo is None:
                    exhausted = True
                elif isinstance(photo, Outcome):
                    yield photo
                else:
                    flow.loading.append(loaders.submit(stages.examine, photo))
            yield from _advance(flow, stages, captioning, writing, flush=exhausted)
            awaited = flow.awaited(options.batch_size)
            if exhausted and not awaited and not flow.batch:
                return
            wait(awaited, _POLL_SECONDS, FIRST_COMPLETED)
        begun = [write for write in flow.writing if not write.cancel()]
        for write in begun:
            yield write.result()
    finally:
        for pool in (loaders, captioning, writing):
            pool.shutdown(wait=True, cancel_futures=True)


def settled(photos: Iterable[Photo | Outcome], stages: Stages, stop: "StopEvent") -> Iterator[Photo | Outcome]:
    """The photos that need work, and outcomes: those that need nothing are found many at a time, which is cheap.

    Ends soon after ``stop`` is set.
    """
    source = iter(photos)
    while not stop.is_set() and (found := list(islice(source, _LOOKED_UP))):
        known = iter(stages.settled([item for item in found if isinstance(item, Photo)]))
        for item in found:
            yield next(known) if isinstance(item, Photo) else item


def each(
    photos: Iterable[Item | Outcome], work: Callable[[Item], Outcome], stop: "StopEvent", *, jobs: int = WRITERS
) -> Iterator[Outcome]:
    """Do one thing to every photo, several at a time, in order; outcomes of the scan pass through.

    What is handed in for a photo may be more than a Photo, as ``work`` likes it.

    Stops soon after ``stop`` is set: photos in hand are finished, no other is begun.
    """
    source, under_way, pool = iter(photos), deque[Future[Outcome]](), ThreadPoolExecutor(jobs, "tagger-work")
    try:
        exhausted = False
        while not stop.is_set() and (under_way or not exhausted):
            while not exhausted and len(under_way) < 2 * jobs:
                photo = next(source, None)
                if photo is None:
                    exhausted = True
                elif isinstance(photo, Outcome):
                    done: Future[Outcome] = Future()
                    done.set_result(photo)
                    under_way.append(done)
                else:
                    under_way.append(pool.submit(work, photo))
            while under_way and under_way[0].done():
                yield under_way.popleft().result()
            wait([*under_way][:1], _POLL_SECONDS, FIRST_COMPLETED)
        for future in [future for future in under_way if not future.cancel()]:
            yield future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _advance(
    flow: _Flow, stages: Stages, captioning: ThreadPoolExecutor, writing: ThreadPoolExecutor, *, flush: bool
) -> Iterator[Outcome]:
    """Move whatever is done to its next stage; hand out what is finished."""
    size = stages.options.batch_size
    while flow.writing and flow.writing[0].done():
        yield flow.writing.popleft().result()
    while flow.captioning and flow.captioning[0][0].done() and flow.takes_captions(size):
        captions, batch = flow.captioning.popleft()
        for item, caption in zip(batch, captions.result(), strict=True):
            # Without the pixels: the writing queue would hold most of them.
            flow.writing.append(writing.submit(stages.write, replace(item, pixel_values=None), caption))
    while flow.loading and flow.loading[0].done() and flow.takes_photos(size):
        examined = flow.loading.popleft().result()
        if isinstance(examined, Outcome):
            yield examined
        elif examined.caption is not None:
            flow.writing.append(writing.submit(stages.write, examined, examined.caption))
        else:
            flow.batch.append(examined)
    ready = len(flow.batch) >= size or (flush and flow.batch and not flow.loading)
    if ready and len(flow.captioning) < _BATCHES_IN_FLIGHT:
        flow.captioning.append((captioning.submit(stages.caption, flow.batch), flow.batch))
        flow.batch = []

"""Jobs: outcomes from a thread of their own, told in the window's."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tagger_gui.job_queue import JobQueue
from tagger_gui.running import Job, JobState, Labour

from tagger.core.errors import RunError
from tagger.core.records import Outcome, OutcomeKind

C, F = OutcomeKind.CAPTIONED, OutcomeKind.FAILED
Ended = Callable[[Job], Job]


def outcome(number: int, kind: OutcomeKind = C) -> Outcome:
    return Outcome(kind, Path(f"/photos/{number}.jpg"))


class Steps:
    """A work that makes one outcome for each ``step``."""

    def __init__(self, count: int) -> None:
        self.count, self.begun = count, 0
        self._steps = threading.Semaphore(0)
        self.threads: set[str] = set()

    def step(self, times: int = 1) -> None:
        self._steps.release(times)

    def __call__(self, job: Labour) -> Iterator[Outcome]:
        self.threads.add(threading.current_thread().name)
        for number in range(self.count):
            while not self._steps.acquire(timeout=0.01):
                if job.is_set():
                    return
            self.begun += 1
            yield outcome(number)


def test_a_job_tells_all_outcomes_in_order_in_the_windows_thread(qtbot: Any, ended: Ended) -> None:
    told: list[Outcome] = []
    where: set[threading.Thread] = set()
    steps = Steps(5)
    job = Job("tag", "Captioning", steps, count=lambda _: 5)
    job.progressed.connect(lambda batch: (told.extend(batch), where.add(threading.current_thread())))
    steps.step(5)
    with qtbot.waitSignal(job.finished):
        job.start()
    assert [one.path.name for one in told] == [f"{number}.jpg" for number in range(5)]
    assert where == {threading.main_thread()}
    assert steps.threads == {"tagger-job-tag"}
    assert (job.state, job.done, job.total, job.counts[C]) == (JobState.DONE, 5, 5, 5)


def test_many_outcomes_come_in_few_signals(qtbot: Any) -> None:
    batches: list[int] = []
    job = Job("tag", "Captioning", lambda _: (outcome(number) for number in range(20_000)))
    job.progressed.connect(lambda batch: batches.append(len(batch)))
    with qtbot.waitSignal(job.finished):
        job.start()
    assert sum(batches) == 20_000
    assert len(batches) < 20


def test_cancel_ends_it_and_keeps_what_was_done(qtbot: Any) -> None:
    steps = Steps(1000)
    job = Job("tag", "Captioning", steps)
    job.start()
    steps.step(3)
    qtbot.waitUntil(lambda: job.done == 3)
    with qtbot.waitSignal(job.finished):
        job.cancel()
        assert job.state is JobState.STOPPING
    assert (job.state, job.done) == (JobState.STOPPED, 3)


def test_pause_begins_nothing_more_until_resume(qtbot: Any) -> None:
    steps = Steps(10)
    job = Job("tag", "Captioning", steps)
    job.start()
    steps.step(2)
    qtbot.waitUntil(lambda: job.done == 2)
    job.pause()
    steps.step(8)
    qtbot.waitUntil(lambda: steps.begun == 3)  # the one that was being waited for
    qtbot.wait(150)
    assert (job.state, steps.begun) == (JobState.PAUSED, 3)
    with qtbot.waitSignal(job.finished):
        job.resume()
    assert (job.state, job.done) == (JobState.DONE, 10)


def test_cancel_while_paused_ends_it(qtbot: Any) -> None:
    steps = Steps(10)
    job = Job("tag", "Captioning", steps)
    job.start()
    job.pause()
    with qtbot.waitSignal(job.finished):
        job.cancel()
    assert job.state is JobState.STOPPED


@pytest.mark.parametrize("error", [RunError("the disk is gone", "plug it in"), ValueError("a bug")])
def test_an_error_is_told_after_what_was_done(qtbot: Any, error: Exception) -> None:
    def work(_: Labour) -> Iterator[Outcome]:
        yield outcome(1)
        raise error

    job = Job("tag", "Captioning", work)
    told: list[object] = []
    job.progressed.connect(told.extend)
    job.failed.connect(told.append)
    with qtbot.waitSignal(job.finished):
        job.start()
    assert told == [outcome(1), error]
    assert job.state is JobState.FAILED


def test_failures_are_kept_with_their_reasons(qtbot: Any, ended: Ended) -> None:
    job = Job("tag", "Captioning", lambda _: [outcome(1), outcome(2, F), outcome(3)])
    job.start()
    ended(job)
    assert job.failures == [outcome(2, F)]


def test_rate_and_time_left_follow_the_clock(qtbot: Any) -> None:
    now = [100.0]
    steps = Steps(100)
    job = Job("tag", "Captioning", steps, count=lambda _: 100, clock=lambda: now[0])
    assert (job.rate, job.seconds_left) == (0.0, None)
    job.start()
    steps.step(10)
    qtbot.waitUntil(lambda: job.done == 10)
    now[0] += 5
    steps.step(10)
    qtbot.waitUntil(lambda: job.done == 20)
    first = job.rate
    assert 0 < first <= 10 / 5 * 2
    assert job.seconds_left == pytest.approx(80 / first)
    job.cancel()
    qtbot.waitUntil(lambda: job.is_over)


def test_notes_from_the_work_are_told(qtbot: Any) -> None:
    def work(job: Labour) -> Iterator[Outcome]:
        job.claim().notify("waiting for tagger tag (process 7)")
        yield outcome(1)

    job = Job("tag", "Captioning", work)
    with qtbot.waitSignal(job.noted) as told:
        job.start()
    assert told.args == ["waiting for tagger tag (process 7)"]
    qtbot.waitUntil(lambda: job.is_over)


def test_writing_jobs_of_a_library_come_one_after_the_other(qtbot: Any) -> None:
    queue = JobQueue()
    at_work, most = [0], [0]
    order: list[str] = []

    def work(name: str) -> Callable[[Labour], Iterator[Outcome]]:
        def outcomes(_: Labour) -> Iterator[Outcome]:
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
            order.append(name)
            time.sleep(0.02)
            at_work[0] -= 1
            yield outcome(1)

        return outcomes

    jobs = [queue.add(Job("tag", name, work(name))) for name in ("first", "second", "third")]
    assert [job.title for job in queue.waiting] == ["second", "third"]
    ended: list[str] = []
    queue.ended.connect(lambda job: ended.append(job.title))
    qtbot.waitUntil(lambda: len(ended) == 3)
    assert order == ended == ["first", "second", "third"]
    assert most == [1]
    assert not queue.running
    assert len(jobs) == 3


def test_a_waiting_job_can_be_cancelled_and_never_runs(qtbot: Any) -> None:
    queue, steps, ran = JobQueue(), Steps(1), []
    first = queue.add(Job("tag", "first", steps))
    second = queue.add(Job("tag", "second", lambda _: ran.append(1) or []))
    second.cancel()
    assert queue.waiting == ()
    with qtbot.waitSignal(first.finished):
        steps.step()
    assert not ran


def test_a_job_that_only_reads_does_not_wait(qtbot: Any) -> None:
    queue, steps = JobQueue(), Steps(1)
    first = queue.add(Job("tag", "first", steps))
    second = queue.add(Job("look", "second", lambda _: [], writes=False))
    with qtbot.waitSignal(second.finished):
        pass
    assert not first.is_over
    with qtbot.waitSignal(first.finished):
        steps.step()

"""The judgement alone: with times and looks that the test makes up, against a slow but obvious model."""

import random
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tagger.watching.settling import Look, Settling

PATH = Path("/photos/one.jpg")
WHOLE = Look(100, 1, 1, (1, 1), whole=True)
SETTLE, PATIENCE = 2.0, 10.0


def settling(limit: int = 100) -> Settling:
    return Settling(settle=SETTLE, patience=PATIENCE, limit=limit)


def settled_at(one: Settling, looks: dict[float, Look | None], *, until: float = 60.0, step: float = 0.5) -> float:
    """When the file is found to be settled; ``looks`` says from when on the file is what. 0: never."""
    for tick in range(int(until / step)):
        now = 100 + tick * step
        look = [look for since, look in looks.items() if since <= now][-1]
        for path in one.due(now):
            if one.judge(path, look, now):
                return now
    return 0.0


def test_a_file_that_does_not_change() -> None:
    one = settling()
    assert one.touch(PATH, 100.0)
    assert settled_at(one, {0: WHOLE}) == 102.0
    assert len(one) == 0


@pytest.mark.parametrize(
    "change",
    [{"size": 200}, {"mtime_ns": 2}, {"ctime_ns": 2}, {"file": (1, 2)}],
    ids=["grows", "written", "touched", "replaced"],
)
def test_every_change_starts_the_clock_again(change: dict[str, object]) -> None:
    one = settling()
    one.touch(PATH, 100.0)
    later = replace(WHOLE, **change)  # type: ignore[arg-type]
    assert settled_at(one, {0: WHOLE, 101.0: later}) == 104.0


def test_an_event_starts_the_clock_again_without_a_change() -> None:
    """A close says that a writer is done, not that all are."""
    one = settling()
    one.touch(PATH, 100.0)
    assert not one.judge(PATH, WHOLE, 100.0)
    one.touch(PATH, 101.5)
    assert not one.due(102.0)
    assert settled_at(one, {0: WHOLE}) == 103.5


def test_without_its_end_a_file_gets_more_time() -> None:
    one = settling()
    one.touch(PATH, 100.0)
    assert settled_at(one, {0: replace(WHOLE, whole=False)}) == 110.0


def test_the_end_arrives_late() -> None:
    one = settling()
    one.touch(PATH, 100.0)
    assert settled_at(one, {0: replace(WHOLE, size=50, whole=False), 107.0: WHOLE}) == 110.0


def test_a_file_that_goes_is_forgotten() -> None:
    one = settling()
    one.touch(PATH, 100.0)
    assert settled_at(one, {0: WHOLE, 101.0: None}) == 0
    assert PATH not in one


def test_a_file_that_was_dropped_is_not_judged() -> None:
    one = settling()
    one.touch(PATH, 100.0)
    one.drop(PATH)
    assert not one.judge(PATH, WHOLE, 200.0)


def test_no_more_than_the_limit() -> None:
    one = settling(limit=2)
    assert one.touch(Path("/a"), 100.0)
    assert one.touch(Path("/b"), 100.0)
    assert not one.touch(Path("/c"), 100.0)
    assert one.touch(Path("/a"), 101.0)
    one.drop(Path("/b"))
    assert one.touch(Path("/c"), 101.0)
    one.clear()
    assert len(one) == 0


def test_finding_a_file_again_is_no_event() -> None:
    one = settling()
    one.notice(PATH, 100.0)
    assert not one.judge(PATH, WHOLE, 100.0)
    one.notice(PATH, 101.9)
    assert settled_at(one, {0: WHOLE}) == 102.0


def test_when_to_look_next() -> None:
    one = settling()
    assert one.next_look() is None
    one.touch(PATH, 100.0)
    assert one.next_look() == 100.0
    one.judge(PATH, WHOLE, 100.25)
    assert one.next_look() == 102.25


@dataclass
class Story:
    """One file as it really is over time, and everything that was seen of it."""

    look: Look | None = None
    looks: list[tuple[float, Look | None]] = field(default_factory=list)
    events: list[float] = field(default_factory=list)


@pytest.mark.parametrize("seed", range(400))
def test_any_order_of_events(seed: int) -> None:
    """Never settled while it changes or before its time; settled in the end if it is there; one look is not enough."""
    chance = random.Random(seed)
    one = settling()
    stories = {Path(f"/photos/{number}.jpg"): Story() for number in range(chance.randint(1, 4))}
    now, ends = 100.0, 100.0 + chance.uniform(5, 40)
    settled: dict[Path, float] = {}
    while now < ends + 3 * PATIENCE:
        now += chance.choice((0.01, 0.1, 0.5, 1.0, 2.0, 3.0))
        for path, story in stories.items():
            if now < ends and chance.random() < 0.3:
                happens(path, story, one, now, chance, settled)
        for path in one.due(now):
            story = stories[path]
            story.looks.append((now, story.look))
            if one.judge(path, story.look, now):
                assert_may_be_settled(story, now)
                settled[path] = now
    for path, story in stories.items():
        assert (path in settled) == (story.look is not None)
    assert len(one) == 0


def happens(
    path: Path, story: Story, one: Settling, now: float, chance: random.Random, settled: dict[Path, float]
) -> None:
    """A program does something to the file, and the system tells of it."""
    before = story.look or Look(0, 0, 0, (1, 0), whole=False)
    match chance.choice(("write", "finish", "replace", "delete", "close", "touch")):
        case "write":
            story.look = replace(before, size=before.size + 1, mtime_ns=int(now * 1e9), whole=False)
        case "finish":
            story.look = replace(before, size=before.size + 1, mtime_ns=int(now * 1e9), whole=True)
        case "replace":
            file = (1, chance.randrange(1 << 30))
            story.look = Look(chance.randrange(9), int(now * 1e9), int(now * 1e9), file, chance.random() < 0.8)
        case "delete":
            story.look = None
            settled.pop(path, None)
            return
        case "touch" if story.look is not None:
            story.look = replace(before, ctime_ns=int(now * 1e9))
        case _ if story.look is None:
            return
    settled.pop(path, None)
    story.events.append(now)
    assert one.touch(path, now)


def assert_may_be_settled(story: Story, now: float) -> None:
    """By the rule in words: for the whole time no event, and all looks of that time, at least two, found the same."""
    assert story.look is not None
    needed = SETTLE if story.look.whole else PATIENCE
    assert not [event for event in story.events if now - needed + 1e-6 < event]
    within = [look for at, look in story.looks if at >= now - needed + 1e-6]
    earlier = [look for at, look in story.looks if at <= now - SETTLE + 1e-6]
    assert set(within) == {story.look}
    assert earlier[-1] == story.look

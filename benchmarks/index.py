"""The index at a million rows: how fast rows go in, how large the file is, and how long searches take.

The rows are made up from lists of words, in folders by year and month; there are no photos behind them. Searches are
timed as a person sees them: the first 100 rows in order, with their tags; and the count by itself.
"""

import argparse
import hashlib
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from tagger.alike import Likeness
from tagger.bootstrap import DEFAULT_BUNDLE, make_captioner
from tagger.captioning.captioner import Decoding
from tagger.captioning.features import COUNT_BYTES, HASH_BYTES
from tagger.config import Settings
from tagger.core.records import Alternative, Caption, IndexEntry, Photo, Tag
from tagger.storage.index import SqliteIndex
from tagger.storage.searching import Order

ROOT = Path("/photos")
MODEL, COORDINATES = "default 2.0.0", 1280
PAGE = 100
ALONE = 5000
REPEATS = 9
ANIMALS = ("dog", "cat", "horse", "bird", "elephant", "giraffe", "zebra", "sheep", "cow", "bear")
THINGS = ("boat", "train", "bus", "bicycle", "car", "kite", "clock", "bench", "pizza", "cake", "laptop", "umbrella")
PEOPLE = ("man", "woman", "child", "group", "person", "boy", "girl", "surfer", "skier", "player")
VERBS = ("standing", "sitting", "riding", "walking", "lying", "flying", "parked", "running", "eating", "playing")
PLACES = ("beach", "street", "grassy field", "snowy slope", "table", "living room", "city street", "body of water",
          "park", "kitchen counter", "dirt road", "lush green field", "building", "ocean wave")  # fmt: skip
COLOURS = ("red", "white", "black", "brown", "small", "large", "young", "old", "wooden", "blue", "green", "yellow")
EVENTS = ("Holiday", "Garden", "Birthday", "Walk", "Christmas", "Rome", "Zoo")
QUERIES = {
    "one word": "dog",
    "one rare word": "word0077",
    "two words": "dog beach",
    "phrase": '"living room"',
    "beginning": "stand*",
    "either": "dog OR cat",
    "tag": "tag:animal",
    "tag without a tag": "tag:dog -tag:beach",
    "tag without a common one": "tag:dog -tag:place",
    "tag without a word": "tag:dog -beach",
    "folder": 'path:"2010-05 zoo"',
    "year's folder": "path:2010/",
    "file name": "path:img_0012345",
    "date and word": "since:2023 dog",
    "date": "since:2023",
    "least sure": "score<0.3",
    "state": "state:review",
    "another model": "-model:default",
    "everything": "",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--file", type=Path, help="keep the index here, or use the one that is here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = options.file or Path(folder) / "index.db"
        is_new = not file.exists()
        with SqliteIndex(ROOT, file) as index:
            if is_new:
                fill(index, options.rows)
            searches(index)
            likeness(index)
        print(f"\nfile {file.stat().st_size / 1e6:,.0f} MB")
    return 0


def fill(index: SqliteIndex, rows: int) -> None:
    """Put most rows a thousand at a time, and the last ones as ``tagger tag`` does: each in its own transaction."""
    made = entries(rows)
    alone = min(ALONE, rows)
    begun, number = time.perf_counter(), 0
    while number < rows - alone:
        number += len(page := list(islice(made, min(1000, rows - alone - number))))
        index.put_all(page)
        if number % 50_000 == 0:
            seconds = time.perf_counter() - begun
            left = seconds / number * (rows - number)
            print(f"{number:,} rows, {number / seconds:,.0f}/s, {left:.0f} s left", file=sys.stderr)
    told("a thousand at a time", number, time.perf_counter() - begun)
    last, begun = list(made), time.perf_counter()
    for entry in last:
        index.put(entry)
    told("one by one", len(last), time.perf_counter() - begun)


def told(how: str, rows: int, seconds: float) -> None:
    if rows:
        print(f"{rows:,} rows {how}: {rows / seconds:,.0f}/s, {1e6 * seconds / rows:.0f} µs a row\n")


def entries(rows: int) -> Iterator[IndexEntry]:
    rng = random.Random(1)
    tags = [Tag(word, 0.9, ("animal",)) for word in ANIMALS] + [Tag(word, 0.8, ("thing",)) for word in THINGS]
    places = {word: Tag(word, 0.7, ("outdoors", "place")) for word in PLACES}
    known = {tag.label: tag for tag in tags}
    subjects = [*ANIMALS, *PEOPLE, *THINGS]
    head = COORDINATES.to_bytes(COUNT_BYTES, "little")
    for number in range(rows):
        year = 2000 + min(24, int(25 * rng.random() ** 0.5))
        month, day = rng.randrange(1, 13), rng.randrange(1, 29)
        subject, place = subjects[min(int(rng.expovariate(1 / 8)), len(subjects) - 1)], rng.choice(PLACES)
        text = f"A {rng.choice(COLOURS)} {subject} {rng.choice(VERBS)} on a {rng.choice(COLOURS)} {place}"
        if rng.random() < 0.1:
            text += f" with a word{rng.randrange(3000):04}"
        chosen = {tag.label: tag for tag in (known.get(subject), places[place], *rng.sample(tags, 2)) if tag}
        path = ROOT / f"{year}/{year}-{month:02} {rng.choice(EVENTS)}/IMG_{number:07}.jpg"
        features = head + rng.randbytes(HASH_BYTES + COORDINATES // 4)
        yield IndexEntry(
            Photo(path, 3_000_000 + number, number),
            hashlib.sha256(number.to_bytes(8, "big")).hexdigest(),
            Caption(
                text, -12 * rng.random(), (Alternative(f"a {subject}", -9.0),), tuple(chosen.values()), None, features
            ),
            MODEL,
            "beam 3 1",
            "run",
            "2026-01-01T00:00:00+00:00",
            f"{year}-{month:02}-{day:02}T10:00:00" if rng.random() < 0.95 else None,
        )


def searches(index: SqliteIndex) -> None:
    print(
        f"| search | example | hits | first {PAGE}: median | p95 | of it CPU | count |\n|---|---|---|---|---|---|---|"
    )
    for what, query in QUERIES.items():
        show(index, what, query, Order.PATH)
    show(index, "everything, newest first", "", Order.DATE)
    show(index, "one word, newest first", "dog", Order.DATE)
    show(index, "one word, best first", "dog", Order.RELEVANCE)


def show(index: SqliteIndex, what: str, query: str, order: Order) -> None:
    hits, counting, _ = timed(lambda: index.count(query))
    runs = [
        timed(lambda: len(list(index.search(query, limit=PAGE, order=order, descending=order is Order.DATE))))
        for _ in range(REPEATS)
    ]
    times, own = [run[1] for run in runs], statistics.median(run[2] for run in runs)
    p95 = statistics.quantiles(times, n=20, method="inclusive")[-1]
    figures = " | ".join(f"{value:.0f} ms" for value in (statistics.median(times), p95, own, counting))
    print(f"| {what} | `{query}` | {hits:,} | {figures} |")


def likeness(index: SqliteIndex) -> None:
    """How long ``tagger similar`` takes where every photo was looked at already."""
    captioner = make_captioner(Settings(bundle=DEFAULT_BUNDLE), Decoding())
    looks = Likeness(ROOT, index, captioner)
    wanted = COORDINATES.to_bytes(COUNT_BYTES, "little") + np.random.default_rng(1).bytes(HASH_BYTES + COORDINATES // 4)
    runs = [timed(lambda: len(looks.nearest(wanted, limit=10))) for _ in range(3)]
    wall, own = (statistics.median(run[at] for run in runs) for at in (1, 2))
    print(f"\nthe 10 most alike of {index.count():,}: {wall:.0f} ms, of it CPU {own:.0f} ms")


def timed(work: Callable[[], int]) -> tuple[int, float, float]:
    """What ``work`` returns, milliseconds, and milliseconds of CPU: other programs may be busy beside."""
    begun, own = time.perf_counter(), time.process_time()
    result = work()
    return result, 1e3 * (time.perf_counter() - begun), 1e3 * (time.process_time() - own)


if __name__ == "__main__":
    sys.exit(main())

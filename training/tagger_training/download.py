"""A table of captions and addresses (Conceptual Captions) -> a data set on disk. The network, because it was asked for.

Some thousand hosts, many of them dead: every address is tried once, with bounded time and size; what came is written
whole or not at all, and a log says what became of each address, so that a run that was interrupted goes on where it
was. Knows no model.

Source: Sharma et al., "Conceptual Captions" (2018): tab-separated, caption first, no header.
"""

import csv
import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from tagger.core.errors import FetchError, RunError
from tagger.fetch import Fetched

LOG = "downloaded.tsv"
_SUFFIXES = (
    (b"\xff\xd8\xff", ".jpg"),
    (b"\x89PNG", ".png"),
    (b"GIF8", ".gif"),
    (b"RIFF", ".webp"),
    (b"BM", ".bmp"),
    (b"II", ".tif"),
    (b"MM", ".tif"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of the table: an address, its caption, and the name that its photo gets, without suffix."""

    address: str
    caption: str

    @property
    def name(self) -> str:
        """The same address gets the same name in every run."""
        return hashlib.sha256(self.address.encode()).hexdigest()[:24]


def download(
    table: Path,
    out: Path,
    *,
    fetch: Callable[[str], Fetched],
    split: str = "train",
    jobs: int = 16,
    limit: int | None = None,
    progress: Callable[[int, Mapping[str, int]], None],
    stop: Callable[[], bool] = lambda: False,
) -> Counter[str]:
    """Load the photos of ``table`` into ``out``/images, ``jobs`` at once; returns how many ended how.

    The counts are ``loaded``, and causes otherwise. ``progress(done, counts)`` is called after every address, also for
    those of earlier runs. ``out``/captions.tsv is written anew at the end, also when ``stop`` says so in between.
    """
    images = out / "images"
    try:
        images.mkdir(parents=True, exist_ok=True)
        known = _read_log(out / LOG)
        counts: Counter[str] = Counter()
        wanted = islice(read_table(table), limit)
        with (out / LOG).open("a", encoding="utf-8", newline="") as log, ThreadPoolExecutor(jobs) as pool:
            running: dict[Future[str], str] = {}
            lines: Counter[str] = Counter()  # of the table, for each address that is under way
            while True:
                for item in wanted:
                    if item.address in known:
                        counts[_cause(known[item.address])] += 1
                        progress(counts.total(), counts)
                    else:
                        if item.address not in lines:
                            running[pool.submit(_load, item, images, fetch)] = item.address
                        lines[item.address] += 1
                    if len(running) >= 4 * jobs or stop():
                        break
                if not running or stop():
                    break
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    address = running.pop(future)
                    known[address] = result = future.result()
                    log.write(f"{address}\t{result}\n")
                    log.flush()
                    counts[_cause(result)] += lines.pop(address)
                    progress(counts.total(), counts)
            for future in running:
                future.cancel()
        _write_captions(out, read_table(table), known, split)
    except OSError as error:
        raise RunError(f"{error.filename or out}: {error.strerror}", "run again to go on") from error
    return counts


def read_table(table: Path) -> Iterator[Wanted]:
    """Yield the lines of the table. Raises RunError that names a line that is not a caption and an address."""
    try:
        with table.open(encoding="utf-8", newline="") as lines:
            for number, row in enumerate(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), start=1):
                if len(row) != 2 or not row[1].startswith(("http://", "https://")):
                    raise RunError(f"{table} line {number}: not a caption, a tab and an address", "mend the line")
                yield Wanted(row[1].strip(), " ".join(row[0].split()))
    except OSError as error:
        raise RunError(f"{table} cannot be read: {error.strerror}", "check the path") from error
    except UnicodeDecodeError as error:
        raise RunError(f"{table} is not text in UTF-8", "save it as UTF-8") from error


def _load(item: Wanted, images: Path, fetch: Callable[[str], Fetched]) -> str:
    """Load one photo; returns its file's name, or ``! `` and why not."""
    try:
        content = fetch(item.address).content
    except FetchError as error:
        return f"! {error.cause}"
    suffix = next((suffix for magic, suffix in _SUFFIXES if content.startswith(magic)), ".img")
    temporary = images / f".{item.name}.part"
    temporary.write_bytes(content)
    os.replace(temporary, images / (item.name + suffix))  # noqa: PTH105 - as everywhere else here
    return item.name + suffix


def _cause(result: str) -> str:
    return result.removeprefix("! ") if result.startswith("! ") else "loaded"


def _read_log(file: Path) -> dict[str, str]:
    """What became of each address; a line that an interruption left half-written is cut off."""
    if not file.exists():
        return {}
    content = file.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        os.truncate(file, len(whole))
    rows = (line.partition("\t") for line in whole.decode("utf-8").split("\n"))
    return {address: result for address, tab, result in rows if tab and result}


def _write_captions(out: Path, wanted: Iterator[Wanted], known: Mapping[str, str], split: str) -> None:
    temporary = out / ".captions.part"
    with temporary.open("w", encoding="utf-8", newline="") as file:
        file.write("split\tfile\tcaption\n")
        for item in wanted:
            result = known.get(item.address, "")
            if result and _cause(result) == "loaded":
                file.write(f"{split}\t{result}\t{item.caption}\n")
    os.replace(temporary, out / "captions.tsv")  # noqa: PTH105 - as above

"""A watched folder under a stream of arrivals: is each photo captioned once, how fast, and does memory stay flat?

Runs ``tagger watch`` as a program and puts small photos into its folder: written, moved in with their folder, renamed,
downloaded under another name, and with ``--mixed`` also damaged, edited, deleted and moved about.
"""

import argparse
import io
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

WAYS = ("write", "slowly", "download", "folder")
MIXED = (*WAYS, "damaged", "delete", "move", "touch")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=20_000, help="arrivals (%(default)s)")
    parser.add_argument("--mixed", action="store_true", help="more than arrivals")
    parser.add_argument("--bundle", type=Path, help="a bundle (default: the embedded one)")
    parser.add_argument("--ahead", type=int, default=500, help="photos that may wait at any time (%(default)s)")
    parser.add_argument("--poll", help="seconds: look instead of being told")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        figures = Trial(Path(scratch).resolve(), options).run()
    print(json.dumps(figures) if options.json else "\n".join(f"{name:<24} {value}" for name, value in figures.items()))
    return 1 if figures["lost"] or figures["twice"] else 0


class Trial:
    """One run of the program over one stream of arrivals."""

    def __init__(self, scratch: Path, options: argparse.Namespace) -> None:
        self.options, self.chance = options, random.Random(options.seed)
        self.root, self.outside = scratch / "photos", scratch / "outside"
        self.root.mkdir()
        self.outside.mkdir()
        self.environment = os.environ | {"XDG_STATE_HOME": str(scratch / "state")}
        self.base = small_jpeg()
        self.there: dict[Path, int] = {}
        self.made = 0
        self.ended = 0.0
        self.memory: list[tuple[float, int]] = []

    def run(self) -> dict[str, object]:
        command = [sys.executable, "-m", "tagger", "watch", str(self.root), "--settle", "0.5", "--battery", "ignore"]
        command += ["--bundle", str(self.options.bundle)] if self.options.bundle else []
        command += ["--poll", self.options.poll] if self.options.poll else []
        began = time.monotonic()
        with subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL) as process:
            for _ in self.arrive():
                self.measure(process.pid)
                while self.made - self.captioned() > self.options.ahead:
                    time.sleep(0.2)
                    self.measure(process.pid)
            self.wait_until_calm(process.pid)
            seconds = self.ended - began
            process.send_signal(signal.SIGTERM)
        return self.figures(seconds, process.returncode)

    def arrive(self) -> Iterator[None]:
        ways = MIXED if self.options.mixed else WAYS
        while self.made < self.options.count:
            getattr(self, self.chance.choice(ways))()
            yield

    def write(self) -> None:
        path = self.path()
        path.write_bytes(self.photo())
        self.there[path] = self.made

    def slowly(self) -> None:
        path, content = self.path(), self.photo()
        with path.open("wb", buffering=0) as file:
            file.write(content[: len(content) // 2])
            time.sleep(0.01)
            file.write(content[len(content) // 2 :])
        self.there[path] = self.made

    def download(self) -> None:
        path = self.path()
        path.with_name(path.name + ".part").write_bytes(self.photo())
        path.with_name(path.name + ".part").rename(path)
        self.there[path] = self.made

    def folder(self) -> None:
        """A folder with a few photos in folders of its own, moved here at once."""
        made = self.outside / f"moved {self.made}"
        for _ in range(self.chance.randint(1, 5)):
            inside = made / "a" / str(self.chance.randrange(3))
            inside.mkdir(parents=True, exist_ok=True)
            (inside / f"{self.made:06}.jpg").write_bytes(self.photo())
        made.rename(self.root / made.name)
        for path in (self.root / made.name).rglob("*.jpg"):
            self.there[path] = self.made

    def folder_of(self, number: int) -> Path:
        return self.root / f"{number % 20}" / f"{number % 7}"

    def damaged(self) -> None:
        (self.root / f"damaged {self.chance.random()}.jpg").write_bytes(self.base[:200] + b"\xff\xd9")

    def delete(self) -> None:
        if self.there:
            path = self.chance.choice(list(self.there)[-50:])
            if self.is_done(path):  # one that is deleted before it is captioned is not lost
                path.unlink()
                del self.there[path]

    def move(self) -> None:
        if self.there:
            path = self.chance.choice(list(self.there)[-50:])
            if self.is_done(path):
                new = path.with_name(f"moved {self.made} {path.name}")
                path.rename(new)
                self.there[new] = self.there.pop(path)

    def touch(self) -> None:
        if self.there:
            os.utime(self.chance.choice(list(self.there)[-50:]))

    def path(self) -> Path:
        folder = self.folder_of(self.made)
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{self.made:06}.jpg"

    def photo(self) -> bytes:
        """A photo whose picture data no other has: a quantisation table that nothing uses."""
        self.made += 1
        number = bytes(self.made // 255**place % 255 + 1 for place in range(4))  # a table holds no 0
        return self.base[:2] + b"\xff\xdb\x00\x43\x03" + number + b"\1" * 60 + self.base[2:]

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """From the databases of the library, which are there once the first photo was."""
        name = "journal.db" if "records" in query else "index.db"
        file = self.root / ".tagger" / name
        if not file.exists():
            return []
        connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)
        try:
            return connection.execute(query, values).fetchall()
        except sqlite3.OperationalError:  # not made yet
            return []
        finally:
            connection.close()

    def captioned(self) -> int:
        found = self.rows("SELECT count(*) FROM records WHERE state = 'committed'")
        return int(str(found[0][0])) if found else 0

    def is_done(self, path: Path) -> bool:
        name = os.fsencode(path.relative_to(self.root))
        return bool(self.rows("SELECT 1 FROM photos WHERE path = ?", name))

    def measure(self, pid: int) -> None:
        now = time.monotonic()
        if not self.memory or now - self.memory[-1][0] > 0.5:
            status = Path(f"/proc/{pid}/status").read_text()
            kilobytes = int(status.partition("VmRSS:")[2].split()[0]) if "VmRSS:" in status else 0
            self.memory.append((now, kilobytes))

    def wait_until_calm(self, pid: int) -> None:
        before, since = -1, time.monotonic()
        while time.monotonic() - since < 12:
            time.sleep(0.5)
            self.measure(pid)
            now = self.captioned()
            if now != before:
                before, since, self.ended = now, time.monotonic(), time.monotonic()

    def figures(self, seconds: float, code: int) -> dict[str, object]:
        names = {os.fsencode(path.relative_to(self.root)) for path in self.there}
        rows = {name for (name,) in self.rows("SELECT path FROM photos")}
        twice = self.rows(
            "SELECT identity FROM records WHERE state = 'committed' GROUP BY identity HAVING count(*) > 1"
        )
        settled = self.memory[len(self.memory) // 3 :]  # the first photos load the model
        growth = slope(settled) * (settled[-1][0] - settled[0][0]) / 1024
        return {
            "arrivals": self.made,
            "lost": len(names - rows),
            "twice": len(twice),
            "exit code": code,
            "seconds": round(seconds, 1),
            "photos a second": round(self.made / seconds, 1),
            "memory at the end, MB": round(self.memory[-1][1] / 1024, 1),
            "memory at most, MB": round(max(size for _, size in self.memory) / 1024, 1),
            "growth after warm-up, MB": round(growth, 2),
            "MB per 1000 arrivals": round(growth / (self.made * 2 / 3) * 1000, 3),
        }


def slope(points: list[tuple[float, int]]) -> float:
    """Of the line that fits best."""
    x = sum(point[0] for point in points) / len(points)
    y = sum(point[1] for point in points) / len(points)
    spread = sum((at - x) ** 2 for at, _ in points)
    return sum((at - x) * (size - y) for at, size in points) / spread if spread else 0.0


def small_jpeg() -> bytes:
    content = io.BytesIO()
    Image.radial_gradient("L").resize((64, 48)).convert("RGB").save(content, "JPEG", quality=90)
    return content.getvalue()


if __name__ == "__main__":
    sys.exit(main())

"""Real programs put photos into a watched folder: is each captioned once, none while incomplete, and none lost?

cp, cp -r, mv of files, of a folder of 300 and from another disk, rsync (with temporary names and in place), unzip, tar,
downloads under another name, slow writers, editors that save by renaming, ExifTool on photos that are there, and moves
inside the folder. At the end every run is undone: each file must be what it was when it arrived, to the byte.
"""

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from watch_trial import Options, Trial, finish, slowly, tiny_bundle

SLOW_SECONDS = 10.0
OTHER_DISK = Path("/dev/shm")  # noqa: S108 - where it is there, another file system than that of temporary files
EDIT = b"somebody"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=5000, help="arrivals (%(default)s)")
    parser.add_argument("--poll", type=float, help="seconds: look instead of being told")
    parser.add_argument("--settle", type=float, default=1.0)
    parser.add_argument("--slow-seconds", type=float, default=SLOW_SECONDS, help="of a slow writer (%(default)g)")
    parser.add_argument("--real", action="store_true", help="with the embedded bundle instead of the tests' tiny one")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tagger-watch-") as scratch:
        here = Path(scratch).resolve()
        bundle = None if options.real else tiny_bundle(here / "bundle")
        trial = Trial(here / "trial", Options(options.settle, options.poll, bundle))
        programs = Programs(trial, options)
        try:
            figures = programs.run()
        finally:
            if trial.is_running():
                trial.end_in_peace()
            programs.clear()
        return finish(trial, figures)


class Programs:
    """The ways in which photos arrive, by name; each makes as many as it is told, in a folder of its own."""

    def __init__(self, trial: Trial, options: argparse.Namespace) -> None:
        self.trial, self.options, self.chance = trial, options, random.Random(options.seed)
        self.arrivals: Counter[str] = Counter()
        self.edits: Counter[str] = Counter()
        self.edited: set[Path] = set()
        self.touched: set[str] = set()
        self.shm = Path(tempfile.mkdtemp(prefix="tagger-watch-", dir=OTHER_DISK)) if OTHER_DISK.is_dir() else None
        self.slow: list[threading.Thread] = []
        self._number = 0
        # Program -> its part of all arrivals, and how many it puts there at once.
        self.ways: dict[str, tuple[Callable[[int], None], float, int]] = {
            "cp": (self.cp, 0.16, 40),
            "cp -r": (self.cp_folder, 0.12, 80),
            "mv": (self.mv, 0.08, 40),
            "mv of a folder of 300": (self.mv_folder, 0.18, 300),
            "tar": (self.tar, 0.07, 70),
            "download": (self.download, 0.07, 25),
            "slow writer": (self.write_slowly, 0.02, 20),
            "editor": (self.edit, 0.04, 20),
        }
        if self.shm is not None:
            self.ways["mv from another disk"] = (self.mv_across, 0.06, 40)
        if shutil.which("rsync"):
            self.ways["rsync"] = (self.rsync, 0.1, 80)
            self.ways["rsync --inplace"] = (self.rsync_in_place, 0.04, 40)
        if shutil.which("unzip"):
            self.ways["unzip"] = (self.unzip, 0.1, 80)

    def run(self) -> dict[str, object]:
        for at in range(3):
            self.trial.put(self.trial.root / f"there before {at}.jpg")
        self.trial.start()
        began = time.monotonic()
        self.trial.wait_for(lambda: len(self.trial.committed()) == 3, what="what was there before")
        for work, size in self.plan():
            work(size)
            while self.trial.made - len(self.trial.committed()) > 1500 and self.trial.is_running():
                time.sleep(0.5)
        for thread in self.slow:
            thread.join()
        self.trial.wait_until_all()
        self.exiftool(min(50, self.options.count // 10))
        self.move_inside(min(50, self.options.count // 10))
        self.trial.wait_until_all()
        seconds = time.monotonic() - began
        self.trial.end_in_peace()
        figures = self.trial.judge()
        lost_edits = [path for path in self.edited if EDIT not in path.read_bytes()]
        if lost_edits:
            self.trial.problems.append(f"{len(lost_edits)} edits of ExifTool are lost")
        back = self.trial.take_back(edited=self.edited)
        lost_edits = [path for path in self.edited if EDIT not in path.read_bytes()]
        if lost_edits:
            self.trial.problems.append(f"{len(lost_edits)} edits of ExifTool are lost after undo")
        return figures | {"seconds": round(seconds), "taken back": back, **self.arrivals, **self.edits}

    def plan(self) -> list[tuple[Callable[[int], None], int]]:
        """Portions of all ways, in any order; the editor needs photos that are there."""
        parts: list[tuple[Callable[[int], None], int]] = []
        share = sum(part for _, part, _ in self.ways.values())
        for work, part, size in self.ways.values():
            left = max(1, round(self.options.count * part / share))
            while left > 0:
                parts.append((work, min(size, left)))
                left -= size
        self.chance.shuffle(parts)
        parts.sort(key=lambda item: item[0] == self.edit)
        return parts

    def clear(self) -> None:
        if self.shm is not None:
            shutil.rmtree(self.shm, ignore_errors=True)

    # --- the ways ---

    def cp(self, count: int) -> None:
        call("cp", *self.make(count), self.place())
        self.arrivals["cp"] += count

    def cp_folder(self, count: int) -> None:
        files = self.make(count, nested=True)
        call("cp", "-a", common(files), self.place())
        self.arrivals["cp -r"] += count

    def mv(self, count: int) -> None:
        call("mv", *self.make(count), self.place())
        self.arrivals["mv"] += count

    def mv_across(self, count: int) -> None:
        call("mv", *self.make(count, at=self.shm), self.place())
        self.arrivals["mv from another disk"] += count

    def mv_folder(self, count: int) -> None:
        files = self.make(count, nested=True)
        call("mv", common(files), self.place())
        self.arrivals["mv of a folder"] += count

    def rsync(self, count: int) -> None:
        files = self.make(count, nested=True)
        call("rsync", "-a", f"{common(files)}/", self.place())
        self.arrivals["rsync"] += count

    def rsync_in_place(self, count: int) -> None:
        files = self.make(count)
        call("rsync", "-a", "--inplace", "--bwlimit=200", f"{common(files)}/", self.place())
        self.arrivals["rsync --inplace"] += count

    def unzip(self, count: int) -> None:
        files = self.make(count, nested=True)
        archive = self.trial.outside / f"{self._number}.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
            for file in files:
                made.write(file, file.relative_to(common(files)))
        call("unzip", "-q", archive, "-d", self.place())
        self.arrivals["unzip"] += count

    def tar(self, count: int) -> None:
        files = self.make(count, nested=True)
        archive = self.trial.outside / f"{self._number}.tar"
        call("tar", "-C", common(files), "-cf", archive, ".")
        call("tar", "-C", self.place(), "-xf", archive)
        self.arrivals["tar"] += count

    def download(self, count: int) -> None:
        """As browsers do: under another name, then renamed; in turns of three, all being written at the same time."""
        place = self.place()
        for at, file in enumerate(self.make(count)):
            name = (f"{file.name}.part", f"Unconfirmed {at}.crdownload", f".{file.name}.AbC123")[at % 3]
            content = file.read_bytes()
            (place / name).write_bytes(content[: len(content) // 2])
            with (place / name).open("ab") as rest:
                rest.write(content[len(content) // 2 :])
            call("mv", place / name, place / file.name)
        self.arrivals["download"] += count

    def write_slowly(self, count: int) -> None:
        """Each in a thread of its own, while other programs go on."""
        place, seconds = self.place(), self.options.slow_seconds
        for file in self.make(count):
            arguments = {"seconds": seconds, "chance": random.Random(self.chance.random())}
            thread = threading.Thread(target=slowly, args=(place / file.name, file.read_bytes()), kwargs=arguments)
            thread.start()
            self.slow.append(thread)
        self.arrivals["slow writer"] += count

    def edit(self, count: int) -> None:
        """Save another picture under the name of a photo that is captioned: beside it, then renamed over it."""
        for at, (before, path) in enumerate(self.captioned(count)):
            beside = path.with_name(f".goutputstream-{at:06}" if at % 2 else f"{path.name}.tmp")
            beside.write_bytes(self.trial.photo())
            if at % 3 == 0:
                path.rename(path.with_name(f"{path.name}~"))
            beside.rename(path)
            self.touched.add(before)
            self.arrivals["editor, another picture"] += 1

    def exiftool(self, count: int) -> None:
        """Edit the metadata of photos that are captioned: no new caption, and the edit stays."""
        if not shutil.which("exiftool"):
            return
        photos = self.captioned(count)
        call("exiftool", "-q", "-overwrite_original", f"-Artist={EDIT.decode()}", *(path for _, path in photos))
        self.edited |= {path for _, path in photos}
        self.touched |= {before for before, _ in photos}
        self.edits["edited by ExifTool, no new caption"] += len(photos)

    def move_inside(self, count: int) -> None:
        """Move photos that are captioned: their rows follow, no new caption."""
        place = self.place()
        photos = self.captioned(count)
        for at, (before, path) in enumerate(photos):
            call("mv", path, place / f"{at} {path.name}")
            self.touched.add(before)
        self.edits["moved inside, no new caption"] += len(photos)

    # --- what they need ---

    def captioned(self, count: int) -> list[tuple[str, Path]]:
        """Photos that the watcher is done with and nobody else touched, with their hash when they arrived."""
        found = [item for item in sorted(self.trial.places().items()) if item[0] not in self.touched]
        found = [(before, path) for before, path in found if path.is_file()]
        return self.chance.sample(found, min(count, len(found)))

    def make(self, count: int, *, nested: bool = False, at: Path | None = None) -> list[Path]:
        """New photos outside of the library, in a new folder."""
        self._number += 1
        folder = (at or self.trial.outside) / f"batch {self._number}"
        names = (f"{number:05}.jpg" for number in range(count))
        inside = [folder / ("/".join("abcde"[: at % 5 + 1]) if nested else "") / name for at, name in enumerate(names)]
        return [self.trial.put(path) for path in inside]

    def place(self) -> Path:
        """A new folder in the library, or one that is there."""
        self._number += 1
        folder = self.trial.root / f"{self._number % 7}" / f"arrived {self._number}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def common(files: list[Path]) -> Path:
    """The folder that ``make`` made."""
    return next(folder for folder in files[0].parents if folder.name.startswith("batch "))


def call(*command: object) -> None:
    subprocess.run([str(word) for word in command], check=True, capture_output=True)


if __name__ == "__main__":
    sys.exit(main())

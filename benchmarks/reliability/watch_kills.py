"""Kill ``tagger watch`` at random moments while photos arrive: is each captioned once, and none damaged?

Photos keep arriving: written at once, slowly, under another name, and with their folder; before, while and after the
watcher is killed (SIGKILL). A quarter of the kills come at any time from its start on, the others while it writes:
after a random number of captions. After each kill every file must be as it arrived or exactly as the journal says. At
the end it goes through what is left, and every run is undone: each file must be what it was when it arrived.
"""

import argparse
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from watch_trial import LEFTOVER, Options, Trial, finish, slowly, tiny_bundle

START_SECONDS = 4.0  # within which the watcher has begun to work, on a machine with little else to do


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--photos", type=int, default=20, help="arrivals for each kill (%(default)s)")
    parser.add_argument("--poll", type=float, help="seconds: look instead of being told")
    parser.add_argument("--settle", type=float, default=0.3)
    parser.add_argument("--real", action="store_true", help="with the embedded bundle instead of the tests' tiny one")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tagger-watch-") as scratch:
        here = Path(scratch).resolve()
        bundle = None if options.real else tiny_bundle(here / "bundle")
        trial = Trial(here / "trial", Options(options.settle, options.poll, bundle))
        kills = Kills(trial, options)
        try:
            figures = kills.run()
        finally:
            if trial.is_running():
                trial.end(signal.SIGKILL)
        return finish(trial, figures)


class Kills:
    """The same library all the time, under a watcher that is started again and again."""

    def __init__(self, trial: Trial, options: argparse.Namespace) -> None:
        self.trial, self.options, self.chance = trial, options, random.Random(options.seed)
        self.found: Counter[str] = Counter()

    def run(self) -> dict[str, object]:
        for number in range(self.options.kills):
            self.kill(number)
            if self.trial.problems:
                break
        self.trial.start()
        self.trial.wait_until_all()
        self.trial.end_in_peace()
        figures = self.trial.judge()
        states = Counter(str(state) for (state,) in self.trial.rows("SELECT state FROM records"))
        done_again = states["rolled-back"]
        back = self.trial.take_back()
        return {"kills": self.options.kills, **self.found, **figures, "begun, and done again": done_again} | {
            "taken back": back
        }

    def kill(self, number: int) -> None:
        """Start it, let photos arrive, kill it at some moment, and look at every file."""
        before = len(self.trial.committed())
        self.trial.start()
        arriving = threading.Thread(target=self.arrive, args=(number, random.Random(self.chance.random())))
        arriving.start()
        if number % 4 == 0:
            time.sleep(self.chance.uniform(0, START_SECONDS))
        else:
            captions = before + self.chance.randint(1, self.options.photos)
            self.wait_for_captions(captions)
            time.sleep(self.chance.uniform(0, 0.2))
        self.trial.end(signal.SIGKILL)
        self.found["killed while photos arrived"] += arriving.is_alive()
        pending = self.trial.rows("SELECT id FROM records WHERE state = 'pending'")
        halves = [path for path in self.trial.root.rglob("*") if LEFTOVER in path.name]
        self.found["killed amid a change"] += bool(pending or halves)
        arriving.join()
        for path in self.trial.damaged():
            self.trial.problems.append(f"after kill {number}: {path.name} is neither as before nor as the journal says")

    def wait_for_captions(self, count: int) -> None:
        """Until so many are captioned; or for long enough, as it may have had fewer to do."""
        deadline = time.monotonic() + 10 * START_SECONDS
        while len(self.trial.committed()) < min(count, self.trial.made) and time.monotonic() < deadline:
            time.sleep(0.01)

    def arrive(self, number: int, chance: random.Random) -> None:
        """The photos of one kill, in four ways, over a few seconds."""
        folder = self.trial.root / f"{number % 5}"
        folder.mkdir(parents=True, exist_ok=True)
        left = self.options.photos
        while left > 0:
            match chance.randrange(4):
                case 0:
                    self.trial.put(folder / f"{self.trial.made:05}.jpg")
                case 1:
                    path = folder / f"{self.trial.made:05}.jpg"
                    slowly(path, self.trial.photo(), seconds=0.5, chance=chance)
                case 2:
                    path = self.trial.put(folder / f"{self.trial.made:05}.jpg.part")
                    path.rename(path.with_suffix(""))
                case _:
                    made = self.trial.outside / f"{number} {self.trial.made}"
                    size = min(left, chance.randint(2, 6))
                    for at in range(size):
                        self.trial.put(made / f"{at}/{at}.jpg")
                    made.rename(folder / made.name)
                    left -= size - 1
            left -= 1
            time.sleep(chance.uniform(0, 0.2))


if __name__ == "__main__":
    sys.exit(main())

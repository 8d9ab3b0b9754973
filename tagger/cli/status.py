"""``tagger status``: what the watchers of this user are doing."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from tagger.cli import output
from tagger.cli.main import make_parser
from tagger.watching.status import Status, all_statuses


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code: 0 where a watcher is running, 1 where none is."""
    parser = make_parser("status", "What the watchers are doing: tagger watch and tagger service write it down.")
    parser.add_argument("--json", action="store_true", help="one JSON object a watcher, one a line")
    parser.add_argument("--all", action="store_true", help="also watchers that do not run any more")
    options = parser.parse_args(arguments)
    statuses = all_statuses()
    running = [status for status in statuses if status.is_running()]
    shown = statuses if options.all or not running else running
    for at, status in enumerate(shown):
        if options.json:
            print(json.dumps(asdict(status) | {"queue": status.queue, "running": status.is_running()}))
        else:
            if at:
                print()
            show(status)
    if not statuses and not options.json:
        print("not running: no folder has been watched yet (tagger watch FOLDER)")
    return 0 if running else 1


def show(status: Status) -> None:
    """One watcher, for people."""
    running = status.is_running()
    since = output.local_time(status.since)
    _row("name", status.name)
    _row("running", f"pid {status.pid}, since {since}" if running else f"not running, since {_ended(status)}")
    for place in status.places:
        how = f", {place.how}" if place.how else ""
        _row("folder", f"{place.folder}: {place.state}{how}" if running else place.folder)
    if running:
        settling = sum(place.settling for place in status.places)
        ready = sum(place.ready for place in status.places)
        _row("queue", f"{ready} photos to caption, {settling} files that may still be written")
        _row("rate", f"{status.rate} photos in the last minute")
        if status.paused:
            _row("paused", status.paused)
    _row("done", ", ".join(f"{count} {kind}" for kind, count in status.counts.items()) or "nothing yet")
    _row("model", f"{status.model} ({status.provider or 'not loaded yet'})" if running else status.model)
    for error in status.errors:
        _row("failed", f"{output.local_time(error.at)} {error.path}: {error.reason}")


def _ended(status: Status) -> str:
    return output.local_time(status.updated)


def _row(name: str, value: str) -> None:
    print(f"{name:<10}  {output.printable(value)}")

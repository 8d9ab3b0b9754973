"""``tagger watch``: caption photos as they arrive."""

import argparse
import logging
import logging.handlers
import math
import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tagger import bootstrap
from tagger.cli import output
from tagger.cli.choices import add_quality
from tagger.cli.interrupt import stop_on_interrupt
from tagger.cli.main import make_parser
from tagger.core.errors import RunError
from tagger.core.records import OutcomeKind
from tagger.storage.library import Library
from tagger.storage.lock import LibraryLock
from tagger.watching.memory import share_memory
from tagger.watching.pauses import Pauses, QuietHours, pause_file
from tagger.watching.place import Place, Watching
from tagger.watching.priority import lower_priority
from tagger.watching.status import log_file, name_of, state_folder, status_file
from tagger.watching.watcher import Watcher
from tagger.watching.workshop import Workshop

_LOG_BYTES, _LOG_FILES = 1 << 20, 3
_LEVELS = ("debug", "info", "warning", "error")


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code: 0 when it was asked to stop, 1 where photos failed (``--once``)."""
    options = parser().parse_args(arguments)
    folders = whole_folders([Path(folder) for folder in options.folders], existing=options.existing)
    name = options.name or name_of(folders)
    state = state_folder()
    try:
        state.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"cannot create {state}: {error.strerror}") from error
    warnings.filterwarnings("ignore", module="watchdog")  # of folders that it comes to watch twice
    share_memory()
    if options.priority == "low":
        lower_priority()
    with ExitStack() as stack:
        stack.enter_context(_logging(log_file(name, state), options.log_level))
        stop = stack.enter_context(stop_on_interrupt())
        reload = stack.enter_context(_hang_up())
        roots = sorted({bootstrap.library_root(folder) if folder.is_dir() else folder for folder in folders})
        for root in roots:
            stack.enter_context(_only_watcher(state, root))
        wake = threading.Event()
        watching = Watching(options.settle, options.poll, options.once, options.existing)
        places = [Place(folder, watching, wake) for folder in folders]
        workshop = Workshop(_overrides(options))
        workshop.check(roots)
        if not options.existing:
            for root in roots:
                Library(root).create()
        watcher = Watcher(
            places,
            workshop,
            stop,
            wake,
            reload,
            name=name,
            pauses=Pauses(options.quiet_hours, options.battery == "pause", pause_file(name, state)),
            once=options.once,
            status=status_file(name, state),
        )
        try:
            counts = watcher.run()
        except Exception as error:
            bug = not isinstance(error, RunError)
            logging.getLogger("tagger").critical("%s", error or type(error).__name__, exc_info=bug)
            raise
    if options.once:
        print(output.totals(counts) or "no photos found", file=sys.stderr)
    return 1 if options.once and (counts[OutcomeKind.FAILED] or stop.is_set()) else 0


def whole_folders(paths: Iterable[Path], *, existing: bool) -> list[Path]:
    """The folders without links and without those inside another one. Raises RunError for what is no folder."""
    real = []
    for path in paths:
        folder = Path(os.path.realpath(path))
        if folder.exists() and not folder.is_dir():
            raise RunError(f"{path} is not a folder", "tagger watch takes folders")
        if not folder.exists() and not existing:
            raise RunError(f"{path}: no such folder", "--existing waits for it")
        real.append(folder)
    return [folder for folder in dict.fromkeys(real) if not any(other in folder.parents for other in real)]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    made = make_parser(
        "watch",
        "Caption photos as they arrive, once they are there as a whole. What else decides what is written is in the "
        "settings of user and library.",
    )
    add_options(made)
    made.add_argument("--once", action="store_true", help="do what there is to do, then end")
    made.add_argument("--name", type=_name, help="under which status and log are kept (default: made of the folders)")
    return made


def add_options(made: argparse.ArgumentParser) -> None:
    """Those that a service has too."""
    made.add_argument("folders", metavar="FOLDER", nargs="+", help="folders to watch, with all folders in them")
    made.add_argument(
        "--settle", type=_seconds, default=2.0, metavar="SECONDS",
        help="how long a file must not have changed (default: %(default)g)",
    )  # fmt: skip
    made.add_argument(
        "--poll", type=_seconds, nargs="?", const=5.0, metavar="SECONDS",
        help="look again and again (default: every %(const)g s) instead of being told by the system; "
        "network drives are always looked at",
    )  # fmt: skip
    made.add_argument(
        "--battery", choices=("pause", "ignore"), default="pause", help="while on battery (default: %(default)s)"
    )
    made.add_argument(
        "--quiet-hours", type=_hours, metavar="FROM-TO", help="when to caption nothing, such as 22:00-07:00"
    )
    made.add_argument(
        "--priority", choices=("low", "normal"), default="low",
        help="against other programs, for processor and disk (default: %(default)s)",
    )  # fmt: skip
    made.add_argument(
        "--existing", action="store_true", help="wait for folders that are missing, or in no library yet, as if away"
    )
    made.add_argument(
        "--write", action=argparse.BooleanOptionalAction, default=None, help="into the photos, or only into the index"
    )
    made.add_argument("--bundle", type=Path, metavar="PATH", help="model bundle (default: the embedded one)")
    made.add_argument("--device", choices=("auto", "cpu", "cuda"), help="where the model runs (default: auto)")
    add_quality(made)
    made.add_argument("--batch-size", type=int, metavar="N", help="photos captioned at once (default: 8)")
    made.add_argument("--jobs", type=int, metavar="N", help="photos read at once (default: one a core)")
    made.add_argument("--log-level", choices=_LEVELS, default="info", help="(default: %(default)s)")


def _overrides(options: argparse.Namespace) -> dict[str, object]:
    names = ("write", "bundle", "device", "quality", "batch_size", "jobs")
    return {name: getattr(options, name) for name in names}


@contextmanager
def _only_watcher(state: Path, root: Path) -> Iterator[None]:
    """Hold that this library is watched. Raises RunError where it is already."""
    lock = LibraryLock(state / f"{name_of([root])}.lock", "watch")
    try:
        lock.__enter__()
    except RunError as error:
        raise RunError(f"the library {root} is watched already", "tagger status says by whom") from error
    try:
        yield
    finally:
        lock.__exit__(None, None, None)


@contextmanager
def _hang_up() -> Iterator[threading.Event]:
    """An event that SIGHUP sets, where there is such a signal."""
    event = threading.Event()
    hang_up = getattr(signal, "SIGHUP", None)
    if hang_up is None or threading.current_thread() is not threading.main_thread():
        yield event
        return
    before = signal.signal(hang_up, lambda *_: event.set())
    try:
        yield event
    finally:
        signal.signal(hang_up, before)


class _Lines(logging.Formatter):
    """One line a record, which cannot steer a terminal; more only where a bug of ours is shown."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """Format one record."""
        return output.printable(super().formatMessage(record))


@contextmanager
def _logging(file: Path, level: str) -> Iterator[None]:
    """Log to ``file``, which is replaced when it is full, and to standard error."""
    root, ours = logging.getLogger(), logging.getLogger("tagger")
    before = ours.level
    try:
        rotating = logging.handlers.RotatingFileHandler(
            file, maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8", errors="backslashreplace"
        )
    except OSError as error:
        raise RunError(f"cannot write {file}: {error.strerror}") from error
    handlers: list[logging.Handler] = [rotating, logging.StreamHandler()]
    formats = ("%(asctime)s %(levelname)s %(message)s", "%(message)s")
    for handler, shown in zip(handlers, formats, strict=True):
        handler.setFormatter(_Lines(shown))
        root.addHandler(handler)
    ours.setLevel(level.upper())
    try:
        yield
    finally:
        ours.setLevel(before)
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()


def _seconds(text: str) -> float:
    value = float(text)
    if not 0.05 <= value <= 86400 or not math.isfinite(value):
        raise argparse.ArgumentTypeError("must be from 0.05 to 86400")
    return value


def _hours(text: str) -> QuietHours:
    try:
        return QuietHours.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _name(text: str) -> str:
    if not text or not all(letter.isalnum() or letter in "-_" for letter in text) or not text.isascii():
        raise argparse.ArgumentTypeError("may hold letters, digits, - and _")
    return text

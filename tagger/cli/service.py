"""``tagger service``: have folders watched from now on, by the system's own service of the user."""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from tagger import bootstrap
from tagger.cli import output
from tagger.cli.main import make_parser
from tagger.cli.status import show
from tagger.cli.watch import add_options, whole_folders
from tagger.core.errors import RunError
from tagger.storage.library import Library
from tagger.watching.pauses import pause_file, want_pause
from tagger.watching.status import log_file, read_status, status_file
from tagger.watching.units import NAME, Platform, Unit, make_unit

_NAME = "service"  # under which its watcher keeps status and log
_OWN: Platform = "windows" if os.name == "nt" else "macos" if sys.platform == "darwin" else "linux"


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(arguments)
    return int(options.work(options))


def _install(options: argparse.Namespace) -> int:
    folders = whole_folders([Path(folder) for folder in options.folders], existing=options.existing)
    unit = _unit(options.platform, _command(options, folders))
    if options.print:
        sys.stdout.buffer.write(unit.content)
        sys.stdout.flush()
        return 0
    _require_own(options.platform)
    for folder in folders:
        if folder.is_dir():  # the service itself only waits for libraries: their drives may not be connected
            Library(bootstrap.library_root(folder)).create()
    try:
        unit.file.parent.mkdir(parents=True, exist_ok=True)
        unit.file.write_bytes(unit.content)
    except OSError as error:
        raise RunError(f"cannot write {unit.file}: {error.strerror}") from error
    print(f"wrote {output.printable(str(unit.file))}")
    if pause_file(_NAME).exists():
        print("it is paused; tagger service resume goes on")
    done = _do(unit.start)
    if done and _OWN == "linux":
        print("it runs while you are logged in; for all the time the machine is on: loginctl enable-linger")
    return 0


def _uninstall(options: argparse.Namespace) -> int:
    unit = _unit(options.platform, ["tagger"])
    _require_own(options.platform)
    if not unit.file.exists():
        raise RunError("no service is installed", f"there is no {unit.file}")
    _do(unit.stop)
    unit.file.unlink(missing_ok=True)
    want_pause(pause_file(_NAME), False)
    print(f"removed {output.printable(str(unit.file))}")
    _do(unit.after_removal, tell=False)
    return 0


def _status(options: argparse.Namespace) -> int:
    unit = _unit(options.platform, ["tagger"])
    print(f"installed   {output.printable(str(unit.file)) if unit.file.exists() else 'no'}")
    status = read_status(status_file(_NAME))
    if pause_file(_NAME).exists() and (status is None or not status.is_running()):
        print("paused      yes; tagger service resume goes on")
    if status is None:
        print(f"running     no; {shlex.join(unit.show)} says what the system knows of it")
    else:
        show(status)
    return 0 if status is not None and status.is_running() else 1


def _pause(_: argparse.Namespace) -> int:
    want_pause(pause_file(_NAME), True)
    print("paused: photos that arrive wait, also after a restart, until tagger service resume")
    _say_where_it_does_not_run()
    return 0


def _resume(_: argparse.Namespace) -> int:
    paused = pause_file(_NAME).exists()
    want_pause(pause_file(_NAME), False)
    print("goes on" if paused else "it was not paused")
    _say_where_it_does_not_run()
    return 0


def _say_where_it_does_not_run() -> None:
    status = read_status(status_file(_NAME))
    if status is None or not status.is_running():
        print("the service does not run now; tagger service status says more", file=sys.stderr)


def _logs(options: argparse.Namespace) -> int:
    file = log_file(_NAME)
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            for line in deque(lines, options.lines):
                print(output.printable(line.rstrip("\n")))
    except FileNotFoundError:
        raise RunError(f"there is no log {file}", "the service has not run yet") from None
    return 0


def _command(options: argparse.Namespace, folders: Sequence[Path]) -> list[str]:
    """How the service runs: this Python, whatever the search path is then, and each option that was given."""
    words = [sys.executable, "-m", "tagger", "watch", "--existing", "--name", _NAME]
    names = ("settle", "battery", "priority", "log_level", "poll", "quiet_hours")
    for name in (*names, "device", "quality", "batch_size", "jobs"):
        if getattr(options, name) != options.defaults.get(name):
            words += [f"--{name.replace('_', '-')}", _shown(getattr(options, name))]
    if options.bundle is not None:
        words += ["--bundle", os.path.realpath(options.bundle)]
    if options.write is not None:
        words.append("--write" if options.write else "--no-write")
    return [*words, "--", *map(str, folders)]


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _unit(platform: Platform, command: Sequence[str]) -> Unit:
    import platformdirs

    user = os.getuid() if sys.platform != "win32" else 0
    home = Path.home()
    config = platformdirs.user_config_path() if platform == _OWN else home / ".config"
    return make_unit(platform, command, home=home, config=config, user=user)


def _require_own(platform: Platform) -> None:
    if platform != _OWN:
        raise RunError(f"this is no {platform} machine", "--print shows the file")


def _do(commands: Sequence[Sequence[str]], *, tell: bool = True) -> bool:
    """Run commands of systemd; say those of other systems, and what is left where one cannot run."""
    for at, command in enumerate(commands):
        problem = "run this yourself"
        if _OWN == "linux" and shutil.which(command[0]):
            done = subprocess.run(list(command), capture_output=True, text=True, check=False)  # noqa: S603
            if done.returncode == 0:
                continue
            problem = (done.stderr.strip().splitlines() or ["it failed"])[0]
        if tell:
            print(output.printable(f"{problem}:"))
            for left in commands[at:]:
                print(f"  {shlex.join(left)}")
        return False
    return True


def _parser() -> argparse.ArgumentParser:
    parser = make_parser(
        "service",
        f"Have folders watched from now on, also after a restart, as the service {NAME} of this user: a systemd user "
        "unit, a launchd agent, or a Windows task.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    install = commands.add_parser("install", help="install and start it, or change what it does", allow_abbrev=False)
    add_options(install)
    install.add_argument("--print", action="store_true", help="show the file that would be written, and do nothing")
    defaults = {name: install.get_default(name) for name in ("settle", "battery", "priority", "log_level")}
    install.set_defaults(work=_install, defaults=defaults)
    for name, work, what in (
        ("status", _status, "whether it is installed and running, and what it is doing"),
        ("pause", _pause, "caption nothing until it is resumed; what arrives meanwhile waits"),
        ("resume", _resume, "go on after a pause"),
        ("logs", _logs, "show the end of its log"),
        ("uninstall", _uninstall, "stop and remove it; photos and libraries stay as they are"),
    ):
        command = commands.add_parser(name, help=what, description=what.capitalize() + ".", allow_abbrev=False)
        command.set_defaults(work=work, platform=_OWN)
        if name == "logs":
            command.add_argument("-n", "--lines", type=int, default=50, metavar="N", help="(default: %(default)s)")
    install.add_argument(
        "--platform", choices=("linux", "macos", "windows"), default=_OWN, help="whose file (default: this machine's)"
    )
    return parser

"""Which command was asked for, and the exit code: 0 all good, 1 some photos failed, 2 could not run.

Every command is loaded only when it is called. Commands of other packages (``train``, ``export``, ...) register
under the entry-point group ``tagger.commands``.
"""

import argparse
import io
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from importlib import import_module, metadata

import tagger
from tagger.cli.output import complain
from tagger.core.errors import TaggerError

COMMANDS = {
    "tag": "caption and tag photos, and write it into them",
    "apply": "write what other machines found out about photos",
    "retag": "caption photos of a library again, with another model or those that a search finds",
    "approve": "say that the words of photos are right: nothing changes them any more",
    "edit": "give a photo another caption or other tags",
    "reject": "take our words out of photos for good",
    "watch": "caption photos as they arrive",
    "service": "have folders watched from now on, also after a restart",
    "status": "what the watchers are doing",
    "undo": "put back what a run changed",
    "search": "find photos by words, tags, path or date",
    "similar": "find the photos that look most like one",
    "duplicates": "list copies and versions of the same picture",
    "show": "what is known of one photo, and what is in the file",
    "history": "what was done in a library, and what can be undone",
    "clean": "take out of photos everything that tagger wrote into them",
    "index": "rebuild, verify, count or prune what search looks in",
    "tags": "which tags there are, and why a photo gets those that it gets",
    "explain": "draw where in a photo each word of its caption comes from",
    "compare": "what several models say of the same photos, side by side",
    "learn": "teach the bundle the words of your corrections",
    "bundle": "take in a model from elsewhere, look at models, check one, choose one",
    "doctor": "check the installation",
}
_TOGETHER = {"approve": "review", "edit": "review", "reject": "review"}
"""Commands that share a module, in which each has a function of its name."""
PLUGIN_GROUP = "tagger.commands"
_PLUGIN_HELP = {
    "data": "look at a data set, or load one from the web",
    "train": "train a captioning system on photos with captions",
    "export": "export a trained checkpoint as a model bundle",
    "eval": "score a model bundle on photos with captions",
    "gui": "open the desktop program",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):  # a pipe on Windows, or LC_ALL=C, may not hold every letter
        sys.stdout.reconfigure(errors="backslashreplace")
    warnings.filterwarnings("ignore", module="PIL")  # what it says of odd files is no news for users
    command, rest = (given[0], given[1:]) if given else ("--help", [])
    try:
        if command in COMMANDS:
            module = import_module(f"tagger.cli.{_TOGETHER.get(command, command)}")
            run: Callable[[Sequence[str]], int] = getattr(module, command if command in _TOGETHER else "main")
            return run(rest)
        if command in ("-V", "--version"):
            print(f"tagger {tagger.__version__}")
            return 0
        if command in ("-h", "--help", "help"):
            print(_help())
            return 0
        if plugin := _plugins().get(command):
            return _run_plugin(plugin, rest)
        complain(f"unknown command {command!r}", "tagger --help lists the commands")
        return 2
    except TaggerError as error:
        complain(str(error))
        return 2
    except BrokenPipeError:
        # The reader of our output has gone (tagger search | head); Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        complain("interrupted")
        return 1


def make_parser(command: str, description: str) -> argparse.ArgumentParser:
    """An argument parser for one command, in one style for all."""
    return argparse.ArgumentParser(prog=f"tagger {command}", description=description, allow_abbrev=False)


def _plugins() -> dict[str, metadata.EntryPoint]:
    return {point.name: point for point in metadata.entry_points(group=PLUGIN_GROUP)}


def _run_plugin(plugin: metadata.EntryPoint, arguments: Sequence[str]) -> int:
    try:
        command: Callable[[Sequence[str]], int] = plugin.load()
        return command(arguments)
    except ModuleNotFoundError as error:
        # Of our own packages nothing may be missing; of an extra's packages, say which extra.
        if not plugin.extras or (error.name or "").partition(".")[0].startswith("tagger"):
            raise
        extra = plugin.extras[0]
        complain(
            f"tagger {plugin.name} needs {error.name}, which is not installed",
            f"pip install 'tagger-photos[{extra}]'",
        )
        return 2


def _help() -> str:
    commands = dict(COMMANDS) | {name: _PLUGIN_HELP.get(name, "") for name in sorted(_plugins())}
    lines = [f"  {name:<10} {what}" for name, what in commands.items()]
    return "\n".join(
        [
            "usage: tagger COMMAND ...",
            "",
            "Captions and tags for photos, written where photo programs read them, on your own machine.",
            "",
            *lines,
            "",
            "tagger COMMAND --help says more. Exit codes: 0 all good, 1 some photos failed, 2 could not run.",
        ]
    )

"""``tagger doctor``: which provider runs, versions, bundle, index, and what is wrong with the installation."""

import argparse
import platform
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import tagger
from tagger import bootstrap
from tagger.captioning.captioner import Decoding
from tagger.cli.main import make_parser
from tagger.cli.output import printable
from tagger.core.errors import RunError, TaggerError

_PACKAGES = ("onnxruntime", "onnxruntime-gpu", "numpy", "pillow", "rich")


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns 0 where all is well, 2 where tagger could not run."""
    options = _parser().parse_args(arguments)
    problems: list[str] = []
    _row("tagger", f"{tagger.__version__}, Python {platform.python_version()}, {platform.platform()}")
    for package in _PACKAGES:
        _row(package, _version(package))
    try:
        _check_runtime(problems)
        settings = bootstrap.settings_for(None).replace(bundle=options.bundle, device=options.device)
        captioner = bootstrap.make_captioner(settings, Decoding())
        _row("bundle", f"{captioner.model_id} ({captioner.bundle.architecture}) in {captioner.bundle.source}")
        _row("runs on", captioner.captioner().provider)
        if captioner.device_note:
            problems.append(captioner.device_note)
    except TaggerError as error:
        problems.append(str(error))
    try:
        root = bootstrap.existing_root(options.library)
        with bootstrap.open_library(root, bootstrap.settings_for(root)) as library:
            _row("library", f"{root}: {library.index.count()} photos, {len(library.journal.pending())} changes pending")
    except RunError as error:
        no_library = str(error).startswith("no library")
        _row("library", "none here" if no_library else "cannot be opened")
        problems += [] if no_library else [str(error)]
    for problem in problems:
        _row("PROBLEM", problem)
    if not problems:
        _row("problems", "none")
    return 2 if problems else 0


def _check_runtime(problems: list[str]) -> None:
    from tagger.captioning.session import runtime_report

    report = runtime_report()
    _row("providers", ", ".join(report.providers))
    problems.extend(report.problems)


def _row(name: str, value: str) -> None:
    print(f"{name:<16} {printable(value)}")


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "-"


def _parser() -> argparse.ArgumentParser:
    parser = make_parser("doctor", "Check the installation: versions, provider, bundle, index.")
    parser.add_argument("--bundle", type=Path, metavar="PATH", help="model bundle (default: the embedded one)")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), help="where the model shall run (default: auto)")
    parser.add_argument("--library", type=Path, default=Path(), metavar="FOLDER", help="(default: the current folder)")
    return parser

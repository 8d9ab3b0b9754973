"""Everything that must hold before a change lands: ruff, mypy, import contracts, pytest. One command, no set-up.

Standard library only: makes its own virtual environment (``.venv-test``) and installs what the checks need.
The fast tests come first; the slow ones need TensorFlow, or Qt.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv-test"
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")


def main() -> int:
    """Run all checks in order; the first that fails ends it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fast", action="store_true", help="leave out the slow tests (and TensorFlow)")
    options = parser.parse_args()
    if sys.version_info < (3, 11):  # noqa: UP036 - pip's own message is less clear
        print("tagger needs Python 3.11 or newer", file=sys.stderr)
        return 2
    install(fast=options.fast)
    checks = [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["lint-imports"],
        ["pytest", "-q", "-m", "not slow", "-p", "no:pytest-qt"],
    ]
    if not options.fast:
        # TensorFlow keeps the memory of every model that was made: a process each.
        apart = ("tests/training", "tests/export")
        checks += [["pytest", "-q", "-m", "slow", folder] for folder in apart]
        checks.append(["pytest", "-q", "-m", "slow", *(f"--ignore={folder}" for folder in apart)])
    for check in checks:
        print(f"== {' '.join(check)}", flush=True)
        code = subprocess.run([str(BIN / check[0]), *check[1:]], cwd=ROOT).returncode
        if code:
            return code
    return 0


def install(*, fast: bool) -> None:
    """Make the environment, or bring it up to date where the project's requirements changed."""
    project = (ROOT / "pyproject.toml").read_bytes()
    extras = "cpu,gui" if fast else "cpu,train,gui"
    wanted = hashlib.sha256(project + extras.encode() + sys.version.encode()).hexdigest()
    stamp = ENVIRONMENT / "installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    venv.create(ENVIRONMENT, with_pip=True, clear=True)
    pip = [str(BIN / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "-U", "pip>=25.1"], check=True, cwd=ROOT)  # the first that knows --group
    subprocess.run([*pip, "-e", f".[{extras}]", "--group", "dev"], check=True, cwd=ROOT)
    stamp.write_text(wanted)


if __name__ == "__main__":
    sys.exit(main())

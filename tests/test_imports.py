"""What starting costs: nothing heavy is loaded before it is needed."""

import json
import resource
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

HEAVY = ("onnxruntime", "PySide6", "tensorflow", "keras", "onnx", "matplotlib")
LIST = "import json, sys; print(json.dumps(sorted(sys.modules)))"


def loaded(code: str) -> set[str]:
    """Top-level names of the modules that are loaded after running ``code`` in a fresh Python."""
    done = subprocess.run([sys.executable, "-c", f"{code}\n{LIST}"], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}


def cpu_seconds(*arguments: str) -> float:
    """The least of five runs: other programs may be busy on this machine."""

    def once() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return min(once() for _ in range(5))


@pytest.mark.parametrize(
    "code",
    [
        "import tagger",
        "import tagger.cli.main",
        "import tagger.core.protocols, tagger.pipeline, tagger.config, tagger.scan",
        "from tagger.cli.main import main; main(['--help'])",
        "from tagger.cli.main import main; main(['--version'])",
    ],
)
def test_nothing_heavy(code: str) -> None:
    assert loaded(code).isdisjoint({*HEAVY, "numpy", "PIL", "rich", "sqlite3"})


@pytest.mark.parametrize(
    "code", ["import tagger.bootstrap", "import tagger.cli.tag", "import tagger.cli.search", "import tagger.cli.undo"]
)
def test_no_runtime_before_a_photo(code: str) -> None:
    assert loaded(code).isdisjoint(HEAVY)


def test_the_check_can_fail() -> None:
    assert {"numpy", "PIL"} <= loaded("import tagger.captioning.image")


def test_help_is_quick() -> None:
    """About 0.1 s of CPU beyond Python's own start."""
    assert cpu_seconds("-m", "tagger", "--help") - cpu_seconds("-c", "pass") < 0.3


def test_every_package_is_in_the_distribution() -> None:
    root = Path(__file__).resolve().parents[1]
    listed = set(tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"])
    homes = {"tagger": root, "tagger_gui": root / "gui", "tagger_export": root / "export"}
    homes["tagger_training"] = root / "training"
    found = {
        ".".join(file.parent.relative_to(home).parts)
        for name, home in homes.items()
        for file in (home / name).rglob("__init__.py")
    }
    assert listed == found

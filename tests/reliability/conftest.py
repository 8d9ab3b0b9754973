"""The short versions of benchmarks/reliability: the same code, found there."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks/reliability"))

from cli.conftest import cli, settings_file  # noqa: F401 - fixtures

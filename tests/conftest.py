"""What many tests use: the tiny bundle, written once, and small photos."""

import shutil
import sqlite3  # noqa: F401 - before TensorFlow, whose own SQLite has no full-text search
from pathlib import Path

import pytest
import tiny_bundle


@pytest.fixture(scope="session")
def bundle_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny bundle, not to be changed."""
    return tiny_bundle.write_bundle(tmp_path_factory.mktemp("bundle") / "tiny")


@pytest.fixture
def own_bundle(bundle_folder: Path, tmp_path: Path) -> Path:
    """A copy of the tiny bundle that a test may damage."""
    return Path(shutil.copytree(bundle_folder, tmp_path / "own bundle"))

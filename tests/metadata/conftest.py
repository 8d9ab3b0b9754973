"""Places to put photos."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from trial import PICTURE


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A photo in a folder of its own."""
    folder = tmp_path / "photos"
    folder.mkdir()
    file = folder / "photo.jpg"
    file.write_bytes(PICTURE)
    return file


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that every user can reach and write."""
    folder = Path(tempfile.mkdtemp(prefix="tagger-test-", dir="/tmp"))
    folder.chmod(0o777)
    yield folder
    folder.chmod(0o777)
    shutil.rmtree(folder)

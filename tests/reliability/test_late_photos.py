"""Photos that appear after the look whether there are any: never written without a journal on the disk."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import harness
import pytest
import variety

from tagger.cli import runs
from tagger.core.records import Outcome, Photo

JPEG = variety.samples.samples()["bare"]


@pytest.mark.parametrize("command", ["tag", "clean"])
def test_late_photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    root = tmp_path / "photos"
    root.mkdir()
    scan, path, looks = runs.scan, root / "late.jpg", []

    def late(*given: Any, **named: Any) -> Iterator[Photo | Outcome]:
        looks.append(1)
        if len(looks) == 2:  # somebody copies it there
            path.write_bytes(JPEG)
        return scan(*given, **named)

    monkeypatch.setattr(runs, "scan", late)
    code, said = harness.command((command, root), 1)
    assert code == 1
    assert "run again" in said
    assert path.read_bytes() == JPEG
    assert not (root / ".tagger").exists()
    assert harness.command((command, root), 2)[0] == 0
    assert (path.read_bytes() != JPEG) == (command == "tag")

"""A command line in this process, a user's settings of its own, and a few photos."""

import hashlib
import json
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from captioning.pictures import photo
from tiny_bundle import COLOURS

from tagger.cli.main import main

TAKEN = 1_577_880_000_123_456_789  # ns: when the photos were last changed, for the file system


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """What --json printed."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def outcomes(self) -> dict[str, str]:
        """File name -> outcome."""
        return {os.path.basename(record["path"]): record["outcome"] for record in self.records}  # noqa: PTH119

    @property
    def reasons(self) -> dict[str, str]:
        return {os.path.basename(r["path"]): r["reason"] for r in self.records if r["reason"]}  # noqa: PTH119

    @property
    def run(self) -> str:
        """The run's id, from the line that says how to take it back."""
        return self.err.rpartition("--run ")[2].split()[0]


Cli = Callable[..., Result]


@pytest.fixture
def settings_file(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, bundle_folder: Path
) -> Path:
    """The user's own settings: the tiny bundle, two loaders."""
    config = tmp_path_factory.mktemp("config")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(config))
    monkeypatch.setenv("HOME", str(config))
    file = config / "tagger/tagger.toml"
    file.parent.mkdir()
    file.write_text(f'bundle = "{bundle_folder}"\njobs = 2\n')
    return file


@pytest.fixture
def cli(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run one command as the program would."""

    def run(*arguments: object) -> Result:
        capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as error:  # argparse
            code = error.code if isinstance(error.code, int) else 2
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Result(code, out, err)

    return run


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with a red, a green and, one folder below, a blue photo."""
    folder = tmp_path / "photos"
    (folder / "sub").mkdir(parents=True)
    for name, colour in (("red.jpg", "red"), ("green.jpg", "green"), ("sub/blue.jpg", "blue")):
        write(folder / name, photo(COLOURS[colour]))
    return folder


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that everybody may enter and write to: pytest's own are root's alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        folder.chmod(0o777)
        yield folder


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    os.utime(path, ns=(TAKEN, TAKEN))
    return path


def make_newer(database: Path) -> None:
    """As if a later version of the program had changed the tables."""
    connection = sqlite3.connect(database)
    connection.execute("INSERT INTO migrations (name, applied_at) VALUES ('m999_later', '2099-01-01')")
    connection.commit()
    connection.close()


def snapshot(folder: Path, *, times: bool = True) -> dict[str, object]:
    """Name -> digest and modification time of every file below the folder, but for tagger's own."""
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns if times else 0,
        )
        for path in folder.rglob("*")
        if path.is_file() and ".tagger" not in path.parts
    }

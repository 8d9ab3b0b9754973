"""The judge of kills and faults: silent where all is well, and never silent where something is not."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import harness
import pytest
import variety
from harness import command
from judge import LEFTOVER, Judge, recover

JPEG = variety.samples.samples()["bare"]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Judge:
    """A library of two copies of a photo and one with a sidecar, tagged once, and its judge."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    root = tmp_path / "library"
    root.mkdir()
    for name, content in {
        "a.jpg": JPEG,
        "copy of a.jpg": JPEG,
        "b.gif": variety.frames("GIF"),
        "b.gif.xmp": variety.SIDECAR,
    }.items():
        (root / name).write_bytes(content)
    judge = Judge(root, {path: path.read_bytes() for path in root.iterdir()})
    ask(judge, "tag", root)
    return judge


def ask(judge: Judge, *arguments: object, number: int = 1, between: Callable[[], object] = lambda: None) -> None:
    code, said = harness.run(lambda: command(arguments, number))
    assert code == 0, said
    between()
    report = harness.run(lambda: recover(judge.root, since=judge.seen, photos=judge.photos))
    judge.judge(report, strict_rows=arguments[0] == "tag")


def test_all_is_well(library: Judge) -> None:
    """Undo brings the rows back too, each photo its own, copies of one picture told apart."""
    root = library.root
    ask(library, "tag", root, number=2)
    ask(library, "undo", "--library", root)
    ask(library, "tag", root, number=3)
    ask(library, "clean", root)
    ask(library, "undo", "--library", root)
    ask(library, "undo", "--library", root)
    ask(library, "undo", "--library", root)
    assert library.problems == []
    assert (root / "a.jpg").read_bytes() == JPEG
    assert (root / "b.gif.xmp").read_bytes() == variety.SIDECAR


def damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def changed(file: Path, sql: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.create_function("fold", 1, str.casefold, deterministic=True)
        connection.execute(sql)
        connection.commit()


WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "photo": (lambda root: damaged(root / "a.jpg"), "a.jpg: is something else"),
    "sidecar": (lambda root: damaged(root / "b.gif.xmp"), "b.gif.xmp: is something else"),
    "gone": (lambda root: (root / "b.gif").unlink(), "b.gif: is something else"),
    "leftover": (lambda root: (root / f".a.jpg.00000000{LEFTOVER}").touch(), "left behind"),
    "index": (lambda root: changed(root / ".tagger/index.db", "UPDATE photos SET caption = 'other'"), "the index says"),
    "row": (lambda root: changed(root / ".tagger/index.db", "DELETE FROM photos"), "not in the index"),
    "journal": (
        lambda root: changed(root / ".tagger/journal.db", "UPDATE records SET after_sha256 = 'f'"),
        "against the journal",
    ),
    "state": (
        lambda root: changed(root / ".tagger/journal.db", "UPDATE records SET state = 'rolled-back'"),
        "against the journal",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_something_is_wrong(library: Judge, name: str) -> None:
    spoil, words = WRONG[name]
    assert library.problems == []
    ask(library, "tag", library.root, number=2, between=lambda: spoil(library.root))
    assert any(words in line for line in library.problems), library.problems

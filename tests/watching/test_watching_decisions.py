"""A watcher meets photos about which a person decided: it leaves them alone, whatever became of file and bundle."""

import os
from pathlib import Path

import pytest
import tiny_bundle
from watched import Watched, put, records, rows

from tagger import bootstrap
from tagger.config import Settings
from tagger.core.records import Action, Photo, State
from tagger.review import Edit, Reviewing


@pytest.mark.slow
def test_decided_photos_are_left_alone(root: Path, tmp_path: Path, own_settings: Path) -> None:
    approved, edited, rejected, open_ = put(root, 1, 2, 3, 4)
    with Watched(root) as watched:
        watched.until_captioned(4)
        watched.until_calm()
    with bootstrap.open_library(root, Settings()) as library:
        person = Reviewing(library.writer, library.index, library.journal, "20240501-120000-0001")
        person.approve(look(approved))
        person.edit(look(edited), Edit("mine"))
        person.reject(look(rejected))
    decided = {path: path.read_bytes() for path in (approved, edited, rejected)}
    other = tiny_bundle.write_bundle(tmp_path / "other", version="2", text={"case": "lower"})
    settings = Path(os.environ["XDG_CONFIG_HOME"]) / "tagger/tagger.toml"
    settings.write_text(f'bundle = "{other}"\njobs = 2\n')
    for path in (approved, edited, rejected, open_):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    with Watched(root) as watched:
        watched.until(lambda: rows(root)[open_.name].model == "tiny 2")
        watched.until_calm()
    assert {path: path.read_bytes() for path in decided} == decided
    found = rows(root)
    assert {path.name: found[path.name].state for path in (approved, edited, rejected, open_)} == {
        approved.name: State.APPROVED,
        edited.name: State.APPROVED,
        rejected.name: State.REJECTED,
        open_.name: State.MACHINE,
    }
    assert [found[path.name].caption.text for path in (edited, rejected)] == ["mine", ""]
    touched = [record.change.path.name for record in records(root) if record.intent.action is Action.TAG]
    assert sorted(touched) == sorted([path.name for path in (approved, edited, rejected, open_)] + [open_.name])


def look(path: Path) -> Photo:
    info = path.stat()
    return Photo(path, info.st_size, info.st_mtime_ns)

"""Parts of a library: the same on every machine, each photo in one, resumed where they were cut off."""

import os
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path

import pytest
from fakes import FakeCaptioner, FakeWriter
from hypothesis import given
from hypothesis import strategies as st
from pipeline_library import Library

from tagger.core.errors import RunError
from tagger.core.records import Outcome, OutcomeKind, Photo
from tagger.pipeline import run
from tagger.results import Result, from_line, read_lines
from tagger.scan import scan
from tagger.shards import Recording, ResultsFile, Shard, local, portable
from tagger.stages import Stages
from tagger.storage.text import RelativePaths

MODEL, SETTINGS = "fake 1", "d"
WHOLE = Shard()


class TestShard:
    @given(path=st.text(min_size=1), of=st.integers(1, 50))
    def test_each_photo_is_in_one_part(self, path: str, of: int) -> None:
        name = path.encode("utf-8", "replace").decode()
        assert sum(Shard(number, of).holds(name) for number in range(1, of + 1)) == 1

    def test_the_same_for_ever(self) -> None:
        """Machines with other versions must agree: these parts may not change."""
        names = ("2024/IMG_0001.jpg", "2024/IMG_0002.jpg", "straße/é.jpg", "caf\udce9.jpg")
        found = [next(n for n in range(1, 8) if Shard(n, 7).holds(name)) for name in names]
        assert found == [4, 7, 5, 6]

    def test_composed_and_decomposed_names_are_the_same(self) -> None:
        for number in range(50):
            name = f"é/ü{number}.jpg"
            assert Shard(1, 3).holds(name) == Shard(1, 3).holds(unicodedata.normalize("NFD", name))

    def test_parts_are_of_a_size(self) -> None:
        held = sum(Shard(1, 4).holds(f"2024/IMG_{number}.jpg") for number in range(4000))
        assert 900 < held < 1100

    @pytest.mark.parametrize("text", ["", "1", "0/3", "4/3", "1/0", "-1/3", "1/100001", "1/3/3", "a/b", "१/३", "1 /3"])
    def test_no_part(self, text: str) -> None:
        with pytest.raises(ValueError, match="is not a part such as 2/5"):
            Shard.parse(text)

    def test_part(self) -> None:
        assert Shard.parse("2/5") == Shard(2, 5)


def test_names_between_machines(tmp_path: Path) -> None:
    paths = RelativePaths(tmp_path)
    for name in (b"a.jpg", b"x/\xe9 \n.jpg", "x/é🐕.jpg".encode()):
        path = tmp_path / os.fsdecode(name)
        assert local(portable(path, paths), paths) == path
        assert portable(path, paths).encode("utf-8", "surrogateescape") == name
    with pytest.raises(ValueError, match="leads out of the library"):
        local("../a.jpg", paths)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    (folder / "x").mkdir(parents=True)
    for number in range(30):
        (folder / ("x" if number % 2 else "") / f"{number}.jpg").write_bytes(b"photo %d" % number)
    return folder


class Shards:
    """Runs over the photos of one folder into one file."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder.parent / "r.ndjson"
        self.captioner = FakeCaptioner()
        self.writer = FakeWriter()
        self.time = 0.0

    @contextmanager
    def opened(self, *, model: str = MODEL, settings: str = SETTINGS) -> Iterator[ResultsFile]:
        paths = RelativePaths(self.folder)
        with ResultsFile(self.file, paths, model=model, settings=settings, clock=lambda: self.time) as file:
            yield file

    def run(self, shard: Shard = WHOLE, *, most: int = 1000) -> list[Outcome]:
        stages = Library(self.captioner, self.writer).stages()
        parts = {part.name: getattr(stages, part.name) for part in fields(Stages)}
        with self.opened() as file:
            recording = Recording(**parts, paths=RelativePaths(self.folder), record=file.append)
            outcomes = run(file.left(scan([self.folder]), shard), recording, threading.Event())
            found = [outcome for outcome, _ in zip(outcomes, range(most), strict=False)]
            outcomes.close()
        return found

    @property
    def results(self) -> list[Result]:
        return [from_line(line) for line in read_lines(self.file)]

    @property
    def names(self) -> list[str]:
        return sorted(result.path for result in self.results)


@pytest.fixture
def shards(photos: Path) -> Shards:
    return Shards(photos)


def every(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.jpg"))


def test_all_parts_together_are_the_library(shards: Shards) -> None:
    before = {path: path.read_bytes() for path in shards.folder.rglob("*.jpg")}
    for number in (1, 2, 3):
        shards.run(Shard(number, 3))
    assert shards.names == every(shards.folder)
    assert {path: path.read_bytes() for path in shards.folder.rglob("*") if path.is_file()} == before
    assert shards.writer.applied == []
    first = shards.results[0]
    assert first.caption is not None
    assert first.caption.tags
    assert (first.model, first.settings, len(first.identity)) == (MODEL, SETTINGS, 64)


def test_goes_on_where_it_was_cut_off(shards: Shards) -> None:
    shards.run(most=7)
    there = shards.file.read_bytes()
    captioned = len(shards.names)
    shards.captioner.prepared.clear()
    shards.run()
    assert shards.file.read_bytes().startswith(there)
    assert len(shards.captioner.prepared) == 30 - captioned
    assert shards.names == every(shards.folder)


@pytest.mark.parametrize("cut", [1, 5, 20, 200])
@pytest.mark.parametrize("rest", [b"", b"\0" * 500])
def test_a_torn_last_line_is_dropped(shards: Shards, cut: int, rest: bytes) -> None:
    shards.run()
    whole = shards.file.read_bytes()
    shards.file.write_bytes(whole[:-cut] + rest if rest and cut > 100 else whole[:-cut])
    shards.run()
    assert sorted(shards.file.read_bytes().splitlines()) == sorted(whole.splitlines())


def test_only_a_torn_line(shards: Shards) -> None:
    shards.file.write_bytes(b'{"tagger_results":1,"pa')
    shards.run()
    assert shards.names == every(shards.folder)


def test_changed_photos_and_failures_are_looked_at_again(shards: Shards) -> None:
    shards.captioner.broken = {"3.jpg"}
    assert [outcome.path.name for outcome in shards.run() if outcome.kind is OutcomeKind.FAILED] == ["3.jpg"]
    (failed,) = (result for result in shards.results if result.kind is OutcomeKind.FAILED)
    assert (failed.path, failed.caption) == ("x/3.jpg", None)
    assert failed.reason == "cannot read the picture (the fake was told so)"
    (shards.folder / "0.jpg").write_bytes(b"another photo")
    (shards.folder / "2.jpg").unlink()  # its result stays: whoever applies it will see
    shards.captioner.broken.clear()
    shards.captioner.prepared.clear()
    shards.run()
    assert sorted(path.name for path in shards.captioner.prepared) == ["0.jpg", "3.jpg"]
    assert shards.names == sorted([*every(shards.folder), "2.jpg"])
    assert all(result.kind is OutcomeKind.CAPTIONED for result in shards.results)
    assert not list(shards.file.parent.glob("*.tagger-tmp"))


def test_what_a_person_approved(shards: Shards) -> None:
    """Nothing is found out about it, and the line says so: it is not looked at again either."""
    path = shards.folder / "0.jpg"
    shards.writer.metadata[path] = '{"description": "Rex", "keywords": [], "ours": "Rex", "model": "m", "run": "r0"}'
    shards.writer.approved = {path}
    shards.run()
    (result,) = (result for result in shards.results if result.path == "0.jpg")
    assert (result.kind, result.caption) == (OutcomeKind.UNCHANGED, None)
    assert shards.run() == []


@pytest.mark.parametrize(
    "content",
    [
        b"my notes\n",
        b"\xff\xd8\xff\xe0 a photo",
        b'{"a": 1}\n',
        b"\n",
        b'{"a',
        b"{",
        b'{"tag',
        b"\0" * 99,
        b"\0" * (3 << 20),
        b"x" * (3 << 20),
    ],
)
def test_a_file_of_somebody_else_stays_as_it_is(shards: Shards, content: bytes) -> None:
    shards.file.write_bytes(content)
    with pytest.raises(RunError, match="it is no file of results"), shards.opened():
        pass
    assert shards.file.read_bytes() == content


def test_a_file_of_another_model_stays_as_it_is(shards: Shards) -> None:
    shards.run()
    content = shards.file.read_bytes()
    for options in ({"model": "fake 2"}, {"settings": "greedy"}):
        with pytest.raises(RunError, match="holds results of fake 1"), shards.opened(**options):
            pass
    assert shards.file.read_bytes() == content


def test_no_place_for_the_file(shards: Shards) -> None:
    for file in (shards.folder, shards.folder / "nowhere/r.ndjson", Path("a\0b")):
        shards.file = file
        with pytest.raises(RunError, match=r"^cannot write "), shards.opened():
            pass


@pytest.mark.skipif(os.name == "nt", reason="locks of POSIX")
def test_one_writer_a_file(shards: Shards) -> None:
    with shards.opened(), pytest.raises(RunError, match="is in use by another tagger"), shards.opened():
        pass


@pytest.mark.skipif(os.name == "nt", reason="/dev/full")
def test_full_disk(shards: Shards) -> None:
    result = Result("a.jpg", 1, 2, MODEL, SETTINGS, kind=OutcomeKind.FAILED, reason="x")
    with shards.opened() as file:
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, file._descriptor)
        os.close(full)
        with pytest.raises(RunError, match="No space left on device"):
            file.append(result)
        os.dup2(os.open(shards.file, os.O_RDWR), file._descriptor)  # for the fsync at the end


def test_problems_of_the_scan_are_told_by_every_part(shards: Shards) -> None:
    shards.folder.joinpath("link.jpg").symlink_to("0.jpg")
    missing = list(scan([shards.folder / "nowhere.jpg"]))
    with shards.opened() as file:
        assert all(list(file.left(missing, Shard(number, 9))) == missing for number in range(1, 10))
        links = [item for n in range(1, 10) for item in file.left(scan([shards.folder]), Shard(n, 9))]
    assert sum(isinstance(item, Outcome) for item in links) == 1
    assert sum(isinstance(item, Photo) for item in links) == 30


def test_lines_reach_the_disk_now_and_then(shards: Shards, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[float] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(shards.time))
    result = Result("a.jpg", 1, 2, MODEL, SETTINGS, kind=OutcomeKind.FAILED, reason="x")
    with shards.opened() as file:
        for shards.time in (1.0, 2.0, 6.0, 7.0, 12.0):
            file.append(replace(result, path=f"{shards.time}.jpg"))
    assert synced == [6.0, 12.0, 12.0]

"""Sidecars that are refused, races, and crashes: what is there is never lost."""

import errno
import os
from pathlib import Path

import jpegs
import pytest
from sidecars import ALWAYS, FOREIGN, HEIC, held, tagged
from trial import DOG, PICTURE, leftovers, nobody, photo, writer

from tagger.core.errors import PhotoChanged, PhotoError, PhotoSkipped
from tagger.metadata import sidecar


@pytest.fixture
def heic(tmp_path: Path) -> Path:
    path = tmp_path / "photo.heic"
    path.write_bytes(HEIC)
    return path


def test_never_two_files_for_one_photo(path: Path) -> None:
    """A sidecar that appears between plan and apply is followed next time, not overwritten."""
    ours = writer(sidecar=ALWAYS)
    metadata = ours.read(photo(path))
    (change,) = ours.plan(metadata, DOG, model="m", run="r")
    change.target.write_bytes(FOREIGN)
    with pytest.raises(PhotoChanged, match="appeared"):
        ours.apply(change)
    assert change.target.read_bytes() == FOREIGN
    assert ours.compare(change) == "other"
    with pytest.raises(PhotoChanged):
        ours.plan(metadata, DOG, model="m", run="r")
    with pytest.raises(PhotoChanged):
        ours.revert(change)
    assert change.target.read_bytes() == FOREIGN
    assert leftovers(path) == []


@pytest.mark.parametrize("what", ["changed", "gone"])
def test_a_sidecar_changed_meanwhile(path: Path, what: str) -> None:
    beside = path.with_name("photo.jpg.xmp")
    beside.write_bytes(FOREIGN)
    metadata = writer().read(photo(path))
    change, _ = writer().plan(metadata, DOG, model="m", run="r")
    other = FOREIGN.replace(b"sea", b"sky")
    beside.unlink() if what == "gone" else beside.write_bytes(other)
    for step in (lambda: writer().plan(metadata, DOG, model="m", run="r"), lambda: writer().apply(change)):
        with pytest.raises(PhotoChanged):
            step()
    assert writer().compare(change) == ("missing" if what == "gone" else "other")
    assert what == "gone" or beside.read_bytes() == other
    assert path.read_bytes() == PICTURE


def test_ours_changed_by_somebody_is_not_taken_back(path: Path) -> None:
    (change,) = tagged(path, ours=writer(sidecar=ALWAYS))
    change.target.write_bytes(change.target.read_bytes() + b"\n")
    with pytest.raises(PhotoChanged):
        writer().revert(change)
    assert change.target.exists()


def _link_outside(beside: Path) -> None:
    outside = beside.parent.parent / "outside.xmp"
    outside.write_bytes(FOREIGN)
    beside.symlink_to(outside)


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x:xmpmeta xmlns:x="adobe:ns:meta/">&b;</x:xmpmeta>'
REFUSED = {
    "a link out of the folder": (_link_outside, "symbolic link"),
    "a link to nowhere": (lambda beside: beside.symlink_to("nowhere"), "symbolic link"),
    "a link to the photo": (lambda beside: beside.symlink_to("photo.jpg"), "symbolic link"),
    "a folder": (lambda beside: beside.mkdir(), "not a regular file"),
    "a pipe": (lambda beside: os.mkfifo(beside), "not a regular file"),
    "huge": (lambda beside: beside.open("wb").truncate(sidecar.MAX_SIZE + 1), "larger than 16 MiB"),
    "too many elements": (lambda beside: beside.write_bytes(jpegs.packet("<a/>" * 200_000)), "more than 200,000"),
    "too many attributes": (
        lambda beside: beside.write_bytes(b"<a " + b" ".join(b"a%d=''" % i for i in range(200_001)) + b"/>"),
        "more than 200,000",
    ),
    "text": (lambda beside: beside.write_bytes(b"darktable was here"), "no XMP"),
    "cut": (lambda beside: beside.write_bytes(FOREIGN[:200]), "cannot be parsed"),
    "UTF-16": (lambda beside: beside.write_bytes(FOREIGN.decode().encode("utf-16")), "UTF-8"),
    "entities": (lambda beside: beside.write_bytes(BOMB), "document type"),
    "other XML": (lambda beside: beside.write_bytes(b"<html/>"), "rdf:RDF"),
    "keywords twice": (
        lambda beside: beside.write_bytes(
            jpegs.foreign_packet(jpegs.bag("dc:subject", "a") + jpegs.bag("dc:subject", "b"))
        ),
        "twice",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_refused(path: Path, case: str) -> None:
    """The photo fails with the reason, and neither file is touched."""
    make, reason = REFUSED[case]
    beside = path.with_name("photo.jpg.xmp")
    make(beside)
    outside = path.parent.parent / "outside.xmp"
    with pytest.raises(PhotoError, match=reason) as caught:
        ours = writer()
        ours.plan(ours.read(photo(path)), DOG, model="m", run="r")
    assert not isinstance(caught.value, PhotoSkipped)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == PICTURE
    assert not outside.exists() or outside.read_bytes() == FOREIGN
    assert leftovers(path) == []


def test_an_empty_sidecar_is_filled(path: Path) -> None:
    """As a file system without hard links may leave one behind in a crash."""
    beside = path.with_name("photo.jpg.xmp")
    beside.touch()
    tagged(path)
    assert set(held(beside).contents.xmp.keywords) == {"dog", "grass"}


def test_read_only_sidecar(path: Path) -> None:
    beside = path.with_name("photo.jpg.xmp")
    beside.write_bytes(FOREIGN)
    beside.chmod(0o444)
    with pytest.raises(PhotoSkipped, match=r"its sidecar photo\.jpg\.xmp is read-only"):
        tagged(path)
    assert path.read_bytes() == PICTURE


def test_read_only_folder(shared: Path) -> None:
    path = shared / "photo.heic"
    path.write_bytes(HEIC)
    shared.chmod(0o555)
    with nobody(), pytest.raises(PhotoError, match="no permission to write in the file's folder"):
        tagged(path)


def test_file_systems_without_hard_links(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(self: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", forbidden)
    ours = writer(sidecar=ALWAYS)
    metadata = ours.read(photo(path))
    (change,) = ours.plan(metadata, DOG, model="m", run="r")
    change.target.write_bytes(FOREIGN)
    with pytest.raises(PhotoChanged, match="appeared"):
        ours.apply(change)
    assert change.target.read_bytes() == FOREIGN
    change.target.unlink()
    (change,) = tagged(path, ours=ours)
    assert held(change.target).contents.xmp.keywords == ("dog", "grass")
    assert leftovers(path) == []


def test_full_disk(heic: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = writer()
    (change,) = ours.plan(ours.read(photo(heic)), DOG, model="m", run="r")

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(PhotoError, match="the disk is full"):
            ours.apply(change)
    assert sorted(entry.name for entry in heic.parent.iterdir()) == ["photo.heic"]
    assert ours.compare(change) == "before"


def test_killed_between_the_two_names(heic: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file has its name already, and the temporary one still: recovery takes that away."""
    ours = writer()
    (change,) = ours.plan(ours.read(photo(heic)), DOG, model="m", run="r")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", lambda *_, **__: (_ for _ in ()).throw(OSError(errno.EIO, "Input/output error")))
        with pytest.raises(PhotoError):
            ours.apply(change)
    assert leftovers(heic)
    assert ours.compare(change) == "after"
    ours.discard_leftovers(change)
    assert leftovers(heic) == []
    assert ours.compare(change) == "after"
    ours.revert(change)
    assert not change.target.exists()

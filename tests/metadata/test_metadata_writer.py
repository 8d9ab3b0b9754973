"""The writer on real files: apply, revert, compare, races, names."""

import contextlib
import hashlib
import os
from pathlib import Path

import pytest
from samples import samples
from trial import CAT, DOG, PICTURE, leftovers, photo, plan, read, read_gone, write, writer

from tagger.core.errors import PhotoChanged, PhotoError
from tagger.core.records import Caption, Photo, State
from tagger.metadata.atomic import SUFFIX
from tagger.metadata.policy import CaptionPolicy
from tagger.metadata.writer import PhotoWriter


def test_apply_and_revert_restore_bytes_and_time(path: Path) -> None:
    os.utime(path, ns=(10**18, 10**18 + 123))
    before = photo(path)
    change = plan(path)
    assert path.read_bytes() == PICTURE
    assert writer().compare(change) == "before"
    after = writer().apply(change)
    assert after == photo(path)
    assert after.mtime_ns > before.mtime_ns
    assert writer().compare(change) == "after"
    metadata = read(path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == change.after_sha256
    assert metadata.identity == change.identity
    assert metadata.description == DOG.text
    assert metadata.keywords == ("dog", "grass")
    assert metadata.provenance is not None
    assert metadata.provenance.state is State.MACHINE
    assert metadata.provenance.added == ("dog", "grass")
    assert writer().revert(change) == before
    assert path.read_bytes() == PICTURE
    assert photo(path) == before
    assert leftovers(path) == []


def test_change_says_what_people_want_to_know(path: Path) -> None:
    path.write_bytes(samples()["iptc"])
    fields = {change.name: (change.before, change.after) for change in plan(path).fields}
    assert fields["XMP dc:subject"] == ("", "sea; dog; grass")
    assert fields["EXIF XPKeywords"] == ("", "sea; dog; grass")
    assert fields["IPTC Keywords"] == ("sea", "sea; dog; grass")
    assert fields["XMP tagger:Caption"] == ("", DOG.text)
    assert (
        not {"IPTC Caption-Abstract", "EXIF ImageDescription", "XMP dc:description"} & fields.keys()
    )  # a person's caption stays


def test_keep_time(path: Path) -> None:
    os.utime(path, ns=(10**18, 10**18 + 123))
    write(path, keep_time=True)
    assert path.stat().st_mtime_ns == 10**18 + 123


def test_tagging_again_writes_nothing(path: Path) -> None:
    write(path)
    status = path.stat()
    assert writer().plan(read(path), DOG, model="test 1", run="run-2") == ()
    assert path.stat().st_mtime_ns == status.st_mtime_ns
    assert path.stat().st_ino == status.st_ino


def test_permissions_and_attributes_go_over(path: Path) -> None:
    path.chmod(0o640)
    attributes = {}
    with contextlib.suppress(OSError):
        os.setxattr(path, "user.tagger", b"label")
        attributes = {"user.tagger": b"label"}
    if os.geteuid() == 0:
        os.chown(path, 1234, 2345)
    owner = path.stat()
    write(path)
    status = path.stat()
    assert status.st_mode == owner.st_mode
    assert (status.st_uid, status.st_gid) == (owner.st_uid, owner.st_gid)
    assert {name: os.getxattr(path, name) for name in attributes} == attributes


def test_a_symbolic_link_stays_one(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.jpg"
    link.symlink_to(path)
    change = write(link)
    assert link.is_symlink()
    assert path.read_bytes() != PICTURE
    writer().revert(change)
    assert path.read_bytes() == PICTURE


@pytest.mark.parametrize("what", ["plan", "apply", "revert"])
def test_a_file_changed_meanwhile_is_not_touched(path: Path, what: str) -> None:
    metadata, change = read(path), plan(path)
    if what == "revert":
        writer().apply(change)
    other = path.read_bytes() + b"edited"
    path.write_bytes(other)
    with pytest.raises(PhotoChanged):
        if what == "plan":
            writer().plan(metadata, DOG, model="m", run="r")
        else:
            getattr(writer(), what)(change)
    assert path.read_bytes() == other
    assert writer().compare(change) == "other"
    assert leftovers(path) == []


def test_a_file_changed_while_we_write_is_not_touched(path: Path) -> None:
    """Another program saves between our write of the temporary file and its rename."""
    from tagger.metadata import atomic, files

    source = files.read(path)
    other = PICTURE + b"!"

    def verify(_: bytes) -> None:
        path.write_bytes(other)

    with pytest.raises(PhotoChanged):
        atomic.replace(source, b"ours", mtime_ns=None, verify=verify, path=path)
    assert path.read_bytes() == other
    assert leftovers(path) == []


def test_a_failed_verification_leaves_the_file(path: Path) -> None:
    from dataclasses import replace

    change = plan(path)
    for wrong in (
        replace(change, after_sha256="0" * 64),
        replace(change, fields=change.fields[1:]),
        replace(change, splices=(replace(change.splices[0], new=b""),)),
        replace(change, splices=(replace(change.splices[0], old=b"?"),)),
    ):
        with pytest.raises(PhotoError):
            writer().apply(wrong)
        assert path.read_bytes() == PICTURE
        assert leftovers(path) == []


def test_a_change_of_the_picture_is_refused(path: Path) -> None:
    """Splices that reach into the picture, with fitting hashes: the last line of defence."""
    import hashlib
    from dataclasses import replace

    from tagger.core.changes import Splice

    change = plan(path)
    at = len(PICTURE) - 6
    broken = PICTURE[:at] + bytes((PICTURE[at] ^ 1,)) + PICTURE[at + 1 :]
    wrong = replace(
        change,
        splices=(Splice(at, PICTURE[at : at + 1], broken[at : at + 1]),),
        fields=(),
        after_sha256=hashlib.sha256(broken).hexdigest(),
    )
    with pytest.raises(PhotoError, match="picture data"):
        writer().apply(wrong)
    assert path.read_bytes() == PICTURE


def test_vanished(path: Path) -> None:
    metadata, change = read(path), plan(path)
    path.unlink()
    assert writer().compare(change) == "missing"
    for step in (
        lambda: read_gone(path),
        lambda: writer().plan(metadata, DOG, model="m", run="r"),
        lambda: writer().apply(change),
        lambda: writer().revert(change),
    ):
        with pytest.raises(PhotoChanged, match="vanished"):
            step()
    path.parent.rmdir()
    writer().discard_leftovers(change)
    assert writer().compare(change) == "missing"


def test_discard_leftovers_removes_only_ours(path: Path) -> None:
    change = plan(path)
    ours = path.with_name(f".photo.jpg.0123abcd{SUFFIX}")
    others = [
        path.with_name(name)
        for name in (f".photo.jpg.x{SUFFIX}", f".other.jpg.0123abcd{SUFFIX}", ".photo.jpg.0123abcd")
    ]
    for file in (ours, *others):
        file.write_bytes(b"half")
    writer().discard_leftovers(change)
    assert not ours.exists()
    assert all(file.exists() for file in (path, *others))


@pytest.mark.parametrize(
    "name",
    [
        b"with space.jpg",
        b"new\nline.jpg",
        b"n\xc3\xa4me \xe7\x8c\xab.jpg",
        b"latin-\xe4\xff.jpg",
        b"no extension",
        b"-rf.jpg",
        b"n" * 251 + b".jpg",
        "ä".encode() * 127,
    ],
)
def test_names(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    path.write_bytes(PICTURE)
    change = write(path)
    assert read(path).description == DOG.text
    writer().revert(change)
    assert path.read_bytes() == PICTURE
    assert [os.fsencode(entry.name) for entry in tmp_path.iterdir()] == [name]


def test_policies_through_the_writer(path: Path) -> None:
    path.write_bytes(samples()["person's caption"])
    write(path)
    assert read(path).description == "Aunt Mary, 1990"
    write(path, caption_policy=CaptionPolicy.APPEND)
    assert read(path).description == f"Aunt Mary, 1990\n{DOG.text}"
    write(path, CAT, caption_policy=CaptionPolicy.APPEND)
    assert read(path).description == f"Aunt Mary, 1990\n{CAT.text}"
    write(path, CAT)
    assert read(path).description == "Aunt Mary, 1990"
    write(path, CAT, caption_policy=CaptionPolicy.REPLACE)
    assert read(path).description == CAT.text
    assert read(path).taken_at == "2024-05-06T07:08:09"


def test_plans_that_are_not_applied_are_forgotten(tmp_path: Path) -> None:
    ours = PhotoWriter(caption_policy=CaptionPolicy.KEEP, version="1")
    for i in range(20):
        path = tmp_path / f"{i}.jpg"
        path.write_bytes(PICTURE)
        status = path.stat()
        metadata = ours.read(Photo(path, status.st_size, status.st_mtime_ns))
        assert ours.plan(metadata, Caption("A cat", -1.0), model="m", run="r")
    assert len(ours._planned) <= 8


def test_a_file_changed_after_the_plan_is_not_replaced(tmp_path: Path) -> None:
    """Also when size and modification time are put back: the change time tells, and every byte is compared."""
    path = tmp_path / "a.jpg"
    path.write_bytes(PICTURE)
    status = path.stat()
    ours = PhotoWriter(caption_policy=CaptionPolicy.KEEP, version="1")
    metadata = ours.read(Photo(path, status.st_size, status.st_mtime_ns))
    (change,) = ours.plan(metadata, Caption("A cat", -1.0), model="m", run="r")
    other = PICTURE[:-40] + bytes((PICTURE[-40] ^ 1,)) + PICTURE[-39:]
    path.write_bytes(other)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    with pytest.raises(PhotoChanged):
        ours.apply(change)
    assert path.read_bytes() == other


def test_a_file_changed_before_the_plan_is_noticed(tmp_path: Path) -> None:
    """Also one that keeps size and modification time: the change time tells."""
    path = tmp_path / "a.jpg"
    path.write_bytes(PICTURE)
    status = path.stat()
    ours = PhotoWriter(caption_policy=CaptionPolicy.KEEP, version="1")
    metadata = ours.read(Photo(path, status.st_size, status.st_mtime_ns))
    path.write_bytes(PICTURE[:-40] + bytes((PICTURE[-40] ^ 1,)) + PICTURE[-39:])
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    with pytest.raises(PhotoChanged):
        ours.plan(metadata, Caption("A cat", -1.0), model="m", run="r")

"""Sidecars on real files: made, kept in step, taken back, cleaned."""

import os
import struct
from pathlib import Path

import jpegs
import pytest
from captioning.raws import dng
from sidecars import ALWAYS, FOREIGN, HEIC, NEVER, held, tagged
from trial import CAT, DOG, PICTURE, contents, leftovers, photo, writer

from tagger.core.errors import NotEmbeddable
from tagger.metadata.policy import CaptionPolicy
from tagger.metadata.sidecar import SidecarName


@pytest.fixture
def heic(tmp_path: Path) -> Path:
    path = tmp_path / "photo.heic"
    path.write_bytes(HEIC)
    return path


def test_made_for_a_photo_that_is_never_written(heic: Path) -> None:
    (change,) = tagged(heic)
    beside = heic.with_name("photo.heic.xmp")
    assert (change.sidecar, change.before_sha256, change.target) == (beside, "", beside)
    assert change.note == "into a sidecar: HEIC files are never written into"
    assert heic.read_bytes() == HEIC
    found = held(beside).contents
    assert found.xmp.description == "A pattern"  # the photo's own, from its EXIF
    assert set(found.xmp.keywords) == {"pattern", "sea", "colours", "dog", "grass"}
    assert b"Rating" in beside.read_bytes()  # all of the photo's packet
    assert b"Date" not in beside.read_bytes()
    assert len(beside.read_bytes()) < 2000  # no padding
    metadata = writer().read(photo(heic))
    assert metadata.description == "A pattern"
    assert metadata.provenance is not None
    assert writer().plan(metadata, DOG, model="test 1", run="run-2") == ()
    assert leftovers(heic) == []


def test_taken_back(heic: Path) -> None:
    (change,) = tagged(heic)
    assert writer().revert(change) == photo(heic)
    assert sorted(entry.name for entry in heic.parent.iterdir()) == ["photo.heic"]
    assert writer().compare(change) == "before"
    heic.unlink()
    assert writer().compare(change) == "missing"


def test_cleaned_away(heic: Path) -> None:
    """A sidecar that then says no more than the photo itself goes; undo of that brings it back."""
    tagged(heic)
    beside = heic.with_name("photo.heic.xmp")
    before = beside.read_bytes()
    (change,) = writer().plan_clean(writer().read(photo(heic)))
    assert change.after_sha256 == ""
    assert writer().compare(change) == "before"
    writer().apply(change)
    assert not beside.exists()
    assert writer().compare(change) == "after"
    writer().revert(change)
    assert beside.read_bytes() == before
    assert writer().plan_clean(writer().read(photo(heic)))


def test_cleaned_but_kept(heic: Path) -> None:
    """What somebody added to our sidecar stays."""
    tagged(heic)
    beside = heic.with_name("photo.heic.xmp")
    beside.write_bytes(beside.read_bytes().replace(b"xmp:Rating='4'", b"xmp:Rating='5'"))
    (change,) = writer().plan_clean(writer().read(photo(heic)))
    writer().apply(change)
    assert b"xmp:Rating='5'" in beside.read_bytes()
    assert b"tagger" not in beside.read_bytes()
    assert b"dog" not in beside.read_bytes()
    assert writer().plan_clean(writer().read(photo(heic))) == ()


def test_an_existing_one_is_kept_in_step(path: Path) -> None:
    beside = path.with_name("photo.xmp")
    beside.write_bytes(FOREIGN)
    beside.chmod(0o640)
    changes = tagged(path)
    assert [change.target for change in changes] == [beside, path]
    for found in (held(beside).contents, contents(path.read_bytes())):
        assert set(found.xmp.keywords) == {"sea", "dog", "grass"}
    assert beside.stat().st_mode & 0o777 == 0o640
    assert b"<!-- a comment that stays -->" in beside.read_bytes()
    assert writer().plan(writer().read(photo(path)), DOG, model="test 1", run="run-2") == ()
    tagged(path, CAT)
    for change in reversed(tagged(path, DOG)):
        writer().revert(change)
    assert set(held(beside).contents.xmp.keywords) == {"sea", "cat", "grass"}
    for change in writer().plan_clean(writer().read(photo(path))):
        writer().apply(change)
    assert beside.read_bytes() == FOREIGN
    assert set(contents(path.read_bytes()).xmp.keywords) == set()


def test_undo_of_an_edit_restores_bytes_and_time(path: Path) -> None:
    beside = path.with_name("photo.jpg.xmp")
    beside.write_bytes(FOREIGN)
    os.utime(beside, ns=(10**18, 10**18 + 5))
    changes = tagged(path)
    assert beside.stat().st_mtime_ns > 10**18 + 5
    for change in reversed(changes):
        writer().revert(change)
    assert (beside.read_bytes(), beside.stat().st_mtime_ns) == (FOREIGN, 10**18 + 5)
    assert path.read_bytes() == PICTURE


def test_a_persons_words_in_the_sidecar_come_first(path: Path) -> None:
    beside = path.with_name("photo.jpg.xmp")
    beside.write_bytes(jpegs.packet(f"<rdf:Description rdf:about=''>{jpegs.alt('Aunt Mary')}</rdf:Description>"))
    assert writer().read(photo(path)).description == "Aunt Mary"
    tagged(path)
    assert held(beside).contents.xmp.description == "Aunt Mary"
    assert contents(path.read_bytes()).xmp.description in {"", "Aunt Mary"}
    assert writer().read(photo(path)).description == "Aunt Mary"


def test_always(path: Path) -> None:
    ours = writer(sidecar=ALWAYS, sidecar_name=SidecarName.STEM)
    path.write_bytes(jpegs.with_segments(PICTURE, jpegs.xmp_segment(FOREIGN)))
    before = path.read_bytes()
    (change,) = tagged(path, ours=ours)
    assert change.sidecar == path.with_name("photo.xmp")
    assert change.note == ""
    assert path.read_bytes() == before
    assert b"crs:ToneCurve" in path.with_name("photo.xmp").read_bytes()
    assert set(held(path.with_name("photo.xmp")).contents.xmp.keywords) == {"sea", "dog", "grass"}
    assert ours.plan(ours.read(photo(path)), DOG, model="test 1", run="r") == ()


def test_always_after_the_photo_was_written_into(path: Path) -> None:
    path.write_bytes(PICTURE)
    tagged(path)
    embedded = path.read_bytes()
    ours = writer(sidecar=ALWAYS)
    (change,) = tagged(path, ours=ours)
    assert change.sidecar == path.with_name("photo.jpg.xmp")
    assert path.read_bytes() == embedded
    assert held(change.sidecar).contents.xmp.keywords == ("dog", "grass")
    assert ours.plan(ours.read(photo(path)), DOG, model="test 1", run="r") == ()
    for change in ours.plan_clean(ours.read(photo(path))):
        ours.apply(change)
    assert path.read_bytes() == PICTURE
    assert not path.with_name("photo.jpg.xmp").exists()


def test_never(path: Path, heic: Path) -> None:
    ours = writer(sidecar=NEVER)
    beside = path.with_name("photo.jpg.xmp")
    beside.write_bytes(FOREIGN)
    (change,) = tagged(path, ours=ours)
    assert change.sidecar is None
    assert beside.read_bytes() == FOREIGN
    assert set(contents(path.read_bytes()).xmp.keywords) == {"sea", "dog", "grass"}  # counted all the same
    with pytest.raises(NotEmbeddable, match="HEIC"):
        ours.plan(ours.read(photo(heic)), DOG, model="m", run="r")
    path.write_bytes(PICTURE)
    assert ours.read(photo(path)).keywords == ("sea",)
    beside.write_bytes(b"no XML")
    assert ours.read(photo(path)).keywords == ()


def test_read_only_photo(path: Path) -> None:
    path.chmod(0o444)
    (change,) = tagged(path)
    assert change.note == "into a sidecar: file is read-only"
    assert path.read_bytes() == PICTURE
    assert change.target.stat().st_mode & 0o777 == 0o644  # to be written again
    tagged(path, CAT)
    path.chmod(0o644)
    assert {change.target for change in tagged(path, CAT)} == {path}  # the sidecar has it already


def test_hard_links(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.jpg"
    other.hardlink_to(path)
    (change,) = tagged(path)
    assert "2 hard links" in change.note
    assert path.samefile(other)
    for change in tagged(path, CAT, ours=writer(hard_links=True)):
        assert change.note == ""
    assert not path.samefile(other)
    assert other.read_bytes() == PICTURE


def test_rights(path: Path) -> None:
    path.chmod(0o755)
    if os.geteuid() == 0:
        os.chown(path, 1234, 2345)
    (change,) = tagged(path, ours=writer(sidecar=ALWAYS))
    status = change.target.stat()
    assert status.st_mode & 0o777 == 0o644
    assert (status.st_uid, status.st_gid) == (path.stat().st_uid, path.stat().st_gid)


def test_leftovers_beside_the_sidecar(heic: Path) -> None:
    (change,) = tagged(heic)
    leftover = heic.with_name(".photo.heic.xmp.0123abcd.tagger-tmp")
    leftover.write_bytes(b"half")
    writer().discard_leftovers(change)
    assert not leftover.exists()


def test_raw_and_jpeg(tmp_path: Path) -> None:
    """Each its own: ``photo.xmp`` belongs to the RAW."""
    for name, content in (("photo.dng", dng()), ("photo.jpg", PICTURE)):
        (tmp_path / name).write_bytes(content)
    (tmp_path / "photo.xmp").write_bytes(FOREIGN)
    assert [change.target.name for change in tagged(tmp_path / "photo.jpg")] == ["photo.jpg"]
    assert [change.target.name for change in tagged(tmp_path / "photo.dng")] == ["photo.xmp"]
    (change,) = tagged(tmp_path / "photo.jpg", CAT, ours=writer(sidecar=ALWAYS, sidecar_name=SidecarName.STEM))
    assert change.target.name == "photo.jpg.xmp"


def test_policies(heic: Path) -> None:
    tagged(heic, ours=writer(caption_policy=CaptionPolicy.REPLACE))
    assert held(heic.with_name("photo.heic.xmp")).contents.xmp.description == DOG.text
    tagged(heic, CAT, ours=writer(caption_policy=CaptionPolicy.APPEND))
    assert held(heic.with_name("photo.heic.xmp")).contents.xmp.description.endswith(CAT.text)
    for change in writer().plan_clean(writer().read(photo(heic))):
        writer().apply(change)
    assert not heic.with_name("photo.heic.xmp").exists()


def test_seed_holds_what_only_exif_and_iptc_say(path: Path) -> None:
    path.write_bytes(
        jpegs.with_segments(
            PICTURE,
            jpegs.exif_segment(jpegs.camera_tiff(description=b"Aunt Mary\0").build()),
            jpegs.iptc_segment(jpegs.iim(b"family", b"1990")),
        )
    )
    (change,) = tagged(path, ours=writer(sidecar=ALWAYS))
    found = held(change.target).contents
    assert found.xmp.description == "Aunt Mary"
    assert set(found.xmp.keywords) == {"family", "1990", "dog", "grass"}
    (change,) = writer().plan_clean(writer().read(photo(path)))
    writer().apply(change)
    assert not change.target.exists()


def test_a_cameras_filler_is_no_seed(path: Path) -> None:
    path.write_bytes(jpegs.with_segments(PICTURE, jpegs.exif_segment(jpegs.camera_tiff().build())))
    (change,) = tagged(path, ours=writer(sidecar=ALWAYS))
    assert held(change.target).contents.xmp.description == DOG.text


def test_the_photo_is_read_once_more_at_most(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sidecars cost a photo without one a few questions by name, no listing and no reading."""
    monkeypatch.setattr(os, "scandir", None)
    tagged(path)


def test_seed_holds_extended_xmp_too(path: Path) -> None:
    """What a JPEG had no room for in one segment; such a photo is not written into."""
    path.write_bytes(jpegs.with_segments(PICTURE, *jpegs_extended()))
    (change,) = tagged(path)
    assert change.note == "into a sidecar: extended XMP holds a description or keywords"
    text = change.target.read_bytes()
    assert b"HasExtendedXMP" not in text
    assert b"crs:ToneCurve" in text
    assert b"<other:Big>much</other:Big>" in text
    assert set(held(change.target).contents.xmp.keywords) == {"from the extension", "dog", "grass"}
    (change,) = writer().plan_clean(writer().read(photo(path)))
    assert change.after_sha256 == ""


def jpegs_extended() -> tuple[bytes, bytes]:
    guid = b"0123456789ABCDEF0123456789ABCDEF"
    note = "http://ns.adobe.com/xmp/note/"
    pointer = f'<xmpNote:HasExtendedXMP xmlns:xmpNote="{note}">{guid.decode()}</xmpNote:HasExtendedXMP>'
    body = jpegs.packet(
        f"<rdf:Description rdf:about='' xmlns:other='urn:other'><other:Big>much</other:Big>"
        f"{jpegs.bag('dc:subject', 'from the extension')}</rdf:Description>",
        wrap=False,
    )
    head = b"http://ns.adobe.com/xmp/extension/\0" + guid + struct.pack(">II", len(body), 0)
    return jpegs.xmp_segment(jpegs.foreign_packet(pointer)), jpegs.segment(0xE1, head + body)

"""What a person decided, in the photo: it is read back, it stays, and what others wrote is as it was."""

from pathlib import Path

import pngs
import pytest
import samples
import tiffs
import webps
from jpegs import alt, bag, foreign_packet, with_segments, xmp_segment
from sidecars import HEIC, held
from trial import CAT, DOG, PICTURE, contents, photo, tag, writer

from tagger.core.changes import MetadataChange
from tagger.core.errors import PhotoSkipped
from tagger.core.records import Caption, Correction, PhotoMetadata, Review, State, Tag
from tagger.metadata import document, policy
from tagger.metadata.policy import CaptionPolicy, Origin

KEEP, REPLACE, APPEND = CaptionPolicy.KEEP, CaptionPolicy.REPLACE, CaptionPolicy.APPEND
NOTHING = Caption("", 0.0)
SAMPLES = {
    f"{kind} {name}": data
    for kind, group in (
        ("jpg", samples.samples()),
        ("png", pngs.samples()),
        ("webp", webps.samples()),
        ("tif", tiffs.samples()),
    )
    for name, data in group.items()
}
REJECTED = Review(State.REJECTED, Correction(DOG.text, DOG.tags))


def decided(
    path: Path, caption: Caption, review: Review | None = None, *, run: str = "run-2", **options
) -> tuple[MetadataChange, ...]:
    it = writer(**options)
    changes = it.plan(it.read(photo(path)), caption, model="test 1", run=run, review=review)
    for change in changes:
        it.apply(change)
    return changes


def read(path: Path) -> PhotoMetadata:
    return writer().read(photo(path))


def put(tmp_path: Path, data: bytes, name: str = "photo.jpg") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("how", CaptionPolicy)
@pytest.mark.parametrize("name", SAMPLES)
def test_rejecting_leaves_only_the_record(name: str, how: CaptionPolicy, tmp_path: Path) -> None:
    """Every field is as it was before us, in every format; ours says only what was decided."""
    original = SAMPLES[name]
    path = put(tmp_path, original, f"photo.{name.split(maxsplit=1)[0]}")
    decided(path, DOG, caption_policy=how)
    before = path.read_bytes()
    changes = decided(path, NOTHING, REJECTED, caption_policy=how)
    assert [change.path for change in changes] == [path]
    fields, was = contents(path.read_bytes()), contents(original)
    assert (fields.xmp, fields.exif, fields.iptc, fields.hierarchies) == (was.xmp, was.exif, was.iptc, was.hierarchies)
    assert fields.provenance is not None
    assert (fields.provenance.state, fields.provenance.caption, fields.provenance.tags) == (State.REJECTED, "", ())
    assert fields.provenance.correction == Correction(DOG.text, tuple(Tag(t.label, t.score) for t in DOG.tags))
    assert decided(path, NOTHING, REJECTED, caption_policy=how) == ()
    assert decided(path, CAT, caption_policy=how) == ()  # the machine has no say any more
    it = writer()
    it.revert(changes[0])
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", SAMPLES)
def test_a_rejection_that_nothing_preceded(name: str, tmp_path: Path) -> None:
    original = SAMPLES[name]
    path = put(tmp_path, original, f"photo.{name.split(maxsplit=1)[0]}")
    decided(path, NOTHING, Review(State.REJECTED))
    parsed = document.parse(path, path.read_bytes())
    assert parsed.contents.provenance is not None
    with pytest.raises(PhotoSkipped, match="rejected by a person"):
        document.plan_clean(path, parsed)
    cleaned = document.spliced(path, path.read_bytes(), document.plan_clean(path, parsed, approved=True))
    assert contents(cleaned) == contents(original)


def test_rejecting_the_caption_brings_a_person_s_back_and_keeps_the_tags(tmp_path: Path) -> None:
    packet = foreign_packet(alt("Aunt Mary") + bag("dc:subject", "sea"))
    path = put(tmp_path, with_segments(PICTURE, xmp_segment(packet)))
    decided(path, DOG, caption_policy=REPLACE)
    assert read(path).description == DOG.text
    decided(path, Caption("", 0.0, (), DOG.tags), Review(State.REJECTED, Correction(DOG.text)), caption_policy=REPLACE)
    found = read(path)
    assert (found.description, found.keywords) == ("Aunt Mary", ("sea", "dog", "grass"))
    assert found.provenance is not None
    assert found.provenance.correction == Correction(DOG.text)


def test_an_edit_stands_where_others_wrote_and_can_be_cleaned(tmp_path: Path) -> None:
    original = with_segments(PICTURE, xmp_segment(foreign_packet(alt("Aunt Mary") + bag("dc:subject", "sea"))))
    path = put(tmp_path, original)
    decided(path, DOG)
    said = Correction(DOG.text, (DOG.tags[1],), ("Rex",))
    words = Caption("Rex & his <ball>", 0.0, (), (DOG.tags[0], Tag("Rex", 1.0)))
    decided(path, words, Review(State.APPROVED, said, replaces=True))
    found = read(path)
    assert (found.description, found.keywords) == (words.text, ("sea", "dog", "Rex"))
    assert found.provenance is not None
    assert (found.provenance.state, found.provenance.caption) == (State.APPROVED, words.text)
    assert found.provenance.correction == said
    assert decided(path, CAT) == decided(path, CAT, caption_policy=REPLACE) == ()
    after = document.plan_clean(path, document.parse(path, path.read_bytes()), approved=True)
    assert document.spliced(path, path.read_bytes(), after) == original


def test_what_a_person_took_out_is_carried_along() -> None:
    """By a later run of the machine, which may still change the rest."""
    data, _ = tag(PICTURE, DOG)
    path = Path("photo.jpg")
    said = Correction(rejected=(Tag("cat", 0.7),))
    assert contents(data).provenance is not None
    machine = Review(State.MACHINE, said)
    parsed = document.parse(path, data)
    wanted = policy.decide(parsed.contents, DOG, policy=KEEP, origin=Origin("test 1", "0.1", "run-2"), review=machine)
    assert wanted is not None
    data = document.spliced(path, data, document.plan(path, parsed, wanted))
    data, _ = tag(data, CAT, run="run-3")
    found = contents(data).provenance
    assert found is not None
    assert (found.caption, found.correction) == (CAT.text, said)


@pytest.mark.parametrize("state", State)
def test_every_state_is_read_back(state: State, tmp_path: Path) -> None:
    path = put(tmp_path, PICTURE)
    decided(path, DOG, Review(state))
    found = read(path).provenance
    assert found is not None
    assert found.state is state
    assert (decided(path, CAT) == ()) is state.is_decided


def test_a_sidecar_holds_what_was_decided(tmp_path: Path) -> None:
    path = put(tmp_path, HEIC, "photo.heic")
    before = read(path)
    decided(path, DOG)
    changes = decided(path, NOTHING, REJECTED)
    beside = tmp_path / "photo.heic.xmp"
    assert [change.target for change in changes] == [beside]
    assert held(beside).contents.provenance is not None
    assert (read(path).description, read(path).keywords) == (before.description, before.keywords)
    assert decided(path, CAT) == ()
    assert path.read_bytes() == HEIC


def test_an_unknown_state_counts_as_the_machine_s() -> None:
    data, _ = tag(PICTURE, DOG)
    odd = data.replace(b"<tagger:State>machine<", b"<tagger:State>mAchine<")
    found = contents(odd).provenance
    assert found is not None
    assert found.state is State.MACHINE

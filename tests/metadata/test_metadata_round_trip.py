"""Round trips on every kind of photo: idempotence, re-tagging, undo to the byte."""

import itertools

import pytest
from samples import samples
from trial import CAFE, CAT, DOG, contents, tag

from tagger.core.records import Caption
from tagger.metadata import fields
from tagger.metadata.policy import CaptionPolicy
from tagger.metadata.splices import inverse, spliced

SAMPLES = samples()
EACH = pytest.mark.parametrize("data", SAMPLES.values(), ids=SAMPLES.keys())
POLICIES = pytest.mark.parametrize("caption_policy", list(CaptionPolicy))


@EACH
@POLICIES
def test_undo_restores_every_byte(data: bytes, caption_policy: CaptionPolicy) -> None:
    states, changes = [data], []
    for caption in (DOG, CAT, CAFE if b"\x1b%G" in data or b"8BIM" not in data else DOG):
        after, splices = tag(states[-1], caption, caption_policy=caption_policy)
        assert splices
        assert after != states[-1]
        states.append(after)
        changes.append(splices)
    for splices, before in zip(reversed(changes), reversed(states[:-1]), strict=True):
        assert spliced(states.pop(), inverse(splices)) == before


@EACH
@POLICIES
def test_tagging_again_changes_nothing_even_in_another_run(data: bytes, caption_policy: CaptionPolicy) -> None:
    once, _ = tag(data, DOG, caption_policy=caption_policy)
    again, splices = tag(once, DOG, caption_policy=caption_policy, run="run-2")
    assert splices == ()
    assert again == once


@EACH
@POLICIES
def test_every_keyword_field_holds_the_union(data: bytes, caption_policy: CaptionPolicy) -> None:
    before = contents(data)
    theirs = {*before.xmp.keywords, *before.exif.keywords, *(before.iptc.keywords if before.iptc else ())}
    after = contents(tag(data, DOG, caption_policy=caption_policy)[0])
    assert set(after.xmp.keywords) == set(after.exif.keywords) == theirs | {"dog", "grass"}
    if before.iptc:
        assert set(after.iptc.keywords) == theirs | {"dog", "grass"}
    else:
        assert after.iptc is None


@EACH
def test_tagging_again_removes_only_ours_and_never_grows(data: bytes) -> None:
    first, _ = tag(data, DOG)
    state, sizes = first, set()
    for caption in itertools.islice(itertools.cycle((CAT, DOG)), 6):
        state, _ = tag(state, caption)
        sizes.add((caption.text, len(state)))
    assert len(sizes) == 2  # one size for each caption, however often
    assert (DOG.text, len(first)) in sizes
    before, after = contents(data), contents(tag(first, Caption("", 0.0))[0])
    assert set(after.xmp.keywords) == set(after.exif.keywords)
    assert set(after.xmp.keywords) == {
        *before.xmp.keywords,
        *before.exif.keywords,
        *(before.iptc.keywords if before.iptc else ()),
    }
    assert after.hierarchies == before.hierarchies


@EACH
def test_values_are_what_was_asked_for(data: bytes) -> None:
    shown = fields.show(contents(tag(data, CAT, caption_policy=CaptionPolicy.REPLACE)[0]))
    assert shown["XMP dc:description"] == shown["EXIF ImageDescription"] == CAT.text
    assert shown["XMP tagger:Caption"] == CAT.text
    assert shown["XMP tagger:Model"] == "test 1"
    assert shown["XMP tagger:Run"] == "run-1"
    assert shown["XMP tagger:Version"] == "0.1"
    assert shown["XMP tagger:State"] == "machine"
    assert shown["XMP tagger:Tags"] == "cat|0.800; grass|0.510"


@EACH
def test_a_change_is_small(data: bytes) -> None:
    """The journal keeps the splices: they must not hold whole blocks that did not change."""
    _, splices = tag(tag(data, DOG)[0], CAT)
    assert sum(len(splice.old) + len(splice.new) for splice in splices) < 6000
    offsets = [(splice.offset, splice.offset + len(splice.old)) for splice in splices]
    assert all(end < start for (_, end), (start, _) in itertools.pairwise(offsets))

"""Records to test with: one of each by hand, and Hypothesis strategies for any."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tagger.core.changes import FieldChange, MetadataChange, Splice
from tagger.core.records import Alternative, Caption, IndexEntry, Photo, State, Tag


def entry_of(path: Path, text: str = "a dog on a beach", *tags: Tag, **changes: Any) -> IndexEntry:
    entry = IndexEntry(
        photo=Photo(path, 1_234_567, 1_700_000_000_123_456_789),
        identity="ab" * 32,
        caption=Caption(text, -1.25, (Alternative("a wet dog", -2.5), Alternative("a beach", -3.0)), tags),
        model="coco 1",
        settings="beam=3",
        run="run-1",
        captioned_at="2024-05-02T10:00:00+00:00",
    )
    return replace(entry, **changes)


def change_of(path: Path, **changes: Any) -> MetadataChange:
    change = MetadataChange(
        path=path,
        identity="ab" * 32,
        before_sha256="cd" * 32,
        after_sha256="ef" * 32,
        before_size=1_000_000,
        before_mtime_ns=1_600_000_000_000_000_001,
        splices=(Splice(2, b"", b"\xff\xe1new"), Splice(40, b"old" * 1000, b"")),
        fields=(FieldChange("XMP dc:description", "", "a dog"),),
    )
    return replace(change, **changes)


DOG = Tag("dog", 0.9, ("pet", "animal"))
LIGHT = Tag("traffic light", 0.8, ("street furniture",))
CAFE = Tag("Café", 0.7)

# Lone surrogates and NULs included: metadata of real photos can hold anything.
texts = st.text(st.characters(), max_size=30)
numbers = st.floats(allow_nan=False)
sizes = st.integers(0, 2**62)
name_bytes = st.binary(min_size=1, max_size=20).filter(
    lambda name: not {0, 0x2F} & set(name) and name not in (b".", b"..")
)
relative_paths = st.lists(name_bytes, min_size=1, max_size=3).map(lambda names: os.fsdecode(b"/".join(names)))
tags = st.builds(Tag, texts, numbers, st.lists(texts, max_size=3).map(tuple))
captions = st.builds(
    Caption,
    texts,
    numbers,
    st.lists(st.builds(Alternative, texts, numbers), max_size=3).map(tuple),
    st.lists(tags, max_size=4).map(tuple),
)


def entries(root: Path) -> st.SearchStrategy[IndexEntry]:
    return st.builds(
        IndexEntry,
        photo=st.builds(Photo, relative_paths.map(root.joinpath), sizes, sizes),
        identity=st.sampled_from(["ab" * 32, "cd" * 32]),
        caption=captions,
        model=texts,
        settings=texts,
        run=texts,
        captioned_at=st.datetimes().map(lambda moment: moment.isoformat()),
        taken_at=st.none() | texts,
        state=st.sampled_from(State),
        written=st.booleans(),
        sidecar=st.none() | relative_paths.map(root.joinpath),
    )


def changes(root: Path) -> st.SearchStrategy[MetadataChange]:
    return st.builds(
        MetadataChange,
        path=relative_paths.map(root.joinpath),
        identity=st.just("ab" * 32),
        before_sha256=st.just("cd" * 32),
        after_sha256=st.just("ef" * 32),
        before_size=sizes,
        before_mtime_ns=sizes,
        splices=st.lists(st.builds(Splice, sizes, st.binary(), st.binary()), max_size=3).map(tuple),
        fields=st.lists(st.builds(FieldChange, texts, texts, texts), max_size=3).map(tuple),
        sidecar=st.none() | relative_paths.map(root.joinpath),
    )

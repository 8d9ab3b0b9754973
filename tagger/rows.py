"""Index rows of photos that speak for themselves: made of what our record in a photo says. Changes nothing."""

import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from tagger.core.records import Caption, IndexEntry, Photo, PhotoMetadata, Provenance

_RUN_TIME = "%Y%m%d-%H%M%S"  # how the id of a run begins


def says(row: IndexEntry, record: Provenance) -> bool:
    """Whether a row holds the words that our record in a photo says we wrote."""
    labels = {tag.label for tag in record.tags}
    return row.caption.text == record.caption and {tag.label for tag in row.caption.tags} == labels


def row_of(metadata: PhotoMetadata, rows: Iterable[IndexEntry], *, settings: str) -> IndexEntry:
    """The row of a photo that holds our record: of ``rows`` the first with the same words, else what it says itself.

    Rows know more than the record: other captions, parents of tags, probabilities. What was decided is the record's.
    """
    record = metadata.provenance
    if record is None:
        raise ValueError(f"{metadata.photo.path} holds nothing of ours")
    found = next((row for row in rows if says(row, record) and row.model == record.model), None)
    if found is None:
        return row_from(metadata, settings=settings)
    return replace(
        found,
        photo=metadata.photo,
        identity=metadata.identity,
        run=record.run,
        taken_at=metadata.taken_at,
        state=record.state,
        written=True,
        sidecar=found.sidecar if found.photo.path == metadata.photo.path else None,
        correction=record.correction,
    )


def row_from(metadata: PhotoMetadata, *, settings: str) -> IndexEntry:
    """A row of what the photo alone says: no other captions, no ancestors of tags, no probability (not a number)."""
    provenance = metadata.provenance
    if provenance is None:
        raise ValueError(f"{metadata.photo.path} holds nothing of ours")
    return IndexEntry(
        photo=metadata.photo,
        identity=metadata.identity,
        caption=Caption(provenance.caption, math.nan, (), provenance.tags, confidence=provenance.confidence),
        model=provenance.model,
        settings=settings,
        run=provenance.run,
        captioned_at=_time_of(provenance.run, metadata.photo).isoformat(timespec="seconds"),
        taken_at=metadata.taken_at,
        state=provenance.state,
        correction=provenance.correction,
    )


def _time_of(run: str, photo: Photo) -> datetime:
    """When a run began, as its id says; else when the file was last changed."""
    try:
        return datetime.strptime(run[:15], _RUN_TIME).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(photo.mtime_ns / 1e9, UTC)

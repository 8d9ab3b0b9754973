"""An index row as JSON, for the journal: rows come back equal, whatever their texts and file names hold.

What a person corrected is JSON in the index too.
"""

import json
import os
from typing import Any

from tagger.core.records import Alternative, Caption, Correction, IndexEntry, Photo, State, Tag
from tagger.storage.text import RelativePaths


def entry_to_json(entry: IndexEntry, paths: RelativePaths) -> str:
    """ASCII JSON of ``entry``, its path relative to the root. Raises RunError when it is outside."""
    caption = entry.caption
    return json.dumps(
        {
            # Bytes that are no text become lone surrogates here, and JSON escapes carry those unchanged.
            "path": os.fsdecode(paths.encode(entry.photo.path)),
            "size": entry.photo.size,
            "mtime_ns": entry.photo.mtime_ns,
            "identity": entry.identity,
            "caption": caption.text,
            "log_probability": caption.log_probability,
            "confidence": caption.confidence,
            "alternatives": [[other.text, other.log_probability] for other in caption.alternatives],
            "tags": [[tag.label, tag.score, tag.ancestors] for tag in caption.tags],
            "model": entry.model,
            "settings": entry.settings,
            "run": entry.run,
            "captioned_at": entry.captioned_at,
            "taken_at": entry.taken_at,
            "state": entry.state.value,
            "written": entry.written,
            "sidecar": None if entry.sidecar is None else os.fsdecode(paths.encode(entry.sidecar)),
            "correction": correction_to_json(entry.correction),
        }
    )


def correction_to_json(correction: Correction) -> str | None:
    """ASCII JSON; None where nothing was corrected."""
    if not correction:
        return None
    rejected = [[tag.label, tag.score, tag.ancestors] for tag in correction.rejected]
    return json.dumps([correction.caption, rejected, correction.added])


def correction_from_json(text: str | None) -> Correction:
    """The inverse of ``correction_to_json``. Raises ValueError or TypeError for anything else."""
    if text is None:
        return Correction()
    caption, rejected, added = json.loads(text)
    return Correction(caption, tuple(Tag(label, score, tuple(above)) for label, score, above in rejected), tuple(added))


def entry_from_json(text: str, paths: RelativePaths) -> IndexEntry:
    """The inverse of ``entry_to_json``. Raises ValueError, TypeError or KeyError for anything else."""
    values: dict[str, Any] = json.loads(text)
    sidecar: str | None = values.get("sidecar")  # journals of version 0.1 have none
    return IndexEntry(
        photo=Photo(paths.decode(os.fsencode(values["path"])), values["size"], values["mtime_ns"]),
        identity=values["identity"],
        caption=Caption(
            values["caption"],
            values["log_probability"],
            tuple(Alternative(other, log_probability) for other, log_probability in values["alternatives"]),
            tuple(Tag(label, score, tuple(ancestors)) for label, score, ancestors in values["tags"]),
            confidence=values.get("confidence"),  # journals of version 0.1 have none
        ),
        model=values["model"],
        settings=values["settings"],
        run=values["run"],
        captioned_at=values["captioned_at"],
        taken_at=values["taken_at"],
        state=State(values["state"]),
        written=values["written"],
        sidecar=None if sidecar is None else paths.decode(os.fsencode(sidecar)),
        correction=correction_from_json(values.get("correction")),
    )

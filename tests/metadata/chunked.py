"""PNG and WebP together: their samples by name, and taking blocks out of them."""

from dataclasses import replace
from pathlib import Path

import pngs
import webps

from tagger.core.changes import Splice
from tagger.metadata import document
from tagger.metadata.splices import spliced

PATH = Path("photo")
SAMPLES = {f"png {name}": data for name, data in pngs.samples().items()}
SAMPLES |= {f"webp {name}": data for name, data in webps.samples().items()}


def cleaned(data: bytes, *, exif: bool = True, xmp: bool = True) -> tuple[bytes, tuple[Splice, ...]]:
    """Take whole blocks out."""
    parsed = document.parse(PATH, data)
    have = parsed.container.blocks()
    after = replace(have, exif=None if exif else have.exif, xmp=None if xmp else have.xmp)
    edits = tuple(parsed.format.splices(parsed.container, after))
    result = spliced(data, edits)
    document.require_untouched(
        PATH, replace(parsed, blocks=document.parse(PATH, result).blocks), document.parse(PATH, result)
    )
    return result, edits


def simple(data: bytes) -> bytes:
    """An extended file that needs no header cannot be told from one that we extended: it becomes a simple one."""
    return webps.picture() if data == SAMPLES["webp extended without need"] else data

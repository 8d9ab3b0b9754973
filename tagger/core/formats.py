"""Which suffixes are photos, and which of those are RAW. Suffixes only: what a file really is, its bytes say."""

_RAW = "3fr arw cr2 cr3 crw dcr dng erf fff iiq kdc mef mos mrw nef nrw orf pef raf raw rw2 rwl sr2 srf srw x3f"
_OTHERS = "jpg jpeg jpe jfif png apng webp tif tiff heic heics heif heifs hif avif avifs gif bmp dib jp2 j2k jpf jpx"

RAW_SUFFIXES = frozenset(f".{name}" for name in _RAW.split())
"""Lower case, with the dot. RAW files are never written into."""

PHOTO_SUFFIXES = RAW_SUFFIXES | frozenset(f".{name}" for name in _OTHERS.split())
"""Every suffix, in lower case, of a photo that we caption."""

SIDECAR_SUFFIX = ".xmp"


def suffix(name: str) -> str:
    """Return a file name's suffix in lower case, with the dot; empty where it has none, as in ``.jpg``."""
    stem, dot, last = name.rpartition(".")
    return f".{last.lower()}" if dot and stem else ""

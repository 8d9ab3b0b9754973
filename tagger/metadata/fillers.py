"""What cameras write where a person's words belong. Knows no format."""

from tagger.metadata.text import fold

FILLERS = frozenset(
    {
        "OLYMPUS DIGITAL CAMERA",
        "OLYMPUS CAMERA",
        "MINOLTA DIGITAL CAMERA",
        "KONICA MINOLTA DIGITAL CAMERA",
        "KONICA DIGITAL CAMERA",
        "KODAK DIGITAL STILL CAMERA",
        "CASIO DIGITAL CAMERA",
        "SAMSUNG DIGITAL CAMERA",
        "PENTAX DIGITAL CAMERA",
        "DIGITAL CAMERA",
        "DIGITAL STILL CAMERA",
        "SONY DSC",
        "SAMSUNG",
        "DCIM",
        "DSC",
        "EXIF_JPEG_PICTURE",
        "EXIF JPEG",
        "JPEG_PICTURE",
        "DEFAULT",
        "IMAGE DESCRIPTION",
        "IMAGEDESCRIPTION",
        "<DIGIMAX S800 / KENOX S800>",
        "UNTITLED",
        "NONE",
    }
)
"""Descriptions that cameras write by themselves, in upper case: they count as empty."""


def is_filler(text: str) -> bool:
    """Say whether a description is empty or one that a camera writes by itself."""
    folded = fold(text).upper()
    return not folded or folded in FILLERS

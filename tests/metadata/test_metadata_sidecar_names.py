"""Which sidecar is whose: one photo never has two, and two never share one."""

from pathlib import Path

import pytest

from tagger.metadata import sidecar
from tagger.metadata.sidecar import SidecarName

EXT, STEM = SidecarName.EXT, SidecarName.STEM

FOUND = [
    # what is there, the photo, its sidecar
    (["a.jpg"], "a.jpg", None),
    (["a.jpg", "a.jpg.xmp"], "a.jpg", "a.jpg.xmp"),
    (["a.jpg", "a.jpg.XMP"], "a.jpg", "a.jpg.XMP"),
    (["a.jpg", "a.xmp"], "a.jpg", "a.xmp"),
    (["a.jpg", "a.XMP"], "a.jpg", "a.XMP"),
    (["a.jpg", "a.xmp", "a.jpg.xmp"], "a.jpg", "a.jpg.xmp"),
    (["a.jpg", "b.xmp", "a.jpg.xmp.bak", "a.jpg.txt"], "a.jpg", None),
    (["a.jpg", "a.cr2", "a.xmp"], "a.cr2", "a.xmp"),
    (["a.jpg", "a.cr2", "a.xmp"], "a.jpg", None),
    (["a.jpg", "A.CR2", "a.xmp"], "a.jpg", None),
    (["a.jpg", "a.cr2", "a.xmp", "a.cr2.xmp"], "a.cr2", "a.cr2.xmp"),
    (["a.jpg", "a.heic", "a.xmp"], "a.jpg", None),
    (["a.jpg", "a.heic", "a.xmp"], "a.heic", None),
    (["a.cr2", "a.dng", "a.xmp"], "a.cr2", None),
    (["a.cr2", "a.dng", "a.jpg", "a.xmp"], "a.dng", None),
    (["a.jpg", "a.mov", "a.txt", "a.xmp"], "a.jpg", "a.xmp"),
    (["a.jpg", "a.jpg.png", "a.jpg.xmp"], "a.jpg", "a.jpg.xmp"),
    (["a.jpg", "a.jpg.png", "a.jpg.xmp"], "a.jpg.png", None),
    (["a", "a.xmp"], "a", "a.xmp"),
]


def make(folder: Path, names: list[str]) -> None:
    for name in names:
        (folder / name).touch()


@pytest.mark.parametrize(("names", "photo", "found"), FOUND)
def test_found(tmp_path: Path, names: list[str], photo: str, found: str | None) -> None:
    make(tmp_path, names)
    assert sidecar.find(tmp_path / photo) == (tmp_path / found if found else None)


@pytest.mark.parametrize(
    ("names", "photo", "ext", "stem"),
    [
        (["a.jpg"], "a.jpg", "a.jpg.xmp", "a.xmp"),
        (["a.jpg", "a.cr2"], "a.cr2", "a.cr2.xmp", "a.xmp"),
        (["a.jpg", "a.cr2"], "a.jpg", "a.jpg.xmp", "a.jpg.xmp"),
        (["a.jpg", "a.cr2", "a.xmp"], "a.jpg", "a.jpg.xmp", "a.jpg.xmp"),
        (["a.cr2", "a.dng"], "a.dng", "a.dng.xmp", "a.dng.xmp"),
        (["a.jpg", "a.png"], "a.png", "a.png.xmp", "a.png.xmp"),
        (["a.jpg", "a.jpg.png"], "a.jpg.png", "a.jpg.png.xmp", "a.jpg.png.xmp"),
    ],
)
def test_new(tmp_path: Path, names: list[str], photo: str, ext: str, stem: str) -> None:
    make(tmp_path, names)
    assert sidecar.new(tmp_path / photo, EXT).name == ext
    assert sidecar.new(tmp_path / photo, STEM).name == stem


def test_no_two_photos_share_one(tmp_path: Path) -> None:
    """Whatever is beside it, in whatever order they come."""
    names = ["a.jpg", "a.JPG", "a.cr2", "a.dng", "a.jpg.png", "b.heic", "b.jpg", "c.nef", "c.jpg", "d.png"]
    make(tmp_path, [*names, "a.xmp", "b.xmp", "c.xmp", "d.xmp", "a.jpg.xmp"])
    for name in (EXT, STEM):
        chosen = {photo: sidecar.find(tmp_path / photo) or sidecar.new(tmp_path / photo, name) for photo in names}
        assert len(set(chosen.values())) == len(names), chosen
    assert chosen["c.nef"].name == "c.xmp"
    assert chosen["d.png"].name == "d.xmp"

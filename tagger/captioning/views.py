"""The views of a photo that a bundle's decoders may look at: all of it, its middle, and both mirrored.

A photo is read as ``pixel_values`` (H, W, 3) of all of it, or with its middle (2, H, W, 3); mirroring costs no reading.
What is encoded of the whole photo goes by its own names, of another view by names with the view before them. Where a
view is not there, the whole photo stands in for it. Knows no model.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tagger.captioning.bundle import Bundle, ImageSpec
from tagger.captioning.generation import View
from tagger.captioning.image import load_images, preprocess

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagger.captioning.isolated import Decoder

    Encoded = Mapping[str, NDArray[np.float32]]

WHOLE: View = "whole"
_MIDDLE = frozenset[View]({"cropped", "cropped-mirrored"})


def read_views(
    path: Path, spec: ImageSpec, views: Collection[View], *, decoder: "Decoder | None" = None
) -> "NDArray[np.float32]":
    """``pixel_values`` of a photo: (H, W, 3), or (2, H, W, 3) where one of the views is of its middle.

    Raises PhotoError.
    """
    middle = [replace(spec, resize="center_crop")] if _MIDDLE.intersection(views) else []
    pictures = [preprocess(rgb, spec) for rgb in load_images(path, (spec, *middle), decoder=decoder)]
    return np.stack(pictures) if middle else pictures[0]


def whole(pixel_values: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """All of a photo (H, W, 3), from what ``read_views`` read."""
    return pixel_values[0] if pixel_values.ndim == 4 else pixel_values


def pictures_of(batch: "NDArray[np.float32]", views: Iterable[View]) -> "dict[View, NDArray[np.float32]]":
    """The pictures (N, H, W, 3) of each view, of N photos (N, H, W, 3) or (N, 2, H, W, 3)."""
    all_of_it, middle = (batch[:, 0], batch[:, 1]) if batch.ndim == 5 else (batch, None)
    found: dict[View, NDArray[np.float32]] = {WHOLE: all_of_it}
    for view in views:
        picture = middle if view in _MIDDLE else all_of_it
        if picture is not None:
            found[view] = picture[:, :, ::-1] if view.endswith("mirrored") else picture
    return {view: np.ascontiguousarray(picture) for view, picture in found.items()}


def named(encoded: "Encoded", view: View) -> "dict[str, NDArray[np.float32]]":
    """What is encoded of a view, under the names that it goes by among others."""
    return {name if view == WHOLE else f"{view}/{name}": values for name, values in encoded.items()}


def seen(encoded: "Encoded", view: View) -> "dict[str, NDArray[np.float32]]":
    """What is encoded of a view, under its own names; of the whole photo where that view is not there."""
    prefix = "" if view == WHOLE or f"{view}/pooled" not in encoded else f"{view}/"
    own = {name.removeprefix(prefix): values for name, values in encoded.items() if name.startswith(prefix)}
    return {name: values for name, values in own.items() if "/" not in name}


def views_of(bundle: Bundle, quality: str) -> tuple[View, ...]:
    """The views that are looked at for captions of this quality; the whole photo is always among them.

    An imported captioner was trained for no other.
    """
    spec = None if bundle.imported else bundle.generation.candidates.get(quality)
    speakers = spec.speakers if spec else ()
    return tuple(dict.fromkeys((WHOLE, *(speaker.view for speaker in speakers))))

"""Weights of a model's attention as a picture to lay over the photo. Numbers in, an image out."""

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagger.captioning.bundle import Resize

SIDE = 192  # pixels on the longer side: smooth when stretched over any photo
_WARM = (255, 96, 0)
_SHADE, _GLOW = 150, 70  # alpha, of 255, where the model did not look and where it looked most


def heat_image(weights: "NDArray[np.float32]", size: tuple[int, int], resize: "Resize") -> QImage | None:
    """A picture that covers a photo of ``size`` (width, height): dark where the word does not come from, warm where.

    ``weights`` (h, w) lie over what the model saw: the photo squashed, its middle, or the photo with borders, as
    ``resize`` says. None where no part of the photo matters.
    """
    peak = float(weights.max(initial=0.0))
    if peak <= 0.0 or min(size) <= 0:
        return None
    factor = SIDE / max(size)
    width, height = (max(1, round(side * factor)) for side in size)
    seen = Image.fromarray((weights / peak * 255).astype(np.uint8))
    if resize == "center_crop":
        side = min(width, height)
        over = Image.new("L", (width, height))
        over.paste(seen.resize((side, side), Image.Resampling.BICUBIC), ((width - side) // 2, (height - side) // 2))
    elif resize == "pad":
        left, top = (SIDE - width) // 2, (SIDE - height) // 2
        whole = seen.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        over = whole.crop((left, top, left + width, top + height))
    else:
        over = seen.resize((width, height), Image.Resampling.BICUBIC)
    share = np.asarray(over, np.float32)[..., None] / 255
    colour = share * np.array(_WARM, np.float32)
    alpha = _SHADE + share * (_GLOW - _SHADE)
    pixels = np.concatenate([colour, alpha], axis=2).round().astype(np.uint8)
    return QImage(pixels.tobytes(), width, height, width * 4, QImage.Format.Format_RGBA8888).copy()

"""Photos as pictures for the screen, decoded in threads of their own. Knows no widget.

Source of the pixels: ``tagger.captioning.image``, with its limits against damaged and oversized files; HEIC and RAW are
decoded in a process of their own.
"""

from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from tagger.captioning.image import load_picture
from tagger.captioning.isolated import Decoder
from tagger_gui.asking import Asking

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCREENS = (1600, 2400, 3840)  # pixels on the longer side: the smaller, the sooner decoded
DETAIL = 8192  # for looking at pixels: a photo of 45 megapixels takes 180 MB
_KEPT_BYTES = 48_000_000  # of pictures of screen size, which have 8 to 45 million


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A photo upright, its longer side at most ``longest`` pixels."""

    path: Path
    longest: int
    image: QImage


class _Decoding:
    """Decodes in whatever thread asks, and keeps the last few pictures of screen size. Thread-safe."""

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._kept: OrderedDict[tuple[Path, int, int], Picture] = OrderedDict()
        self._lock = Lock()

    def load(self, path: Path, longest: int) -> Picture:
        """The picture of a photo. Raises PhotoError."""
        key = _version(path)
        with self._lock:
            kept = self._kept.get(key) if key is not None else None
        if kept is not None and kept.longest == longest:
            return kept
        picture = Picture(path, longest, to_qimage(load_picture(path, longest, decoder=self._decoder)))
        if key is not None and longest <= SCREENS[-1]:
            with self._lock:
                self._kept[key] = picture
                while len(self._kept) > 1 and sum(one.image.sizeInBytes() for one in self._kept.values()) > _KEPT_BYTES:
                    self._kept.popitem(last=False)
        return picture

    def close(self) -> None:
        self._decoder.close()


class PictureLoader(QObject):
    """Decodes one photo after the other; of those asked for meanwhile only the last one counts.

    ``loaded`` hands on a Picture, ``failed`` the PhotoError.
    """

    loaded = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._decoding = _Decoding()
        self._asking, self._ahead = Asking("picture", self), Asking("picture-ahead", self)
        self._asking.answered.connect(self.loaded)
        self._asking.failed.connect(self.failed)

    def request(self, path: Path, longest: int = SCREENS[0]) -> None:
        """Ask for a photo; whatever was asked for before is off."""
        self._asking.ask(partial(self._decoding.load, path, longest))

    def expect(self, path: Path, longest: int = SCREENS[0]) -> None:
        """A photo that will be asked for soon: it is decoded meanwhile, and then there at once."""
        self._ahead.ask(partial(self._decoding.load, path, longest))

    def close(self) -> None:
        """End the threads and their processes."""
        self._asking.close()
        self._ahead.close()
        self._decoding.close()


def screen_size(pixels: float) -> int:
    """How long the longer side of a picture has to be for a place with so many pixels of the screen."""
    return next((size for size in SCREENS if size >= pixels), SCREENS[-1])


def _version(path: Path) -> tuple[Path, int, int] | None:
    """What tells a file from what it was before; None for one that is not there."""
    try:
        info = path.stat()
    except OSError:
        return None
    return path, info.st_size, info.st_mtime_ns


def to_qimage(rgb: "NDArray[np.uint8]") -> QImage:
    """An image from RGB, uint8 (height, width, 3), as the screen has it: showing it converts nothing.

    Filled by numpy, which lets other threads work meanwhile: Qt's own conversion would hold up the window.
    """
    height, width, _ = rgb.shape
    image = QImage(width, height, QImage.Format.Format_RGB32)
    argb = np.frombuffer(image.bits(), np.uint32).reshape(height, width)
    argb[:] = 0xFF000000
    for channel, shift in enumerate((16, 8, 0)):
        argb |= rgb[..., channel].astype(np.uint32) << np.uint32(shift)
    return image

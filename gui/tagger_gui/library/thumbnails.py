"""Thumbnails in the background: from memory, from disk, from the photo's own EXIF, at last from the photo itself.

Only what the window asked for last is made, so a scroll leaves no work behind. Source of the pixels:
``tagger.captioning.image`` with its limits; HEIC and RAW are decoded in processes of their own.
"""

import io
import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPixmap

from tagger.captioning.image import load_picture
from tagger.captioning.isolated import Decoder
from tagger.core.errors import PhotoError
from tagger_gui.library.embedded import embedded_thumbnail
from tagger_gui.library.thumbnail_cache import ThumbnailCache, thumbnail_key

LEVELS = (320, 640)
"""Sizes that are kept on disk: pixels on the longer side."""
MEMORY_BYTES = 128 << 20
_KEPT_PROBLEMS = 10_000
_QUALITY = 82


@dataclass(frozen=True, slots=True)
class _Held:
    """One thumbnail in memory, made for a ``box`` (width, height in pixels) so that nothing is scaled when drawing.

    ``preview``: a better one can be made. ``key`` is of the file that it shows.
    """

    pixmap: QPixmap
    key: bytes
    box: tuple[int, int]
    preview: bool

    @property
    def size(self) -> int:
        return self.pixmap.width() * self.pixmap.height() * 4


@dataclass(frozen=True, slots=True)
class _Made:
    """What a thread made; otherwise like _Held, whose pixmap only the window's thread may make."""

    image: QImage
    key: bytes
    box: tuple[int, int]
    preview: bool


class Thumbnails(QObject):
    """Thumbnails of any photos. Everything but ``close`` returns at once; close it before it goes."""

    ready = Signal(object)
    """The Path of a photo that has a (better) thumbnail now, or that turned out to have none."""
    _made = Signal(object, object, str)  # from the threads: path, _Made or None, why there is none

    def __init__(
        self,
        cache: ThumbnailCache,
        *,
        threads: int = 0,
        memory: int = MEMORY_BYTES,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._cache, self._decoder = cache, Decoder()
        self._held: OrderedDict[Path, _Held] = OrderedDict()
        self._bytes, self._memory = 0, memory
        self._problems: OrderedDict[Path, str] = OrderedDict()
        self._doubtful: set[Path] = set()
        self._something = threading.Condition()
        self._first: list[Path] = []  # last one first
        self._second: list[Path] = []
        self._box, self._ratio = (LEVELS[0], LEVELS[0]), 1.0
        self._in_hand: set[Path] = set()
        self._closed = False
        self._made.connect(self._keep)
        self._threads = [
            threading.Thread(target=self._serve, name="tagger-thumbnails", daemon=True)
            for _ in range(threads or max(1, min(4, (os.cpu_count() or 2) - 1)))  # one core is the window's
        ]
        for thread in self._threads:
            thread.start()

    def pixmap(self, path: Path) -> QPixmap | None:
        """What there is of a photo in memory."""
        held = self._held.get(path)
        if held is None:
            return None
        self._held.move_to_end(path)
        return held.pixmap

    def is_final(self, path: Path, box: tuple[int, int]) -> bool:
        """Whether what there is of a photo was made for ``box`` and cannot become better."""
        held = self._held.get(path)
        return held is not None and not held.preview and held.box == box

    def problem(self, path: Path) -> str:
        """Why a photo has no thumbnail; empty where it has one or nobody looked yet."""
        return self._problems.get(path, "")

    def want(self, paths: Sequence[Path], box: tuple[int, int], *, ratio: float = 1.0) -> None:
        """Make these, the first ones first, to fit ``box`` (pixels); what was wanted before is off.

        ``ratio``: pixels of the screen by device-independent pixel.
        """
        first, second = [], []
        for path in reversed(paths):
            held = self._held.get(path)
            if path in self._doubtful or (held is None and path not in self._problems):
                first.append(path)
            elif held is not None and not self.is_final(path, box):
                second.append(path)
        with self._something:
            self._first, self._second, self._box, self._ratio = first, second, box, ratio
            self._something.notify_all()

    def forget(self, paths: Sequence[Path]) -> None:
        """These photos' files, or all, may have changed: look again when wanted; till then the old ones are shown."""
        self._doubtful.update(path for path in paths if path in self._held or path in self._problems)
        if not paths:
            self._doubtful.update(self._held, self._problems)

    def close(self) -> None:
        """End the threads and their processes; a photo in hand is given two seconds."""
        with self._something:
            self._closed = True
            self._something.notify_all()
        for thread in self._threads:
            thread.join(2.0)
        self._decoder.close()
        self._cache.close()

    def _serve(self) -> None:
        while True:
            with self._something:
                self._something.wait_for(lambda: self._closed or self._first or self._second)
                if self._closed:
                    return
                quick = bool(self._first)
                path, box = (self._first if quick else self._second).pop(), self._box
                if path in self._in_hand:
                    continue
                self._in_hand.add(path)
            try:
                self._make(path, box, quick=quick)
            finally:
                with self._something:
                    self._in_hand.discard(path)

    def _make(self, path: Path, box: tuple[int, int], *, quick: bool) -> None:
        try:
            info = path.stat()
        except OSError as error:
            self._tell(path, None, error.strerror or str(error))
            return
        level = next((level for level in LEVELS if level >= max(box)), LEVELS[-1])
        key = thumbnail_key(path, info.st_size, info.st_mtime_ns, level)
        cached = _opened(self._cache.get(key))
        if cached is not None:
            self._tell(path, _Made(_shown(cached, box), key, box, preview=False), "")
            return
        if quick:
            small = embedded_thumbnail(path)
            if small is not None:
                self._tell(path, _Made(_shown(small, box), key, box, preview=True), "")
            with self._something:
                if not self._closed:
                    self._second.insert(0, path)
                    self._something.notify()
            return
        try:
            picture = Image.fromarray(load_picture(path, level, decoder=self._decoder))
        except PhotoError as error:
            self._tell(path, None, str(error))
            return
        written = io.BytesIO()
        picture.save(written, "JPEG", quality=_QUALITY)
        self._cache.put(key, written.getvalue())
        self._tell(path, _Made(_shown(picture, box), key, box, preview=False), "")

    def _tell(self, path: Path, made: _Made | None, problem: str) -> None:
        if not self._closed:
            self._made.emit(path, made, problem)

    def _keep(self, path: Path, made: _Made | None, problem: str) -> None:
        self._doubtful.discard(path)
        before = self._held.get(path)
        if made is None:
            self._problems[path] = problem
            while len(self._problems) > _KEPT_PROBLEMS:
                self._problems.popitem(last=False)
        else:
            self._problems.pop(path, None)
            if made.preview and before is not None and before.key == made.key:
                return  # the better one is there already
        if before is not None:
            self._bytes -= self._held.pop(path).size
        if made is not None:
            pixmap = QPixmap.fromImage(made.image)
            pixmap.setDevicePixelRatio(self._ratio)
            held = _Held(pixmap, made.key, made.box, made.preview)
            self._held[path] = held
            self._bytes += held.size
            while self._bytes > self._memory and len(self._held) > 1:
                self._bytes -= self._held.popitem(last=False)[1].size
        self.ready.emit(path)


def _opened(jpeg: bytes | None) -> Image.Image | None:
    """A thumbnail from the disk; None where there is none, or none that can be read."""
    if jpeg is None:
        return None
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as picture:
            return picture.convert("RGB")
    except (OSError, SyntaxError, ValueError):
        return None


def _shown(picture: Image.Image, box: tuple[int, int]) -> QImage:
    """An image of its own that fits ``box``, from an RGB picture; small ones stay small."""
    if picture.width > box[0] or picture.height > box[1]:
        picture = picture.copy()
        picture.thumbnail(box, Image.Resampling.BICUBIC)
    width, height = picture.size
    return QImage(picture.tobytes(), width, height, width * 3, QImage.Format.Format_RGB888).copy()

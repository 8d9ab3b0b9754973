"""What the encoder sees in photos, kept on disk so that learning again does not look at them again.

One file a picture, named after what the picture is and in a folder named after the encoder: it holds the encoder's
outputs as numpy writes them, pooled features in float32, the grid in float16. A file is there whole or not at all.
The oldest go where all of them take too much room. Knows neither index nor words.
"""

import io
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tagger.captioning.views import whole
from tagger.core.errors import PhotoError, RunError
from tagger.core.records import Photo

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagger.core.protocols import StopEvent
    from tagger.lazy import LazyCaptioner

POOLED = "pooled"
_BATCH = 16
_MOST_BYTES = 2 << 30
_SUFFIX = ".npz"


def cache_folder() -> Path:
    """Where what was seen is kept, for all encoders: below the user's folder for caches."""
    import platformdirs

    return platformdirs.user_cache_path("tagger", appauthor=False) / "learning"


@dataclass(frozen=True, slots=True)
class EncodedPhotos:
    """The pictures that the encoder of ``captioner`` has seen, in ``folder``; ``jobs`` threads read photos."""

    captioner: "LazyCaptioner"
    folder: Path
    jobs: int = 2

    def encode(
        self,
        photos: Sequence[tuple[Photo, str]],
        stop: "StopEvent",
        progress: Callable[[int, int], object],
        *,
        grid: bool = False,
    ) -> "dict[str, dict[str, NDArray[Any]]]":
        """The outputs by name (pooled in float32, others in float16), for every picture by its key, if it can be read.

        ``photos`` come with their keys. ``grid``: what the decoder reads too, not the pooled features alone.
        ``progress(done, total)`` counts pictures. What is done when ``stop`` is set is kept. Raises RunError.
        """
        home = self.folder / self._encoder()
        found: dict[str, dict[str, NDArray[Any]]] = {}
        missing = []
        for photo, key in photos:
            kept = self._read(home / (key + _SUFFIX), grid=grid)
            if kept is None:
                missing.append((photo, key))
            else:
                found[key] = kept
        done, total = len(photos) - len(missing), len(photos)
        progress(done, total)
        with ThreadPoolExecutor(max(1, self.jobs), "tagger-load") as loaders:
            for start in range(0, len(missing), _BATCH):
                if stop.is_set():
                    return found
                page = missing[start : start + _BATCH]
                loaded = list(loaders.map(self._load, [photo for photo, _ in page]))
                keys = [key for (_, key), values in zip(page, loaded, strict=True) if values is not None]
                pictures = [values for values in loaded if values is not None]
                if pictures:
                    outputs = self.captioner.captioner().at("fast").encode(np.stack(pictures))
                    for at, key in enumerate(keys):
                        found[key] = {
                            name: values[at] if name == POOLED else values[at].astype(np.float16)
                            for name, values in outputs.items()
                            if grid or name == POOLED
                        }
                        self._write(home / (key + _SUFFIX), found[key])
                done += len(page)
                progress(done, total)
        if missing:
            trim(self.folder, _MOST_BYTES)
        return found

    def _encoder(self) -> str:
        """What tells encoders apart: the bytes of the graph, and how it wants photos."""
        bundle = self.captioner.bundle
        digest = bundle.files.get("encoder_model.onnx", "")
        image = bundle.imported.tag_image if bundle.imported else bundle.image
        return f"{digest[:16]}-{image.size if image else 0}-{image.resize if image else ''}"

    def _load(self, photo: Photo) -> "NDArray[np.float32] | None":
        try:
            return whole(self.captioner.prepare(photo))
        except PhotoError:
            return None  # gone, or cannot be read: there is nothing to learn from it

    def _read(self, file: Path, *, grid: bool) -> "dict[str, NDArray[Any]] | None":
        try:
            with file.open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
                outputs = {name: np.asarray(kept[name]) for name in kept.files if grid or name == POOLED}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):  # none, or a damaged one
            return None
        whole = POOLED in outputs and (not grid or set(outputs) >= self._wanted())
        return outputs if whole else None

    def _wanted(self) -> set[str]:
        """What a decoder may read of a photo, as far as this bundle's manifest says it."""
        reads = self.captioner.bundle.graphs.get("decoder_start.onnx", {}).get("inputs", {})
        return {POOLED, *(name for name in reads if name in (POOLED, "encoder_hidden_states"))}

    def _write(self, file: Path, outputs: "Mapping[str, NDArray[Any]]") -> None:
        stream = io.BytesIO()
        np.savez(stream, **outputs)  # type: ignore[arg-type]
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            number, name = tempfile.mkstemp(prefix=".new-", dir=file.parent)
            with os.fdopen(number, "wb") as out:
                out.write(stream.getbuffer())
            Path(name).replace(file)
        except OSError as error:
            raise RunError(f"cannot write {file}: {error.strerror}", "free some space") from error


def trim(folder: Path, most: int) -> None:
    """Remove the oldest files until all of them take at most so many bytes."""
    kept = []
    for path in folder.glob(f"*/*{_SUFFIX}"):
        try:
            info = path.stat()
        except OSError:
            continue
        kept.append((info.st_mtime_ns, info.st_size, path))
    total = sum(size for _, size, _ in kept)
    for _, size, path in sorted(kept):
        if total <= most:
            return
        path.unlink(missing_ok=True)
        total -= size

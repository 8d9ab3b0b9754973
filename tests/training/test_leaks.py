"""The same picture in two splits: found whatever its name, size and quality, and looked at once."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tagger_training import leaks as module
from tagger_training.leaks import leaks, look_at_splits


def picture(seed: int) -> Image.Image:
    """Something with a structure of its own."""
    coarse = np.random.default_rng(seed).integers(0, 256, (9, 9, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((180, 180), Image.Resampling.BICUBIC)


def jpeg(image: Image.Image, quality: int = 95) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return stream.getvalue()


@pytest.fixture
def splits(tmp_path: Path) -> dict[str, list[Path]]:
    content = {
        "train/a.jpg": jpeg(picture(1)),
        "train/b.jpg": jpeg(picture(2)),
        "train/white.jpg": jpeg(Image.new("RGB", (50, 50), "white")),
        "train/broken.jpg": b"\xff\xd8 nothing",
        "val/small.jpg": jpeg(picture(1).resize((90, 90)), 60),
        "val/other.jpg": jpeg(picture(3)),
        "val/grey.jpg": jpeg(Image.new("RGB", (50, 50), "grey")),
        "test/same.jpg": jpeg(picture(2)),
        "test/white.jpg": jpeg(Image.new("RGB", (50, 50), "white")),
    }
    for name, part in content.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(part)
    found = {
        split: [tmp_path / name for name in content if name.startswith(split)] for split in ("train", "val", "test")
    }
    found["val"].append(tmp_path / "gone.jpg")
    return found


def found_in(splits: dict[str, list[Path]], cache: Path) -> set[tuple[str, str]]:
    counted: list[tuple[int, int]] = []
    seen = look_at_splits(splits, cache, jobs=2, progress=lambda done, total: counted.append((done, total)))
    assert counted[-1] == (10, 10)
    return {(f"{one.parent.name}/{one.name}", f"{two.parent.name}/{two.name}") for one, two, _ in leaks(seen)}


def test_the_same_picture_in_two_splits(splits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = {
        ("train/a.jpg", "val/small.jpg"),
        ("train/b.jpg", "test/same.jpg"),
        ("train/white.jpg", "test/white.jpg"),
    }
    assert found_in(splits, tmp_path / "cache") == expected
    monkeypatch.setattr(module, "decode_image", lambda content, spec, path: pytest.fail(f"decoded again: {path}"))
    splits["train"] = [path for path in splits["train"] if path.name != "broken.jpg"] + [tmp_path / "gone.jpg"]
    assert found_in(splits, tmp_path / "cache") == expected


def test_many_pictures_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    seen = {
        split: [module.Seen(Path(f"{split}{i}"), f"{split}{i}", rng.integers(0, 256, 32, np.uint8)) for i in range(40)]
        for split in ("train", "val")
    }
    nearly = seen["train"][17].bits.copy()
    nearly[:2] ^= 0b1010_0101
    seen["val"][5] = module.Seen(Path("copy"), "copy", nearly)
    monkeypatch.setattr(module, "_PAIRS", 100)
    assert leaks(seen) == ((Path("train17"), Path("copy"), 8),)

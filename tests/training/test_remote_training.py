"""Training with data, cache and run elsewhere: interrupted on one machine, gone on with on another."""

import csv
import io
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path

import pytest
from PIL import Image

pytestmark = pytest.mark.slow

COLOURS = {(250, 20, 20): "a red photo", (20, 250, 20): "green grass", (20, 20, 250): "a blue sky"}


def picture(colour: tuple[int, int, int]) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (32, 32), colour).save(stream, "PNG")
    return stream.getvalue()


def history(folder: Path) -> list[dict[str, str]]:
    with (folder / "history.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


def interrupting(send: Callable[..., None], *, after: int) -> Callable[..., None]:
    """``send`` that is interrupted at the end of its call number ``after``: cache and run, before and after epochs."""
    calls = [0]

    def replaced(*arguments: object, **options: object) -> None:
        send(*arguments, **options)
        calls[0] += 1
        if calls[0] == after:
            raise KeyboardInterrupt

    return replaced


def test_a_run_goes_on_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsspec = pytest.importorskip("fsspec")
    import tiny_encoder
    from tagger_export.command import export
    from tagger_training import encoders, places
    from tagger_training.command import train

    from tagger.captioning.bundle import ImageSpec, load_bundle

    spec = encoders.EncoderSpec("tiny", ImageSpec(16, scale=1 / 64), "grid", 3, 4, tiny_encoder.build, "none")
    monkeypatch.setitem(encoders.ENCODERS, "tiny", spec)
    memory = fsspec.filesystem("memory")
    lines = ["split\tfile\tcaption"]
    for split in ("train", "val"):
        for i, (colour, caption) in enumerate(COLOURS.items()):
            memory.pipe(f"/far/set/images/{split}{i}.png", picture(colour))
            lines.append(f"{split}\t{split}{i}.png\t{caption}")
    memory.pipe("/far/set/captions.tsv", "".join(line + "\n" for line in lines).encode())
    common = ["--data", "memory://far/set", "--out", "memory://far/run", "--cache", "memory://far/cache"]
    common += ["--encoder", "tiny", "--min-count", "1", "--no-tags", "--max-length", "6"]

    def machine(name: str) -> Path:
        """A machine that has seen nothing yet."""
        monkeypatch.setattr(places.platformdirs, "user_cache_path", lambda *_, **__: tmp_path / name)
        return tmp_path / name

    with redirect_stderr(io.StringIO()):
        machine("one")
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(places.Place, "send", interrupting(places.Place.send, after=6))
            train([*common, "--epochs", "4"])
        checkpoints = [path for path in memory.find("/far/run") if "/last-" in path]
        assert [path.rpartition("/")[2] for path in checkpoints] == ["last-1.keras"]
        assert any(path.endswith(".photos") for path in memory.find("/far/cache"))
        two = machine("two")
        assert train([*common, "--epochs", "4"]) == 0
        assert export(["memory://far/run", str(tmp_path / "bundle"), "--name", "far"]) == 0
    (run,) = [path.parent for path in two.rglob("history.csv")]
    assert [row["epoch"] for row in history(run)] == ["0", "1", "2", "3"]
    assert memory.cat("/far/run/history.csv") == (run / "history.csv").read_bytes()
    assert load_bundle(tmp_path / "bundle").name == "far"
    memory.rm("/far", recursive=True)

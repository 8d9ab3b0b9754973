"""Settings to wired objects."""

import re
from pathlib import Path

import numpy as np
import pytest
import tiny_bundle
from captioning.pictures import photo
from tiny_bundle import COLOURS

from tagger import bootstrap
from tagger.bootstrap import make_captioner, open_library
from tagger.captioning.captioner import Decoding
from tagger.config import Settings
from tagger.core.errors import BundleError, PhotoError, RunError
from tagger.core.records import Photo
from tagger.lazy import LazyCaptioner


def lazy(folder: Path, decoding: Decoding | None = None, **settings: object) -> LazyCaptioner:
    return make_captioner(Settings(bundle=folder, **settings), decoding or Decoding())  # type: ignore[arg-type]


def test_captioner_is_built_late(own_bundle: Path, tmp_path: Path) -> None:
    """Name, fingerprint and pixels need no graph; the first batch does."""
    for graph in own_bundle.glob("*.onnx"):
        graph.unlink()
    it = lazy(own_bundle)
    path = tmp_path / "a.jpg"
    path.write_bytes(photo(COLOURS["red"]))
    pixels = it.prepare(Photo(path, 0, 0))
    assert (it.model_id, pixels.shape, pixels.dtype) == ("tiny 1", (16, 16, 3), np.float32)
    assert it.fingerprint == "beam 3 0.7"
    with pytest.raises(BundleError, match=r"\.onnx is missing"):
        it.generate([pixels])
    with pytest.raises(PhotoError):
        it.prepare(Photo(tmp_path / "missing.jpg", 0, 0))


def test_captioner_is_built_once(bundle_folder: Path) -> None:
    it = lazy(bundle_folder)
    built = it.captioner()
    assert it.generate([np.ones((16, 16, 3), np.float32)])[0].text == "A grey photo"
    assert it.captioner() is built


def test_fingerprint(bundle_folder: Path) -> None:
    """Whatever shapes a caption is in it; what does not, is not."""
    decodings = [
        Decoding(), Decoding(beam_width=4), Decoding(length_penalty=0.0), Decoding(method="greedy"),
        Decoding(method="sample"), Decoding(method="sample", temperature=0.5), Decoding(method="sample", top_p=0.5),
        Decoding(method="sample", count=2), Decoding(method="sample", seed=1),
    ]  # fmt: skip
    assert len({lazy(bundle_folder, decoding).fingerprint for decoding in decodings}) == len(decodings)
    assert lazy(bundle_folder, Decoding(beam_width=3)).fingerprint == lazy(bundle_folder).fingerprint
    assert lazy(bundle_folder, Decoding(method="greedy", seed=5)).fingerprint == "greedy"
    assert lazy(bundle_folder, batch_size=3).fingerprint == lazy(bundle_folder, jobs=7).fingerprint


def test_device_note(bundle_folder: Path) -> None:
    cuda, auto = lazy(bundle_folder, device="cuda"), lazy(bundle_folder, device="auto")
    assert cuda.device_note == ""
    for it in (cuda, auto):
        it.captioner()
    assert cuda.device_note.startswith("CUDA was asked for but is not there: running on the CPU")
    assert auto.device_note == ""


def test_bad_bundle(tmp_path: Path) -> None:
    with pytest.raises(BundleError):
        lazy(tmp_path / "nothing")


def test_stages(bundle_folder: Path, tmp_path: Path) -> None:
    settings = Settings(bundle=bundle_folder, caption_policy="append", write=False, batch_size=5)
    with open_library(tmp_path, settings, create=True) as library:
        options = library.stages(lazy(bundle_folder), settings, run="r", dry_run=True).options
    assert options.settings == "beam 3 0.7|append"
    assert (options.run, options.write, options.dry_run, options.batch_size) == ("r", False, True, 5)
    assert 1 <= options.jobs <= 8


def test_in_memory(tmp_path: Path) -> None:
    with open_library(tmp_path, Settings(), in_memory=True) as library:
        assert library.index.count() == 0
        assert library.journal.pending() == []
    assert list(tmp_path.iterdir()) == []


def test_library_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RunError), open_library(tmp_path, Settings()):
        pass
    assert list(tmp_path.iterdir()) == []


def test_roots(tmp_path: Path) -> None:
    inner = tmp_path / "a/b"
    inner.mkdir(parents=True)
    (inner / "x.jpg").touch()
    (tmp_path / "link.jpg").symlink_to(inner / "x.jpg")
    assert bootstrap.library_root(inner) == bootstrap.library_root(inner / "x.jpg") == inner
    assert bootstrap.library_root(tmp_path / "link.jpg") == inner
    (tmp_path / "a/.tagger").mkdir()
    for path in (inner, inner / "x.jpg", tmp_path / "link.jpg"):
        assert bootstrap.library_root(path) == bootstrap.existing_root(path) == tmp_path / "a"
    with pytest.raises(RunError, match="no library at"):
        bootstrap.existing_root(tmp_path)


def test_settings_of_user_and_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "config/tagger").mkdir(parents=True)
    (tmp_path / "config/tagger/tagger.toml").write_text('device = "cpu"\nbatch_size = 3\n')
    (tmp_path / ".tagger").mkdir()
    (tmp_path / ".tagger/tagger.toml").write_text("batch_size = 4\n")
    assert bootstrap.settings_for(None) == Settings(device="cpu", batch_size=3)
    assert bootstrap.settings_for(tmp_path) == Settings(device="cpu", batch_size=4)


def test_run_ids() -> None:
    ids = {bootstrap.new_run_id() for _ in range(20)}
    assert len(ids) > 15
    assert all(re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{4}", run) for run in ids)


def test_tiny_bundle_is_deterministic(bundle_folder: Path, tmp_path: Path) -> None:
    other = tiny_bundle.write_bundle(tmp_path / "other")
    assert tiny_bundle.read_manifest(other) == tiny_bundle.read_manifest(bundle_folder)

"""What a bundle must be, and that everything else is refused in one line."""

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
import tiny_bundle
from hypothesis import given, settings
from hypothesis import strategies as st

from tagger.captioning.bundle import load_bundle
from tagger.core.errors import BundleError

NAMES = ("encoder_model.onnx", "decoder_start.onnx", "decoder_step.onnx", "vocabulary.txt", "tags.tsv")


def refused(source: Path, *, name: str | None = None) -> str:
    """Why the bundle, or one file of it, is refused."""
    with pytest.raises(BundleError) as caught:
        bundle = load_bundle(source)
        if name:
            bundle.read(name)
    assert "\n" not in str(caught.value)
    assert caught.value.hint
    return caught.value.cause


def test_folder(bundle_folder: Path) -> None:
    bundle = load_bundle(bundle_folder)
    assert bundle.model_id == "tiny 1"
    assert (bundle.image.size, bundle.image.resize, bundle.image.interpolation) == (16, "squash", "bicubic")
    assert (bundle.text.start, bundle.text.end, bundle.text.max_length) == (1, 2, 12)
    assert (bundle.generation.beam_width, bundle.generation.no_repeat_ngram) == (3, 3)
    assert bundle.provenance == {"seed": 0}
    assert bundle.read("vocabulary.txt").decode().split() == list(tiny_bundle.VOCABULARY)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_zip_is_the_same(bundle_folder: Path, tmp_path: Path, compression: int) -> None:
    file = tiny_bundle.zipped(bundle_folder, tmp_path / "tiny.taggerbundle", compression=compression)
    packed, folder = load_bundle(file), load_bundle(bundle_folder)
    assert packed.files == folder.files
    assert all(packed.read(name) == folder.read(name) for name in folder.files)
    assert sorted(tmp_path.iterdir()) == [file]


def test_not_there(tmp_path: Path) -> None:
    assert refused(tmp_path / "nothing") == f"no model bundle at {tmp_path / 'nothing'}"
    assert "bundle.json is missing" in refused(tmp_path)
    (tmp_path / "text.taggerbundle").write_text("not a zip")
    assert "not a zip file" in refused(tmp_path / "text.taggerbundle")
    (tmp_path / "empty.taggerbundle").touch()
    assert "cannot be read" in refused(tmp_path / "empty.taggerbundle")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "bundle.json is missing" in refused(tmp_path / "other.zip")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a": 1,}'], ids=len)
def test_not_json(own_bundle: Path, content: bytes) -> None:
    (own_bundle / "bundle.json").write_bytes(content)
    assert "bundle.json is not JSON" in refused(own_bundle)


def test_not_an_object(own_bundle: Path) -> None:
    (own_bundle / "bundle.json").write_text("[]")
    assert "not a JSON object" in refused(own_bundle)


@pytest.mark.parametrize("format_", [0, 3, "1", None, [1]], ids=repr)
def test_unknown_format(own_bundle: Path, format_: object) -> None:
    tiny_bundle.write_manifest(own_bundle, tiny_bundle.read_manifest(own_bundle) | {"format": format_})
    assert f"unknown format {format_!r}, this version of tagger reads 1" in refused(own_bundle)


@pytest.mark.parametrize("name", NAMES)
def test_wrong_hash(own_bundle: Path, name: str) -> None:
    content = bytearray((own_bundle / name).read_bytes())
    content[len(content) // 2] ^= 1
    (own_bundle / name).write_bytes(content)
    assert refused(own_bundle, name=name) == (
        f"bundle {own_bundle}: {name} is damaged (its SHA-256 is not the manifest's)"
    )


@pytest.mark.parametrize("name", NAMES)
def test_missing_file(own_bundle: Path, name: str) -> None:
    (own_bundle / name).unlink()
    assert f"{name} is missing or not a plain file" in refused(own_bundle, name=name)
    manifest = tiny_bundle.read_manifest(own_bundle)
    del manifest["files"][name]
    tiny_bundle.write_manifest(own_bundle, manifest)
    assert f"{name} is not in its manifest" in refused(own_bundle)


def test_missing_in_zip(own_bundle: Path, tmp_path: Path) -> None:
    (own_bundle / "tags.tsv").unlink()
    file = tiny_bundle.zipped(own_bundle, tmp_path / "b.taggerbundle")
    assert "tags.tsv is missing" in refused(file, name="tags.tsv")


def test_file_that_the_manifest_does_not_know(own_bundle: Path) -> None:
    (own_bundle / "extra.txt").write_text("x")
    assert "extra.txt is not in its manifest" in refused(own_bundle, name="extra.txt")


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    "name", ["../secret", "a/b", "/etc/passwd", "..", ".", "", "C:\\x", "a\\..\\b", "-rf", "a\nb", "a" * 101, "ä"]
)
def test_paths_never_leave_the_folder(own_bundle: Path, tmp_path: Path, name: str, packed: bool) -> None:
    (tmp_path / "secret").write_text("secret")
    manifest = tiny_bundle.read_manifest(own_bundle)
    manifest["files"][name] = "0" * 64
    tiny_bundle.write_manifest(own_bundle, manifest)
    source = own_bundle
    if packed:
        source = tiny_bundle.zipped(own_bundle, tmp_path / "b.taggerbundle")
        with zipfile.ZipFile(source, "a") as archive:
            archive.writestr(name or "x", "secret")
    assert "could leave its folder" in refused(source, name=name)


@pytest.mark.parametrize("name", ["bundle.json", "vocabulary.txt"])
def test_links_are_not_followed(own_bundle: Path, tmp_path: Path, name: str) -> None:
    shutil.move(own_bundle / name, tmp_path / "elsewhere")
    (own_bundle / name).symlink_to(tmp_path / "elsewhere")
    assert f"{name} is missing or not a plain file" in refused(own_bundle, name=name)


@pytest.mark.parametrize(
    "key", [
        "name", "version", "architecture", "image", "text", "generation", "files", "graphs", "image.size",
        "image.mean", "text.end", "text.case", "generation.beam_width", "generation.length_penalty",
    ],
)  # fmt: skip
def test_missing_key(own_bundle: Path, key: str) -> None:
    manifest = tiny_bundle.read_manifest(own_bundle)
    section, _, name = key.rpartition(".")
    del (manifest[section] if section else manifest)[name]
    tiny_bundle.write_manifest(own_bundle, manifest)
    assert f"bundle.json is incomplete: '{name}' is missing" in refused(own_bundle)


@pytest.mark.parametrize(
    "changes",
    [
        {"image": {"size": 8}},
        {"image": {"size": 100_000}},
        {"image": {"size": float("inf")}},
        {"image": {"size": "large"}},
        {"image": {"resize": "stretch"}},
        {"image": {"color_order": "GBR"}},
        {"image": {"interpolation": "magic"}},
        {"image": {"mean": [0, 0]}},
        {"image": {"mean": 0}},
        {"image": {"std": [1, 0, 1]}},
        {"image": {"scale": float("nan")}},
        {"image": {"scale": float("inf")}},
        {"image": {"mean": [0, float("nan"), 0]}},
        {"image": {"std": [1, float("inf"), 1]}},
        {"image": {"scale": 10**400}},
        {"image": []},
        {"text": {"max_length": 0}},
        {"text": {"max_length": 10**9}},
        {"text": {"case": "shout"}},
        {"text": None},
        {"generation": {"beam_width": 0}},
        {"generation": {"beam_width": 10**6}},
        {"generation": {"no_repeat_ngram": -1}},
        {"generation": {"length_penalty": float("nan")}},
        {"generation": {"length_penalty": float("-inf")}},
        {"files": []},
        {"graphs": 3},
        {"tags": 7},
        {"name": ""},
        {"name": 5},
        {"name": "two\nlines"},
        {"name": "\x1b[31mred"},
        {"version": "1" * 101},
    ],
    ids=lambda changes: repr(changes)[:60],
)
def test_values_that_make_no_sense(own_bundle: Path, changes: dict[str, Any]) -> None:
    manifest = tiny_bundle.read_manifest(own_bundle)
    for key, value in changes.items():
        manifest[key] = manifest[key] | value if isinstance(value, dict) else value
    tiny_bundle.write_manifest(own_bundle, manifest)
    assert "bundle.json is incomplete: " in refused(own_bundle)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_any_manifest_is_read_or_refused(bundle_folder: Path, tmp_path_factory: Any, data: st.DataObject) -> None:
    folder = tmp_path_factory.getbasetemp() / "any manifest"
    folder.mkdir(exist_ok=True)
    manifest = tiny_bundle.read_manifest(bundle_folder)
    section = data.draw(st.sampled_from([None, "image", "text", "generation"]))
    place = manifest[section] if section else manifest
    place[data.draw(st.sampled_from(sorted(place.keys() - {"format"})))] = data.draw(_JSON)
    tiny_bundle.write_manifest(folder, manifest)
    try:
        load_bundle(folder)
    except BundleError as error:
        assert "\n" not in json.dumps(str(error))


def test_damaged_zip(bundle_folder: Path, tmp_path: Path) -> None:
    file = tiny_bundle.zipped(bundle_folder, tmp_path / "b.taggerbundle")
    good = file.read_bytes()
    with zipfile.ZipFile(file) as archive:
        info = archive.getinfo("tag_model.onnx")
    start = info.header_offset + 30 + len(info.filename)
    for at in range(start, start + info.compress_size, 7):
        file.write_bytes(good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :])
        assert "tag_model.onnx" in refused(file, name="tag_model.onnx")
    file.write_bytes(good[: len(good) // 2])
    assert "cannot be read" in refused(file)


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_compression(bundle_folder: Path, tmp_path: Path, compression: int) -> None:
    file = tiny_bundle.zipped(bundle_folder, tmp_path / "b.taggerbundle", compression=compression)
    assert "compressed in an unusual way" in refused(file)


def test_encrypted_zip(bundle_folder: Path, tmp_path: Path) -> None:
    file = tiny_bundle.zipped(bundle_folder, tmp_path / "b.taggerbundle")
    content = file.read_bytes()
    at = content.index(b"PK\1\2")
    while at >= 0:  # the flag in every entry of the directory
        content = content[: at + 8] + b"\1" + content[at + 9 :]
        at = content.find(b"PK\1\2", at + 1)
    file.write_bytes(content)
    assert "cannot be read" in refused(file)


def test_size_limit(own_bundle: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tiny_bundle.zipped(own_bundle, tmp_path / "b.taggerbundle")
    monkeypatch.setattr("tagger.captioning.members.MAX_FILE_BYTES", 100)
    assert "larger than" in refused(own_bundle)
    assert "larger than" in refused(file)

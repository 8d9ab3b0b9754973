"""Captioners that were trained elsewhere: what their export becomes, and what is refused."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_bundle
import tiny_hub
from tiny_bundle import COLOURS

from captioning.pictures import photo
from tagger.captioning.bundle import Bundle, load_bundle
from tagger.captioning.captioner import Decoding, OnnxCaptioner
from tagger.captioning.hub_folder import read_hub_folder
from tagger.captioning.importing import import_bundle
from tagger.captioning.opening import open_captioner
from tagger.core.errors import BundleError, RunError
from tagger.core.records import Photo

pytest.importorskip("tokenizers", reason="the extra hub is not installed")

WORDS = ["a red photo", "a green photo", "a blue photo", "a grey photo"]


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, bundle_folder: Path) -> Callable[[str], Bundle]:
    """A bundle of each layout, made once."""
    made: dict[str, Bundle] = {}
    folder = tmp_path_factory.mktemp("imported")

    def bundle(layout: str) -> Bundle:
        if layout not in made:
            export = tiny_hub.write_export(folder / f"{layout} export", layout=layout)
            made[layout] = take_in(export, folder / layout, bundle_folder)
        return made[layout]

    return bundle


def take_in(export: Path, target: Path, own: Path) -> Bundle:
    return import_bundle(read_hub_folder(export), target, name="tiny import", tags_from=load_bundle(own))


def captioner(bundle: Bundle, **decoding: Any) -> OnnxCaptioner:
    return open_captioner(bundle, threads=1, decoding=Decoding(**decoding))


def pixels(*colours: tuple[int, int, int]) -> list[np.ndarray]:
    return [np.full((16, 16, 3), np.array(colour) / 255, np.float32) for colour in colours]


@pytest.mark.parametrize("layout", tiny_hub.LAYOUTS)
@pytest.mark.parametrize("method", ["beam", "greedy"])
def test_it_says_what_the_model_says(imported: Callable[[str], Bundle], layout: str, method: str) -> None:
    captions = captioner(imported(layout), method=method).generate(pixels(*COLOURS.values()))
    assert [caption.text for caption in captions] == WORDS
    assert all(-3 < caption.log_probability < 0 for caption in captions)


def test_layouts_agree_on_everything_they_say(imported: Callable[[str], Bundle]) -> None:
    rng = np.random.default_rng(3)
    batch = [rng.random((16, 16, 3), np.float32) * rng.random(3, np.float32) for _ in range(6)]
    said = {
        layout: [
            [(round(h.log_probability, 3), h.token_ids) for h in found]
            for found in it.search(it.encode(np.stack(batch)))
        ]
        for layout in tiny_hub.LAYOUTS
        for it in [captioner(imported(layout), beam_width=4)]
    }
    assert said["plain"] == said["with_past"] == said["merged"]
    assert all(len(found) == 4 for found in said["plain"])


@pytest.mark.parametrize("method", ["beam", "greedy", "sample"])
def test_batch_changes_nothing(imported: Callable[[str], Bundle], method: str) -> None:
    it = captioner(imported("with_past"), method=method)
    rng = np.random.default_rng(0)
    batch = [rng.random((16, 16, 3), np.float32) * rng.random(3, np.float32) for _ in range(7)]
    together = it.generate(batch)
    assert len({caption.text for caption in together}) > 2
    for values, found in zip(batch, together, strict=True):
        alone = it.generate([values])[0]
        assert alone.text == found.text
        assert [tag.label for tag in alone.tags] == [tag.label for tag in found.tags]


def test_tags_are_those_of_the_other_bundle(imported: Callable[[str], Bundle], bundle_folder: Path) -> None:
    own = OnnxCaptioner(load_bundle(bundle_folder), threads=1)
    for values in pixels(*COLOURS.values()):
        ours, theirs = own.generate([values])[0], captioner(imported("merged")).generate([values])[0]
        assert [tag.label for tag in theirs.tags] == [tag.label for tag in ours.tags]
        assert theirs.features == ours.features


def test_from_file_to_words(imported: Callable[[str], Bundle], tmp_path: Path) -> None:
    path = tmp_path / "red.jpg"
    path.write_bytes(photo(COLOURS["red"], size=(300, 200)))
    it = captioner(imported("with_past"))
    (caption,) = it.generate([it.prepare(Photo(path, 0, 0))])
    assert caption.text == "a red photo"
    assert it.model_id.startswith("tiny import ")
    assert not it.attends


def test_sampling_ends_where_captions_begin_with_their_end(tmp_path: Path, bundle_folder: Path) -> None:
    """GPT-2 has one token for both."""
    said = {"decoder_start_token_id": 2, "bos_token_id": 2, "max_length": 40}
    bundle = take_in(
        tiny_hub.write_export(tmp_path / "export", generation_config=said), tmp_path / "bundle", bundle_folder
    )
    it = captioner(bundle, method="sample", count=8)
    (found,) = it.search(it.encode(np.stack(pixels(COLOURS["red"]))))
    assert len(found) == 8
    assert all(0 < len(one.token_ids) < 38 for one in found)


def test_following_gives_the_probability_of_what_was_said(imported: Callable[[str], Bundle]) -> None:
    it = captioner(imported("with_past"), method="greedy")
    encoded = it.encode(np.stack(pixels(COLOURS["blue"])))
    ((found,),) = it.search(encoded)
    log_probabilities, attention = it.follow(encoded, (*found.token_ids, 2))
    assert attention is None
    assert log_probabilities.sum() == pytest.approx(found.log_probability, abs=1e-4)


def test_external_weights_are_taken_in(tmp_path: Path, bundle_folder: Path) -> None:
    export = tiny_hub.write_export(tmp_path / "export", layout="plain", below="onnx")
    graph = export / "onnx/decoder_model.onnx"
    graph.write_bytes(tiny_hub.outside(graph.read_bytes(), "weights.bin", graph.parent))
    bundle = take_in(export, tmp_path / "bundle", bundle_folder)
    shutil.rmtree(export)
    assert captioner(bundle).generate(pixels(COLOURS["green"]))[0].text == "a green photo"


@pytest.mark.parametrize("location", ["../secret.bin", "/etc/hostname", "a/../../secret.bin", "..\\secret.bin"])
def test_external_weights_elsewhere_are_refused(tmp_path: Path, bundle_folder: Path, location: str) -> None:
    export = tiny_hub.write_export(tmp_path / "export")
    (tmp_path / "secret.bin").write_bytes(bytes(10_000))
    graph = export / "decoder_model.onnx"
    graph.write_bytes(tiny_hub.outside(graph.read_bytes(), location, tmp_path / "nowhere"))
    with pytest.raises(RunError, match="leaves its folder"):
        take_in(export, tmp_path / "bundle", bundle_folder)
    assert not (tmp_path / "bundle").exists()


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, bundle_folder: Path) -> None:
    export = tiny_hub.write_export(tmp_path / "export")
    (export / "tokenizer.json").rename(tmp_path / "elsewhere.json")
    (export / "tokenizer.json").symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(RunError, match="leads out of"):
        take_in(export, tmp_path / "bundle", bundle_folder)


def test_the_hubs_cache_is_links(tmp_path: Path, bundle_folder: Path) -> None:
    snapshot = tiny_hub.write_export(tmp_path / "cache/snapshots/0123")
    blobs = tmp_path / "cache/blobs"
    blobs.mkdir()
    for i, path in enumerate(sorted(snapshot.iterdir())):
        path.rename(blobs / str(i))
        path.symlink_to(Path("../../blobs") / str(i))
    bundle = take_in(snapshot, tmp_path / "bundle", bundle_folder)
    assert not any(path.is_symlink() for path in bundle.source.iterdir())


def test_a_file_of_its_own(tmp_path: Path, bundle_folder: Path) -> None:
    export = tiny_hub.write_export(tmp_path / "export")
    bundle = take_in(export, tmp_path / "it.taggerbundle", bundle_folder)
    assert bundle.source.is_file()
    assert captioner(bundle).generate(pixels(COLOURS["red"]))[0].text == "a red photo"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export", "it.taggerbundle"]


def test_what_is_there_stays(tmp_path: Path, bundle_folder: Path) -> None:
    export = tiny_hub.write_export(tmp_path / "export")
    (tmp_path / "bundle").mkdir()
    with pytest.raises(RunError, match="exists already"):
        take_in(export, tmp_path / "bundle", bundle_folder)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"config": {"model_type": "git"}}, "model_type 'git', which is not known here"),
        ({"generation_config": {"eos_token_id": None}}, "'eos_token_id' is missing"),
        ({"generation_config": {"num_beam_groups": 2}}, "num_beam_groups = 2 .* is not supported"),
        ({"generation_config": {"max_length": 100_000}}, "max_length is 2 to 513"),
        ({"generation_config": {"early_stopping": "sometimes"}}, "early_stopping is true, false or never"),
        ({"generation_config": {"forced_eos_token_id": 99}}, "its rules name token 99, the decoder has 13"),
        ({"generation_config": {"num_beams": 1000}}, "beam_width is 1 to 64"),
        ({"preprocessor_config": {"size": {"height": 16, "width": 32}}}, "16 x 32, only squares are supported"),
        ({"preprocessor_config": {"image_std": [0, 0, 0]}}, "image.std is not zero"),
        ({"preprocessor_config": {"image_mean": [1]}}, "not enough values"),
        ({"preprocessor_config": {"resample": 9}}, "resample = 9"),
        ({"preprocessor_config": {"do_resize": False}}, "does not resize"),
        ({"tokenizer": {"model": {"type": "unknown"}}}, "tokenizer.json cannot be read"),
    ],
    ids=lambda value: "" if isinstance(value, str) else json.dumps(value)[:50],
)
def test_what_is_not_known_is_refused(
    tmp_path: Path, bundle_folder: Path, changes: dict[str, dict[str, Any]], said: str
) -> None:
    export = tiny_hub.write_export(tmp_path / "export", **changes)
    with pytest.raises(RunError, match=said) as caught:
        take_in(export, tmp_path / "bundle", bundle_folder)
    assert "\n" not in str(caught.value)
    assert ".new-" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["export"]


@pytest.mark.parametrize(
    "name", ["encoder_model.onnx", "decoder_model.onnx", "config.json", "tokenizer.json", "preprocessor_config.json"]
)
def test_what_is_missing_is_named(tmp_path: Path, name: str) -> None:
    export = tiny_hub.write_export(tmp_path / "export", layout="plain")
    (export / name).unlink()
    with pytest.raises(RunError, match=name):
        read_hub_folder(export)


@pytest.mark.parametrize("name", ["config.json", "generation_config.json", "preprocessor_config.json"])
@pytest.mark.parametrize("content", [b"", b"[1]", b"\xff", b"[" * 100_000])
def test_configuration_that_is_none(tmp_path: Path, name: str, content: bytes) -> None:
    export = tiny_hub.write_export(tmp_path / "export")
    (export / name).write_bytes(content)
    with pytest.raises(RunError, match=name):
        read_hub_folder(export)


def test_graphs_that_are_none(tmp_path: Path, bundle_folder: Path) -> None:
    export = tiny_hub.write_export(tmp_path / "export")
    (export / "decoder_model.onnx").write_bytes(b"not a graph")
    with pytest.raises(RunError, match=r"decoder_model\.onnx is not an ONNX graph"):
        take_in(export, tmp_path / "bundle", bundle_folder)


def test_a_decoder_that_wants_something_else(tmp_path: Path, bundle_folder: Path) -> None:
    export = tiny_hub.write_export(tmp_path / "export", layout="plain")
    shutil.copyfile(export / "encoder_model.onnx", export / "decoder_model.onnx")
    with pytest.raises(BundleError, match=r"caption_decoder\.onnx wants pixel_values, which is not known here"):
        take_in(export, tmp_path / "bundle", bundle_folder)


def test_a_decoder_that_loses_its_past(tmp_path: Path, bundle_folder: Path) -> None:
    export = tiny_hub.write_export(tmp_path / "export")
    (export / "decoder_model.onnx").write_bytes(tiny_hub.decoder(past=False, presents=False))
    with pytest.raises(BundleError, match=r"does not give present.0.decoder.key"):
        take_in(export, tmp_path / "bundle", bundle_folder)


def test_a_manifest_that_was_changed(imported: Callable[[str], Bundle], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(imported("plain").source, tmp_path / "bundle"))
    manifest = tiny_bundle.read_manifest(folder)
    for name, value, said in (
        ("layout", "other", "imported.layout is one of"),
        ("tag_image", None, "is incomplete"),
        ("layout", "with_past", "caption_decoder_with_past.onnx is not in its manifest"),
    ):
        tiny_bundle.write_manifest(folder, manifest | {"imported": manifest["imported"] | {name: value}})
        with pytest.raises(BundleError, match=said):
            load_bundle(folder)


def test_tags_that_do_not_fit(imported: Callable[[str], Bundle], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(imported("plain").source, tmp_path / "bundle"))
    tiny_bundle.replace_file(folder, "tag_model.onnx", tiny_bundle.tag_model(labels=5))
    with pytest.raises(BundleError, match="one score a label"):
        captioner(load_bundle(folder))


def test_without_tags(tmp_path: Path, bundle_folder: Path) -> None:
    export = tiny_hub.write_export(tmp_path / "export")
    own = replace(load_bundle(bundle_folder), tags={})
    bundle = import_bundle(read_hub_folder(export), tmp_path / "bundle", name="it", tags_from=own)
    (caption,) = captioner(bundle).generate(pixels(COLOURS["red"]))
    assert (caption.text, caption.tags) == ("a red photo", ())

"""The bundle at work under ONNX Runtime: photos in, captions and tags out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_bundle
from tiny_bundle import COLOURS

from captioning.pictures import jpeg, photo, scene
from tagger import bootstrap
from tagger.captioning.bundle import load_bundle
from tagger.captioning.captioner import Decoding, OnnxCaptioner
from tagger.captioning.selection import unpack
from tagger.captioning.vocabulary import TagRules
from tagger.config import Settings
from tagger.core.errors import BundleError, PhotoError
from tagger.core.records import Caption, Photo, Tag


def captioner(folder: Path, **decoding: Any) -> OnnxCaptioner:
    return OnnxCaptioner(load_bundle(folder), threads=1, decoding=Decoding(**decoding))


def pixels(*colours: tuple[int, int, int]) -> list[np.ndarray]:
    return [np.full((16, 16, 3), np.array(colour) / 255, np.float32) for colour in colours]


def same(one: Caption, other: Caption) -> bool:
    close = abs(one.log_probability - other.log_probability) < 1e-3
    texts = [a.text for a in one.alternatives] == [a.text for a in other.alternatives]
    return close and texts and one.text == other.text and [t.label for t in one.tags] == [t.label for t in other.tags]


def test_from_file_to_words(bundle_folder: Path, tmp_path: Path) -> None:
    it = captioner(bundle_folder)
    batch = []
    for name, colour in COLOURS.items():
        path = tmp_path / f"{name}.jpg"
        path.write_bytes(photo(colour, size=(300, 200)))
        batch.append(it.prepare(Photo(path, 0, 0)))
    assert {values.shape for values in batch} == {(16, 16, 3)}
    captions = it.generate(batch)
    assert [caption.text for caption in captions] == ["A red photo", "A green photo", "A blue photo", "A grey photo"]
    assert it.model_id == "tiny 1"
    assert it.provider == "CPUExecutionProvider"


def test_caption_parts(bundle_folder: Path) -> None:
    (caption,) = captioner(bundle_folder).generate(pixels(COLOURS["red"]))
    assert -2 < caption.log_probability < 0
    assert [other.text for other in caption.alternatives] == ["A red wall", "Photo"]
    chances = [caption.log_probability, *(other.log_probability for other in caption.alternatives)]
    assert chances == sorted(chances, reverse=True)
    assert [(tag.label, tag.ancestors) for tag in caption.tags] == [
        ("colour", ()), ("warm", ("colour",)), ("red", ("warm", "colour")),
    ]  # fmt: skip
    assert all(0.9 < tag.score <= 1 for tag in caption.tags)


@pytest.mark.parametrize("method", ["beam", "greedy", "sample"])
def test_batch_changes_nothing(bundle_folder: Path, method: str) -> None:
    it = captioner(bundle_folder, method=method)
    rng = np.random.default_rng(0)
    batch = [rng.random((16, 16, 3), np.float32) * rng.random(3, np.float32) for _ in range(9)]
    together = it.generate(batch)
    assert len({caption.text for caption in together}) > 2
    for values, found in zip(batch, together, strict=True):
        assert same(it.generate([values])[0], found)
    turned = it.generate(batch[::-1])
    assert all(same(one, other) for one, other in zip(turned, together[::-1], strict=True))


def test_empty_batch(bundle_folder: Path) -> None:
    assert captioner(bundle_folder).generate([]) == []


def test_decodings(bundle_folder: Path) -> None:
    batch = pixels(*COLOURS.values())

    def found(**decoding: Any) -> list[Caption]:
        return captioner(bundle_folder, **decoding).generate(batch)

    assert [len(caption.alternatives) for caption in found()] == [2] * 4  # the bundle's width is 3
    assert [len(caption.alternatives) for caption in found(beam_width=5)] == [4] * 4
    greedy, narrow = found(method="greedy"), found(beam_width=1)
    assert all(same(one, other) for one, other in zip(greedy, narrow, strict=True))
    assert all(not caption.alternatives for caption in greedy)
    assert found(method="sample", seed=1) == found(method="sample", seed=1)
    assert found(method="sample", seed=1) != found(method="sample", seed=2)
    assert [c.text for c in found(method="sample", top_p=1e-6, count=1)] == [c.text for c in greedy]
    longer = found(length_penalty=5.0)
    assert sum(len(c.text) for c in longer) > sum(len(c.text) for c in found(length_penalty=0.0))


def test_trigrams_are_not_repeated(bundle_folder: Path, own_bundle: Path) -> None:
    """The tiny model says "a red photo of a red photo" now and then where it may."""
    manifest = tiny_bundle.read_manifest(own_bundle)
    manifest["generation"]["no_repeat_ngram"] = 0
    tiny_bundle.write_manifest(own_bundle, manifest)

    def repeats(folder: Path) -> bool:
        (caption,) = captioner(folder, method="sample", count=100, top_p=1.0).generate(pixels(COLOURS["red"]))
        words = [text.lower().split() for text in (caption.text, *(other.text for other in caption.alternatives))]
        return any(len(w) - 2 > len({tuple(w[i : i + 3]) for i in range(len(w) - 2)}) for w in words)

    assert repeats(own_bundle)
    assert not repeats(bundle_folder)


def test_zip(bundle_folder: Path, tmp_path: Path) -> None:
    packed = captioner(tiny_bundle.zipped(bundle_folder, tmp_path / "tiny.taggerbundle"))
    batch = pixels(*COLOURS.values())
    assert packed.generate(batch) == captioner(bundle_folder).generate(batch)


def test_without_tags(tmp_path: Path) -> None:
    folder = tiny_bundle.write_bundle(tmp_path / "b", tags=None)
    manifest = tiny_bundle.read_manifest(folder)
    for name in ("tags.tsv", "tag_model.onnx"):
        del manifest["files"][name]
        (folder / name).unlink()
    tiny_bundle.write_manifest(folder, manifest)
    (caption,) = captioner(folder).generate(pixels(COLOURS["red"]))
    assert (caption.text, caption.tags, caption.scores) == ("A red photo", (), b"")
    assert (captioner(folder).tags(b""), captioner(folder).tags(b"12")) == ((), None)


def test_unreadable_photo(bundle_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg(scene())[:200])
    with pytest.raises(PhotoError, match="cannot be decoded"):
        captioner(bundle_folder).prepare(Photo(path, 200, 0))


def test_orientation_reaches_the_model(bundle_folder: Path, tmp_path: Path) -> None:
    it = captioner(bundle_folder)
    turned, plain = tmp_path / "6.jpg", tmp_path / "1.jpg"
    turned.write_bytes(jpeg(scene(), 6))
    plain.write_bytes(jpeg(scene()))
    assert np.abs(it.prepare(Photo(turned, 0, 0)) - it.prepare(Photo(plain, 0, 0))).mean() < 0.02


def _vocabulary(words: list[str]) -> bytes:
    return "".join(f"{word}\n" for word in words).encode()


_MISFITS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "damaged": ("encoder_model.onnx", lambda: tiny_bundle.encoder()[:-40], "cannot be loaded"),
    "no ONNX": ("decoder_step.onnx", lambda: b"hello", "cannot be loaded"),
    "empty": ("tag_model.onnx", lambda: b"", "cannot be loaded"),
    "other graph": ("encoder_model.onnx", tiny_bundle.decoder_start, "gives encoder_hidden_states and pooled"),
    "other state": ("decoder_start.onnx", lambda: tiny_bundle.decoder_start(state="state.x"), "every state"),
    "other step": ("decoder_step.onnx", tiny_bundle.tag_model, "every state"),
    "fewer words": (
        "decoder_step.onnx",
        lambda: tiny_bundle.decoder_step(vocabulary=(*tiny_bundle.VOCABULARY, "more")),
        "one column a token",
    ),
    "fewer tags": ("tag_model.onnx", lambda: tiny_bundle.tag_model(labels=5), "one score a label"),
    "word twice": ("vocabulary.txt", lambda: _vocabulary([*tiny_bundle.VOCABULARY[:-1], "a"]), "a token twice"),
    "no words": ("vocabulary.txt", lambda: b"<pad>\n", "outside the vocabulary"),
    "vocabulary no text": ("vocabulary.txt", lambda: b"\xff\n", "is not UTF-8"),
    "tags no text": ("tags.tsv", lambda: b"\xff\n", "is not UTF-8"),
    "tags no table": ("tags.tsv", lambda: b"red,green\n", "tags.tsv does not begin with the columns"),
}


@pytest.mark.parametrize("case", _MISFITS)
def test_graphs_that_do_not_fit(own_bundle: Path, case: str) -> None:
    name, content, message = _MISFITS[case]
    tiny_bundle.replace_file(own_bundle, name, content())
    with pytest.raises(BundleError) as caught:
        captioner(own_bundle)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("encoder_model.onnx", lambda: tiny_bundle.encoder(size=32)),
        ("decoder_start.onnx", lambda: tiny_bundle.decoder_start(width=4)),
    ],
)
def test_graphs_of_other_sizes(own_bundle: Path, name: str, content: Callable[[], bytes]) -> None:
    tiny_bundle.replace_file(own_bundle, name, content())
    with pytest.raises(BundleError, match=f"{name} cannot be run") as caught:
        captioner(own_bundle).generate(pixels(COLOURS["red"]))
    assert "\n" not in str(caught.value)


def test_asking_for_cuda_where_there_is_none(bundle_folder: Path) -> None:
    it = OnnxCaptioner(load_bundle(bundle_folder), device="cuda")
    assert it.provider == "CPUExecutionProvider"
    assert it.generate(pixels(COLOURS["blue"]))[0].text == "A blue photo"


def test_labels_and_scores(bundle_folder: Path) -> None:
    it = captioner(bundle_folder)
    assert [label.label for label in it.labels] == ["colour", "warm", "cold", "red", "green", "blue"]
    pooled = it.encode(np.stack(pixels(COLOURS["red"], COLOURS["grey"])))["pooled"]
    scores = it.tag_scores(pooled)
    assert scores.shape == (2, 6)
    assert scores[0, 3] > 0.9 > 0.5 > scores[1, 3]
    assert isinstance(it.generate(pixels(COLOURS["red"]))[0].tags[0], Tag)


def test_tags_agree_with_the_caption(bundle_folder: Path) -> None:
    it = captioner(bundle_folder)
    (values,) = pixels((150, 90, 90))
    raw = it.tag_scores(it.encode(np.stack([values]))["pooled"])[0]
    (caption,) = it.generate([values])
    assert caption.text == "A red photo"
    assert caption.scores is not None
    agreed = dict(zip((label.label for label in it.labels), unpack(caption.scores).tolist(), strict=True))
    assert raw[3] + 0.01 < agreed["red"] < 1  # what the caption names
    assert agreed["blue"] == pytest.approx(raw[5], abs=1e-3)
    shown = {decision.entry.label: decision.score for decision in it.explain(values)}
    assert shown == agreed


def test_tags_from_scores_that_were_kept(bundle_folder: Path) -> None:
    """The same ones, by the program with its model and by one that loads none; of other labels none."""
    settings = Settings(bundle=bundle_folder)
    lazy = bootstrap.make_captioner(settings, Decoding())
    for caption in captioner(bundle_folder).generate(pixels(*COLOURS.values())):
        assert caption.scores is not None
        assert len(caption.scores) == 2 * 6
        assert captioner(bundle_folder).tags(caption.scores) == lazy.tags(caption.scores) == caption.tags
    other = lazy.under(TagRules(write_parents=False))
    (red,) = captioner(bundle_folder).generate(pixels(COLOURS["red"]))
    assert red.scores is not None
    assert [tag.label for tag in other.tags(red.scores) or ()] == ["red"]
    assert lazy.tags(red.scores[2:]) is None
    assert lazy.provider == ""  # nothing was loaded

"""Every system learns eight photos by heart and, exported, says the same in the runtime as in Keras."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tagger.captioning import sampler
from tagger.captioning.bundle import load_bundle
from tagger.captioning.captioner import Decoding, OnnxCaptioner
from tagger.core.records import Photo

pytestmark = pytest.mark.slow

CAPTIONS = {
    (250, 20, 20): "a red photo",
    (20, 250, 20): "two green dogs on grass",
    (20, 20, 250): "a blue sky",
    (250, 250, 20): "yellow sand",
    (20, 250, 250): "a swimmer in cyan water",
    (250, 20, 250): "three pink flowers on a table",
    (10, 10, 10): "nothing at night",
    (250, 250, 250): "snow on a hill",
}
SYSTEMS = {
    "mobilenetv2-lstm": ["--epochs", "30", "--learning-rate", "1e-2"],
    "efficientnet-lite2-lstm": ["--epochs", "30", "--learning-rate", "1e-2"],
    "resnet50-lstm": ["--epochs", "30", "--learning-rate", "1e-2"],
    "vgg16-gru": ["--epochs", "100", "--units", "32", "--depth", "3", "--learning-rate", "5e-3"],
    "inceptionv3-attention": ["--epochs", "40", "--units", "32", "--depth", "2", "--learning-rate", "2e-2"],
    "mobilenetv3small-transformer": ["--epochs", "60", "--units", "32", "--learning-rate", "5e-3"],
    "efficientnet-lite2-attention": [
        *("--epochs", "70", "--fine-epochs", "5", "--fine-batch-size", "4", "--fine-dropout", "0", "--units", "32"),
        *("--embedding", "16", "--learning-rate", "2e-2", "--averaging", "0.5", "--crop", "0"),
        *("--label-smoothing", "0"),
    ],
}
ATTENDING = ("inceptionv3-attention", "mobilenetv3small-transformer", "efficientnet-lite2-attention")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("eight")
    (folder / "images").mkdir()
    lines = ["split\tfile\tsource\tlicence\tcaption"]
    for split in ("train", "val"):
        for i, (colour, caption) in enumerate(CAPTIONS.items()):
            Image.new("RGB", (32, 32), colour).save(folder / "images" / f"{split}{i}.png")
            lines.append(f"{split}\t{split}{i}.png\t-\t-\t{caption}")
    (folder / "captions.tsv").write_text("".join(line + "\n" for line in lines))
    return folder


@pytest.fixture(scope="module", params=SYSTEMS)
def system(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def exported(system: str, data: Path, tmp_path_factory: pytest.TempPathFactory):
    """Folder of the run, folder of the bundle, and what training printed."""
    import io
    from contextlib import redirect_stderr

    from tagger_export.command import export
    from tagger_training.command import train

    out = tmp_path_factory.mktemp(system)
    with pytest.MonkeyPatch.context() as patch, redirect_stderr(io.StringIO()) as printed:
        patch.setitem(encoders().ENCODERS, "tiny", tiny())
        arguments = ["--data", str(data), "--system", system, "--encoder", "tiny", "--cache", str(out / "cache")]
        small = ["--min-count", "1", "--dropout", "0", "--patience", "50", "--max-length", "8", "--batch-size", "4"]
        tags = [] if system == "efficientnet-lite2-attention" else ["--no-tags"]
        assert train([*arguments, *small, *SYSTEMS[system], *tags, "--out", str(out / "run")]) == 0
        assert export([str(out / "run"), str(out / "bundle"), "--name", "eight"]) == 0
        yield out / "run", out / "bundle", printed.getvalue()


def encoders():
    from tagger_training import encoders

    return encoders


def tiny():
    from tiny_encoder import build

    from tagger.captioning.bundle import ImageSpec

    return encoders().EncoderSpec("tiny", ImageSpec(16, scale=1 / 64), "grid", 3, 4, build, "none")


def test_it_says_in_the_runtime_what_it_learned(exported, data: Path) -> None:
    captioner = OnnxCaptioner(load_bundle(exported[1]), decoding=Decoding(method="greedy"))
    photos = [captioner.prepare(Photo(data / f"images/val{i}.png", 0, 0)) for i in range(len(CAPTIONS))]
    assert [caption.text.lower() for caption in captioner.generate(photos)] == list(CAPTIONS.values())


def test_beam_search_finds_in_the_runtime_what_it_finds_in_keras(exported, data: Path) -> None:
    from tagger_training.run import open_run
    from tagger_training.seeing import Seeing
    from tagger_training.systems.prefix import PrefixDecoder

    captioner = OnnxCaptioner(load_bundle(exported[1]), decoding=Decoding(beam_width=4))
    photos = [captioner.prepare(Photo(data / f"images/val{i}.png", 0, 0)) for i in range(len(CAPTIONS))]
    encoded = captioner.encode(np.stack(photos))
    grid = np.stack(photos).reshape(-1, 4, 4, 4, 4, 3).mean(axis=(2, 4)).reshape(-1, 16, 3)  # as tiny_encoder does
    run = open_run(exported[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(encoders().ENCODERS, "tiny", tiny())
        decoder = PrefixDecoder(run.best_model(), run.system)
        seen = Seeing(run, tiny().build(None)).complete({"encoder_hidden_states": grid, "pooled": grid.mean(axis=1)})
    rules = sampler.Rules(1, 2, 8, (0, 3), no_repeat_ngram=3)
    start = decoder.start(*seen)
    expected = sampler.beam_search(decoder.step, start, len(photos), rules, width=4, length_penalty=1.0)
    for found, wanted in zip(captioner.search(encoded), expected, strict=True):
        assert [h.token_ids for h in found] == [h.token_ids for h in wanted]
        np.testing.assert_allclose([h.score for h in found], [h.score for h in wanted], atol=1e-3)


def test_keras_and_the_runtime_say_the_same(exported, data: Path, tmp_path: Path) -> None:
    from tagger_export.command import evaluate

    said = []
    for model in exported[:2]:
        out = tmp_path / model.name
        assert evaluate([str(model), "--data", str(data), "--method", "greedy", "--captions", str(out), "--json"]) == 0
        said.append(out.read_text())
    assert said[0] == said[1]


def test_the_bundle_says_what_it_is(exported, system: str) -> None:
    manifest = json.loads((exported[1] / "bundle.json").read_text())
    outputs = manifest["graphs"]["decoder_step.onnx"]["outputs"]
    assert manifest["architecture"].startswith("tiny-")
    assert (outputs.get("attention") == ["N", 16]) is (system in ATTENDING)
    card = (exported[1] / "MODEL_CARD.md").read_text()
    assert ("RMSprop" in card) is (system == "vgg16-gru")


def test_training_shows_what_it_says_of_one_photo(exported) -> None:
    """After every epoch, at three temperatures; at 0 in the end what it learned."""
    printed = exported[2]
    for temperature in ("0", "0.5", "1"):
        assert f"temperature {temperature}: " in printed
    assert "temperature 0: A red photo" in printed
    history = (exported[0] / "history.csv").read_text().splitlines()
    assert history[0] == "epoch,loss,accuracy,val_loss,val_accuracy,learning_rate"
    assert printed.count("temperature 0.5: ") == len(history) - 1
    assert float(history[-1].split(",")[4]) > 0.99


def test_photos_keep_their_captions_in_any_company(exported, data: Path) -> None:
    """State rows follow their photo through a batch whose captions end at different words."""
    captioner = OnnxCaptioner(load_bundle(exported[1]), decoding=Decoding(beam_width=5))
    photos = [captioner.prepare(Photo(data / f"images/val{i}.png", 0, 0)) for i in range(len(CAPTIONS))]
    together = captioner.generate(photos)
    for photo, expected in zip(photos, together, strict=True):
        alone = captioner.generate([photo])[0]
        assert alone.text == expected.text
        np.testing.assert_allclose(alone.log_probability, expected.log_probability, atol=2e-3)

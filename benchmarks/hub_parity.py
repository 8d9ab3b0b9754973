"""Imported captioners against transformers: tokens of greedy and beam search, pixels of the preprocessors.

Needs torch, transformers, optimum-onnx and accelerate beside tagger with its extras cpu and hub; downloads nothing:
the models are small, random and made here. Usage: python benchmarks/hub_parity.py FOLDER [MODEL ...], where FOLDER is
made if it is missing, and the models are vit-gpt2, deit-trocr and blip (default: all).
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    BlipConfig,
    BlipForConditionalGeneration,
    BlipImageProcessor,
    CLIPImageProcessor,
    DeiTConfig,
    DeiTImageProcessor,
    GenerationConfig,
    GPT2Config,
    PreTrainedTokenizerFast,
    TrOCRConfig,
    VisionEncoderDecoderConfig,
    VisionEncoderDecoderModel,
    ViTConfig,
    ViTImageProcessor,
)

from tagger.bootstrap import DEFAULT_BUNDLE
from tagger.captioning.bundle import Bundle, load_bundle
from tagger.captioning.captioner import Decoding
from tagger.captioning.hub import HubRules
from tagger.captioning.hub_folder import read_hub_folder
from tagger.captioning.image import load_image, preprocess
from tagger.captioning.importing import import_bundle
from tagger.captioning.opening import open_captioner

VOCABULARY, SIZE, PHOTOS, LENGTH = 100, 32, 50, 16
VIT: dict[str, Any] = {"num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48}
VIT |= {"image_size": SIZE, "patch_size": 8}
# What transformers calls it -> what our rules call it.
NAMES = {"no_repeat_ngram_size": "no_repeat_ngram", "min_new_tokens": "min_new", "eos_token_id": "ends"}
NAMES |= {"forced_bos_token_id": "forced_first", "forced_eos_token_id": "forced_last"}
NAMES |= {"suppress_tokens": "suppressed", "begin_suppress_tokens": "suppressed_first"}
RULES: list[dict[str, Any]] = [
    {},
    {"early_stopping": True},
    {"early_stopping": "never"},
    {"early_stopping": "never", "length_penalty": 2.0},
    {"length_penalty": 0.0},
    {"length_penalty": -1.0},
    {"length_penalty": 2.0, "early_stopping": True},
    {"no_repeat_ngram_size": 2},
    {"no_repeat_ngram_size": 3, "early_stopping": True},
    {"repetition_penalty": 1.4},
    {"min_length": 8},
    {"min_new_tokens": 6},
    {"suppress_tokens": list(range(40, 60)), "begin_suppress_tokens": list(range(60, 90))},
    {"forced_bos_token_id": 9, "begin_suppress_tokens": list(range(60, 90))},
    {"forced_eos_token_id": 2},
    {"eos_token_id": [2, 30]},
]
# With one end in a hundred random words most captions are cut off; with many ends most come to an end.
ENDS = [2, *range(20, 32)]


def main(folder: Path, *wanted: str) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    torch.set_num_threads(2)
    wrong = 0
    for name, model, layouts in _models(folder):
        if wanted and name not in wanted:
            continue
        pixels = np.random.default_rng(1).standard_normal((PHOTOS, SIZE, SIZE, 3)).astype(np.float32)
        for layout, exported in layouts.items():
            target = folder / f"{name}-{layout}-bundle"
            bundle = (
                load_bundle(target)
                if target.exists()
                else import_bundle(
                    read_hub_folder(exported), target, name=name, tags_from=load_bundle(DEFAULT_BUNDLE), told=print
                )
            )
            ending = [{"eos_token_id": ENDS} | rules for rules in RULES]
            for rules in [*RULES, *ending] if layout == "with_past" or len(layouts) == 1 else ending[:3]:
                for width in (1, 4):
                    if width == 1 and {"early_stopping", "length_penalty"} & set(rules):
                        continue
                    expected = _generate(model, pixels, rules, width)
                    same = sum(map(_equal, expected, _ours(bundle, pixels, rules, width)))
                    wrong += PHOTOS - same
                    length = sum(map(len, expected)) / PHOTOS
                    shown = {key: "many" if value is ENDS else value for key, value in rules.items()}
                    told = f"{name} {layout} width {width} {shown}: {same} of {PHOTOS} ({length:.1f} tokens)"
                    print(told, flush=True)
    _compare_pixels(folder)
    print(f"{wrong} captions differ")
    return 1 if wrong else 0


def _models(folder: Path) -> Iterator[tuple[str, Any, dict[str, Path]]]:
    gpt2 = GPT2Config(vocab_size=VOCABULARY, n_embd=32, n_layer=2, n_head=4, n_positions=64, add_cross_attention=True)
    trocr = TrOCRConfig(
        vocab_size=VOCABULARY, d_model=32, decoder_layers=2, decoder_attention_heads=4, decoder_ffn_dim=48,
        max_position_embeddings=64, cross_attention_hidden_size=40, pad_token_id=0, bos_token_id=1, eos_token_id=2,
    )  # fmt: skip
    deit = DeiTImageProcessor(size={"height": 36, "width": 36}, crop_size={"height": SIZE, "width": SIZE})
    vit = ViTImageProcessor(size={"height": SIZE, "width": SIZE})
    for name, encoder, decoder, processor in (
        ("vit-gpt2", ViTConfig(hidden_size=40, **VIT), gpt2, vit),
        ("deit-trocr", DeiTConfig(hidden_size=40, **VIT), trocr, deit),
    ):
        config = VisionEncoderDecoderConfig.from_encoder_decoder_configs(encoder, decoder)
        model = _heated(VisionEncoderDecoderModel(config))
        for holder in (model.config, model.generation_config):
            holder.decoder_start_token_id, holder.pad_token_id, holder.eos_token_id = 1, 0, 2
        yield name, model, _exported(folder / name, model, processor)
    blip = BlipConfig(
        text_config={
            "vocab_size": VOCABULARY, "hidden_size": 32, "encoder_hidden_size": 40, "num_hidden_layers": 2,
            "num_attention_heads": 4, "intermediate_size": 48, "max_position_embeddings": 64, "bos_token_id": 1,
            "sep_token_id": 2, "eos_token_id": 2, "pad_token_id": 0, "is_decoder": True,
        },
        vision_config={"hidden_size": 40, **VIT},
    )  # fmt: skip
    model = _heated(BlipForConditionalGeneration(blip))
    model.config.text_config.encoder_hidden_size = 40
    yield "blip", model, {"plain": _exported_blip(folder / "blip", model)}


def _heated(model: Any) -> Any:
    """Weights so large that captions differ from photo to photo."""
    for parameter in model.parameters():
        if parameter.dim() > 1:
            torch.nn.init.normal_(parameter, std=0.25)
    return model.eval()


def _save(folder: Path, model: Any, processor: Any) -> None:
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    words = {"<pad>": 0, "<s>": 1, "</s>": 2, "<unk>": 3} | {f"w{i}": i for i in range(4, VOCABULARY)}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unk>"))  # noqa: S106
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    special = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(folder)


def _exported(folder: Path, model: Any, processor: Any) -> dict[str, Path]:
    """Export by optimum: the same model with a graph for the past, merged into one, and without."""
    both = folder / "onnx"
    if not both.exists():
        _save(folder / "torch", model, processor)
        command = ["optimum-cli", "export", "onnx", "--task", "image-to-text-with-past"]
        command[0] = str(Path(sys.executable).parent / command[0])
        subprocess.run([*command, "--model", str(folder / "torch"), str(both)], check=True, capture_output=True)
    model.load_state_dict(VisionEncoderDecoderModel.from_pretrained(folder / "torch").state_dict())
    layouts = {"with_past": both}
    for name, graph in (("merged", "decoder_model_merged.onnx"), ("plain", "decoder_model.onnx")):
        layouts[name] = folder / name
        layouts[name].mkdir(exist_ok=True)
        for path in (*both.glob("*.json"), both / "encoder_model.onnx", both / graph):
            (layouts[name] / path.name).write_bytes(path.read_bytes())
    return layouts


def _exported_blip(folder: Path, model: Any) -> Path:
    """BLIP by hand, for optimum does not know it."""

    class Decoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = model.text_decoder

        def forward(self, input_ids: Any, attention_mask: Any, encoder_hidden_states: Any) -> Any:
            return self.inner(
                input_ids=input_ids,
                attention_mask=attention_mask,
                encoder_hidden_states=encoder_hidden_states,
                use_cache=False,
                return_dict=True,
            ).logits

    class Encoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = model.vision_model

        def forward(self, pixel_values: Any) -> Any:
            return self.inner(pixel_values=pixel_values, return_dict=True).last_hidden_state

    if (folder / "decoder_model.onnx").exists():
        model.load_state_dict(BlipForConditionalGeneration.from_pretrained(folder).state_dict())
        return folder
    _save(folder, model, BlipImageProcessor(size={"height": SIZE, "width": SIZE}))
    rows: dict[int, str] = {0: "batch"}
    common: dict[str, Any] = {"opset_version": 17, "dynamo": False}
    torch.onnx.export(
        Encoder(),
        (torch.zeros(2, 3, SIZE, SIZE),),
        folder / "encoder_model.onnx",
        input_names=["pixel_values"],
        output_names=["last_hidden_state"],
        dynamic_axes={"pixel_values": rows, "last_hidden_state": rows},
        **common,
    )
    ids = torch.ones(2, 5, dtype=torch.long)
    torch.onnx.export(
        Decoder(),
        (ids, ids, torch.zeros(2, 17, 40)),
        folder / "decoder_model.onnx",
        input_names=["input_ids", "attention_mask", "encoder_hidden_states"],
        output_names=["logits"],
        dynamic_axes={
            "input_ids": {0: "batch", 1: "length"},
            "attention_mask": {0: "batch", 1: "length"},
            "encoder_hidden_states": {0: "batch", 1: "places"},
            "logits": {0: "batch", 1: "length"},
        },
        **common,
    )
    return folder


def _generate(model: Any, pixels: np.ndarray, rules: dict[str, Any], width: int) -> list[list[int]]:
    """Tokens by transformers, without the start and what pads."""
    settings = {"eos_token_id": 2, "pad_token_id": 0, "bos_token_id": 1, "max_length": LENGTH} | rules
    values = torch.from_numpy(pixels.transpose(0, 3, 1, 2).copy())
    with torch.no_grad():
        if isinstance(model, BlipForConditionalGeneration):
            hidden = model.vision_model(pixel_values=values, return_dict=True).last_hidden_state
            config = GenerationConfig(num_beams=width, do_sample=False, **settings)
            found = model.text_decoder.generate(
                input_ids=torch.ones(len(pixels), 1, dtype=torch.long),
                encoder_hidden_states=hidden,
                encoder_attention_mask=torch.ones(hidden.shape[:2], dtype=torch.long),
                generation_config=config,
            )
        else:
            config = GenerationConfig(num_beams=width, do_sample=False, decoder_start_token_id=1, **settings)
            found = model.generate(values, generation_config=config)
    ends = settings["eos_token_id"] if isinstance(settings["eos_token_id"], list) else [settings["eos_token_id"]]
    captions = []
    for row in found.tolist():
        said = row[1:]
        stop = next((i for i, token in enumerate(said) if token in ends), len(said))
        captions.append(said[:stop])
    return captions


def _ours(bundle: Bundle, pixels: np.ndarray, rules: dict[str, Any], width: int) -> list[list[int]]:
    assert bundle.imported is not None  # noqa: S101
    changes = {NAMES.get(name, name): value for name, value in rules.items() if name != "length_penalty"}
    record = bundle.imported.rules.record | {"max_length": LENGTH}
    record |= {n: [v] if n.startswith("forced") else v for n, v in changes.items()}
    changed = replace(bundle, imported=replace(bundle.imported, rules=HubRules.of(record)))
    decoding = Decoding(beam_width=width, length_penalty=rules.get("length_penalty", 1.0))
    captioner = open_captioner(changed, threads=2, decoding=decoding)
    found = captioner.search(captioner.encode(pixels))
    # Before captions without words come last.
    return [list(max(each, key=lambda one: one.score).token_ids) for each in found]


def _equal(one: list[int], other: list[int]) -> bool:
    return one == other


def _compare_pixels(folder: Path) -> None:
    """The largest difference of ``pixel_values`` on pictures of odd shapes, in units of 1/255 of the range."""
    rng = np.random.default_rng(2)
    size = {"height": SIZE, "width": SIZE}
    processors = {
        "ViT": ViTImageProcessor(size=size),
        "BLIP": BlipImageProcessor(size=size),
        "DeiT": DeiTImageProcessor(size={"height": 36, "width": 36}, crop_size=size),
        "CLIP": CLIPImageProcessor(size={"shortest_edge": 40}, crop_size=size),
    }
    for name, processor in processors.items():
        home = folder / f"pixels-{name}"
        processor.save_pretrained(home)
        for other in ("config.json", "tokenizer.json", "encoder_model.onnx", "decoder_model.onnx"):
            (home / other).write_bytes((folder / "blip" / other).read_bytes())
        spec = read_hub_folder(home).image
        largest, mean = 0.0, []
        for i in range(20):
            width, height = (int(side) for side in rng.integers(40, 300, 2))
            small = rng.integers(0, 256, (9, 11, 3), dtype=np.uint8)
            picture = Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)
            path = home / f"{i}.png"
            picture.save(path)
            ours = preprocess(load_image(path, spec), spec)
            theirs = processor(picture, return_tensors="np")["pixel_values"][0].transpose(1, 2, 0)
            difference = np.abs(ours - theirs) * np.array(spec.std) / spec.scale
            largest, mean = max(largest, float(difference.max())), [*mean, float(difference.mean())]
        print(f"pixels of {name}: largest difference {largest:.3f}, mean {np.mean(mean):.4f} of 255")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))

"""int8 decoders against float32 ones: time a caption at batch 1 and 16, size, and whether they say the same.

Takes float32 bundles, makes their decoders int8 as ``tagger export --precision int8`` does, and lets both search for
the captions of the same encoded photos in turn, round by round. Prints a Markdown table. Times are of the processor, on
one core, so that other programs change them little; reading photos and encoding them are not in them. What int8 does to
the captions is measured by the export itself.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from tagger_export.int8 import PARTS
from tagger_export.manifest import replace_graphs
from tagger_export.quantize import quantize_products

from tagger.captioning.bundle import load_bundle
from tagger.captioning.captioner import OnnxCaptioner
from tagger.core.records import Photo

BATCHES = (1, 16)
ROUNDS = 9
PRECISIONS = ("float32", "int8")
EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "photos"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundles", nargs="+", type=Path, help="float32 bundle folders")
    parser.add_argument("--photos", type=Path, default=EXAMPLES, help="folder of JPEGs (%(default)s)")
    options = parser.parse_args()
    photos = sorted(options.photos.glob("*.jpg"))
    print(
        "| bundle | batch | float32, CPU ms a caption | int8 | times faster (lowest to highest) | MB | the same words |"
    )
    print("|---|---|---|---|---|---|---|")
    for folder in options.bundles:
        measure(folder, photos)


def measure(folder: Path, photos: list[Path]) -> None:
    """Print a row a batch size."""
    with tempfile.TemporaryDirectory() as temporary:
        small = Path(shutil.copytree(folder, Path(temporary) / "int8"))
        replace_graphs(
            small, {file: quantize_products((folder / file).read_bytes()) for file in PARTS["decoder"]}, "int8"
        )
        bundles = dict(zip(PRECISIONS, map(load_bundle, (folder, small)), strict=True))
        captioners = {name: OnnxCaptioner(bundle, threads=1) for name, bundle in bundles.items()}
    reader = captioners["float32"]
    encoded = reader.encode(np.stack([reader.prepare(Photo(path, 0, 0)) for path in photos]))
    sizes = [sum(bundle.graphs[file]["bytes"] for file in PARTS["decoder"]) / 1e6 for bundle in bundles.values()]
    said = [[h[0].token_ids for h in captioner.search(encoded)] for captioner in captioners.values()]
    same = sum(a == b for a, b in zip(*said, strict=True))
    for batch in BATCHES:
        rows = np.arange(max(16, batch)) % len(photos)
        batches = [{k: v[rows[i : i + batch]] for k, v in encoded.items()} for i in range(0, len(rows), batch)]
        times: dict[str, list[float]] = {name: [] for name in PRECISIONS}
        for _ in range(ROUNDS):
            for name, captioner in captioners.items():
                started = time.process_time()
                for part in batches:
                    captioner.search(part)
                times[name].append((time.process_time() - started) / len(rows) * 1000)
        ratios = sorted(a / b for a, b in zip(*times.values(), strict=True))
        a, b = (statistics.median(values) for values in times.values())
        ratio = f"{statistics.median(ratios):.1f} ({ratios[0]:.1f} to {ratios[-1]:.1f})"
        size = f"{sizes[0]:.1f} to {sizes[1]:.1f}"
        print(
            f"| {folder.name} | {batch} | {a:.1f} | {b:.1f} | {ratio} | {size} | {same} of {len(photos)} |", flush=True
        )


if __name__ == "__main__":
    main()

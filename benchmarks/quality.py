"""How long each quality takes to find a caption, after the encoder: ratios to ``fast`` and ms a photo, 16 at once.

``python benchmarks/quality.py BUNDLE ... [--threads 2] [--rounds 5]``. Photos are the example photos and their mirror
images. The qualities take turns, so that another program slows all of them; the least of the rounds counts. Busy is the
processor time of all threads.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

from tagger import bootstrap
from tagger.captioning.bundle import load_bundle
from tagger.captioning.captioner import Decoding, OnnxCaptioner
from tagger.captioning.image import load_image, preprocess
from tagger.core.errors import TaggerError

BATCH = 16
QUALITIES = ("fast", "default", "best")
PHOTOS = Path(__file__).parent.parent / "examples/photos"


def measure(bundle: Path, threads: int, rounds: int) -> None:
    """Print one line a quality for one bundle."""
    opened = load_bundle(bundle)
    captioner = OnnxCaptioner(opened, threads=threads, decoding=Decoding())
    files = sorted(PHOTOS.glob("*.jpg"))
    pictures = [preprocess(load_image(file, opened.image), opened.image) for file in files]
    mirrored = [np.ascontiguousarray(picture[:, ::-1]) for picture in pictures]
    encoded = captioner.encode(np.stack((pictures + mirrored)[:BATCH]))
    at = {quality: captioner.at(quality) for quality in QUALITIES}
    words = {}
    for quality, one in at.items():  # the first time everything is slow
        words[quality] = np.mean([len(caption.text.split()) for caption in one.decode(encoded)])
    passed = {quality: [] for quality in QUALITIES}
    busy = {quality: [] for quality in QUALITIES}
    for _ in range(rounds):
        for quality, one in at.items():
            began, worked = time.perf_counter(), time.process_time()
            one.decode(encoded)
            passed[quality].append(time.perf_counter() - began)
            busy[quality].append(time.process_time() - worked)
    photos = len(encoded["pooled"])
    print(f"{opened.model_id} ({bundle}), {photos} photos at once, {threads} threads")
    print("| quality | ms a photo | busy ms a photo | against fast | words a caption |\n|---|---|---|---|---|")
    for quality in QUALITIES:
        took, worked = (1000 * min(values[quality]) / photos for values in (passed, busy))
        ratio = min(passed[quality]) / min(passed["fast"])
        print(f"| {quality} | {took:.1f} | {worked:.1f} | {ratio:.1f} | {words[quality]:.1f} |")


def main() -> int:
    """Measure the bundles of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundles", nargs="*", type=Path, default=[bootstrap.DEFAULT_BUNDLE])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    try:
        for bundle in options.bundles:
            measure(bundle, options.threads, options.rounds)
    except TaggerError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The whole way of a 12-megapixel photo, in one run: ``tagger tag`` against Keras ``predict``.

Ours is the command as a user runs it, from the start of the process: read, caption (beam 3), tag, write EXIF and XMP
verified, journal, index; and the same with ``--no-write``, which ends in the index. The other is the usual notebook:
load_img (full decode, nearest), ``encoder.predict`` for each photo, ``decoder.predict`` on the padded prefix for each
word, greedy, a tag head's ``predict``, ``piexif.insert``; models loaded beforehand. Same encoder architecture (ours
int8) and decoder size in both; weights do not change the speed, so the Keras side has random ones.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from photos import make_photos

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
WORDS = 11  # mean length of our captions, and the end marker
PREFIX = 39
VOCABULARY = 1824


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=512, help="for tagger")
    parser.add_argument("--keras-photos", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    predict = keras_way()
    ratios: dict[str, list[float]] = {"written": [], "index only": []}
    with tempfile.TemporaryDirectory() as scratch:
        originals = Path(scratch) / "originals"
        paths = make_photos(originals, options.photos)
        megabytes = sum(path.stat().st_size for path in paths) / len(paths) / 1e6
        print(f"{options.photos} photos of 12 megapixels, {megabytes:.1f} MB each, {os.cpu_count()} cores")
        for number in range(options.rounds):
            copies = Path(scratch) / "keras"
            copies.mkdir()
            chosen = [Path(shutil.copy(path, copies)) for path in paths[: options.keras_photos]]
            keras_seconds = timed(lambda chosen=chosen: [predict(path) for path in chosen]) / len(chosen)
            shutil.rmtree(copies)
            print(f"round {number + 1}: Keras predict {keras_seconds * 1e3:.0f} ms a photo")
            for way, arguments in (("written", []), ("index only", ["--no-write"])):
                folder = Path(scratch) / "ours"
                shutil.copytree(originals, folder)
                command = [sys.executable, "-m", "tagger", "tag", *arguments, str(folder)]
                seconds = timed(lambda command=command: subprocess.run(command, check=True, capture_output=True))
                seconds /= options.photos
                ratios[way].append(keras_seconds / seconds)
                print(
                    f"  tagger, {way}: {seconds * 1e3:.1f} ms ({1 / seconds:.1f} photos/s), {ratios[way][-1]:.1f} times"
                )
                shutil.rmtree(folder)
    for way, values in ratios.items():
        print(f"median, {way}: {statistics.median(values):.1f} times")
    return 0


def keras_way():
    """A function path -> number of words said, built as notebooks do it."""
    import keras
    import numpy as np
    import piexif
    from tagger_training.efficientnet_lite import efficientnet_lite2
    from tagger_training.systems.merge_lstm import MergeLstm

    base = efficientnet_lite2()
    pooled = keras.layers.GlobalAveragePooling2D()(base.get_layer("head_act").output)
    encoder = keras.Model(base.input, pooled)
    decoder = MergeLstm(1280, VOCABULARY, PREFIX, form="prefix").build()
    tag_head = keras.Sequential(
        [keras.layers.Input((1280,)), keras.layers.Dense(512, "relu"), keras.layers.Dense(380, "sigmoid")]
    )

    def predict(path: Path) -> int:
        image = keras.utils.load_img(path, target_size=(260, 260))
        pixels = keras.utils.img_to_array(image)[None] / 255.0
        features = encoder.predict(pixels, verbose=0)
        said = [1]
        for _ in range(WORDS):
            tokens = keras.utils.pad_sequences([said], maxlen=PREFIX)
            said.append(int(np.argmax(decoder.predict([features, tokens], verbose=0))))
        tags = np.flatnonzero(tag_head.predict(features, verbose=0)[0] > 0.99)
        text = " ".join(map(str, [*said, *tags])).encode()
        piexif.insert(piexif.dump({"0th": {piexif.ImageIFD.ImageDescription: text}}), str(path))
        return len(said)

    return predict


def timed(work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())

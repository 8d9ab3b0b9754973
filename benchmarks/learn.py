"""Learning: a scripted person corrects 30 photos of a library; what improves, what it costs, what is forgotten.

The person puts the tag "Rex" on ten photos of dogs and "grandma's house" on ten kitchens, and writes captions of ten
photos of skateboarders that end in "at the skatepark". All of it is found by the words of the data set's own captions,
in its split train. Then ``tagger learn`` runs as a user runs it. Measured on photos of the same split that were
neither in the library nor corrected: who gets the tags and who should, which captions say the new word; and on the
split val, by ``tagger learn --data``, what captions lost.
"""

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tagger_training.datasets import CaptionedPhoto, load_dataset

DOG, KITCHEN, BOARD = (
    re.compile(rf"\b({words})\b", re.IGNORECASE)
    for words in ("dogs?|pupp(?:y|ies)", "kitchens?", "skateboard(?:s|er|ers|ing)?|skate(?:s|r|rs)?|skating")
)
WORD = "skatepark"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="data set with photos of dogs, kitchens and skateboards in its train")
    parser.add_argument("--library", type=int, default=600, help="photos of the library")
    parser.add_argument("--each", type=int, default=10, help="corrected photos for each of the three words")
    parser.add_argument("--asked", type=int, default=1500, help="photos outside the library that are asked about")
    parser.add_argument("--seed", type=int, default=0, help="which photos")
    parser.add_argument("--bundle", type=Path, help="bundle to teach (default: the embedded one)")
    parser.add_argument("--tags-only", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("CONFIG", "DATA", "CACHE", "STATE"):
            os.environ[f"XDG_{name}_HOME"] = str(Path(scratch) / name.lower())
        measure(options, Path(scratch))
    return 0


def measure(options: argparse.Namespace, scratch: Path) -> None:
    train = load_dataset(options.data).split("train")
    groups = [[photo for photo in train if says(photo, what)] for what in (DOG, KITCHEN, BOARD)]
    draw = random.Random(options.seed)
    corrected = [draw.sample(photos, options.each) for photos in groups]
    rest = draw.sample(train, len(train))
    library = list(dict.fromkeys([*(photo for photos in corrected for photo in photos), *rest]))[: options.library]
    inside = {photo.path for photo in library}
    outside = [photo for photo in rest if photo.path not in inside][: options.asked]
    folder = scratch / "library"
    folder.mkdir()
    for photo in library:
        shutil.copy(photo.path, folder)
    bundle = ["--bundle", str(options.bundle)] if options.bundle else []
    if options.bundle:
        run("bundle", "use", str(options.bundle))
    run("tag", "--no-write", *bundle, str(folder))
    for photo in corrected[0]:
        run("edit", str(folder / photo.path.name), "--add-tag", "Rex")
    for photo in corrected[1]:
        run("edit", str(folder / photo.path.name), "--add-tag", "grandma's house")
    for photo in corrected[2]:
        text = min(photo.captions, key=len).rstrip(" .")
        run("edit", str(folder / photo.path.name), "--caption", f"{text} at the {WORD}")
    before = asked(outside, None if not options.bundle else options.bundle)
    began = time.perf_counter()
    extra = ["--tags-only"] if options.tags_only else ["--data", str(options.data)]
    learned = json.loads(run("learn", str(folder), "--json", *extra))
    minutes = (time.perf_counter() - began) / 60
    after = asked(outside, Path(learned["bundle"]))
    print(json.dumps(learned, indent=1))
    print(f"\n{len(library)} photos in the library, {3 * options.each} corrected; {minutes:.1f} minutes to learn")
    print("\n| on photos that were not there | have it | get it | precision | recall |\n|---|---|---|---|---|")
    for label, what in (("Rex", DOG), ("grandma's house", KITCHEN)):
        have = {photo.path.name for photo in outside if says(photo, what)}
        get = {name for name, (_, tags) in after.items() if label in tags}
        right = len(have & get)
        print(f"| tag {label} | {len(have)} | {len(get)} | {right / max(1, len(get)):.2f} | {right / len(have):.2f} |")
    have = {photo.path.name for photo in outside if says(photo, BOARD)}
    for name, found in (("before", before), ("after", after)):
        get = {photo for photo, (caption, _) in found.items() if WORD in caption.lower()}
        right = len(have & get)
        share = f"{right / max(1, len(get)):.2f} | {right / max(1, len(have)):.2f}"
        print(f"| caption says {WORD}, {name} | {len(have)} | {len(get)} | {share} |")
    others = [photo.path.name for photo in outside if not any(says(photo, what) for what in (DOG, KITCHEN, BOARD))]
    same = sum(before[name][0] == after[name][0] for name in others)
    print(f"\ncaptions of the {len(others)} others: {same / len(others):.0%} the same, word for word")


def says(photo: CaptionedPhoto, what: re.Pattern[str]) -> bool:
    """Whether most of a photo's captions name it."""
    return 2 * sum(bool(what.search(text)) for text in photo.captions) > len(photo.captions)


def asked(photos: Sequence[CaptionedPhoto], bundle: Path | None) -> dict[str, tuple[str, set[str]]]:
    """Caption and tags of each photo by a bundle, by the photo's name."""
    with tempfile.TemporaryDirectory() as folder:
        for photo in photos:
            shutil.copy(photo.path, folder)
        chosen = ["--bundle", str(bundle)] if bundle else []
        lines = run("tag", "--dry-run", "--json", *chosen, folder).splitlines()
    records = [json.loads(line) for line in lines]
    return {Path(r["path"]).name: (r["caption"], {tag["label"] for tag in r["tags"]}) for r in records}


def run(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", "tagger", *arguments], capture_output=True, text=True, check=False)
    if done.returncode == 2:
        raise SystemExit(f"tagger {arguments[0]}: {done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())

"""``tagger data``: looking at data sets, and loading those whose photos are addresses."""

import io
import json
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tagger_training.data_command import data
from tagger_training.datasets import load_dataset
from tagger_training.download import LOG, download, read_table
from tagger_training.inspection import inspect

from tagger.core.errors import FetchError, RunError
from tagger.fetch import Fetched


def picture(seed: int, *, quality: int = 90, size: tuple[int, int] = (64, 48)) -> bytes:
    noise = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC).save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def make(folder: Path, rows: list[tuple[str, str, str]], photos: dict[str, bytes]) -> Path:
    (folder / "images").mkdir(parents=True)
    for name, content in photos.items():
        (folder / "images" / name).write_bytes(content)
    lines = ["split\tfile\tcaption", *("\t".join(row) for row in rows)]
    (folder / "captions.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    return make(
        tmp_path / "set",
        [
            ("train", "a.jpg", "A dog runs"),
            ("train", "a.jpg", ""),
            ("train", "b.jpg", "Ein Hund läuft"),
            ("train", "same.jpg", "一只狗"),
            ("train", "gone.jpg", "A cat"),
            ("train", "broken.jpg", "A mess"),
            ("val", "copy.jpg", "A dog"),
            ("val", "other.jpg", "A house with a door"),
        ],
        {
            "a.jpg": picture(1),
            "b.jpg": picture(2),
            "same.jpg": picture(2),
            "broken.jpg": b"\xff\xd8\xff\xe0 no",
            "copy.jpg": picture(1, quality=40, size=(96, 72)),
            "other.jpg": picture(3),
        },
    )


def test_inspection_counts_what_is_there_and_what_is_wrong(faulty: Path) -> None:
    seen: list[tuple[int, int]] = []
    report = inspect(load_dataset(faulty), jobs=2, progress=lambda done, total: seen.append((done, total)))
    train, val = report.splits["train"], report.splits["val"]
    assert (train.photos, train.captions, train.shortest, train.longest) == (4, 4, 1, 3)
    assert (val.photos, val.captions, val.words) == (2, 2, 5)
    assert (report.missing, report.empty) == (1, 1)
    assert [error.path.name for error in report.broken] == ["broken.jpg"]
    assert [[path.name for path in paths] for paths in report.doubled] == [["b.jpg", "same.jpg"]]
    ((one, other, bits),) = report.leaks
    assert (one.name, other.name) == ("a.jpg", "copy.jpg")
    assert 0 <= bits <= 20
    assert seen[-1] == (6, 6)


def test_pictures_without_structure_are_no_leak(tmp_path: Path) -> None:
    pages = {}
    for name, colour in (("a.jpg", "white"), ("b.jpg", "black")):
        stream = io.BytesIO()
        Image.new("RGB", (40, 40), colour).save(stream, "JPEG")
        pages[name] = stream.getvalue()
    folder = make(tmp_path / "set", [("train", "a.jpg", "x"), ("val", "b.jpg", "y")], pages)
    assert inspect(load_dataset(folder), jobs=1, progress=lambda *_: None).leaks == ()


def test_check_as_text_and_json(faulty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert data(["check", str(faulty), "--show", "1"]) == 1
    text = capsys.readouterr().out
    assert "train: 4 photos, 4 captions" in text
    assert "missing photos: 1, empty captions: 1, broken photos: 1" in text
    assert "warning: figures measured on a split that leaks" in text
    assert data(["check", str(faulty), "--json"]) == 1
    record = json.loads(capsys.readouterr().out)
    assert record["splits"]["val"]["photos"] == 2
    assert len(record["leaks"]) == 1


def test_check_of_a_sound_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make(tmp_path / "set", [("train", "a.jpg", "A dog")], {"a.jpg": picture(1)})
    assert data(["check", str(folder)]) == 0
    assert str(folder / "images/a.jpg") in capsys.readouterr().out


@pytest.mark.parametrize("name", ["../a.jpg", "/etc/passwd", "x/../../a.jpg", "C:/a.jpg", ""])
def test_a_photo_outside_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    folder = make(tmp_path / "set", [("train", name, "A dog")], {})
    with pytest.raises(RunError, match="outside its own folder"):
        load_dataset(folder)


def test_karpathy_split(tmp_path: Path) -> None:
    (tmp_path / "val2014").mkdir()
    (tmp_path / "train2014").mkdir()
    photos = []
    for number, (folder, split) in enumerate(
        [("train2014", "train"), ("val2014", "restval"), ("val2014", "val"), ("val2014", "test")]
    ):
        (tmp_path / folder / f"{number}.jpg").write_bytes(b"x")
        sentences = [{"raw": f"Photo {number}", "tokens": ["photo"]}]
        photos.append({"filepath": folder, "filename": f"{number}.jpg", "split": split, "sentences": sentences})
    (tmp_path / "dataset_coco.json").write_text(json.dumps({"images": photos, "dataset": "coco"}))
    found = load_dataset(tmp_path)
    assert {split: len(members) for split, members in found.splits.items()} == {"train": 2, "val": 1, "test": 1}
    assert found.split("test")[0].captions == ("Photo 3",)


def test_karpathy_split_of_another_kind(tmp_path: Path) -> None:
    (tmp_path / "dataset_flickr8k.json").write_text('{"images": [{"filename": "a.jpg"}]}')
    with pytest.raises(RunError, match="Karpathy"):
        load_dataset(tmp_path)
    (tmp_path / "dataset_flickr8k.json").write_text("{")
    with pytest.raises(RunError, match="is not JSON"):
        load_dataset(tmp_path)


def test_flickr30k_in_both_forms(tmp_path: Path) -> None:
    for folder, name, text in (
        ("one", "results_20130124.token", "1.jpg#0\tTwo men .\n1.jpg#1\tMen .\n"),
        ("two", "results.csv", "image_name| comment_number| comment\n1.jpg| 0| Two men .\n1.jpg| 4   Men .\n"),
    ):
        (tmp_path / folder / "flickr30k-images").mkdir(parents=True)
        (tmp_path / folder / "flickr30k-images/1.jpg").write_bytes(b"x")
        (tmp_path / folder / name).write_text(text)
        (photo,) = load_dataset(tmp_path / folder).split("train")
        assert photo.captions == ("Two men .", "Men .")


TABLE = "A dog\thttp://a/1\nA cat\thttp://a/2\nGone\thttp://a/404\nAgain a dog\thttp://a/1\n"


class Site:
    def __init__(self) -> None:
        self.asked: list[str] = []
        self._lock = threading.Lock()

    def __call__(self, address: str) -> Fetched:
        with self._lock:
            self.asked.append(address)
        if address.endswith("404"):
            raise FetchError(address, "the server answers 404")
        return Fetched(picture(len(address) + int(address[-1])), "image/jpeg", address)


def run(table: Path, out: Path, fetch: Callable[[str], Fetched], **options: object):
    return download(table, out, fetch=fetch, jobs=2, progress=lambda *_: None, **options)  # type: ignore[arg-type]


def test_download_makes_a_data_set(tmp_path: Path) -> None:
    table = tmp_path / "table.tsv"
    table.write_text(TABLE)
    site = Site()
    counts = run(table, tmp_path / "set", site)
    assert counts == {"loaded": 3, "the server answers 404": 1}
    assert sorted(site.asked) == ["http://a/1", "http://a/2", "http://a/404"]
    found = load_dataset(tmp_path / "set").split("train")
    assert sorted(caption for photo in found for caption in photo.captions) == ["A cat", "A dog", "Again a dog"]
    assert not [path for path in (tmp_path / "set/images").iterdir() if path.name.startswith(".")]


def test_an_interrupted_download_goes_on_and_dead_links_are_not_tried_again(tmp_path: Path) -> None:
    table = tmp_path / "table.tsv"
    table.write_text(TABLE)
    first = Site()
    run(table, tmp_path / "set", first, limit=1)
    assert first.asked == ["http://a/1"]
    with (tmp_path / "set" / LOG).open("a") as log:
        log.write("http://a/2\thalf")  # what a killed run may leave
    second = Site()
    counts = run(table, tmp_path / "set", second)
    assert sorted(second.asked) == ["http://a/2", "http://a/404"]
    assert counts["loaded"] == 3
    third = Site()
    assert run(table, tmp_path / "set", third) == counts
    assert third.asked == []


def test_a_stopped_download_leaves_a_sound_set(tmp_path: Path) -> None:
    table = tmp_path / "table.tsv"
    table.write_text("".join(f"Photo {i}\thttp://a/{i}\n" for i in range(200)))
    site = Site()
    counts = run(table, tmp_path / "set", site, stop=lambda: len(site.asked) > 10)
    assert 0 < counts["loaded"] < 100
    assert 0 < len(load_dataset(tmp_path / "set").split("train")) < 100


@pytest.mark.parametrize("line", ["no address", "caption\tftp://a/b", "a\tb\thttp://a/b"])
def test_a_line_that_is_none_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "table.tsv").write_text(f"ok\thttp://a/b\n{line}\n")
    with pytest.raises(RunError, match="line 2"):
        list(read_table(tmp_path / "table.tsv"))


def test_download_command_refuses_the_own_network(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "table.tsv").write_text("A dog\thttp://127.0.0.1:9/a.jpg\n")
    assert data(["download", str(tmp_path / "table.tsv"), str(tmp_path / "set")]) == 0
    assert "1: is an address inside your own network" in capsys.readouterr().err

"""The three layouts of data sets, and what is wrong with broken ones."""

import json
from pathlib import Path

import pytest
from tagger_training.datasets import load_dataset

from tagger.core.errors import RunError


def photos(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"")


def write_tsv(folder: Path, *rows: str) -> None:
    lines = ["split\tfile\tsource\tlicence\tcaption", *rows]
    (folder / "captions.tsv").write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def test_tsv_groups_captions_by_photo(tmp_path: Path) -> None:
    photos(tmp_path / "images", "a.jpg", "b.jpg")
    write_tsv(
        tmp_path, 'train\ta.jpg\ts\tl\tA "dog"', "train\ta.jpg\ts\tl\tTwo  dogs", "val\tb.jpg\ts\tl\tUne fête à vélo"
    )
    data = load_dataset(tmp_path)
    assert data.split("train")[0].captions == ('A "dog"', "Two dogs")
    assert data.split("val")[0].path == tmp_path / "images/b.jpg"
    assert data.split("val")[0].captions == ("Une fête à vélo",)


def test_missing_photos_and_empty_captions_are_counted(tmp_path: Path) -> None:
    photos(tmp_path / "images", "a.jpg")
    write_tsv(tmp_path, "train\ta.jpg\ts\tl\tA dog", "train\ta.jpg\ts\tl\t  ", "train\tgone.jpg\ts\tl\tA cat")
    data = load_dataset(tmp_path)
    assert (data.missing, data.empty) == (1, 1)


@pytest.mark.parametrize(
    ("row", "cause"),
    [("train\ta.jpg\tA dog", "line 2: 3 columns, not 5"), ("val\ta.jpg\ts\tl\tx\nval\ta.jpg", "line 3: 2 columns")],
)
def test_a_line_with_other_columns_is_named(tmp_path: Path, row: str, cause: str) -> None:
    write_tsv(tmp_path, row)
    with pytest.raises(RunError, match=cause):
        load_dataset(tmp_path)


def test_a_header_without_the_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "captions.tsv").write_text("file\ttext\na.jpg\tA dog\n")
    with pytest.raises(RunError, match="names no column split, file or caption"):
        load_dataset(tmp_path)


def test_a_photo_in_two_splits_is_refused(tmp_path: Path) -> None:
    photos(tmp_path / "images", "a.jpg")
    write_tsv(tmp_path, "train\ta.jpg\ts\tl\tA dog", "val\ta.jpg\ts\tl\tA dog")
    with pytest.raises(RunError, match=r"a\.jpg is in the splits train and val"):
        load_dataset(tmp_path)


def test_flickr8k(tmp_path: Path) -> None:
    photos(tmp_path / "Flicker8k_Dataset", "a.jpg", "b.jpg", "c.jpg")
    text = tmp_path / "Flickr8k_text"
    text.mkdir()
    (text / "Flickr8k.token.txt").write_text("a.jpg#0\tA dog .\na.jpg#1\tA brown dog .\nb.jpg#0\tA cat .\nc.jpg#0\tX\n")
    (text / "Flickr_8k.trainImages.txt").write_text("a.jpg\n")
    (text / "Flickr_8k.devImages.txt").write_text("b.jpg\n")
    data = load_dataset(tmp_path)
    assert data.split("train")[0].captions == ("A dog .", "A brown dog .")
    assert [photo.path.name for photo in data.split("val")] == ["b.jpg"]
    assert "" not in data.splits


def test_coco(tmp_path: Path) -> None:
    (tmp_path / "annotations").mkdir()
    for part, name in (("train2017", "1.jpg"), ("val2017", "2.jpg")):
        photos(tmp_path / part, name)
        content = {"images": [{"id": 7, "file_name": name}], "annotations": [{"image_id": 7, "caption": f"In {part}"}]}
        (tmp_path / "annotations" / f"captions_{part}.json").write_text(json.dumps(content))
    data = load_dataset(tmp_path)
    assert data.split("train")[0].captions == ("In train2017",)
    assert data.split("val")[0].path == tmp_path / "val2017/2.jpg"


def test_coco_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations/captions_val2017.json").write_text("[1, 2]")
    with pytest.raises(RunError, match="not in MS-COCO's captions format"):
        load_dataset(tmp_path)


def test_an_unknown_folder_names_the_layouts(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"known are captions\.tsv"):
        load_dataset(tmp_path)


def test_a_split_that_is_not_there(tmp_path: Path) -> None:
    photos(tmp_path / "images", "a.jpg")
    write_tsv(tmp_path, "train\ta.jpg\ts\tl\tA dog")
    with pytest.raises(RunError, match="no photos in its split 'val'"):
        load_dataset(tmp_path).split("val")


def test_one_photo_under_two_names_is_one(tmp_path: Path) -> None:
    photos(tmp_path / "images", "a.jpg")
    write_tsv(tmp_path, "train\ta.jpg\ts\tl\tA dog", "train\t./a.jpg\ts\tl\tTwo dogs")
    (photo,) = load_dataset(tmp_path).split("train")
    assert photo.captions == ("A dog", "Two dogs")
    write_tsv(tmp_path, "train\ta.jpg\ts\tl\tA dog", "val\t.//a.jpg\ts\tl\tTwo dogs")
    with pytest.raises(RunError, match=r"a\.jpg is in the splits train and val"):
        load_dataset(tmp_path)


def test_a_table_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    photos(tmp_path / "images", "a.jpg")
    (tmp_path / "captions.tsv").write_text("split\tfile\tcaption\ntrain\ta.jpg\tA dog\n", encoding="utf-8-sig")
    assert load_dataset(tmp_path).split("train")[0].captions == ("A dog",)


def test_a_line_that_no_table_has_is_named(tmp_path: Path) -> None:
    photos(tmp_path / "images", "a.jpg")
    write_tsv(tmp_path, "train\ta.jpg\ts\tl\tA dog", "train\ta.jpg\ts\tl\t" + "x" * 200_000)
    with pytest.raises(RunError, match="line 3: ") as found:
        load_dataset(tmp_path)
    assert "mend the line" in str(found.value)


def test_captions_in_another_encoding_are_refused(tmp_path: Path) -> None:
    (tmp_path / "captions.tsv").write_bytes("split\tfile\tcaption\ntrain\ta.jpg\tfête\n".encode("latin-1"))
    with pytest.raises(RunError, match="is not text in UTF-8"):
        load_dataset(tmp_path)


@pytest.mark.parametrize("caption", [None, 7, ["A dog"]])
def test_a_caption_that_is_no_text_is_refused(tmp_path: Path, caption: object) -> None:
    (tmp_path / "annotations").mkdir()
    content = {"images": [{"id": 7, "file_name": "1.jpg"}], "annotations": [{"image_id": 7, "caption": caption}]}
    (tmp_path / "annotations/captions_val2017.json").write_text(json.dumps(content))
    with pytest.raises(RunError, match="not in MS-COCO's captions format"):
        load_dataset(tmp_path)

"""``tagger explain``: the picture that it draws, and what it refuses. It writes no photo."""

from pathlib import Path

import numpy as np
import pytest
from captioning.pictures import jpeg, scene
from captioning.test_heatmaps import attending
from PIL import Image

from cli.conftest import Cli, snapshot, write
from tagger.captioning.heat_sheet import COLUMNS, TILE


def test_it_draws_the_photo_and_a_map_for_every_word(cli: Cli, photos: Path, tmp_path: Path) -> None:
    before, out = snapshot(photos), tmp_path / "maps.png"
    result = cli("explain", photos / "red.jpg", "--out", out)
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [f"{photos}/red.jpg: A red photo", f"{out}: 3 words by occlusion"]
    assert snapshot(photos) == before
    with Image.open(out) as sheet, Image.open(photos / "red.jpg") as photo:
        assert sheet.format == "PNG"
        wide = sheet.width // COLUMNS
        assert TILE < wide < TILE + 12
        left = np.asarray(sheet)[20:100, 20:200].mean(axis=(0, 1))
        np.testing.assert_allclose(left, np.asarray(photo.convert("RGB")).mean(axis=(0, 1)), atol=6)
        assert (np.asarray(sheet) < 40).all(axis=2).any()  # words


def test_attention_of_a_bundle_that_attends(cli: Cli, photos: Path, tmp_path: Path, own_bundle: Path) -> None:
    attending(own_bundle)
    for method, said in ((), "attention"), (("--method", "occlusion"), "occlusion"):
        out = tmp_path / f"{said}.png"
        result = cli("explain", photos / "red.jpg", "--out", out, "--bundle", own_bundle, *method)
        assert result.code == 0
        assert result.out.endswith(f"3 words by {said}\n")
    with Image.open(tmp_path / "attention.png") as sheet:
        word = np.asarray(sheet)[8:, TILE + 16 :][:TILE, :TILE].astype(int)
    high, wide = word.shape[0], word.shape[1]
    near, far = word[4 : high // 5, 4 : wide // 5].mean(), word[high // 3 : high // 2, 3 * wide // 4 : -12].mean()
    assert near > far + 20  # a red photo is looked at left above


@pytest.mark.parametrize("orientation", [1, 6])
def test_the_photo_is_shown_upright_in_its_proportions(cli: Cli, tmp_path: Path, orientation: int) -> None:
    path = tmp_path / "photo.jpg"
    write(path, jpeg(scene((120, 60)), orientation=orientation))
    assert cli("explain", path, "--out", tmp_path / "out.png").code == 0
    with Image.open(tmp_path / "out.png") as sheet:
        pixels = np.asarray(sheet)[8:, 8:]
    red, blue = pixels[20, 20].astype(int), pixels[100, 30].astype(int)
    assert red[0] > red[1] + 100
    assert blue[2] > blue[0] + 100
    assert (np.asarray(pixels)[122:140, 120:236] > 250).all()  # the picture is TILE x TILE / 2


def test_what_is_there_is_not_overwritten(cli: Cli, photos: Path, tmp_path: Path) -> None:
    before = snapshot(photos)
    png = tmp_path / "mine.png"
    png.write_bytes(b"mine")
    for out, cause in ((png, "exists already"), (photos / "red.jpg", "is not called .png")):
        result = cli("explain", photos / "red.jpg", "--out", out)
        assert result.code == 2
        assert cause in result.err
    assert png.read_bytes() == b"mine"
    assert snapshot(photos) == before


def test_what_cannot_be_done_is_one_line(cli: Cli, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff no")
    (tmp_path / "empty").mkdir()
    for arguments, cause in (
        ((tmp_path / "gone.jpg", "--out", out), "gone.jpg"),
        ((tmp_path / "empty", "--out", out), "name one photo"),
        ((tmp_path / "broken.jpg", "--out", out), "broken.jpg: "),
        ((photos / "red.jpg", "--out", tmp_path / "no" / "out.png"), "cannot be written"),
        ((photos / "red.jpg", "--out", out, "--method", "attention"), "no attention to show"),
    ):
        result = cli("explain", *arguments)
        assert result.code == 2
        assert cause in result.err
        assert len(result.err.splitlines()) == 1
    assert not out.exists()

"""``--quality`` and confidence, from the command line to photo, index and search."""

import dataclasses
import json
import subprocess
from pathlib import Path

import pytest
import tiny_bundle
from captioning.pictures import photo

from cli.conftest import Cli
from tagger import bootstrap
from tagger.captioning.reranking import Learned, Linear, Reranker
from tagger.config import Settings

CANDIDATES = {"default": {"beam_width": 4, "samples": 6, "temperature": 1.0}}
CANDIDATES |= {"best": {"beam_width": 6, "samples": 12, "temperature": 1.0}}


def write_learned(folder: Path, *, version: str = "1", review_below: float = 0.5, bias: float = 0.0) -> Path:
    """A bundle that prefers short captions that name the tags, and is sure of those that name probable ones."""
    tiny_bundle.write_bundle(
        folder,
        version=version,
        generation={"candidates": CANDIDATES, "review_below": {"default": review_below}, "right_from": 0.5},
    )
    rank = Linear(("tag_recall", "words"), (9.0, -1.0), (0.0, 0.0), (1.0, 1.0))
    sure = Linear(("tag_log_odds",), (1.0,), (0.0,), (1.0,), bias - 1)
    reranker = Reranker({name: Learned(rank, sure) for name in CANDIDATES}, {"red": 0.2}, 5.0, 0.0)
    tiny_bundle.replace_file(folder, "reranker.json", reranker.to_json().encode())
    return folder


@pytest.fixture
def learned(tmp_path: Path) -> Path:
    return write_learned(tmp_path / "learned")


def red_and_grey(photos: Path) -> Path:
    (photos / "grey.jpg").write_bytes(photo(tiny_bundle.COLOURS["grey"], size=(64, 48)))
    return photos


def by_name(records: list[dict[str, object]]) -> dict[str, dict[str, object]]:
    return {Path(str(record["path"])).name: record for record in records}


def test_the_caption_depends_on_the_quality(cli: Cli, photos: Path, learned: Path) -> None:
    said = {}
    for quality in ("fast", "default", "best"):
        records = cli("tag", "--bundle", learned, "--quality", quality, "--dry-run", "--json", photos).records
        said[quality] = {name: record["caption"] for name, record in by_name(records).items()}
    assert said["fast"] != said["default"]
    assert said["fast"]["red.jpg"] == "A red photo"
    assert said["default"]["red.jpg"] == "A red"


def test_the_settings_say_it_too(cli: Cli, photos: Path, learned: Path, settings_file: Path) -> None:
    settings_file.write_text(f'bundle = "{learned}"\nquality = "fast"\n')
    records = by_name(cli("tag", "--dry-run", "--json", photos).records)
    assert records["red.jpg"]["caption"] == "A red photo"
    settings_file.write_text('quality = "good"\n')
    failed = cli("tag", photos)
    assert failed.code == 2
    assert 'quality = "good" is not allowed' in failed.err
    assert "fast" in failed.err


def test_another_quality_is_another_result(cli: Cli, photos: Path, learned: Path) -> None:
    assert set(cli("tag", "--bundle", learned, "--json", photos).outcomes.values()) == {"captioned"}
    assert set(cli("tag", "--bundle", learned, "--json", photos).outcomes.values()) == {"unchanged"}
    again = cli("tag", "--bundle", learned, "--quality", "fast", "--json", photos)
    assert by_name(again.records)["red.jpg"]["caption"] == "A red photo"
    # What was said before is kept: going back asks no model, and says the same.
    back = cli("tag", "--bundle", learned, "--json", photos)
    assert by_name(back.records)["red.jpg"]["caption"] == "A red"
    first = cli("tag", "--bundle", learned, "--dry-run", "--json", photos).records
    assert by_name(back.records)["red.jpg"]["score"] == by_name(first)["red.jpg"]["score"]


def test_learning_anew_is_another_result(photos: Path, tmp_path: Path) -> None:
    one, other = (
        bootstrap.make_captioner(Settings(bundle=write_learned(tmp_path / name, bias=bias)))
        for name, bias in (("one", 0.0), ("other", 1.0))
    )
    assert one.model_id == other.model_id
    assert one.fingerprint != other.fingerprint
    plain = bootstrap.make_captioner(Settings(bundle=tiny_bundle.write_bundle(tmp_path / "plain")))
    assert plain.fingerprint == "beam 3 0.7"


def test_a_bundle_that_did_not_learn_says_so(cli: Cli, photos: Path) -> None:
    done = cli("tag", "--quality", "best", "--dry-run", photos)
    assert "tiny 1 did not learn to choose among captions: best is a beam of 5 here" in done.err
    assert "did not learn" not in cli("tag", "--quality", "default", "--dry-run", photos).err


def test_quality_is_of_the_beam(cli: Cli, photos: Path) -> None:
    done = cli("tag", "--quality", "best", "--decoding", "greedy", photos)
    assert done.code == 2
    assert "--quality best is of --decoding beam" in done.err


def test_what_the_bundle_is_not_sure_of_waits(cli: Cli, photos: Path, learned: Path) -> None:
    red_and_grey(photos)
    records = by_name(cli("tag", "--bundle", learned, "--json", photos).records)
    sure = {name: float(str(record["score"])) for name, record in records.items()}
    assert sure["red.jpg"] > 0.5 > sure["grey.jpg"]
    assert (records["red.jpg"]["state"], records["grey.jpg"]["state"]) == ("machine", "review")
    waiting = cli("search", "--library", photos, "--json", "state:review").records
    assert {Path(record["path"]).name for record in waiting} == {name for name, s in sure.items() if s < 0.5}
    found = cli("search", "--library", photos, "--json", "score<0.5").records
    assert {Path(record["path"]).name for record in found} == {name for name, s in sure.items() if s < 0.5}
    shown = json.loads(cli("show", "--json", photos / "red.jpg").out)
    assert shown["score"] == pytest.approx(sure["red.jpg"], abs=1e-3)


def test_a_caption_that_waits_is_not_written_until_it_is_approved(cli: Cli, photos: Path, learned: Path) -> None:
    red_and_grey(photos)
    done = cli("tag", "--bundle", learned, "-v", photos)
    grey = next(line for line in done.out.splitlines() if "grey.jpg" in line)
    assert grey.endswith("(not sure: the caption waits for you)")
    red = next(line for line in done.out.splitlines() if "red.jpg" in line)
    assert "(not sure" not in red

    def in_the_file(name: str) -> str:
        return str(json.loads(cli("show", "--json", photos / name).out)["in the file"])

    assert (in_the_file("red.jpg"), in_the_file("grey.jpg")) == ("A red", "")
    before = (photos / "grey.jpg").read_bytes()
    said = json.loads(cli("show", "--json", photos / "grey.jpg").out)["caption"]
    assert cli("tag", "--bundle", learned, photos).code == 0
    assert (photos / "grey.jpg").read_bytes() == before
    assert cli("approve", photos / "grey.jpg").code == 0
    assert in_the_file("grey.jpg") == said
    # What was written before it was in doubt goes again.
    cli("tag", "--bundle", learned, "--review-below", "0.9999", photos / "red.jpg")
    waits = json.loads(cli("show", "--json", photos / "red.jpg").out)["state"] == "review"
    assert in_the_file("red.jpg") == ("" if waits else "A red")


def test_the_user_goes_before_the_bundle(cli: Cli, photos: Path, learned: Path) -> None:
    red_and_grey(photos)
    cli("tag", "--bundle", learned, "--review-below", "0", photos)
    assert cli("search", "--library", photos, "--json", "state:review").records == []
    cli("tag", "--bundle", learned, "--review-below", "0.9999", photos)
    assert cli("search", "--library", photos, "--json", "state:review").records


def test_confidence_is_in_the_photo_and_comes_back_out_of_it(cli: Cli, photos: Path, learned: Path) -> None:
    records = by_name(cli("tag", "--bundle", learned, "--json", photos).records)
    command = ["exiftool", "-X", str(photos / "red.jpg")]
    assert "Confidence" in subprocess.run(command, capture_output=True, text=True, check=True).stdout
    (photos / ".tagger/index.db").unlink()
    assert cli("index", "rebuild", photos).code == 0
    shown = json.loads(cli("show", "--json", photos / "red.jpg").out)
    assert shown["score"] == pytest.approx(records["red.jpg"]["score"], abs=1e-3)


def test_a_person_s_words_have_no_confidence(cli: Cli, photos: Path, learned: Path) -> None:
    cli("tag", "--bundle", learned, photos)
    assert cli("edit", photos / "red.jpg", "--caption", "mine").code == 0
    shown = json.loads(cli("show", "--json", photos / "red.jpg").out)
    assert shown["score"] is None
    assert cli("undo", "--library", photos).code == 0
    assert json.loads(cli("show", "--json", photos / "red.jpg").out)["score"] is not None


def test_info_says_what_is_chosen_from(cli: Cli, learned: Path) -> None:
    shown = cli("bundle", "info", learned).out
    assert "default: the best of a beam of 4 and 6 drawn; under a score of 0.5 it waits for you" in shown
    assert "best: the best of a beam of 6 and 12 drawn" in shown


def test_compare_takes_it(cli: Cli, photos: Path, learned: Path) -> None:
    done = cli("compare", photos, "--bundles", learned, "--quality", "fast")
    assert "A red photo" in done.out


def test_captions_that_other_machines_made_wait_too(cli: Cli, photos: Path, learned: Path, tmp_path: Path) -> None:
    red_and_grey(photos)
    results = tmp_path / "shard.jsonl"
    assert cli("tag", "--bundle", learned, "--results", results, photos).code == 0
    lines = [json.loads(line) for line in results.read_text().splitlines()]
    assert all(0 <= line["confidence"] <= 1 for line in lines)
    settings = photos / ".tagger/tagger.toml"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(f'bundle = "{learned}"\n')
    assert cli("apply", results, "--library", photos).code == 0
    waiting = {Path(r["path"]).name for r in cli("search", "--library", photos, "--json", "state:review").records}
    assert "grey.jpg" in waiting
    assert "red.jpg" not in waiting


def test_settings_are_what_a_run_without_options_uses() -> None:
    fields = {field.name: field.default for field in dataclasses.fields(Settings)}
    assert (fields["quality"], fields["review_below"]) == ("default", None)


def test_a_run_says_how_many_captions_wait(cli: Cli, photos: Path, learned: Path) -> None:
    red_and_grey(photos)
    waiting = f"waiting for you: tagger search state:review --library {photos}"
    assert "waiting" not in cli("tag", "--bundle", learned, "--dry-run", photos).err
    done = cli("tag", "--bundle", learned, photos)
    count = len(cli("search", "--library", photos, "--json", "state:review").records)
    assert f"{count} not sure, {waiting}" in done.err
    assert count >= 1
    assert "waiting" not in cli("tag", "--bundle", learned, photos).err

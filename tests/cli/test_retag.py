"""``tagger retag``: ours is made anew, what others said stays, and nothing is done twice."""

import io
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import tiny_bundle
from captioning.pictures import photo
from tiny_bundle import COLOURS

from cli.conftest import Cli, make_newer, snapshot, write
from tagger.captioning.captioner import OnnxCaptioner
from tagger.cli import retag
from tagger.core.records import State
from tagger.metadata import document
from tagger.metadata.contents import Contents
from tagger.retagging import Extent


@pytest.fixture
def tagged(cli: Cli, photos: Path) -> Path:
    cli("tag", photos)
    return photos


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A bundle of another model: without capitals, and red is called scarlet."""
    folder = tiny_bundle.write_bundle(tmp_path / "other", version="2", text={"case": "lower"})
    tiny_bundle.replace_file(folder, "tags.tsv", tiny_bundle.TAGS.replace("\nred\t", "\nscarlet\t").encode())
    return folder


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many photos the model was asked about, call by call."""
    calls: list[int] = []
    generate = OnnxCaptioner.generate

    def counted(self: OnnxCaptioner, batch: Any) -> Any:
        calls.append(len(batch))
        return generate(self, batch)

    monkeypatch.setattr(OnnxCaptioner, "generate", counted)
    return calls


def contents(path: Path) -> Contents:
    return document.parse(path, path.read_bytes()).contents


def row(cli: Cli, folder: Path, name: str) -> dict[str, Any]:
    records = cli("search", "--json", "", "--library", folder).records
    return next(record for record in records if record["path"].endswith(name))


def test_only_ours_is_replaced(cli: Cli, photos: Path, other: Path) -> None:
    (photos / "green.jpg").unlink()
    red = photos / "red.jpg"
    cli("tag", photos)
    was = contents(red).provenance
    result = cli("retag", "--json", "--bundle", other, "--library", photos)
    assert (result.code, result.outcomes) == (0, {"red.jpg": "captioned", "blue.jpg": "captioned"})
    now = contents(red)
    assert (now.provenance.model, now.provenance.caption) == ("tiny 2", was.caption.lower())
    assert now.xmp.description == was.caption.lower()
    assert sorted(now.xmp.keywords) == ["colour", "scarlet", "warm"]  # the old word is gone
    assert cli("search", "tag:red", "--library", photos).out == ""
    (run, *_) = cli("history", "--json", "--library", photos).records
    assert (run["action"], run["changes"]) == ("retag", 2)
    before = cli("undo", "--library", photos)
    assert before.err == "2 restored\n"
    assert contents(red).provenance == was


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="ExifTool is another program here")
@pytest.mark.parametrize("policy", ["keep", "replace", "append"])
def test_what_others_wrote_stays(cli: Cli, photos: Path, other: Path, settings_file: Path, policy: str) -> None:
    settings_file.write_text(settings_file.read_text() + f'caption_policy = "{policy}"\n')
    cli("tag", photos)
    red = photos / "red.jpg"
    subprocess.run(
        ["exiftool", "-q", "-overwrite_original", "-XMP-dc:Description=Aunt Mary", "-XMP-dc:Subject+=sea", red],
        check=True,
    )
    assert cli("retag", "--bundle", other, "--library", photos).code == 0
    now = contents(red)
    assert now.xmp.description.split("\n")[0] == "Aunt Mary"
    assert {"sea", "scarlet"} <= set(now.xmp.keywords)
    assert "red" not in now.xmp.keywords
    assert now.provenance.model == "tiny 2"


def test_decided_photos_stay(cli: Cli, tagged: Path, other: Path) -> None:
    cli("approve", tagged / "red.jpg")
    cli("edit", "--caption", "Mine", tagged / "green.jpg")
    before = snapshot(tagged)
    result = cli("retag", "--json", "--bundle", other, "--library", tagged)
    assert result.outcomes == {"blue.jpg": "captioned"}
    assert "1 of 3 photos to caption again" in result.err
    assert "2 need nothing, or stay as a person decided" in result.err
    result = cli("retag", "--json", "--no-keep-approved", "--bundle", other, "--library", tagged)
    assert result.outcomes == {"red.jpg": "captioned"}
    assert contents(tagged / "red.jpg").provenance.state is State.MACHINE
    assert snapshot(tagged)["green.jpg"] == before["green.jpg"]


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        ((), {"red.jpg", "green.jpg", "blue.jpg"}),
        (("--where", "tag:warm"), {"red.jpg"}),
        (("--where", "-tag:warm path:sub"), {"blue.jpg"}),
        (("--other-model",), {"red.jpg", "green.jpg", "blue.jpg"}),
        (("--other-model", "--where", "tag:nothing"), set()),
        (("--older-than", "2000-01-01"), set()),
        (("--older-than", "2999"), {"red.jpg", "green.jpg", "blue.jpg"}),
        (("--missing-caption",), set()),
        (("--score-below", "1"), {"red.jpg", "green.jpg", "blue.jpg"}),
        (("--score-below", "0.0001"), set()),
        (("--changed",), {"green.jpg"}),
        (("--failed",), set()),
        (("--limit", "2"), {"green.jpg", "red.jpg"}),
    ],
    ids=str,
)
def test_which_photos(cli: Cli, tagged: Path, other: Path, choice: tuple[str, ...], found: set[str]) -> None:
    os.utime(tagged / "green.jpg", (1, 1))
    result = cli("retag", "--json", "--bundle", other, "--library", tagged, *choice)
    assert (result.code, set(result.outcomes)) == (0, found)
    assert set(result.outcomes.values()) <= {"captioned"}
    if not found:
        assert result.err.endswith("nothing to do\n")


def test_by_path(cli: Cli, tagged: Path, other: Path) -> None:
    assert set(cli("retag", "--json", "--bundle", other, tagged / "sub").outcomes) == {"blue.jpg"}
    assert set(cli("retag", "--json", "--bundle", other, tagged / "red.jpg", tagged / "sub").outcomes) == {"red.jpg"}


def test_the_same_model_has_nothing_to_do(cli: Cli, tagged: Path, asked: list[int]) -> None:
    before = snapshot(tagged)
    result = cli("retag", "--library", tagged)
    assert (result.code, result.out) == (0, "")
    assert "0 of 3 photos to caption again; 3 need nothing" in result.err
    assert (asked, snapshot(tagged)) == ([], before)
    assert "no photo matches" in cli("retag", "--where", "giraffe", "--library", tagged).err


def test_nothing_is_asked_twice(cli: Cli, tagged: Path, other: Path, asked: list[int], settings_file: Path) -> None:
    first = snapshot(tagged, times=False)
    cli("retag", "--bundle", other, "--library", tagged)
    assert sum(asked) == 3
    asked.clear()
    result = cli("retag", "--library", tagged)  # back to the first bundle
    assert "3 of 3 photos to caption again (3 without asking the model)" in result.err
    assert row(cli, tagged, "red.jpg")["model"] == "tiny 1"
    cli("undo", "--library", tagged)
    cli("retag", "--library", tagged)
    settings_file.write_text(settings_file.read_text() + '[tags]\ndeny = ["warm"]\n')
    cli("retag", "--library", tagged)
    assert "warm" not in contents(tagged / "red.jpg").xmp.keywords
    settings_file.write_text(settings_file.read_text().replace('deny = ["warm"]', ""))
    cli("tag", tagged)
    assert asked == []
    assert {name: contents(tagged / name).xmp for name in first} == {
        name: contents(tagged / name).xmp for name in first
    }
    assert "warm" in contents(tagged / "red.jpg").xmp.keywords
    cli("clean", tagged)
    assert cli("tag", tagged).err.startswith("3 captioned")
    assert asked == []


def test_failed_photos(cli: Cli, tagged: Path) -> None:
    sound = photo(COLOURS["grey"])
    bad = write(tagged / "bad.jpg", sound[: len(sound) // 2])
    gone = write(tagged / "gone.jpg", b"\xff\xd8 nothing")
    result = cli("tag", "--json", tagged)
    assert {name for name, outcome in result.outcomes.items() if outcome == "failed"} == {"bad.jpg", "gone.jpg"}
    result = cli("retag", "--failed", "--json", "--library", tagged)
    assert (result.code, set(result.outcomes)) == (1, {"bad.jpg", "gone.jpg"})
    gone.unlink()
    bad.write_bytes(sound)
    result = cli("retag", "--failed", "--json", "--library", tagged)
    assert (result.code, result.outcomes) == (0, {"bad.jpg": "captioned", "gone.jpg": "skipped"})
    assert "no photo matches" in cli("retag", "--failed", "--library", tagged).err


def test_gone_photos_are_skipped(cli: Cli, tagged: Path, other: Path) -> None:
    (tagged / "red.jpg").unlink()
    result = cli("retag", "--bundle", other, "--library", tagged)
    assert result.code == 0
    assert "2 of 3 photos to caption again; 1 not there any more" in result.err
    assert "red.jpg: skipped: is not there any more (tagger index prune forgets it)" in result.out


def test_dry_run(cli: Cli, tagged: Path, other: Path, tmp_path: Path) -> None:
    before, report = snapshot(tagged), tmp_path / "report.csv"
    result = cli("retag", "--dry-run", "--diff", report, "--bundle", other, "--library", tagged)
    assert "+ XMP tagger:Model: tiny 2" in result.out
    assert result.err.endswith("would be: 3 captioned\n")
    assert snapshot(tagged) == before
    assert len(report.read_text(encoding="utf-8").splitlines()) == 4
    assert set(cli("tag", "--json", tagged).outcomes.values()) == {"unchanged"}


def test_before_and_after(cli: Cli, tagged: Path, other: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    result = cli("retag", "--diff", page, "--bundle", other, "--library", tagged)
    assert f"before and after: {page}" in result.err
    text = page.read_text(encoding="utf-8")
    assert text.count("data:image/jpeg;base64,") == 3
    assert re.search(r"<del>red</del>.*<ins>scarlet</ins>", text)
    again = cli("retag", "--diff", page, "--library", tagged)
    assert (again.code, "is there already" in again.err) == (2, True)


def test_bad_input(cli: Cli, tagged: Path, tmp_path: Path) -> None:
    for arguments, complaint in (
        (("--older-than", "yesterday"), "is not a date"),
        (("--where", '"dog'), "quote"),
        (("--failed", "--changed"), "goes with no other choice"),
        (("--limit", "0"), "must not be below 1"),
        (("--review-below", "2"), "from 0 to 1"),
        (("--bundle", tmp_path / "no"), "bundle"),
        (("--diff", tmp_path / "no.pdf"), "a page or a table"),
    ):
        result = cli("retag", "--library", tagged, *arguments)
        assert result.code == 2
        assert complaint in result.err
    assert cli("retag", tmp_path).code == 2
    make_newer(tagged / ".tagger/index.db")
    assert "newer version" in cli("retag", "--library", tagged).err


def test_interrupted_and_resumed(cli: Cli, photos: Path, other: Path, tmp_path: Path) -> None:
    """What was done stays done; the same command does the rest."""
    for number in range(60):
        write(photos / f"{number:03}.jpg", photo((number * 4, 255 - number * 4, 90)))
    cli("tag", photos)
    arguments = ["retag", "--json", "--bundle", str(other), "--library", str(photos), "--batch-size", "1"]
    said = tmp_path / "said"
    with said.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tagger", *arguments], stdout=out, stderr=subprocess.PIPE, text=True
        )
        while not said.stat().st_size:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
    done = said.read_text().count("\n")
    assert process.returncode == 1
    assert "stopped; run the same command again" in err
    assert done < 63
    result = cli(*arguments)
    assert (result.code, len(result.records)) == (0, 63 - done)
    assert {record["outcome"] for record in result.records} == {"captioned"}
    assert set(cli("tag", "--json", "--bundle", other, photos).outcomes.values()) == {"unchanged"}


def test_unsure_captions_wait(cli: Cli, photos: Path) -> None:
    cli("tag", "--review-below", "1", photos)
    assert {row(cli, photos, name)["state"] for name in ("red.jpg", "blue.jpg")} == {"review"}
    assert contents(photos / "red.jpg").provenance.state is State.REVIEW
    assert set(cli("tag", "--json", photos).outcomes.values()) == {"unchanged"}  # they go on waiting
    assert contents(photos / "red.jpg").provenance.state is State.REVIEW
    assert row(cli, photos, "red.jpg")["state"] == "review"
    assert cli("approve", "--where", "state:review", "--library", photos).err.startswith("3 approved")
    assert set(cli("tag", "--json", "--review-below", "1", photos).outcomes.values()) == {"unchanged"}


@pytest.mark.parametrize(
    ("answer", "done"), [("y\n", True), ("YES\n", True), ("n\n", False), ("\n", False), ("", False)]
)
def test_many_photos_are_asked_about(
    cli: Cli, tagged: Path, other: Path, monkeypatch: pytest.MonkeyPatch, answer: str, *, done: bool
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(retag, "_ASKED_FROM", 2)
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    result = cli("retag", "--bundle", other, "--library", tagged)
    assert "caption 3 photos again? [y/N]" in result.err
    assert ("3 captioned" in result.err) is done
    assert contents(tagged / "red.jpg").provenance.model == ("tiny 2" if done else "tiny 1")
    monkeypatch.setattr("sys.stdin", Terminal())
    assert "[y/N]" not in cli("retag", "--yes", "--bundle", other, "--library", tagged).err


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(5, "less than a minute"), (80, "about a minute"), (600, "about 10 minutes"), (9000, "about 2.5 hours")],
)
def test_how_long(seconds: float, text: str) -> None:
    said = retag._announced(Extent(10, 10, 10), Path("/photos"), 10 / seconds)
    assert said == f"/photos: 10 of 10 photos to caption again, {text}"

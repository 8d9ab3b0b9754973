"""``tagger eval`` on tiny bundles: one model, several side by side, train against validation, pages for people."""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
import tiny_bundle
import tiny_hub
from captioning.pictures import photo
from PIL import Image
from tiny_bundle import COLOURS

from tagger.captioning.bundle import load_bundle
from tagger.core.errors import BundleError, RunError

pytest.importorskip("pycocoevalcap", reason="the extra train is not installed")

Evaluate = Callable[..., "tuple[int, str, str]"]


@pytest.fixture(scope="module")
def colours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set: 20 photos of one colour each for validation, 12 for training, 4 of those with one caption."""
    folder = tmp_path_factory.mktemp("colours")
    (folder / "images").mkdir()
    lines = ["split\tfile\tsource\tlicence\tcaption"]
    for split, count in (("val", 20), ("train", 12)):
        for i in range(count):
            name, colour = list(COLOURS.items())[i % 4]
            (folder / "images" / f"{split}{i}.jpg").write_bytes(photo(colour, seed=i))
            texts = [f"a {name} photo", f"a photo of a {name} wall", f"the {name} sky"]
            lines += [
                f"{split}\t{split}{i}.jpg\t-\t-\t{text}" for text in texts[: 1 if split == "train" and i < 4 else 3]
            ]
    (folder / "captions.tsv").write_text("".join(line + "\n" for line in lines))
    return folder


@pytest.fixture(scope="module")
def terse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny bundle, which says two words only, and has a name that is HTML."""
    return tiny_bundle.write_bundle(tmp_path_factory.mktemp("terse") / "terse", text={"max_length": 2})


@pytest.fixture
def evaluate(capsys: pytest.CaptureFixture[str], colours: Path, monkeypatch: pytest.MonkeyPatch) -> Evaluate:
    from tagger_export.command import evaluate as command

    monkeypatch.setenv("PATH", "")  # no Java, which takes ten seconds to start

    def run(*arguments: object, data: Path = colours) -> tuple[int, str, str]:
        code = command([str(argument) for argument in (*arguments, "--data", data)])
        return (code, *capsys.readouterr())

    return run


class Page(HTMLParser):
    """What a page is made of: its tags, what runs in it, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_one_bundle(evaluate: Evaluate, bundle_folder: Path) -> None:
    code, out, _ = evaluate(bundle_folder, "--json")
    scores = json.loads(out)
    assert code == 0
    assert scores["photos"] == 20
    assert scores["shared"] == 1.0  # four colours, four captions
    assert scores["wrong_articles"] == scores["repeating"] == 0
    assert scores["tags_a_photo"] > 1
    assert 0 < scores["untagged"] < 0.5  # grey
    assert scores["cider_of_surest"] > 0
    assert scores["encoder_busy_ms"] > 0 < scores["after_encoder_ms"]
    assert scores["confidence_calibrated"] is False
    assert sum(each["captions"] for each in scores["reliability"]) == 20
    code, out, _ = evaluate(bundle_folder)
    assert "photos that share their caption" in out
    assert "after the encoder" in out


def test_a_bundle_needs_no_tensorflow(bundle_folder: Path, colours: Path) -> None:
    program = (
        "import sys; from tagger_export.command import evaluate; "
        "evaluate(sys.argv[1:]); print(sorted({'keras', 'tensorflow'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program, str(bundle_folder), "--data", str(colours), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PATH": ""}, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_three_bundles(evaluate: Evaluate, bundle_folder: Path, terse: Path, tmp_path: Path) -> None:
    third = tiny_bundle.write_bundle(tmp_path / "third", text={"max_length": 3})
    code, out, _ = evaluate(
        "--bundles", terse, bundle_folder, third, "--html", tmp_path / "three.html", "--sample", "9"
    )
    assert code == 0
    assert re.findall(r"^(\w+) less terse: ", out, re.MULTILINE) == ["tiny", "third"]
    headings = re.findall(r"<h2>(.*?)</h2>", (tmp_path / "three.html").read_text())
    assert headings[3:] == [
        "terse better than tiny", "tiny better than terse", "terse better than third", "third better than terse",
    ]  # fmt: skip


def test_a_sample_of_the_photos(evaluate: Evaluate, bundle_folder: Path, tmp_path: Path) -> None:
    captions = tmp_path / "captions.txt"
    _, out, _ = evaluate(bundle_folder, "--json", "--sample", "8", "--split", "train", "--captions", captions)
    assert json.loads(out)["photos"] == 8
    assert len(captions.read_text().splitlines()) == 8


def test_the_confidence_that_a_bundle_states(evaluate: Evaluate, tmp_path: Path) -> None:
    stated = {"review_below": {"default": 0.4}, "right_from": 0.25}
    bundle = tiny_bundle.write_bundle(tmp_path / "stated", generation=stated)
    scores = json.loads(evaluate(bundle, "--json")[1])
    assert (scores["threshold"], scores["right_from_cider"]) == (0.4, 0.25)
    assert 0 <= scores["share_written"] <= 1
    assert "threshold" not in json.loads(evaluate(bundle, "--json", "--method", "greedy")[1])


def test_several_bundles_side_by_side(evaluate: Evaluate, bundle_folder: Path, terse: Path, tmp_path: Path) -> None:
    page = tmp_path / "both.html"
    code, out, _ = evaluate("--bundles", bundle_folder, terse, "--json", "--html", page)
    found = json.loads(out)
    assert code == 0
    assert [each["model"] for each in found["bundles"]] == ["tiny", "terse"]
    first, other = (each["cider"] for each in found["bundles"])
    (difference,) = found["differences"]
    assert (difference["model"], difference["against"]) == ("terse", "tiny")
    assert difference["cider"] == pytest.approx(other - first, abs=2e-4)
    assert difference["low"] <= difference["cider"] <= difference["high"]
    text = page.read_text(encoding="utf-8")
    better = text.split("tiny better than terse</h2>")[1].split("<h2>")[0]
    ahead = [
        float(mine) - float(its)
        for mine, its in (re.findall(r"CIDEr ([\d.]+)", part) for part in better.split("<article>")[1:])
    ]
    assert ahead == sorted(ahead, reverse=True)
    assert len(ahead) == difference["photos_worse"] > 0
    assert "A red photo" in better
    assert "<dt>terse</dt>" in better
    assert "a photo of a red wall" in better  # what people wrote
    assert text.count("data:image/jpeg;base64,") == difference["photos_worse"] + difference["photos_better"]
    assert "<svg" in text
    assert "script" not in Page(text).tags
    code, out, _ = evaluate("--bundles", bundle_folder, terse)
    assert re.search(
        r"^terse less tiny: CIDEr-D -[\d.]+ \(-[\d.]+ to -[\d.]+\), the interval at 95 %$", out, re.MULTILINE
    )


def test_an_imported_bundle_beside_ours_by_its_name(
    evaluate: Evaluate, bundle_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("tokenizers", reason="the extra hub is not installed")
    from tagger.captioning.hub_folder import read_hub_folder
    from tagger.captioning.importing import import_bundle

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    models = tmp_path / "share/tagger/models"
    models.mkdir(parents=True)
    export = tiny_hub.write_export(tmp_path / "export")
    import_bundle(read_hub_folder(export), models / "theirs", name="theirs", tags_from=load_bundle(bundle_folder))
    code, out, _ = evaluate("--bundles", bundle_folder, "theirs", "--json")
    found = json.loads(out)
    assert code == 0
    assert [each["model"] for each in found["bundles"]] == ["tiny", "theirs"]
    assert found["bundles"][1]["cider"] > 0
    assert found["bundles"][1]["tags_a_photo"] > 1
    assert json.loads(evaluate("theirs", "--json")[1])["photos"] == 20


def test_photos_that_cannot_be_read_count_for_no_model(
    evaluate: Evaluate, bundle_folder: Path, terse: Path, colours: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    (own / "images").mkdir(parents=True)
    (own / "captions.tsv").write_bytes((colours / "captions.tsv").read_bytes())
    for path in (colours / "images").iterdir():
        (own / "images" / path.name).write_bytes(path.read_bytes())
    (own / "images/val3.jpg").write_bytes(b"no photo")
    code, out, err = evaluate("--bundles", bundle_folder, terse, "--json", data=own)
    assert code == 1
    assert err.count("val3.jpg") == 1
    assert [each["photos"] for each in json.loads(out)["bundles"]] == [19, 19]


def test_the_gap_between_train_and_validation(evaluate: Evaluate, bundle_folder: Path) -> None:
    code, out, _ = evaluate(bundle_folder, "--gap", "--json")
    found = json.loads(out)
    assert code == 0
    assert {split: scores["photos"] for split, scores in found["splits"].items()} == {"val": 20, "train": 8}
    ciders = {split: scores["cider"] for split, scores in found["splits"].items()}
    assert found["gap"]["cider"] == pytest.approx(ciders["train"] - ciders["val"], abs=2e-4)
    assert found["gap"]["error"] == 0  # every photo scores the same
    assert "train less val: CIDEr-D " in evaluate(bundle_folder, "--gap", "--sample", "5")[1]
    with pytest.raises(RunError, match="between the split train and another"):
        evaluate(bundle_folder, "--gap", "--split", "train")


def test_a_page_to_judge_by(evaluate: Evaluate, bundle_folder: Path, tmp_path: Path) -> None:
    page, again = tmp_path / "judge.html", tmp_path / "again.html"
    code, out, _ = evaluate(
        bundle_folder, "--judge", "13", "--seed", "5", "--html", page, "--sheet", tmp_path / "s.png"
    )
    assert code == 0
    assert out.splitlines() == [str(page), str(tmp_path / "s-1.png"), str(tmp_path / "s-2.png")]
    text = page.read_text(encoding="utf-8")
    assert text.count("<article ") == text.count("data:image/jpeg;base64,") == 13
    assert text.count('data-verdict="half"') == 13
    assert 'data-tag="red"' in text
    assert "http" not in text.replace("http-equiv", "")
    (script,) = re.findall(r"<script>(.*)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in text
    evaluate(bundle_folder, "--judge", "13", "--seed", "5", "--html", again)
    assert re.findall(r"data-photo=\"(.*?)\"", again.read_text()) == re.findall(r"data-photo=\"(.*?)\"", text)
    with Image.open(tmp_path / "s-1.png") as sheet, Image.open(tmp_path / "s-2.png") as last:
        assert sheet.width > 3 * last.width  # four columns; the thirteenth photo is alone
        assert min(low for low, _ in last.getextrema()) < 100  # not all of it is white


def test_file_names_and_captions_are_text_only(evaluate: Evaluate, colours: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "images").mkdir(parents=True)
    name = '=1+1 <img src=x onerror=alert(1)>&".jpg'
    (own / "images" / name).write_bytes(photo(COLOURS["red"]))
    (own / "images/two.jpg").write_bytes(photo(COLOURS["blue"]))
    rows = [f"val\t{name}\t-\t-\ta <b>red</b> photo", "val\ttwo.jpg\t-\t-\ta blue photo"]
    (own / "captions.tsv").write_text("split\tfile\tsource\tlicence\tcaption\n" + "".join(f"{row}\n" for row in rows))
    odd = tiny_bundle.write_bundle(tmp_path / "<script>", text={"max_length": 2})
    ours = tiny_bundle.write_bundle(tmp_path / "ours")
    pages = [tmp_path / f"{i}.html" for i in range(3)]
    evaluate(odd, "--html", pages[0], "--json", data=own)
    evaluate("--bundles", ours, odd, "--html", pages[1], "--json", data=own)
    evaluate(odd, "--judge", "2", "--html", pages[2], data=own)
    for number, page in enumerate(pages):
        parsed = Page(page.read_text(encoding="utf-8"))
        assert parsed.tags.count("script") == (number == 2)
        assert "b" not in parsed.tags or number == 2  # the count on the page to judge by
        assert any("<img src=x onerror=alert(1)>" in text for text in parsed.texts)
        assert "onerror" not in re.sub(r"(&lt;img|<script>).*?(&gt;|</script>)", "", page.read_text(), flags=re.DOTALL)
    assert 'data-photo="&#x27;=1+1' in pages[2].read_text()  # no formula for a spreadsheet


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (["--bundles", "a", "b", "c", "model"], "no model bundle at"),
        (["{tiny}", "--bundles", "{tiny}"], "name one MODEL, or several"),
        ([], "name one MODEL, or several"),
        (["{tiny}", "--judge", "3"], "--judge needs --html FILE or --sheet FILE"),
        (["{tiny}", "--judge", "3", "--html", "x.html", "--json"], "--judge does not go with --json"),
        (["{tiny}", "--sheet", "x.png"], "--sheet goes with --judge"),
        (["{tiny}", "--gap", "--html", "x.html"], "--gap is of one model"),
        (["{tiny}", "--judge", "0"], "must be 1 or more"),
        (["--bundles", "{tiny}", "{tiny}"], "named twice"),
        (["{tiny}", "--html", "x.jpg"], "is not called .html"),
        (["{tiny}", "--judge", "3", "--sheet", "x.jpg"], "is not called .png"),
        (["{tiny}", "--split", "none"], "no photos in its split 'none'"),
    ],
)
def test_what_does_not_go_together(
    evaluate: Evaluate,
    bundle_folder: Path,
    arguments: list[str],
    cause: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises((RunError, SystemExit)) as raised:
        evaluate(*(argument.format(tiny=bundle_folder) for argument in arguments))
    said = str(raised.value) if isinstance(raised.value, RunError) else capsys.readouterr().err
    assert cause in said
    assert "Traceback" not in said
    assert not list(tmp_path.iterdir())


def test_a_missing_model_is_named_before_any_work(evaluate: Evaluate, bundle_folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    with pytest.raises(BundleError, match="no model bundle at"):
        evaluate("--bundles", bundle_folder, tmp_path / "none", "--html", page)
    page.write_text("mine")
    with pytest.raises(RunError, match="is there already"):
        evaluate(bundle_folder, "--html", page)
    assert page.read_text() == "mine"

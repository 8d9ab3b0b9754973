"""``tagger tags``, and what rules in the settings do to a run."""

import json
from pathlib import Path

import pytest
import tiny_bundle

from cli.conftest import Cli, Result, snapshot
from tagger.bootstrap import DEFAULT_BUNDLE


@pytest.fixture
def rules(photos: Path) -> Path:
    """The library's own settings; a test writes them."""
    (photos / ".tagger").mkdir()
    return photos / ".tagger/tagger.toml"


def table(result: Result) -> list[list[str]]:
    """The cells of what a command printed, columns two spaces apart."""
    assert result.code == 0, result.err
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in result.out.splitlines()]


def shown(cli: Cli, photo: Path) -> list[str]:
    keywords: list[str] = cli("show", "--json", photo).records[0]["keywords"]
    return sorted(keywords)


def test_list(cli: Cli, photos: Path) -> None:
    result = cli("tags", "list", "--library", photos)
    assert table(result) == [
        ["label", "written as", "parents", "threshold", "state", "why"],
        ["red", "red", "warm, colour", "0.50", "on"],
        ["green", "green", "colour", "0.50", "on"],
        ["blue", "blue", "cold, colour", "0.50", "on"],
    ]
    assert result.err == "3 tags of tiny 1; 3 more are not written by themselves (--all shows them)\n"
    assert table(cli("tags", "list", "--all", "--library", photos))[1] == ["colour", "colour", "-", "off"]
    assert not (photos / ".tagger").exists()


def test_list_with_rules(cli: Cli, photos: Path, rules: Path, settings_file: Path) -> None:
    with settings_file.open("a") as file:
        file.write('[tags]\ndeny = ["cold"]\n')
    rules.write_text(
        '[tags]\nsynonyms = {red = "rot"}\nhierarchy = {green = ["life"]}\n'
        'thresholds = {colour = 0.7}\ncase = "upper"\n'
    )
    rows = table(cli("tags", "list", "--all", "--library", photos))[1:]
    assert rows == [
        ["colour", "COLOUR", "0.70", "on", 'thresholds "colour" in .tagger/tagger.toml'],
        ["warm", "WARM", "COLOUR", "-", "off"],
        ["cold", "COLD", "COLOUR", "-", "denied", f'deny "cold" in {settings_file}'],
        ["red", "ROT", "WARM, COLOUR", "0.50", "on"],
        ["green", "GREEN", "LIFE", "0.50", "on"],
        ["blue", "BLUE", "COLD, COLOUR", "0.50", "denied", f'deny "cold" in {settings_file}'],
        ["life", "LIFE", "-", "parent"],
    ]


def test_list_as_json(cli: Cli, photos: Path, rules: Path) -> None:
    rules.write_text('[tags]\nallow = ["red"]\n')
    records = {
        record["label"]: record for record in cli("tags", "list", "--all", "--json", "--library", photos).records
    }
    assert records["red"] == {
        "label": "red", "word": "red", "parents": ["warm", "colour"], "threshold": 0.5, "state": "on", "rule": "",
        "file": None,
    }  # fmt: skip
    assert (records["blue"]["state"], records["blue"]["rule"]) == ("not allowed", "allow")
    assert (records["blue"]["file"], records["warm"]["threshold"]) == (str(rules), None)
    assert [r["label"] for r in cli("tags", "list", "--json", "--library", photos).records] == ["red"]


def test_bundle_of_choice(cli: Cli, photos: Path, tmp_path: Path) -> None:
    other = tiny_bundle.write_bundle(tmp_path / "other", version="2")
    assert "3 tags of tiny 2" in cli("tags", "list", "--bundle", other, "--library", photos).err
    manifest = tiny_bundle.read_manifest(other)
    tiny_bundle.write_manifest(other, manifest | {"tags": {}})
    result = cli("tags", "list", "--bundle", other, "--library", photos)
    assert (result.code, result.err) == (
        2,
        "tagger: tiny 2 has no tags (it writes captions only; use another bundle)\n",
    )


@pytest.mark.parametrize("arguments", [("tag",), ("tags", "list", "--library"), ("tag", "--dry-run")])
def test_typing_mistakes_stop_before_any_photo(cli: Cli, photos: Path, rules: Path, arguments: tuple[str, ...]) -> None:
    rules.write_text('[tags]\ndeny = ["rde"]\n')
    before = snapshot(photos)
    result = cli(*arguments, photos)
    assert result.code == 2
    assert result.err == f'tagger: {rules}: tags.deny, "rde": tiny 1 has no such tag (did you mean "red"?)\n'
    assert snapshot(photos) == before


def test_rules_shape_what_is_written(cli: Cli, photos: Path, rules: Path) -> None:
    rules.write_text('[tags]\ndeny = ["green"]\nprefix = "ai/"\nwrite_parents = false\n[tags.synonyms]\nred = "rot"\n')
    assert cli("tag", photos).code == 0
    assert shown(cli, photos / "red.jpg") == ["ai/rot"]
    assert shown(cli, photos / "green.jpg") == []
    assert cli("search", "--paths", "tag:ai/rot", "--library", photos).out == f"{photos}/red.jpg\n"
    assert cli("search", "--paths", "tag:ai/warm", "--library", photos).out == f"{photos}/red.jpg\n", "by its parent"


def test_other_rules_change_the_tags_and_nothing_else(cli: Cli, photos: Path, rules: Path) -> None:
    first = {r["path"]: r for r in cli("tag", "--json", photos).records}
    rules.write_text('[tags]\nsynonyms = {red = "rot", colour = "Farbe"}\n')
    second = cli("tag", "--json", photos)
    assert set(second.outcomes.values()) == {"captioned"}
    for record in second.records:
        assert record["caption"] == first[record["path"]]["caption"]
        assert record["alternatives"] == first[record["path"]]["alternatives"]
    assert shown(cli, photos / "red.jpg") == ["Farbe", "rot", "warm"], "our old words are gone"
    assert set(cli("tag", "--json", photos).outcomes.values()) == {"unchanged"}
    rules.unlink()
    cli("tag", photos)
    assert shown(cli, photos / "red.jpg") == ["colour", "red", "warm"]


def test_rules_without_effect_need_no_model(cli: Cli, photos: Path, own_bundle: Path, settings_file: Path) -> None:
    settings_file.write_text(f'bundle = "{own_bundle}"\n')
    cli("tag", photos)
    for graph in own_bundle.glob("*.onnx"):
        graph.unlink()
    settings_file.write_text(f'bundle = "{own_bundle}"\n[tags]\nthresholds = {{"*" = 0.5}}\ncase = "lower"\n')
    assert set(cli("tag", "--json", photos).outcomes.values()) == {"unchanged"}


def test_hierarchy_fields_need_no_model(cli: Cli, photos: Path, own_bundle: Path, settings_file: Path) -> None:
    settings_file.write_text(f'bundle = "{own_bundle}"\n')
    cli("tag", photos)
    for graph in own_bundle.glob("*.onnx"):
        graph.unlink()
    red = photos / "red.jpg"
    assert b"hierarchicalSubject" not in red.read_bytes()
    settings_file.write_text(f'bundle = "{own_bundle}"\n[tags]\nhierarchical = "always"\n')
    assert set(cli("tag", "--json", photos).outcomes.values()) == {"captioned"}
    content = red.read_bytes()
    assert b"<rdf:li>colour|warm|red</rdf:li>" in content
    assert b"<rdf:li>colour/warm/red</rdf:li>" in content
    assert set(cli("tag", "--json", photos).outcomes.values()) == {"unchanged"}
    settings_file.write_text(f'bundle = "{own_bundle}"\n[tags]\nhierarchical = "never"\n')
    assert set(cli("tag", "--json", photos).outcomes.values()) == {"captioned"}
    assert b"colour|warm|red" not in red.read_bytes()
    assert b"colour/warm/red" not in red.read_bytes()


def test_two_libraries_two_vocabularies(cli: Cli, photos: Path, tmp_path: Path) -> None:
    """One run, one model, each library in its own words."""
    other = tmp_path / "other"
    (other / ".tagger").mkdir(parents=True)
    (other / "red.jpg").write_bytes((photos / "red.jpg").read_bytes())
    (other / ".tagger/tagger.toml").write_text('[tags]\ncase = "upper"\n')
    assert cli("tag", photos, other).code == 0
    assert shown(cli, other / "red.jpg") == ["COLOUR", "RED", "WARM"]
    assert shown(cli, photos / "red.jpg") == ["colour", "red", "warm"]


def test_why(cli: Cli, photos: Path) -> None:
    """Without a library, and leaving none behind."""
    before = snapshot(photos)
    result = cli("tags", "why", photos / "red.jpg")
    rows = table(result)
    assert rows[0] == [f"{photos}/red.jpg, tiny 1:"]
    assert rows[1] == ["label", "probability", "threshold", "what becomes of it"]
    assert sorted((row[0], row[2], row[3]) for row in rows[2:5]) == [
        ("colour", "-", "written: parent of red"), ("red", "0.50", "written"), ("warm", "-", "written: parent of red"),
    ]  # fmt: skip
    assert [row[1] for row in rows[2:5]] == sorted((row[1] for row in rows[2:5]), reverse=True), "surest first"
    assert rows[-1] == ["no keywords in the photo now"]
    assert (result.err, snapshot(photos), (photos / ".tagger").exists()) == ("", before, False)
    everything = table(cli("tags", "why", "--all", photos / "red.jpg"))
    assert ["blue", "0.00", "0.50", "below its threshold 0.50"] in everything
    assert len(everything) > len(rows)


def test_why_with_rules(cli: Cli, photos: Path, rules: Path) -> None:
    rules.write_text(
        '[tags]\ndeny = ["blue"]\nallow = ["red", "blue", "warm"]\nmax = 1\n'
        'synonyms = {red = "rot"}\nthresholds = {warm = 1.0}\nhierarchy = {red = ["warm"]}\n'
    )
    words = {row[0]: row[-1] for row in table(cli("tags", "why", "--all", photos / "red.jpg"))[2:8]}
    where = "in .tagger/tagger.toml"
    assert words == {
        "red": "written as rot",
        "warm": "left out: only 1 tags a photo",
        "colour": "left out: only 1 tags a photo",
        "green": f"not among allow {where}",
        "cold": f"not among allow {where}",
        "blue": f'denied by deny "blue" {where}',
    }
    rules.write_text("[tags]\nwrite_parents = false\nthresholds = {warm = 0.999}\n")
    words = {row[0]: row[-1] for row in table(cli("tags", "why", "--all", photos / "green.jpg"))[2:8]}
    assert words["colour"] == "left out: parent of green, and write_parents is false"
    assert words["warm"] == f'below its threshold 1.00 (thresholds "warm" {where})'
    assert words["cold"] == "off in the bundle: not reliable"


def test_why_says_who_wrote_what(cli: Cli, photos: Path) -> None:
    run = cli("tag", photos).run
    result = cli("tags", "why", photos / "red.jpg")
    assert f"\nkeywords in the photo now:\ncolour  tagger, in run {run}\n" in result.out
    record = json.loads(cli("tags", "why", "--json", photos / "red.jpg").out)
    assert set(record["keywords"]) == {"colour", "warm", "red"}
    assert record["path"] == str(photos / "red.jpg")
    by_label = {tag["label"]: tag for tag in record["tags"]}
    assert (by_label["red"]["verdict"], by_label["red"]["reason"]) == ("written", "written")
    assert 0.9 < by_label["red"]["score"] <= 1
    assert (by_label["colour"]["verdict"], by_label["colour"]["child"]) == ("ancestor", "red")


def test_why_of_a_person_s_keywords(cli: Cli, photos: Path) -> None:
    """Keywords that were there before us are not ours, even where we would write the same."""
    cli("tag", photos / "red.jpg")
    content = (photos / "red.jpg").read_bytes()
    start, end = content.index(b"<tagger:Added>"), content.index(b"</tagger:Added>")
    words = content[start:end].replace(b"<rdf:li>red</rdf:li>", b"<rdf:li>rad</rdf:li>")
    (photos / "red.jpg").write_bytes(content[:start] + words + content[end:])
    record = json.loads(cli("tags", "why", "--json", photos / "red.jpg").out)
    assert record["keywords"]["red"] == "a person or another program"
    assert record["keywords"]["warm"].startswith("tagger, in run ")


def test_why_of_what_is_no_photo(cli: Cli, photos: Path) -> None:
    (photos / "broken.jpg").write_bytes((photos / "red.jpg").read_bytes()[:100])
    (photos / "empty").mkdir()
    for name in ("broken.jpg", "missing.jpg", "empty"):
        result = cli("tags", "why", photos / name)
        assert (result.code, result.err.count("\n")) == (2, 1)
        assert name in result.err


def test_the_example_of_the_documentation(cli: Cli, photos: Path, rules: Path) -> None:
    page = Path(__file__).resolve().parents[2] / "docs/vocabulary.md"
    example = page.read_text(encoding="utf-8").partition("```toml\n")[2].partition("```")[0]
    rules.write_text(example, encoding="utf-8")
    rows = {row[0]: row[1:] for row in table(cli("tags", "list", "--bundle", DEFAULT_BUNDLE, "--library", photos))}
    assert rows["dog"][:2] == ["ai/Hund", "ai/Haustier, ai/animal, ai/zuhause"]
    assert "winter sport" in rows
    assert "person" not in rows


def test_actions_are_required(cli: Cli) -> None:
    assert cli("tags").code == 2
    assert cli("tags", "lst").code == 2

"""``tagger history``: what was done, and forgetting the oldest of it."""

import json
import sqlite3
from pathlib import Path

import pytest
import tiny_bundle

from cli.conftest import Cli, snapshot


def test_runs(cli: Cli, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = cli("tag", photos / "red.jpg", photos / "green.jpg").run
    monkeypatch.chdir(photos)
    second = cli("tag", ".").run
    cli("undo", "--run", first, "red.jpg")
    cleaned = cli("clean", "green.jpg").run
    lines = cli("history").out.splitlines()
    assert [line.split()[:2] for line in lines] == [[cleaned, "clean"], [second, "tag"], [first, "tag"]]
    assert lines[2].endswith("2 changes, 1 can be undone  (1 committed, 1 undone)")
    assert cli("history", "--limit", 1).out.splitlines() == lines[:1]
    records = cli("history", "--json").records
    assert [(record["run"], record["undoable"]) for record in records] == [(cleaned, 1), (second, 1), (first, 1)]
    assert records[2]["states"] == {"committed": 1, "undone": 1}


def test_one_run(cli: Cli, photos: Path) -> None:
    run = cli("tag", photos).run
    lines = cli("history", "--run", run, "--library", photos).out.splitlines()
    assert len(lines) == 3
    assert all(f"{run}  tag: committed  {photos}" in line for line in lines)
    verbose = cli("history", "--run", run, "--library", photos, "-v").out
    assert "  + XMP dc:description: A red photo" in verbose
    result = cli("history", "--run", "no-such", "--library", photos)
    assert (result.code, result.err) == (
        2, f"tagger: no run no-such in the library {photos} (tagger history lists the runs)\n",
    )  # fmt: skip


def test_of_a_photo(cli: Cli, photos: Path, tmp_path: Path) -> None:
    """Newest first, with what each field held before and after."""
    first = cli("tag", photos).run
    other = tiny_bundle.write_bundle(tmp_path / "other", version="2", text={"case": "lower"})
    second = cli("tag", "--bundle", other, photos / "red.jpg").run
    text = cli("history", photos / "red.jpg").out
    assert text.index(second) < text.index(first)
    assert "  - XMP dc:description: A red photo\n  + XMP dc:description: a red photo\n" in text
    records = cli("history", "--json", photos / "red.jpg").records
    assert [record["run"] for record in records] == [second, first]
    fields = {field["field"]: (field["before"], field["after"]) for field in records[0]["fields"]}
    assert fields["XMP dc:description"] == ("A red photo", "a red photo")
    assert {record["path"] for record in records} == {str(photos / "red.jpg")}
    assert len(cli("history", "--json", photos / "red.jpg", "--run", first).records) == 1
    assert len(cli("history", "--json", photos).records) == 4
    assert len(cli("history", "--json", photos / "sub").records) == 1


@pytest.mark.parametrize("how", ["photo", "folder"])
def test_follows_renames(cli: Cli, photos: Path, how: str) -> None:
    run = cli("tag", photos).run
    (photos / "new").mkdir()
    (photos / "red.jpg").rename(photos / "new/name.jpg")
    records = cli("history", "--json", photos / ("new/name.jpg" if how == "photo" else "new")).records
    assert [(record["run"], record["path"]) for record in records] == [(run, str(photos / "red.jpg"))]


def test_a_photo_without_history(cli: Cli, photos: Path) -> None:
    cli("tag", photos / "red.jpg")
    result = cli("history", photos / "green.jpg")
    assert (result.code, result.out, result.err) == (0, "", "")


def make_older(photos: Path, run: str, when: str) -> None:
    connection = sqlite3.connect(photos / ".tagger/journal.db")
    connection.execute("UPDATE records SET begun_at = ? WHERE run = ?", (when, run))
    connection.commit()
    connection.close()


def test_prune(cli: Cli, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(photos)
    old = cli("tag", "red.jpg").run
    new = cli("tag", "green.jpg").run
    make_older(photos, old, "2020-01-01T12:00:00+00:00")
    before = snapshot(photos)
    result = cli("history", "prune", "--older-than", 30)
    assert (result.code, result.err.partition(",")[0]) == (0, "1 changes of 1 runs pruned")
    assert snapshot(photos) == before
    assert [record["run"] for record in cli("history", "--json").records] == [new, old]
    assert cli("history", "--json").records[1]["pruned"] == 1
    assert f"{old}  1 changes, all pruned on " in cli("history", "-v").out
    undo = cli("undo", "--run", old)
    assert undo.code == 2
    assert undo.err.startswith(f"tagger: run {old} was pruned on 2")
    assert "tagger clean" in undo.err
    assert cli("undo", "--run", new).err == "1 restored\n"
    assert cli("history", "prune", "--keep-megabytes", 0).code == 0
    assert not [record for record in cli("history", "--json").records if "changes" in record]


def test_prune_by_the_settings(cli: Cli, photos: Path) -> None:
    """Every run of tag keeps the journal within its limits; history prune without options does the same."""
    old = cli("tag", photos / "red.jpg").run
    older = cli("tag", photos / "green.jpg").run
    make_older(photos, old, "2020-01-01T12:00:00+00:00")
    cli("tag", photos)
    assert old not in {record["run"] for record in cli("history", "--library", photos, "--json").records[:2]}
    make_older(photos, older, "2020-01-01T12:00:00+00:00")
    (photos / ".tagger/tagger.toml").write_text("journal_days = 36000\n")
    assert cli("history", "prune", "--library", photos).err.startswith("0 changes")
    (photos / ".tagger/tagger.toml").write_text("journal_days = 365\n")
    assert cli("history", "prune", "--library", photos).err.startswith("1 changes of 1 runs")


def test_half_pruned_run_says_so(cli: Cli, photos: Path) -> None:
    run = cli("tag", photos).run
    connection = sqlite3.connect(photos / ".tagger/journal.db")
    connection.execute("INSERT INTO forgotten VALUES (?, 2, '2024-05-01T12:00:00+00:00')", (run,))
    connection.commit()
    connection.close()
    result = cli("undo", "--run", run, "--library", photos)
    assert result.code == 0
    assert f"2 changes of run {run} were pruned on 2024-05-01" in result.err
    assert "2 of its changes were pruned on 2024-05-01" in cli("history", "-v", "--library", photos).out


@pytest.mark.parametrize("arguments", [["--older-than", "-1"], ["--keep-megabytes", "x"]])
def test_wrong_limits(cli: Cli, photos: Path, arguments: list[str]) -> None:
    cli("tag", photos)
    assert cli("history", "prune", "--library", photos, *arguments).code == 2


def test_names_cannot_steer_the_terminal(cli: Cli, photos: Path) -> None:
    path = photos / "\x1b[5m.jpg"
    (photos / "red.jpg").rename(path)
    cli("tag", path)
    assert "\x1b" not in cli("history", path).out
    assert json.loads(cli("history", "--json", path).out)["path"] == str(path)


def test_no_library(cli: Cli, tmp_path: Path) -> None:
    result = cli("history", tmp_path)
    assert (result.code, result.err.startswith("tagger: no library at ")) == (2, True)

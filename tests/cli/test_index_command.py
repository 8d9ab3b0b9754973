"""``tagger index``: the index from the photos alone, compared with them, counted, rid of what is gone."""

import csv
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from captioning.pictures import photo
from tiny_bundle import COLOURS

from cli.conftest import Cli, snapshot, write
from tagger.core.records import IndexEntry, Photo
from tagger.storage.index import SqliteIndex


def rows(photos: Path) -> dict[str, IndexEntry]:
    with SqliteIndex(photos, photos / ".tagger/index.db") as index:
        return {entry.photo.path.name: entry for entry in index.search("")}


def lose_index(photos: Path) -> None:
    for file in (photos / ".tagger").glob("index.db*"):
        file.unlink()


def lose_journal(photos: Path) -> None:
    for file in (photos / ".tagger").glob("journal.db*"):
        file.unlink()


def take_away(bundle: Path) -> None:
    for graph in bundle.glob("*.onnx"):
        graph.unlink()


@pytest.fixture
def model_gone(own_bundle: Path, settings_file: Path) -> Path:
    settings_file.write_text(f'bundle = "{own_bundle}"\n')
    return own_bundle


def test_rebuild_gives_every_row_back(cli: Cli, photos: Path, model_gone: Path) -> None:
    """The journal knows what the photos do not say: the rows are equal, and nothing is left to do."""
    cli("tag", photos)
    before, files = rows(photos), snapshot(photos)
    lose_index(photos)
    take_away(model_gone)
    assert cli("search", "photo", "--library", photos).out == ""
    result = cli("index", "rebuild", photos)
    assert (result.code, result.out, result.err) == (0, "", "3 indexed\n")
    assert rows(photos) == before
    assert snapshot(photos) == files
    assert set(cli("tag", "--json", photos).outcomes.values()) == {"unchanged"}
    assert sorted(path.name for path in (photos / ".tagger").iterdir()) == ["index.db", "journal.db", "lock"]


def test_rebuild_from_the_photos_alone(cli: Cli, photos: Path, model_gone: Path) -> None:
    """Caption, tags with their probabilities, model and run are in the photo; that is enough to be done."""
    run = cli("tag", photos).run
    before = rows(photos)
    lose_index(photos)
    lose_journal(photos)
    take_away(model_gone)
    assert cli("index", "rebuild", photos).err == "3 indexed\n"
    for name, entry in rows(photos).items():
        was = before[name]
        assert entry.run == run
        for part in ("photo", "identity", "model", "settings", "state", "written", "taken_at"):
            assert getattr(entry, part) == getattr(was, part)
        now, then = entry.caption, was.caption
        assert now.text == then.text
        assert [(tag.label, round(tag.score, 3)) for tag in now.tags] == [
            (tag.label, round(tag.score, 3)) for tag in then.tags
        ]
        assert now.log_probability != now.log_probability  # not a number: nobody knows it any more
    assert set(cli("tag", "--json", photos).outcomes.values()) == {"unchanged"}
    assert cli("show", "--json", photos / "red.jpg").records[0]["log-probability"] is None
    found = cli("search", "--json", "red", "--library", photos).records
    assert [(record["caption"], record["log_probability"]) for record in found] == [("A red photo", None)]


def test_other_settings_are_noticed_after_a_rebuild(cli: Cli, photos: Path, settings_file: Path) -> None:
    """The rows count as made under the settings at the time of the rebuild; what changes later is done again."""
    cli("tag", photos)
    lose_index(photos)
    lose_journal(photos)
    cli("index", "rebuild", photos)
    assert "3 unchanged" in cli("tag", photos).err
    settings_file.write_text(settings_file.read_text() + "beam_width = 1\n")
    counts = cli("tag", "--json", photos)
    assert counts.code == 0
    settings = {entry.settings for entry in rows(photos).values()}
    assert len(settings) == 1
    assert settings.pop().startswith("beam 1")


def test_rebuild_over_an_edited_photo_is_captioned_again(cli: Cli, photos: Path) -> None:
    """What the photo alone says is no full caption: a photo that somebody changed is looked at anew."""
    cli("tag", photos)
    lose_index(photos)
    lose_journal(photos)
    cli("index", "rebuild", photos)
    with (photos / "red.jpg").open("ab") as file:
        file.write(b"edited")
    assert cli("tag", "--json", photos).code == 0
    entry = rows(photos)["red.jpg"]
    assert entry.caption.log_probability == entry.caption.log_probability


def test_photos_without_our_words_get_no_row(cli: Cli, photos: Path) -> None:
    cli("tag", photos / "red.jpg")
    result = cli("index", "rebuild", "--json", photos)
    assert result.outcomes == {"red.jpg": "indexed", "green.jpg": "unchanged", "blue.jpg": "unchanged"}
    assert list(rows(photos)) == ["red.jpg"]


def test_rows_that_are_only_in_the_index_are_taken_over(cli: Cli, photos: Path) -> None:
    cli("tag", "--no-write", photos)
    before = rows(photos)
    write(photos / "green.jpg", photo(COLOURS["grey"]))
    cli("index", "rebuild", photos)
    assert rows(photos) == {name: row for name, row in before.items() if name != "green.jpg"}


def test_damaged_index_is_replaced(cli: Cli, photos: Path) -> None:
    cli("tag", photos)
    before = rows(photos)
    lose_index(photos)
    (photos / ".tagger/index.db").write_bytes(b"This is a letter. " * 1000)
    (photos / ".tagger/index.db-wal").write_bytes(b"This is a log. " * 1000)
    assert "tagger index rebuild" in cli("search", "red", "--library", photos).err
    assert cli("index", "rebuild", photos).code == 0
    assert rows(photos) == before


def test_renamed_photos_are_found(cli: Cli, photos: Path) -> None:
    cli("tag", photos)
    (photos / "red.jpg").rename(photos / "rot.jpg")
    cli("index", "rebuild", photos)
    assert sorted(rows(photos)) == ["blue.jpg", "green.jpg", "rot.jpg"]
    assert cli("tag", photos).err == "3 unchanged\n"


def test_what_cannot_be_read_is_said(cli: Cli, photos: Path) -> None:
    cli("tag", photos)
    write(photos / "bad.jpg", b"\xff\xd8\xff no photo")
    result = cli("index", "rebuild", photos)
    assert (result.code, result.err.splitlines()[-1]) == (1, "1 failed, 3 indexed")
    assert len(rows(photos)) == 3


def test_interrupted_rebuild_changes_nothing(cli: Cli, tmp_path: Path, settings_file: Path) -> None:
    content = photo(COLOURS["red"])
    for i in range(200):
        write(tmp_path / f"{i}.jpg", content + i.to_bytes(2, "big"))
    cli("tag", tmp_path)
    before = rows(tmp_path)
    command = [sys.executable, "-m", "tagger", "index", "rebuild", "-v", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        errors = process.stderr.read()
    assert process.returncode == 1
    assert errors.endswith("stopped; the index is as it was\n")
    assert rows(tmp_path) == before
    assert sorted(path.name for path in (tmp_path / ".tagger").iterdir()) == ["index.db", "journal.db", "lock"]


def test_verify(cli: Cli, photos: Path) -> None:
    cli("tag", photos)
    result = cli("index", "verify", photos)
    assert (result.code, result.out, result.err) == (0, "", "3 as recorded\n")
    (photos / "red.jpg").unlink()
    with (photos / "green.jpg").open("ab") as file:
        file.write(b"edited")
    result = cli("index", "verify", photos)
    assert (result.code, result.err) == (1, "1 as recorded, 1 changed since, 1 missing\n")
    assert sorted(result.out.splitlines()) == [f"{photos}/green.jpg: changed since", f"{photos}/red.jpg: missing"]
    found = {Path(record["path"]).name: record["found"] for record in cli("index", "verify", "--json", photos).records}
    assert found == {"red.jpg": "missing", "green.jpg": "changed since", "blue.jpg": "as recorded"}


def test_stats(cli: Cli, photos: Path) -> None:
    cli("tag", photos / "red.jpg")
    cli("tag", "--no-write", photos)
    (record,) = cli("index", "stats", "--json", photos).records
    assert (record["photos"], record["written"], record["approved"], record["sidecars"]) == (3, 1, 0, 0)
    assert list(record["models"].values()) == [3]
    assert record["tags"]["colour"] == 3
    lines = cli("index", "stats", photos).out.splitlines()
    assert lines[0].split() == ["photos", "3"]
    assert "colour 3" in next(line for line in lines if line.startswith("tags"))


def test_stats_of_nothing(cli: Cli, photos: Path) -> None:
    cli("tag", photos)
    lose_index(photos)
    assert json.loads(cli("index", "stats", "--json", photos).out)["photos"] == 0
    assert cli("index", "verify", photos).err == "the index is empty\n"


def test_prune(cli: Cli, photos: Path) -> None:
    cli("tag", photos)
    (photos / "red.jpg").unlink()
    result = cli("index", "prune", "-v", photos)
    assert (result.code, result.out, result.err) == (0, f"{photos}/red.jpg\n", "1 rows removed, 2 left\n")
    assert sorted(rows(photos)) == ["blue.jpg", "green.jpg"]


def test_prune_does_not_empty_the_index_of_a_missing_drive(cli: Cli, photos: Path) -> None:
    cli("tag", photos)
    (photos / "red.jpg").unlink()
    shutil.rmtree(photos / "sub")
    result = cli("index", "prune", photos)
    assert result.code == 2
    assert result.err.startswith("tagger: 2 of 3 photos are missing: is a drive not connected?")
    assert len(rows(photos)) == 3
    assert cli("index", "prune", "--yes", photos).code == 0
    assert list(rows(photos)) == ["green.jpg"]


def test_prune_keeps_what_may_be_on_another_drive(cli: Cli, photos: Path) -> None:
    """An empty folder may be where a drive is mounted at other times."""
    cli("tag", photos)
    (photos / "sub/blue.jpg").unlink()
    result = cli("index", "prune", photos)
    assert result.code == 1
    assert f"{photos}/sub is empty, 1 rows kept" in result.err
    assert len(rows(photos)) == 3
    assert cli("index", "prune", "--yes", photos).code == 0
    assert len(rows(photos)) == 2


def test_verify_deep(cli: Cli, photos: Path) -> None:
    cli("tag", photos)
    assert cli("index", "verify", "--deep", photos).err == "3 as recorded\n"
    entry = rows(photos)["red.jpg"]
    (photos / "red.jpg").write_bytes((photos / "green.jpg").read_bytes())
    info = (photos / "red.jpg").stat()
    with SqliteIndex(photos, photos / ".tagger/index.db") as index:
        index.put(replace(entry, photo=Photo(entry.photo.path, info.st_size, info.st_mtime_ns)))
    assert cli("index", "verify", photos).code == 0
    result = cli("index", "verify", "--deep", photos)
    assert (result.code, result.out) == (1, f"{photos}/red.jpg: holds another picture\n")


def test_verify_finds_what_is_out_of_step(cli: Cli, photos: Path) -> None:
    cli("tag", photos)
    with closing(sqlite3.connect(photos / ".tagger/index.db")) as raw, raw:
        raw.execute("DELETE FROM words WHERE rowid = 1")
        raw.execute("UPDATE photos SET caption = 'other' WHERE id = 2")
    result = cli("index", "verify", photos)
    assert result.code == 1
    assert "1 rows that no search for words finds" in result.out
    assert "1 rows that are found by another caption" in result.out
    assert "tagger index rebuild" in result.err


def test_stats_of_states_and_years(cli: Cli, photos: Path) -> None:
    cli("tag", photos)
    (record,) = cli("index", "stats", "--json", photos).records
    assert record["states"] == {"machine": 3}
    assert sum(record["years"].values()) == 3
    assert (record["failures"], record["features"]) == (0, {"tiny 1": 3})
    assert record["bytes"] > 10_000


def test_export(cli: Cli, photos: Path, tmp_path: Path) -> None:
    cli("tag", photos)
    table = tmp_path / "table.csv"
    assert cli("index", "export", table, photos).err == f"{table}: 3 photos\n"
    with table.open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["caption"] == "A green photo"
    content = table.read_bytes()
    again = cli("index", "export", table, photos)
    assert (again.code, again.err.count("exists already")) == (2, 1)
    assert table.read_bytes() == content
    lines = cli("index", "export", "--format", "json", "-", photos, "--where", "red").records
    assert [(line["caption"], line["tags"]) for line in lines] == [("A red photo", ["colour", "warm", "red"])]
    wrong = cli("index", "export", tmp_path / "x.csv", photos, "--where", "(red")
    assert (wrong.code, (tmp_path / "x.csv").exists()) == (2, False)


def test_export_without_pyarrow(cli: Cli, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli("tag", photos)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = cli("index", "export", "--format", "parquet", tmp_path / "x.parquet", photos)
    assert result.code == 2
    assert result.err == (
        "tagger: Parquet needs pyarrow, which is not installed (pip install 'tagger-photos[parquet]')\n"
    )
    assert not (tmp_path / "x.parquet").exists()


def test_export_to_parquet(cli: Cli, photos: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    cli("tag", photos)
    assert cli("index", "export", "--format", "parquet", tmp_path / "x.parquet", photos).code == 0
    found = parquet.read_table(tmp_path / "x.parquet").to_pylist()
    assert [row["caption"] for row in found] == ["A green photo", "A red photo", "A blue photo"]
    assert found[1]["tags"] == ["colour", "warm", "red"]
    assert found[1]["written"] is True


@pytest.mark.parametrize("arguments", [[], ["rebuilt"], ["rebuild", "--yes"]])
def test_wrong_arguments(cli: Cli, arguments: list[str]) -> None:
    assert cli("index", *arguments).code == 2

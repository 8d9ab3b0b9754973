"""``tagger learn`` from corrections to a bundle that uses them, and back."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from captioning.pictures import photo
from tiny_bundle import COLOURS

from cli.conftest import Cli, snapshot, write
from tagger.captioning.bundle import load_bundle
from tagger.config import library_config_file
from tagger.learning import labels
from tagger.storage.index import SqliteIndex
from tagger.storage.library import Library


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder for models; what was encoded is kept in the test's own folder too."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "share/tagger/models"


def make(folder: Path, colour: str, count: int, seed: int = 0) -> list[Path]:
    """Photos of nearly one colour, no two alike."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([seed, *colour.encode()])
    paths = []
    for number in range(count):
        shade = tuple(int(np.clip(c + rng.integers(-14, 15), 0, 255)) for c in COLOURS[colour])
        paths.append(write(folder / f"{colour}{seed}{number}.jpg", photo(shade)))
    return paths


@pytest.fixture
def library(cli: Cli, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Red, green, blue and grey photos, captioned."""
    monkeypatch.setattr(labels, "_ALIKE", 2.0)  # the tiny encoder sees a colour: to it all red photos are one burst
    folder = tmp_path / "library"
    for colour in COLOURS:
        make(folder, colour, 10 if colour == "red" else 16)
    assert cli("tag", folder).code == 0
    return folder


def correct(cli: Cli, photos: Sequence[Path], *what: str) -> None:
    for path in photos:
        assert cli("edit", path, *what).code == 0


def taught(cli: Cli, library: Path) -> None:
    """Some red photos show Rex; of the others a person looked at a few and approved them."""
    correct(cli, sorted(library.glob("red*"))[:7], "--add-tag", "Rex")
    others = [path for colour in ("green", "blue", "grey") for path in sorted(library.glob(f"{colour}*"))[:4]]
    assert cli("approve", *others).code == 0


def test_a_new_tag_is_learned_used_and_taken_back(
    cli: Cli, library: Path, models: Path, tmp_path: Path, settings_file: Path, bundle_folder: Path
) -> None:
    taught(cli, library)
    before, settings = snapshot(library), settings_file.read_bytes()
    result = cli("learn", library, "--tags-only")
    assert result.code == 0, result.err
    assert "12 photos approved, 7 corrected" in result.err
    assert 'tag "Rex": from 7 photos; held back, ' in result.out
    assert "tags of 39 photos that nobody corrected: 100.0% stay" in result.out
    assert "captions: not learned, only tags were asked for" in result.out
    assert snapshot(library) == before
    made = load_bundle(models / "tiny+learned-1")
    assert made.model_id == "tiny+learned 1"
    assert made.provenance["learned"]["from"] == "tiny 1"
    assert made.read("encoder_model.onnx") == load_bundle(bundle_folder).read("encoder_model.onnx")
    assert b"learned on" in made.read("MODEL_CARD.md")
    new = tmp_path / "new"
    make(new, "red", 3, seed=7)
    make(new, "blue", 3, seed=7)
    tags = {Path(r["path"]).name: {t["label"] for t in r["tags"]} for r in cli("tag", new, "--json").records}
    assert all(("Rex" in found) == name.startswith("red") for name, found in tags.items()), tags
    assert "tiny+learned 1" in cli("show", new / "red70.jpg").out
    result = cli("learn", "--undo", library)
    assert "tiny 1 is used again; tiny+learned 1 stays" in result.out
    assert settings_file.read_bytes() == settings
    assert (models / "tiny+learned-1").is_dir()


def test_learning_again_counts_up_and_begins_where_it_began(cli: Cli, library: Path, models: Path) -> None:
    taught(cli, library)
    assert cli("learn", library, "--tags-only").code == 0
    assert cli("learn", library, "--tags-only", "--json").records[0]["base"] == "tiny 1"
    second = load_bundle(models / "tiny+learned-2")
    assert second.provenance["learned"]["before"] == "tiny+learned-1"
    assert second.read("tags.tsv").count(b"Rex") == 1
    assert "tiny+learned 1 is used again" in cli("learn", "--undo", library).out


def test_a_dry_run_keeps_nothing(cli: Cli, library: Path, models: Path, settings_file: Path) -> None:
    taught(cli, library)
    settings = settings_file.read_bytes()
    result = cli("learn", library, "--tags-only", "--dry-run", "--json")
    (record,) = result.records
    assert record["new_tags"][0]["label"] == "Rex"
    assert record["new_tags"][0]["on"]
    assert record["bundle"] == ""
    assert "this was a dry run" in result.err
    assert list(models.iterdir()) == []
    assert settings_file.read_bytes() == settings


def test_a_name_and_a_library_with_a_bundle_of_its_own(
    cli: Cli, library: Path, models: Path, settings_file: Path, bundle_folder: Path
) -> None:
    library_config_file(library).write_text(f'bundle = "{bundle_folder}"\n')
    taught(cli, library)
    settings = settings_file.read_bytes()
    assert cli("learn", library, "--tags-only", "--name", "my words").code == 0
    assert load_bundle(models / "my-words-1").model_id == "my words 1"
    assert "my-words-1" in library_config_file(library).read_text()
    assert settings_file.read_bytes() == settings
    assert cli("learn", "--undo", library).code == 0
    assert str(bundle_folder) in library_config_file(library).read_text()


def test_what_photos_look_like_is_known_to_the_new_bundle(cli: Cli, library: Path, models: Path) -> None:
    taught(cli, library)
    with SqliteIndex(library, Library(library).index_file) as index:
        assert len(index.features.missing("tiny+learned 1")) == 58
    assert cli("learn", library, "--tags-only").code == 0
    with SqliteIndex(library, Library(library).index_file) as index:
        assert not index.features.missing("tiny+learned 1")
        assert not index.features.missing("tiny 1")


def test_too_few_photos(cli: Cli, library: Path, models: Path) -> None:
    result = cli("learn", library)
    assert (result.code, "no photo was approved or corrected so far" in result.err) == (2, True)
    correct(cli, sorted(library.glob("red*"))[:4], "--add-tag", "Rex")
    result = cli("learn", library)
    assert result.code == 2
    assert "only 4 photos were approved or corrected so far; learning needs at least 5" in result.err
    assert not models.exists()


def test_nothing_new(cli: Cli, library: Path, models: Path) -> None:
    assert cli("approve", *sorted(library.glob("*.jpg"))[:8]).code == 0
    result = cli("learn", library, "--tags-only")
    assert result.code == 2
    assert "there is nothing new to learn" in result.err
    assert list(models.iterdir()) == []


def test_nothing_to_take_back(cli: Cli, library: Path) -> None:
    result = cli("learn", "--undo", library)
    assert (result.code, "tiny 1 did not learn" in result.err) == (2, True)


def test_no_library(cli: Cli, models: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = cli("learn", tmp_path / "empty")
    assert (result.code, "no library at" in result.err) == (2, True)


def test_photos_that_are_gone_are_learned_from_where_they_were_seen(cli: Cli, library: Path, models: Path) -> None:
    taught(cli, library)
    assert cli("learn", library, "--tags-only").code == 0
    for path in sorted(library.glob("red*"))[:2]:
        path.unlink()
    assert cli("learn", library, "--tags-only", "--json").records[0]["photos"] == 19
    for file in (models.parents[1] / "../cache/tagger/learning").resolve().glob("*/*.npz"):
        file.unlink()
    record = cli("learn", library, "--tags-only", "--json").records[0]
    assert (record["photos"], record["unreadable"]) == (17, 2)
    assert record["new_tags"][0]["photos"] == 5


def test_photos_that_cannot_be_read_at_all(cli: Cli, library: Path, models: Path) -> None:
    taught(cli, library)
    library.rename(library.with_name("elsewhere"))
    library.symlink_to(library.with_name("elsewhere"))
    for path in library.glob("*.jpg"):
        path.write_bytes(b"no photo")
    result = cli("learn", library, "--tags-only")
    assert result.code == 2
    assert "only 0 of the 19 corrected photos can be read now" in result.err


def test_a_missing_extra_is_named_and_tags_are_learned(
    cli: Cli, library: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tagger.learning import captions

    taught(cli, library)
    correct(cli, sorted(library.glob("green*"))[:6], "--caption", "A green garden")
    monkeypatch.setattr(captions.metadata, "entry_points", lambda group: ())
    result = cli("learn", library)
    assert result.code == 0
    assert "captions: not learned, learning captions is not part of this installation" in result.out
    assert "tagger-photos[train]" in result.out
    assert 'tag "Rex"' in result.out
    result = cli("learn", library, "--data", library)
    assert result.code == 2
    assert "--data measures captions" in result.err


def test_a_stopped_run_keeps_nothing(cli: Cli, library: Path, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import signal

    from tagger.learning import learning

    taught(cli, library)
    real = learning.learn_labels

    def interrupted(*arguments: object) -> object:
        signal.raise_signal(signal.SIGINT)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(learning, "learn_labels", interrupted)
    result = cli("learn", library, "--tags-only")
    assert (result.code, "stopped" in result.err) == (1, True)
    assert list(models.iterdir()) == []


def test_json_is_one_object(cli: Cli, library: Path, models: Path) -> None:
    taught(cli, library)
    record = json.loads(cli("learn", library, "--tags-only", "--json").out)
    assert record["model"] == "tiny+learned 1"
    assert record["captions"] == {"learned": False, "why": "only tags were asked for"}


@pytest.mark.slow
def test_captions_are_learned_too(
    cli: Cli, library: Path, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("tensorflow")
    from tagger_export import learning

    monkeypatch.setattr(learning, "_RATE", 0.1)  # the tiny decoder's numbers are large
    correct(cli, sorted(library.glob("green*"))[:12], "--caption", "A green meadow")
    result = cli("learn", library)
    assert result.code == 0, result.err
    assert "captions: learned from 12, with 1 new words: meadow" in result.out
    assert "captions of 12 photos that were held back" in result.out
    assert "learning captions ..." in result.err
    made = load_bundle(models / "tiny+learned-1")
    assert made.read("vocabulary.txt").endswith(b"meadow\n")
    assert made.read("tags.tsv") == load_bundle(Path(made.provenance["learned"]["before"])).read("tags.tsv")
    new = tmp_path / "new"
    make(new, "green", 2, seed=9)
    make(new, "blue", 2, seed=9)
    said = {Path(r["path"]).name: r["caption"] for r in cli("tag", new, "--json").records}
    assert all(("meadow" in text) == name.startswith("green") for name, text in said.items()), said

"""New versions of a bundle beside the others, where they begin, and the way back."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import tiny_bundle

from tagger.bootstrap import DEFAULT_BUNDLE
from tagger.captioning.bundle import Bundle, load_bundle
from tagger.captioning.captioner import OnnxCaptioner
from tagger.core.errors import BundleError, RunError
from tagger.learning import versions


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    return folder


def version(base: Bundle, folder: Path, number: str, **learned: Any) -> Bundle:
    folder.mkdir()
    changes = {"provenance": {"learned": {"from": "tiny 1", **learned}, "scores": None}}
    return versions.write_version(folder, base, name="tiny+learned", version=number, files={}, changes=changes)


def test_a_version_is_the_base_with_other_files(bundle_folder: Path, models: Path) -> None:
    base = load_bundle(bundle_folder)
    files = {"tag_model.onnx": tiny_bundle.tag_model(), "MODEL_CARD.md": versions.card(base, "# New\n")}
    (models / "new").mkdir()
    changes = {"provenance": {"seed": None, "why": "test"}}
    made = versions.write_version(models / "new", base, name="n", version="7", files=files, changes=changes)
    assert made.model_id == "n 7"
    assert dict(made.provenance) == {"why": "test"}
    assert made.read("MODEL_CARD.md") == b"# New\n\n# Tiny\n"
    assert all(made.read(file) == base.read(file) for file in base.files if file != "MODEL_CARD.md")
    OnnxCaptioner(made)


def test_decoders_that_do_not_know_what_was_learned_are_left_out(tmp_path: Path, models: Path) -> None:
    speakers = [{"decoder": 0, "view": "whole"}, {"decoder": 1, "view": "mirrored"}]
    candidates = {"best": {"beam_width": 2, "samples": 2, "temperature": 1.0, "speakers": speakers}}
    base = load_bundle(tiny_bundle.write_bundle_of_two(tmp_path / "two", candidates))
    learned = {"decoder_step.onnx": tiny_bundle.decoder_step(fond_of="sky")}
    made = []
    for number, files in enumerate(({"tags.tsv": base.read("tags.tsv")}, learned)):
        (models / str(number)).mkdir()
        made.append(versions.write_version(models / str(number), base, name="n", version="1", files=files, changes={}))
    assert [one.decoders for one in made] == [2, 1]
    found = [[(who.decoder, who.view) for who in one.generation.candidates["best"].speakers] for one in made]
    assert found == [[(0, "whole"), (1, "mirrored")], [(0, "whole"), (0, "mirrored")]]
    assert made[1].files.keys() == base.files.keys() - {"decoder_start_2.onnx", "decoder_step_2.onnx"}
    OnnxCaptioner(made[1])


def test_a_zipped_bundle_can_learn(bundle_folder: Path, models: Path, tmp_path: Path) -> None:
    base = load_bundle(tiny_bundle.zipped(bundle_folder, tmp_path / "b.taggerbundle"))
    assert version(base, models / "new", "1").read("tags.tsv") == base.read("tags.tsv")


def test_numbers_count_up_and_nothing_is_taken(models: Path) -> None:
    assert versions.place(models, "a+learned") == (models / "a+learned-1", "1")
    (models / "a+learned-1").mkdir()
    (models / "a+learned-9.taggerbundle").touch()
    (models / "a-40").mkdir()
    assert versions.place(models, "a+learned") == (models / "a+learned-10", "10")
    assert versions.place(models, "../x y")[0] == models / "x-y-1"
    assert versions.place(models / "none", "a")[1] == "1"


def test_where_learning_begins_and_the_way_back(bundle_folder: Path, models: Path) -> None:
    base = load_bundle(bundle_folder)
    first = version(base, models / "l-1", "1", before=str(bundle_folder))
    second = version(base, models / "l-2", "2", before="l-1")
    assert versions.base_of(base, models) is base
    assert versions.base_of(second, models).source == bundle_folder
    assert versions.before(second, models) == models / "l-1"
    assert versions.before(first, models) == bundle_folder
    assert versions.before(version(base, models / "l-3", "3", before=""), models) is None
    shutil.rmtree(models / "l-1")
    assert versions.base_of(second, models) is second  # the way to its base is gone: it learns on top
    with pytest.raises(BundleError):
        versions.before(second, models)


@pytest.mark.parametrize("named", ["../elsewhere", "a/../../x"])
def test_a_name_that_leaves_the_folder_is_refused(bundle_folder: Path, models: Path, named: str) -> None:
    made = version(load_bundle(bundle_folder), models / "l-1", "1", before=named)
    with pytest.raises(RunError, match="does not say what was used before"):
        versions.before(made, models)


def test_how_the_one_before_is_named(bundle_folder: Path, models: Path) -> None:
    (models / "mine").mkdir()
    assert versions.named_before(None, models) == ""
    assert versions.named_before(DEFAULT_BUNDLE, models) == ""
    assert versions.named_before(models / "mine", models) == "mine"
    assert versions.named_before(bundle_folder, models) == str(bundle_folder.resolve())


def test_what_did_not_learn_has_nothing_before(bundle_folder: Path, models: Path) -> None:
    with pytest.raises(RunError, match="did not learn"):
        versions.before(load_bundle(bundle_folder), models)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="cannot write below"), versions.new_folder(tmp_path / "file" / "models"):
        pass

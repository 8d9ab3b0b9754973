"""``tagger bundle``: take in, list, look at, check and choose models; what the settings then say."""

from pathlib import Path

import pytest
import tiny_bundle
import tiny_hub

from cli.conftest import Cli, snapshot
from tagger.bootstrap import DEFAULT_BUNDLE
from tagger.cli.settings_line import set_bundle
from tagger.core.errors import RunError

pytest.importorskip("tokenizers", reason="the extra hub is not installed")


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder for models."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    return tmp_path / "share/tagger/models"


@pytest.fixture
def imported(cli: Cli, models: Path, tmp_path: Path, bundle_folder: Path) -> Path:
    export = tiny_hub.write_export(tmp_path / "My export")
    result = cli("bundle", "import", export, "--tags-from", bundle_folder)
    assert result.code == 0
    assert "My-export " in result.out
    assert f"tagger bundle use {models / 'My-export'}" in result.out
    assert "tags: those of tiny 1" in result.out
    return models / "My-export"


def test_from_an_export_to_captions(cli: Cli, imported: Path, photos: Path) -> None:
    assert cli("bundle", "use", imported).code == 0
    result = cli("tag", photos, "--json")
    assert result.code == 0
    said = {Path(record["path"]).name: record["caption"] for record in result.records}
    assert said == {"red.jpg": "a red photo", "green.jpg": "a green photo", "blue.jpg": "a blue photo"}
    assert {tag["label"] for record in result.records for tag in record["tags"]} >= {"red", "green", "blue"}
    assert "My-export" in cli("show", photos / "red.jpg").out


def test_list(cli: Cli, imported: Path, bundle_folder: Path, photos: Path) -> None:
    broken = imported.parent / "broken"
    broken.mkdir()
    result = cli("bundle", "list", "--library", photos)
    lines = result.out.splitlines()
    assert result.code == 1  # one is broken
    assert lines[0].startswith("  default 2.0.0")
    assert "vision-encoder-decoder, imported" in lines[1]
    assert "bundle.json is missing" in lines[2]
    assert lines[3].startswith("* tiny 1")
    broken.rmdir()
    assert cli("bundle", "list", "--library", photos).code == 0


def test_info(cli: Cli, imported: Path) -> None:
    result = cli("bundle", "info", "My-export")
    assert result.code == 0
    assert "16 x 16, squash, bicubic" in result.out
    assert "beam 3, length penalty 1, by the rules of transformers" in result.out
    assert "those of tiny 1" in result.out
    assert "Licence: none" in result.out
    for line in (line for line in result.out.splitlines() if line.startswith("file ")):
        assert len(line.split()[-1]) == 64
    assert "score      cider" in cli("bundle", "info", DEFAULT_BUNDLE).out


def test_verify(cli: Cli, imported: Path) -> None:
    result = cli("bundle", "verify", imported)
    assert (result.code, result.err) == (0, "")
    assert "is whole and works" in result.out
    file = imported / "caption_decoder.onnx"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    result = cli("bundle", "verify", imported)
    assert result.code == 2
    assert "caption_decoder.onnx is damaged" in result.err


def test_verify_runs_the_graphs(cli: Cli, own_bundle: Path) -> None:
    tiny_bundle.replace_file(own_bundle, "decoder_start.onnx", tiny_bundle.decoder_start(width=4))
    result = cli("bundle", "verify", own_bundle)
    assert result.code == 2
    assert "decoder_start.onnx cannot be run" in result.err


def test_use_and_back_leaves_every_byte(cli: Cli, imported: Path, settings_file: Path) -> None:
    before = b'# mine\r\ndevice = "cpu"  # slow\r\n\r\n[tags]\r\nmax = 7 # few\r\n'
    settings_file.write_bytes(before)
    result = cli("bundle", "use", imported)
    assert result.code == 0
    assert "My-export" in result.out
    assert settings_file.read_bytes() == f'bundle = "{imported}"\r\n'.encode() + before
    assert "says so already" in cli("bundle", "use", imported).out
    assert cli("bundle", "use", "--default").code == 0
    assert settings_file.read_bytes() == before


def test_use_in_a_library(cli: Cli, imported: Path, photos: Path, settings_file: Path) -> None:
    cli("tag", photos)
    users = settings_file.read_bytes()
    before = snapshot(photos)
    assert cli("bundle", "use", "My-export", "--library", photos).code == 0
    assert (photos / ".tagger/tagger.toml").read_text() == f'bundle = "{imported}"\n'
    assert settings_file.read_bytes() == users
    assert snapshot(photos) == before
    result = cli("bundle", "use", "--default", "--library", photos)
    assert "tiny 1 is used" in result.out
    assert (photos / ".tagger/tagger.toml").read_text() == ""


def test_use_of_nothing(cli: Cli, settings_file: Path, tmp_path: Path, imported: Path) -> None:
    before = settings_file.read_bytes()
    for arguments in ([tmp_path / "none"], [], ["--default", imported], ["My-export", "--library", tmp_path / "none"]):
        result = cli("bundle", "use", *arguments)
        assert result.code == 2
        assert result.err.count("\n") == 1
    assert settings_file.read_bytes() == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", 'bundle = "/new"\n'),
        ("\ufeffjobs = 1\n", '\ufeffbundle = "/new"\njobs = 1\n'),
        ("bundle = '/old'   # why\njobs = 1\n", 'bundle = "/new"   # why\njobs = 1\n'),
        ('jobs = 1\n  "bundle"="/o\\"ld"', 'jobs = 1\n  "bundle"="/new"'),
        (
            "[tags]\nprefix = '''\nbundle = \"x\"\n'''\n",
            "bundle = \"/new\"\n[tags]\nprefix = '''\nbundle = \"x\"\n'''\n",
        ),
    ],
    ids=repr,
)
def test_one_line(tmp_path: Path, before: str, after: str) -> None:
    file = tmp_path / "tagger.toml"
    file.write_text(before, newline="")
    assert set_bundle(file, Path("/new"))
    assert file.read_bytes().decode() == after
    assert [path.name for path in tmp_path.iterdir()] == ["tagger.toml"]


@pytest.mark.parametrize("content", ["jobs = \n", "bundle = '''/old'''\n"], ids=repr)
def test_settings_that_are_left_alone(tmp_path: Path, content: str) -> None:
    file = tmp_path / "tagger.toml"
    file.write_text(content)
    with pytest.raises(RunError, match="text editor"):
        set_bundle(file, Path("/new"))
    assert file.read_text() == content


def test_a_link_stays_a_link_and_rights_stay(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text("jobs = 1\n")
    real.chmod(0o600)
    (tmp_path / "tagger.toml").symlink_to(real)
    assert set_bundle(tmp_path / "tagger.toml", Path("/new"))
    assert (tmp_path / "tagger.toml").is_symlink()
    assert real.read_text() == 'bundle = "/new"\njobs = 1\n'
    assert real.stat().st_mode & 0o777 == 0o600


def test_import_says_what_is_wrong(cli: Cli, models: Path, tmp_path: Path) -> None:
    result = cli("bundle", "import", tmp_path / "nothing")
    assert (result.code, result.err.count("\n")) == (2, 1)
    export = tiny_hub.write_export(tmp_path / "export", config={"model_type": "llava"})
    result = cli("bundle", "import", export)
    assert result.code == 2
    assert "model_type 'llava', which is not known here (known are vision-encoder-decoder, blip)" in result.err
    assert not models.exists()


def test_import_where_something_is(cli: Cli, imported: Path, tmp_path: Path) -> None:
    result = cli("bundle", "import", tmp_path / "My export")
    assert result.code == 2
    assert "exists already" in result.err

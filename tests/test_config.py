"""Settings from TOML files."""

import subprocess
import sys
from pathlib import Path

import pytest

from tagger.config import Settings, library_config_file, load_settings, user_config_file
from tagger.core.errors import RunError


def toml(folder: Path, text: str, name: str = "tagger.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_nothing_set(tmp_path: Path) -> None:
    assert load_settings([]) == load_settings([tmp_path / "nothing.toml", tmp_path / "no/where.toml"]) == Settings()


def test_everything_set(tmp_path: Path) -> None:
    file = toml(
        tmp_path,
        'caption_policy = "append"\nwrite = false\nkeep_time = true\nbundle = "models/coco"\n'
        'device = "cpu"\nbatch_size = 4\njobs = 2\nbeam_width = 5\n',
    )
    assert load_settings([file]) == Settings(
        caption_policy="append",
        write=False,
        keep_time=True,
        bundle=tmp_path / "models/coco",
        device="cpu",
        batch_size=4,
        jobs=2,
        beam_width=5,
    )


def test_later_files_override(tmp_path: Path) -> None:
    first = toml(tmp_path, "batch_size = 4\njobs = 2\n", "1.toml")
    second = toml(tmp_path, "\ufeffbatch_size = 8\r\n", "2.toml")
    settings = load_settings([first, second])
    assert (settings.batch_size, settings.jobs) == (8, 2)


def test_bundle_paths(tmp_path: Path) -> None:
    assert load_settings([toml(tmp_path, f"bundle = '{tmp_path}'")]).bundle == tmp_path
    assert load_settings([toml(tmp_path, "bundle = '~/x'")]).bundle == Path.home() / "x"


@pytest.mark.parametrize(
    ("text", "cause", "hint"),
    [
        ('divice = "cpu"', "unknown setting divice", "did you mean device?"),
        ("batch-size = 4", "unknown setting batch-size", "did you mean batch_size?"),
        ("zzz = 1", "unknown setting zzz", "there are caption_policy, write"),
        ("[tagger]\nwrite = true", "unknown setting tagger", ""),
        (
            'device = "cpuu"',
            'device = "cpuu" is not allowed',
            'did you mean "cpu"? device is one of "auto", "cpu", "cuda"',
        ),
        ("device = ['cpu']", "device = ['cpu'] is not allowed", "device is one of"),
        ('write = "yes"', 'write = "yes" is not allowed', "write is true or false"),
        ("write = 1", "write = 1 is not allowed", "true or false"),
        ("batch_size = 0", "batch_size = 0 is not allowed", "a whole number from 1 to 1024"),
        ("batch_size = true", "batch_size = true is not allowed", "a whole number"),
        ("jobs = -1", "jobs = -1 is not allowed", "from 0"),
        ("jobs = 2.0", "jobs = 2.0 is not allowed", "whole number"),
        ("bundle = 7", "bundle = 7 is not allowed", "the path of a folder"),
        ('bundle = ""', "bundle", "the path of a folder"),
        ('bundle = "a\\u0000b"', "bundle", "the path of a folder"),
        ('bundle = "~nosuchuser/x"', "bundle", "in full"),
        ("device = cpu", "is not valid TOML", 'device = "cpu"'),
    ],
)
def test_mistakes(tmp_path: Path, text: str, cause: str, hint: str) -> None:
    file = toml(tmp_path, text)
    with pytest.raises(RunError) as caught:
        load_settings([file])
    assert str(file) in caught.value.cause
    assert cause in caught.value.cause
    assert hint in caught.value.hint


def test_unreadable(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="cannot read"):
        load_settings([tmp_path])
    (tmp_path / "x.toml").write_bytes(b"# caf\xe9")
    with pytest.raises(RunError, match="not text in UTF-8"):
        load_settings([tmp_path / "x.toml"])


def test_replace() -> None:
    settings = Settings(jobs=3)
    assert settings.replace(jobs=None, device=None) == settings
    assert settings.replace(jobs=0, write=False) == Settings(jobs=0, write=False)
    with pytest.raises(RunError, match="batch_size = 0 is not allowed"):
        settings.replace(batch_size=0)
    with pytest.raises(TypeError):
        settings.replace(speed=1)


def test_files(tmp_path: Path) -> None:
    assert user_config_file().name == "tagger.toml"
    assert library_config_file(tmp_path) == tmp_path / ".tagger/tagger.toml"


def test_imports_stay_light() -> None:
    code = (
        "import sys, tagger.scan, tagger.config\n"
        "heavy = {'numpy', 'sqlite3', 'platformdirs', 'onnxruntime', 'PIL', 'rich'} & set(sys.modules)\n"
        "sys.exit(repr(heavy) if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

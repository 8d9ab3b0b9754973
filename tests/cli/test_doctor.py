"""``tagger doctor``, and bundles that are refused."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import tiny_bundle
from captioning.test_session import install

from cli.conftest import Cli, make_newer, snapshot
from cli.test_main import program
from tagger import __version__


def rows(text: str) -> dict[str, str]:
    return {line[:16].strip(): line[17:] for line in text.splitlines()}


def test_all_is_well(cli: Cli, photos: Path, bundle_folder: Path) -> None:
    cli("tag", photos)
    result = cli("doctor", "--library", photos)
    shown = rows(result.out)
    assert result.code == 0
    assert shown["tagger"].startswith(f"{__version__}, Python 3.")
    assert shown["bundle"] == f"tiny 1 (markov) in {bundle_folder}"
    assert shown["runs on"] == "CPUExecutionProvider"
    assert "CPUExecutionProvider" in shown["providers"]
    assert shown["library"] == f"{photos}: 3 photos, 0 changes pending"
    assert shown["problems"] == "none"
    assert shown["numpy"].startswith("2")
    assert shown["pillow"] != "-"


def test_no_library(cli: Cli, tmp_path: Path) -> None:
    result = cli("doctor", "--library", tmp_path)
    assert (result.code, rows(result.out)["library"]) == (0, "none here")
    assert list(tmp_path.iterdir()) == []


def test_no_cuda(cli: Cli) -> None:
    result = cli("doctor", "--device", "cuda")
    assert result.code == 2
    assert rows(result.out)["PROBLEM"].startswith("CUDA was asked for but is not there")
    assert rows(result.out)["runs on"] == "CPUExecutionProvider"


def test_damaged_bundle(cli: Cli, own_bundle: Path) -> None:
    (own_bundle / "decoder_step.onnx").write_bytes(b"x")
    result = cli("doctor", "--bundle", own_bundle)
    assert result.code == 2
    assert "decoder_step.onnx is damaged" in rows(result.out)["PROBLEM"]


def test_library_that_cannot_be_opened(cli: Cli, photos: Path) -> None:
    cli("tag", photos)
    make_newer(photos / ".tagger/index.db")
    result = cli("doctor", "--library", photos)
    assert result.code == 2
    assert rows(result.out)["library"] == "cannot be opened"
    assert "index.db" in rows(result.out)["PROBLEM"]


def test_both_wheels(tmp_path: Path, settings_file: Path) -> None:
    install(tmp_path, "onnxruntime")
    install(tmp_path, "onnxruntime-gpu")
    done = program("doctor", PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    assert "both installed" in rows(done.stdout)["PROBLEM"]
    assert rows(done.stdout)["onnxruntime-gpu"] == "1.0"


def _damage(name: str, content: bytes) -> Callable[[Path], None]:
    return lambda bundle: (bundle / name).write_bytes(content) and None


def _manifest(**changes: object) -> Callable[[Path], None]:
    def change(bundle: Path) -> None:
        tiny_bundle.write_manifest(bundle, tiny_bundle.read_manifest(bundle) | changes)

    return change


def _link(bundle: Path) -> None:
    shutil.move(bundle / "vocabulary.txt", bundle.parent / "vocabulary")
    (bundle / "vocabulary.txt").symlink_to(bundle.parent / "vocabulary")


def _of_its_maker(name: str, content: Callable[[], bytes]) -> Callable[[Path], None]:
    return lambda bundle: tiny_bundle.replace_file(bundle, name, content())


_BAD_BUNDLES: dict[str, tuple[Callable[[Path], None], str]] = {
    "not there": (shutil.rmtree, "no model bundle at"),
    "wrong hash": (_damage("encoder_model.onnx", b"x"), "encoder_model.onnx is damaged"),
    "unknown format": (_manifest(format=99), "unknown format 99"),
    "outside": (_manifest(files={"../x": "0"}), "could leave its folder"),
    "absolute": (_manifest(files={"/etc/passwd": "0"}), "could leave its folder"),
    "missing file": (lambda bundle: (bundle / "decoder_start.onnx").unlink(), "decoder_start.onnx is missing"),
    "link": (_link, "vocabulary.txt is missing or not a plain file"),
    "not JSON": (_damage("bundle.json", b"{"), "is not JSON"),
    "missing key": (_manifest(image={}), "is incomplete"),
    "escapes": (_manifest(name="\x1b]0;evil\x07"), "is incomplete"),
    "damaged ONNX": (_of_its_maker("encoder_model.onnx", lambda: b"no model"), "cannot be loaded"),
    "other state": (
        _of_its_maker("decoder_start.onnx", lambda: tiny_bundle.decoder_start(state="state.other")),
        "it does not hold that",
    ),
    "other sizes": (
        _of_its_maker("decoder_start.onnx", lambda: tiny_bundle.decoder_start(width=4)), "cannot be run"
    ),
    "other tags": (_of_its_maker("tag_model.onnx", lambda: tiny_bundle.tag_model(labels=5)), "one score a label"),
}  # fmt: skip


@pytest.mark.parametrize("case", _BAD_BUNDLES)
@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_bad_bundle(cli: Cli, photos: Path, own_bundle: Path, case: str, packed: bool) -> None:
    """One line, exit code 2, the photos untouched."""
    damage, message = _BAD_BUNDLES[case]
    damage(own_bundle)
    source = own_bundle
    if packed and own_bundle.exists() and case != "link":  # a zip holds no links of this kind
        source = tiny_bundle.zipped(own_bundle, own_bundle.with_suffix(".taggerbundle"))
    before = snapshot(photos)
    result = cli("tag", "--bundle", source, photos)
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
    assert message in result.err
    assert "\x1b" not in result.err
    assert snapshot(photos) == before

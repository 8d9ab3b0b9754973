"""ONNX Runtime: what is installed, and what happens when it is not as it should be."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tiny_bundle

from tagger.captioning.session import Graph, runtime_report
from tagger.core.errors import BundleError

REPORT = "from tagger.captioning.session import runtime_report; print(runtime_report())"


def install(folder: Path, name: str, *, version: str = "1.0") -> None:
    """A distribution as pip would record it."""
    (folder / f"{name.replace('-', '_')}-{version}.dist-info").mkdir(parents=True)
    metadata = folder / f"{name.replace('-', '_')}-{version}.dist-info" / "METADATA"
    metadata.write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def run_with(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)


def test_graph() -> None:
    graph = Graph(tiny_bundle.tag_model(), name="tags")
    assert (graph.inputs, graph.outputs) == (("pooled",), ("tag_scores",))
    assert graph.shapes == {"pooled": ("N", 3), "tag_scores": ("N", 6)}
    assert graph.provider == "CPUExecutionProvider"
    pooled = np.full((2, 3), 0.5, np.float32)
    assert graph.run({"pooled": pooled, "unused": pooled})["tag_scores"].shape == (2, 6)
    with pytest.raises(BundleError, match="tags cannot be run") as caught:
        graph.run({"pooled": pooled[:, :2]})
    assert "\n" not in str(caught.value)


def test_bad_graph() -> None:
    with pytest.raises(BundleError, match="tags cannot be loaded") as caught:
        Graph(b"nonsense", name="tags")
    assert "\n" not in str(caught.value)


def test_report() -> None:
    report = runtime_report()
    assert "CPUExecutionProvider" in report.providers
    assert report.problems == ()


def test_both_wheels(tmp_path: Path) -> None:
    """Whichever of the two this machine has, the other is made up beside it."""
    install(tmp_path, "onnxruntime")
    assert "both installed" not in run_with(tmp_path, REPORT).stdout
    install(tmp_path, "onnxruntime-gpu")
    done = run_with(tmp_path, REPORT)
    assert "onnxruntime and onnxruntime-gpu are both installed" in done.stdout, done.stderr
    assert "pip uninstall both, then install one" in done.stdout


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "ONNX Runtime is installed but empty"),
        ("raise ImportError('DLL load failed\\nbecause')", "ONNX Runtime cannot be loaded: DLL load failed"),
        ("import not_there", "ONNX Runtime cannot be loaded: No module named 'not_there'"),
    ],
)
def test_broken_installation(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "onnxruntime").mkdir()
    (tmp_path / "onnxruntime/__init__.py").write_text(content)
    done = run_with(tmp_path, "import sys; from tagger.cli.main import main; sys.exit(main(['doctor']))")
    assert done.returncode == 2
    assert f"PROBLEM          {message}" in done.stdout
    assert "tagger-photos[cpu]" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_gpu_is_used_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The boundary is replaced: this machine need not have a GPU for the choice of provider to be tested."""
    import onnxruntime

    asked: list[list[str]] = []

    class Session:
        def __init__(self, model: bytes, options: object, providers: list[str]) -> None:
            asked.append(providers)

        def get_providers(self) -> list[str]:
            return asked[-1]

        def get_inputs(self) -> list[object]:
            return []

        get_outputs = get_inputs

    monkeypatch.setattr(onnxruntime, "InferenceSession", Session)
    both = ["CUDAExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: both)
    assert [Graph(b"", name="g", device=device).provider for device in ("auto", "cuda", "cpu")] == [
        "CUDAExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider",
    ]  # fmt: skip
    assert asked == [both, both, ["CPUExecutionProvider"]]

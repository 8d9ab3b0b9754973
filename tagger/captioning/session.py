"""ONNX graphs under ONNX Runtime: the only file that imports it. Knows no captions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from tagger.core.errors import BundleError, RunError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Device = Literal["auto", "cpu", "cuda"]
_CPU, _CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"
_INSTALL = "install one of them: pip install 'tagger-photos[cpu]' or 'tagger-photos[gpu]'"


@dataclass(frozen=True, slots=True)
class RuntimeReport:
    """What is installed: version of ONNX Runtime, its providers, and what is wrong with the installation."""

    version: str
    providers: tuple[str, ...]
    problems: tuple[str, ...]


class Graph:
    """One loaded graph. ``provider`` is the one that really runs it; ``outputs`` are its output names in order."""

    def __init__(self, model: bytes, *, name: str, device: Device = "cpu", threads: int = 0) -> None:
        ort = _onnxruntime()
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        # Spinning threads would take the cores that the loaders decode on.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4  # asked for CUDA where there is none, it prints; we report it ourselves
        wanted = [_CPU]
        if device in ("auto", "cuda") and _CUDA in ort.get_available_providers():
            wanted = [_CUDA, _CPU]
        try:
            self._session = ort.InferenceSession(model, options, providers=wanted)
        except Exception as error:
            # ONNX Runtime's own exceptions share no base class but Exception.
            raise BundleError(f"{name} cannot be loaded: {_first_line(error)}", "get the bundle again") from error
        self.name = name
        self.provider: str = self._session.get_providers()[0]
        self.inputs: tuple[str, ...] = tuple(value.name for value in self._session.get_inputs())
        self.outputs: tuple[str, ...] = tuple(value.name for value in self._session.get_outputs())
        self.shapes: dict[str, tuple[Any, ...]] = {
            value.name: tuple(value.shape) for value in (*self._session.get_inputs(), *self._session.get_outputs())
        }

    def run(self, inputs: "Mapping[str, NDArray[Any]]", outputs: Sequence[str] = ()) -> "dict[str, NDArray[Any]]":
        """Run on named inputs; returns the named outputs (all where none are named). Raises BundleError."""
        names = list(outputs or self.outputs)
        feed = {name: np.asarray(inputs[name]) for name in self.inputs}
        try:
            values = self._session.run(names, feed)
        except Exception as error:  # as above
            raise BundleError(f"{self.name} cannot be run: {_first_line(error)}", "get the bundle again") from error
        return dict(zip(names, values, strict=True))


def runtime_report() -> RuntimeReport:
    """Look at the installation without loading any model. Raises RunError where there is no ONNX Runtime."""
    ort = _onnxruntime()
    installed = [name for name in ("onnxruntime", "onnxruntime-gpu") if _is_installed(name)]
    problems = []
    if len(installed) == 2:
        problems.append(
            "onnxruntime and onnxruntime-gpu are both installed and overwrite each other's files: "
            "pip uninstall both, then install one"
        )
    return RuntimeReport(str(ort.__version__), tuple(ort.get_available_providers()), tuple(problems))


def _onnxruntime() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise RunError(f"ONNX Runtime cannot be loaded: {_first_line(error)}", _INSTALL) from error
    if not hasattr(onnxruntime, "InferenceSession"):
        # What is left when one of the two wheels that share the package was uninstalled after the other.
        raise RunError("ONNX Runtime is installed but empty", "pip uninstall onnxruntime onnxruntime-gpu; " + _INSTALL)
    return onnxruntime


def _is_installed(distribution: str) -> bool:
    try:
        metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]

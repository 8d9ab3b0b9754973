"""The feature cache: killed while it is written, shared by several runs, emptied, full."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from tagger_training import feature_store
from tagger_training.feature_store import FeatureStore

from tagger.core.errors import RunError

SHAPE = (3,)

WRITER = """
import sys
from pathlib import Path
import numpy as np
from tagger_training.feature_store import FeatureStore
folder, first = Path(sys.argv[1]), int(sys.argv[2])
store = FeatureStore(folder / "values", folder / "names", (3,), np.float32)
for start in range(0, 60, 4):
    numbers = [(first + start + i) % 60 for i in range(4)]
    store.append([f"photo{n}" for n in numbers], np.array([[n, n, n] for n in numbers], np.float32))
    print(start, flush=True)
"""


def open_store(folder: Path) -> FeatureStore:
    return FeatureStore(folder / "values", folder / "names", SHAPE, np.float32)


def rows(*numbers: int) -> tuple[list[str], np.ndarray]:
    return [f"photo{n}" for n in numbers], np.array([[n] * 3 for n in numbers], np.float32)


def check(folder: Path) -> int:
    """Every row is that of its name; returns the number of rows."""
    store = open_store(folder)
    names = list(store.rows)
    np.testing.assert_array_equal(store.features(names)[:], [[int(name[5:])] * 3 for name in names])
    assert (folder / "values").stat().st_size == 12 * len(names)
    assert len((folder / "names").read_text().split()) == len(names)
    return len(names)


def test_a_row_is_written_once_and_read_by_name(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.append(*rows(1, 2))
    store.append(*rows(2, 3))
    np.testing.assert_array_equal(store.features(["photo3", "photo1"])[:], [[3] * 3, [1] * 3])
    assert store.rows_of(["photo2"]).tolist() == [[2] * 3]
    assert check(tmp_path) == 3


def test_two_runs_at_once_do_not_mix_their_rows(tmp_path: Path) -> None:
    one, other = open_store(tmp_path), open_store(tmp_path)
    one.append(*rows(1, 2))
    other.append(*rows(2, 3))
    one.append(*rows(3, 4))
    np.testing.assert_array_equal(one.features(["photo4", "photo3"])[:], [[4] * 3, [3] * 3])
    assert check(tmp_path) == 4


def test_programs_at_once_do_not_mix_their_rows(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(first)], stdout=subprocess.DEVNULL)
        for first in (0, 7, 30)
    ]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0]
    assert check(tmp_path) == 60


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_run_that_is_killed_is_gone_on_with(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), "0"], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        writer.stdout.readline()
        os.kill(writer.pid, signal.SIGKILL)
    assert 8 <= check(tmp_path) <= 60
    store = open_store(tmp_path)
    store.append(*rows(*range(60)))
    assert check(tmp_path) == 60


@pytest.mark.parametrize(
    ("values", "names"), [(b"half of", b""), (b"", b"phot"), (b"a whole row!", b"photo9"), (b"", b"photo9\n")]
)
def test_what_is_half_written_is_cut_off(tmp_path: Path, values: bytes, names: bytes) -> None:
    open_store(tmp_path).append(*rows(1, 2))
    for name, more in (("values", values), ("names", names)):
        with (tmp_path / name).open("ab") as file:
            file.write(more)
    assert check(tmp_path) == 2
    open_store(tmp_path).append(*rows(3))
    assert check(tmp_path) == 3


def test_a_cache_that_was_emptied_meanwhile(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.append(*rows(1, 2))
    (tmp_path / "values").unlink()
    (tmp_path / "names").unlink()
    store.append(*rows(3))
    assert check(tmp_path) == 1
    with pytest.raises(RunError, match="was emptied meanwhile"):
        store.features(["photo1"])


def test_a_full_disk_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(tmp_path)
    store.append(*rows(1))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(feature_store.os, "fsync", full)
        with pytest.raises(RunError, match="No space left on device") as found:
            store.append(*rows(2))
    assert "--cache" in str(found.value)
    assert check(tmp_path) == 1
    store.append(*rows(2))
    assert check(tmp_path) == 2


def test_a_lock_is_waited_for(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    holder = "import sys, time; from pathlib import Path; import numpy as np\n"
    holder += "from tagger_training.feature_store import FeatureStore\n"
    holder += "store = FeatureStore(Path(sys.argv[1]) / 'values', Path(sys.argv[1]) / 'names', (3,), np.float32)\n"
    holder += "with store._locked():\n    print('held', flush=True); time.sleep(0.5)"
    with subprocess.Popen([sys.executable, "-c", holder, str(tmp_path)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        started = time.monotonic()
        store.append(*rows(1))
        assert time.monotonic() - started > 0.2

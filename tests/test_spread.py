"""A Ray cluster at work: every photo once, whatever becomes of its machines."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from captioning.pictures import photo
from tiny_bundle import COLOURS

from tagger import spread
from tagger.captioning.captioner import Decoding
from tagger.config import Settings
from tagger.core.errors import RunError
from tagger.results import from_line
from tagger.scan import scan

slow = pytest.mark.slow


def make(folder: Path, count: int) -> list[Any]:
    colours = list(COLOURS.values())
    for number in range(count):
        path = folder / f"{number // 100}" / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(photo(colours[number % len(colours)], seed=number, size=(8, 8)))
    return list(scan([folder]))


@pytest.fixture
def two_machines() -> Iterator[Any]:
    """A cluster of a head that computes nothing and two machines with a core each."""
    os.environ.setdefault("RAY_ENABLE_AUTO_CONNECT", "0")  # as spread.cluster does, before ray is imported
    pytest.importorskip("ray", reason="ray is not installed: pip install 'tagger-photos[ray]'")
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    cluster.machines = [cluster.add_node(num_cpus=1) for _ in range(2)]
    cluster.wait_for_nodes()
    yield cluster
    cluster.shutdown()


@slow
@pytest.mark.filterwarnings("ignore")  # ray's own, about its processes
def test_a_machine_dies(two_machines: Any, tmp_path: Path, bundle_folder: Path) -> None:
    import ray
    from ray._private.state import actors

    photos = make(tmp_path / "photos", 960)
    job = spread.Job(tmp_path / "photos", Settings(bundle=bundle_folder), Decoding())
    names: list[str] = []
    died_at = None
    with spread.cluster(two_machines.address):
        for line in spread.spread(photos, job, threading.Event()):
            result = from_line(line)
            assert result.caption is not None, result
            names.append(result.path)
            if died_at is None:
                busy = {actor["Address"]["NodeID"] for actor in actors().values() if actor["State"] == "ALIVE"}
                machine = next(machine for machine in two_machines.machines if machine.node_id in busy)
                two_machines.remove_node(machine, allow_graceful=False)
                died_at = len(names)
        assert sum(node["Alive"] for node in ray.nodes()) == 2
    assert died_at is not None
    assert died_at < len(photos)
    assert len(names) == len(set(names)) == len(photos)


@slow
@pytest.mark.filterwarnings("ignore")
def test_what_ends_a_run_there_ends_it_here(two_machines: Any, tmp_path: Path, own_bundle: Path) -> None:
    """The machines' bundle is damaged: our own error, not Ray's."""
    photos = make(tmp_path / "photos", 3)
    (own_bundle / "encoder_model.onnx").write_bytes(b"")
    job = spread.Job(tmp_path / "photos", Settings(bundle=own_bundle), Decoding())
    with spread.cluster(two_machines.address), pytest.raises(RunError, match=r"encoder_model\.onnx is damaged"):
        list(spread.spread(photos, job, threading.Event()))


@slow
@pytest.mark.filterwarnings("ignore")
def test_stopped(two_machines: Any, tmp_path: Path, bundle_folder: Path) -> None:
    photos = make(tmp_path / "photos", 400)
    job = spread.Job(tmp_path / "photos", Settings(bundle=bundle_folder), Decoding())
    stop = threading.Event()
    with spread.cluster(two_machines.address):
        lines = spread.spread(photos, job, stop)
        next(lines)
        stop.set()
        assert len(list(lines)) <= 1

"""Feed damaged bytes to every parser: each refuses in words or keeps every promise, quickly and in little memory.

Inputs are mutations of sound samples (mutations.py); one that reaches new code joins the samples (every fiftieth input
runs under a tracer that collects pairs of lines). A finding is anything that escapes but an error meant for users, a
promise that does not hold (targets.py), two seconds of processor time, or 1.5 GiB of memory. Findings are made smaller
and printed in base64, ready for tests/reliability/crashers.py.
"""

import argparse
import base64
import json
import os
import random
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import harness
from mutations import mutated
from target import Target
from targets import scratch_folder, targets

SECONDS = 2.0  # processor time an input may take
ROOM = 3 << 29  # bytes of address space beyond the start
TRACED = 25
MOST_SAMPLES = 600
SMALLER_TRIES = 400
_SOURCE = str(Path(sys.modules["tagger"].__file__ or "").parent)


class TooSlow(BaseException):
    """An input took longer than ``SECONDS``."""


@dataclass(slots=True)
class Finding:
    """One kind of failure: its target, what failed where, and the smallest input so far."""

    target: str
    what: str
    data: bytes
    times: int = 1

    def shown(self) -> str:
        return f"{self.target}: {self.what} ({self.times} times)\n    {base64.b64encode(self.data).decode()}"


@dataclass(slots=True)
class Result:
    """What one worker did."""

    inputs: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    joined: Counter[str] = field(default_factory=Counter)
    findings: dict[tuple[str, str], Finding] = field(default_factory=dict)
    slowest: float = 0.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="targets whose name contains this")
    options = parser.parse_args()
    began = time.monotonic()
    share = options.inputs // options.jobs

    def worker(number: int) -> Any:
        return lambda: fuzz(share, seed=options.seed * 1000 + number, only=options.only)

    children = [harness.start(worker(number)) for number in range(options.jobs)]
    total, failed = Result(), 0
    for child in children:
        value, failure = child.wait(24 * 3600)
        if failure:
            print(f"a worker died: {failure}")
            failed += 1
            continue
        _add(total, value)
    seconds = time.monotonic() - began
    for name, count in total.inputs.items():
        print(f"{count:8} {name}: {total.accepted[name]} accepted, {total.joined[name]} reached new code")
    for finding in total.findings.values():
        print("FINDING", finding.shown())
    summary = {
        "inputs": total.inputs.total(),
        "accepted": total.accepted.total(),
        "reached new code": total.joined.total(),
        "findings": len(total.findings),
        "workers that died": failed,
        "slowest": round(total.slowest, 3),
        "seconds": round(seconds),
    }
    print(json.dumps(summary))
    return 1 if total.findings or failed else 0


def _add(total: Result, part: Result) -> None:
    total.inputs += part.inputs
    total.accepted += part.accepted
    total.joined += part.joined
    total.slowest = max(total.slowest, part.slowest)
    for key, finding in part.findings.items():
        known = total.findings.get(key)
        if known is None or len(finding.data) < len(known.data):
            finding.times += known.times if known else 0
            total.findings[key] = finding
        else:
            known.times += finding.times


def fuzz(inputs: int, *, seed: int, only: str = "") -> Result:
    """Run so many inputs over all targets in this process."""
    chance, result = random.Random(seed), Result()
    prepare()
    with scratch_folder() as scratch:
        chosen = [target for target in targets(scratch) if only in target.name]
        samples = {target.name: list(target.samples) for target in chosen}
        seen: dict[str, set[tuple[str, int, int]]] = {target.name: set() for target in chosen}
        for target in chosen:
            for sample in target.samples:
                _, edges, finding = attempt(target, sample, traced=True)
                seen[target.name] |= edges
                if finding:
                    _keep(result, target, finding, sample)
        weights = [target.share for target in chosen]
        for number in range(inputs):
            (target,) = chance.choices(chosen, weights)
            known = samples[target.name]
            data = mutated(chance.choice(known), known, chance)
            traced = number % TRACED == 0
            began = time.process_time()
            accepted, edges, finding = attempt(target, data, traced=traced)
            if not traced:
                result.slowest = max(result.slowest, time.process_time() - began)
            result.inputs[target.name] += 1
            result.accepted[target.name] += accepted
            if finding:
                _keep(result, target, finding, data)
            elif traced and not edges <= seen[target.name] and len(known) < MOST_SAMPLES:
                seen[target.name] |= edges
                known.append(data)
                result.joined[target.name] += 1
    return result


def attempt(target: Target, data: bytes, *, traced: bool = False) -> tuple[bool, set[tuple[str, int, int]], str]:
    """One input: whether it was accepted, the pairs of lines that ran (where traced), and what failed if anything."""
    edges: set[tuple[str, int, int]] = set()
    # Processor time, not the wall's: the machine may be busy with something else. The tracer is slow by itself.
    signal.setitimer(signal.ITIMER_PROF, SECONDS * (20 if traced else 1))
    try:
        if traced:
            sys.settrace(_tracer(edges))
        accepted = target.takes(data)
    except TooSlow:
        return False, edges, f"more than {SECONDS:g} s of processor time"
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is what we look for
        return False, edges, _place(error)
    finally:
        sys.settrace(None)
        signal.setitimer(signal.ITIMER_PROF, 0)
    return accepted, edges, ""


def _tracer(edges: set[tuple[str, int, int]]) -> Any:
    def enter(frame: FrameType, _: str, __: Any) -> Any:
        name = frame.f_code.co_filename
        if not name.startswith(_SOURCE):
            return None
        last = frame.f_lineno

        def line(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal last
            if event == "line":
                edges.add((name, last, frame.f_lineno))
                last = frame.f_lineno
            return line

        return line

    return enter


def _place(error: BaseException) -> str:
    """What was raised, and the innermost line of ours."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(_SOURCE)]
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}: {str(error)[:100]}{where}" if not frames else f"{type(error).__name__}{where}"


def _keep(result: Result, target: Target, finding: str, data: bytes) -> None:
    known = result.findings.get((target.name, finding))
    if known is not None:
        known.times += 1
        return
    result.findings[target.name, finding] = Finding(target.name, finding, smaller(target, data, finding))


def smaller(target: Target, data: bytes, finding: str) -> bytes:
    """Cut pieces out while the same thing fails."""
    size, tries = max(1, len(data) // 2), 0
    while size and tries < SMALLER_TRIES:
        at = 0
        while at < len(data) and tries < SMALLER_TRIES:
            tries += 1
            shorter = data[:at] + data[at + size :]
            if attempt(target, shorter)[2] == finding:
                data = shorter
            else:
                at += size
        size //= 2
    return data


def _too_slow(*_: object) -> None:
    raise TooSlow


def prepare() -> None:
    """Bound this process's memory and listen for the clock; there is no way back."""
    signal.signal(signal.SIGPROF, _too_slow)
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if Path("/proc/self/statm").exists() else 0
    if pages:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (pages * os.sysconf("SC_PAGESIZE") + ROOM, hard))


if __name__ == "__main__":
    sys.exit(main())

"""What is measured, and one run of it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from gouji.batch.memory import HEAPS

from .pages import Item

ROOT = Path(__file__).resolve().parents[1]

SetName = Literal["tables", "reports"]

# What keeps the programs from the network and their threads from multiplying.
ENVIRONMENT = {
    "ORT_DISABLE_TELEMETRY": "1",
    "PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK": "True",
    "HF_HUB_OFFLINE": "1",
    "MALLOC_ARENA_MAX": str(HEAPS),  # as gouji has it in its own worker
}


@dataclass(frozen=True, slots=True)
class Contender:
    """A program with its settings.

    Attributes:
        name: as the results name it.
        task: what it makes of a page.
        module: in `benchmarks.workers`.
        package: the distribution whose version counts.
        is_peer: whether it runs in the environment of the peers.
        options: for the worker; `whole` is added.
    """

    name: str
    task: str
    module: str
    package: str
    is_peer: bool = True
    options: Mapping[str, str] = field(default_factory=dict)


ALL_TEXT = "all text of the page, as lines"


def contenders(detection: Path, recognition: Path) -> tuple[Contender, ...]:
    """All of them; the two folders are the models of PaddleOCR."""
    folders = {"detection": str(detection), "recognition": str(recognition)}
    return (
        Contender("gouji", "tables; of reports the record", "gouji_digitize", "gouji", is_peer=False),
        Contender("RapidOCR", ALL_TEXT, "rapidocr_read", "rapidocr"),
        Contender("PaddleOCR, ONNX Runtime", ALL_TEXT, "paddleocr_read", "paddleocr", options=folders),
        Contender(
            "faster-paddle, small", ALL_TEXT, "faster_paddle_read", "faster-paddle", options={"size": "small"}
        ),
        Contender(
            "faster-paddle, tiny", ALL_TEXT, "faster_paddle_read", "faster-paddle", options={"size": "tiny"}
        ),
        Contender("img2table + RapidOCR", "ruled tables", "img2table_read", "img2table"),
    )


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took, or why it could not."""

    seconds: tuple[float, ...] = ()
    load_seconds: float = 0.0
    characters: int = 0
    peak_mib: float = 0.0
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """What one process is asked to do."""

    set_name: SetName
    items: Sequence[Item]
    warm_up: Item
    threads: int
    timeout: float


def run_once(contender: Contender, python: Path, job: Job) -> Run:
    """One process of the contender over the job; a failure is a result that says why."""
    argument = {
        "items": job.items,
        "warm_up": job.warm_up,
        "threads": job.threads,
        "options": {**contender.options, "whole": job.set_name == "reports"},
    }
    command = [str(python), "-m", f"benchmarks.workers.{contender.module}", json.dumps(argument)]
    threads = {"OMP_NUM_THREADS": str(job.threads)}
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | ENVIRONMENT | threads,
            capture_output=True,
            text=True,
            timeout=job.timeout,
        )
    except subprocess.TimeoutExpired:
        return Run(failure=f"not done after {job.timeout:.0f} s")
    except OSError as error:
        return Run(failure=str(error))
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        return Run(failure=lines[-1] if lines else f"ended with {done.returncode}")
    result = json.loads(done.stdout.splitlines()[-1])
    return Run(tuple(result.pop("seconds")), **result)


def installed_version(python: Path, package: str) -> str:
    """The version of a distribution in an environment; "?" where it is not installed."""
    code = f"from importlib.metadata import version; print(version({package!r}))"
    try:
        done = subprocess.run([str(python), "-c", code], cwd=ROOT, capture_output=True, text=True)
    except OSError:
        return "?"
    return done.stdout.strip() or "?"

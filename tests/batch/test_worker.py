"""The worker process: stopped when a document hangs, replaced when it dies."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from gouji.batch.worker import Task, Worker, WorkerOptions
from gouji.document.errors import FormNotFoundError, LimitError, UnsupportedMediaError, WorkerError
from gouji.document.limits import Limits


@contextmanager
def started(max_seconds: float) -> Iterator[Worker]:
    worker = Worker(WorkerOptions("onnx", 1, Limits(max_seconds=max_seconds), False, False))
    try:
        yield worker
    finally:
        worker.stop()


def worker_processes() -> list[psutil.Process]:
    """Child processes of this one that run a worker."""
    found = []
    for child in psutil.Process().children():
        try:
            if "spawn_main" in " ".join(child.cmdline()):
                found.append(child)
        except psutil.NoSuchProcess:
            continue
    return found


def test_a_document_that_takes_too_long_is_stopped_and_the_next_one_works(
    scans: Path, bare_page: Path
) -> None:
    with started(max_seconds=2.0) as worker:
        before = time.monotonic()
        with pytest.raises(LimitError, match=r"demo.pdf took longer than 2 s and was stopped.*--max-seconds"):
            worker.digitize(Task(scans / "demo.pdf", None))
        assert time.monotonic() - before > 2.0
        assert worker_processes() == []
        with pytest.raises(FormNotFoundError, match="bare.png"):
            worker.digitize(Task(bare_page, None))
    assert worker_processes() == []


def test_a_worker_that_is_killed_costs_its_document_only(
    scans: Path, bare_page: Path, tmp_path: Path
) -> None:
    text = tmp_path / "text.pdf"
    text.write_text("no report", "utf-8")
    with started(max_seconds=120) as worker:
        with pytest.raises(UnsupportedMediaError):  # an error of the document's own leaves the process alive
            worker.digitize(Task(text, None))
        (process,) = worker_processes()
        with pytest.raises(FormNotFoundError):
            worker.digitize(Task(bare_page, None))
        assert worker_processes() == [process]
        killer = threading.Timer(0.7, process.kill)
        killer.start()
        with pytest.raises(WorkerError, match=r"The process that read demo.pdf died \(exit code -9\)"):
            worker.digitize(Task(scans / "demo.pdf", None))
        killer.join()
        with pytest.raises(FormNotFoundError):
            worker.digitize(Task(bare_page, None))
        assert worker_processes() != [process]
    assert worker_processes() == []


def test_a_worker_that_is_never_asked_starts_no_process() -> None:
    with started(max_seconds=1):
        assert worker_processes() == []

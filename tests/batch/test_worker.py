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
from pypdfium2 import PdfDocument


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


@pytest.fixture(scope="module")
def long_pdf(scans: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo ten times over: even a fast machine needs far longer than the limit, and a slow one reads a bare page within it."""
    path = tmp_path_factory.mktemp("long") / "long.pdf"
    with PdfDocument.new() as long, PdfDocument(scans / "demo.pdf") as demo:
        for _ in range(10):
            long.import_pages(demo)
        long.save(path)
    return path


def test_a_document_that_takes_too_long_is_stopped_and_the_next_one_works(
    long_pdf: Path, bare_page: Path
) -> None:
    with started(max_seconds=6.0) as worker:
        before = time.monotonic()
        with pytest.raises(LimitError, match=r"long.pdf took longer than 6 s and was stopped.*--max-seconds"):
            worker.digitize(Task(long_pdf, None))
        assert time.monotonic() - before > 6.0
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

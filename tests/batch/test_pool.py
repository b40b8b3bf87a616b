"""Several workers at once: given up, they leave nothing running and begin nothing new."""

from __future__ import annotations

import time
from pathlib import Path

from gouji.batch.pool import digitize_all, workers_of
from gouji.batch.worker import Task, WorkerOptions
from gouji.document.limits import Limits

from .test_worker import worker_processes


def test_giving_up_begins_nothing_new(scans: Path, bare_page: Path) -> None:
    quick, slow = Task(bare_page, None), Task(scans / "demo.pdf", None)
    options = WorkerOptions("onnx", 1, Limits(), False, False)
    with workers_of(options, 2) as workers:
        results = digitize_all([quick, slow, slow, slow, slow], lambda task: task, workers, lambda: False)
        assert next(results)[0] is quick
        before = time.monotonic()
        results.close()
        assert time.monotonic() - before < 1.0
        assert worker_processes() == []

"""One document at a time in a process of its own, so that a file that crashes or hangs the reader costs only itself."""

from __future__ import annotations

import logging
import multiprocessing
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import psutil

from ..document.errors import GoujiError, LimitError, WorkerError
from ..document.limits import Limits
from ..document.record import Record
from ..logs import log_to_stderr
from ..models.confidence import DEFAULT_RISK, MODEL_FILE
from ..models.features import Evidence
from .memory import share_heaps

if TYPE_CHECKING:
    from .document_task import Digitizer

log = logging.getLogger(__name__)

READY = "ready"
"""What the process sends once its models are loaded."""

RECYCLE_BYTES = 1_500_000_000
"""A worker that holds more after a document is replaced by a new one; a usual one stays below 1 GB."""

START_SECONDS = 180.0
"""Loading libraries and weights takes a second or two; a slow disk much longer."""


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """What stays the same for all documents of a run.

    Attributes:
        engine: `onnx` or `paddle`.
        threads: threads of one inference.
        limits: of each document.
        with_sections: whether text outside the tables is read.
        folder_is_report: whether a folder's pictures are one report.
        verbose: whether the worker says more on stderr.
        risk: so large a share of the accepted cells may be wrong at the most, 0 to 1.
        model_file: of the confidence model.
    """

    engine: str
    threads: int
    limits: Limits
    with_sections: bool
    folder_is_report: bool
    verbose: bool = False
    risk: float = DEFAULT_RISK
    model_file: Path = MODEL_FILE


@dataclass(frozen=True, slots=True)
class Task:
    """One document: its path, and where annotated page pictures go (None: nowhere); `pictures` is a path without an ending."""

    path: Path
    pictures: Path | None


@dataclass(frozen=True, slots=True)
class Done:
    """A digitized document: its record, what its confidences are made of, the annotated page pictures that were written."""

    record: Record
    evidence: Mapping[str, Evidence]
    pictures: tuple[Path, ...]


class Worker:
    """A process with its models loaded, started when first needed and again after it was lost.

    One thread at a time may use it; only `give_up` may be called from another.
    """

    def __init__(self, options: WorkerOptions) -> None:
        self._options = options
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._given_up = False
        self._starting = Lock()

    def digitize(self, task: Task) -> Done:
        """The task's result.

        Raises:
            GoujiError: what the document's own processing raised; `LimitError` after the time limit, `WorkerError` when the
                process died.
        """
        pipe = self._started()
        try:
            pipe.send(task)
        except ConnectionError as error:
            raise self._died(task.path.name) from error
        seconds = self._options.limits.max_seconds
        if not pipe.poll(seconds):
            self.stop()
            raise LimitError(
                f"{task.path.name} took longer than {seconds:g} s and was stopped.",
                "Look at the file, or raise the limit with --max-seconds.",
            )
        answer = self._receive(pipe, task.path.name)
        if isinstance(answer, GoujiError):
            raise answer
        assert isinstance(answer, Done)
        self._recycle()
        return answer

    def _recycle(self) -> None:
        """Ends a process that has grown: the next document gets a new one."""
        assert self._process is not None
        with suppress(psutil.Error):
            if psutil.Process(self._process.pid).memory_info().rss > RECYCLE_BYTES:
                log.info("a worker holds more than %d MB: replaced", RECYCLE_BYTES // 10**6)
                self.stop()

    def give_up(self) -> None:
        """Ends the process, whatever it is doing, and starts none any more: whoever waits for it is told that it died."""
        with self._starting:
            self._given_up = True
        process = self._process
        if process is not None:
            process.kill()

    def stop(self) -> None:
        """Ends the process at once; the next document starts another."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None

    def _started(self) -> Connection:
        if self._process is None or self._pipe is None or not self._process.is_alive():
            self.stop()
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            self._start(context.Process(target=_serve, args=(theirs, self._options), daemon=True))
            theirs.close()
            if not self._pipe.poll(START_SECONDS):
                self.stop()
                raise WorkerError(
                    f"The worker process did not start within {START_SECONDS:g} s.", "Run `gouji doctor`."
                )
            answer = self._receive(self._pipe, "nothing yet")
            if isinstance(answer, GoujiError):
                self.stop()
                raise answer
        return self._pipe

    def _start(self, process: SpawnProcess) -> None:
        with self._starting:
            if self._given_up:
                raise WorkerError("No process is started any more: the run was given up.")
            process.start()
            self._process = process

    def _receive(self, pipe: Connection, name: str) -> Done | GoujiError | str:
        try:
            answer: Done | GoujiError | str = pipe.recv()
        except (EOFError, ConnectionError) as error:
            raise self._died(name) from error
        return answer

    def _died(self, name: str) -> WorkerError:
        assert self._process is not None
        self._process.join(5)
        code = self._process.exitcode
        self.stop()
        return WorkerError(
            f"The process that read {name} died (exit code {code}).",
            "A damaged file or too little memory can cause this; try the file alone.",
        )


def _serve(pipe: Connection, options: WorkerOptions) -> None:
    """The worker's loop: a task in, a result or an error out, until the pipe is closed."""
    log_to_stderr(verbose=options.verbose)
    # Ctrl-C reaches every process of the terminal; whether to end is the parent's to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    share_heaps()
    # Imported here: the parent shows help and progress without loading any of it.
    from .document_task import Digitizer

    try:
        digitizer = Digitizer(options)
    except GoujiError as error:
        pipe.send(error)
        return
    pipe.send(READY)
    while True:
        try:
            task: Task = pipe.recv()
            pipe.send(_answer(digitizer, task))
        except (EOFError, ConnectionError):  # the parent is gone
            return


def _answer(digitizer: Digitizer, task: Task) -> Done | GoujiError:
    try:
        return digitizer.run(task)
    except GoujiError as error:
        return error

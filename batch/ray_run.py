"""Documents digitized on a Ray cluster: the only file that imports Ray.

Ray Data hands out files, one row each, an actor pool holds the loaded models, and each actor saves into the database itself. The
database is the truth: a row that is handed out again after a node was lost finds its record there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from ..document import errors
from ..document.errors import GoujiError, MissingPartError, OutputError
from ..document.record import Record
from ..store.archive import Archive, open_archive
from ..store.state import SourceFile
from .delivery import Delivery, Outcome, deliver
from .inputs import Job
from .todo import Todo, pipeline_of
from .worker import Task, Worker, WorkerOptions

ROWS_AT_ONCE = 10_000
"""Files given to Ray together: what it keeps of them stays small."""

BLOCKS = 1000
"""Parts into which they are cut at the most; with a lost node the parts that it had at work are handed out again."""


class RayDigitizer:
    """What an actor holds: a worker process with its models, and the database.

    The worker is a process of its own here too, so that a document that hangs or crashes costs only itself.
    """

    def __init__(self, options: WorkerOptions, db: str, run_id: int, with_evidence: bool) -> None:
        self._options = options
        self._run_id = run_id
        self._delivery = Delivery(with_evidence=with_evidence, archive=open_archive(db))
        self._worker = Worker(options)

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """What became of one file, which is in the database then."""
        item = _to_todo(row)
        archive = self._delivery.archive
        assert archive is not None
        if item.sha256 and (found := archive.find_record(item.sha256, pipeline_of(self._options))):
            archive.save_link(self._run_id, item.file, found.record_id)
            return {"path": row["path"], "error": "", "message": "", "remedy": ""}
        try:
            done = self._worker.digitize(Task(item.job.path, None))
        except errors.InputError as error:
            deliver(item, error, self._delivery, self._options, self._run_id)
            told = {"error": type(error).__name__, "message": error.message, "remedy": error.remedy}
            return {"path": row["path"], **told}
        deliver(item, done, self._delivery, self._options, self._run_id)
        return {"path": row["path"], "error": "", "message": "", "remedy": ""}


def digitize_on_ray(
    items: Iterable[Todo],
    options: WorkerOptions,
    address: str,
    actors: int,
    archive: Archive,
    run_id: int,
    *,
    with_evidence: bool,
    stopped: Callable[[], bool],
) -> Iterator[Outcome]:
    """What became of each file, as it ends; all of it is in the database already.

    Args:
        items: the files; they lie at the same paths on every node.
        options: of the workers.
        address: of the cluster, `auto` for the one that this machine belongs to.
        actors: how many documents are at work at a time.
        archive: the database, which every node can reach.
        run_id: of the run.
        with_evidence: whether what the confidences are made of is kept as well.
        stopped: once it is true nothing more is handed out.

    Raises:
        MissingPartError: without Ray.
        OutputError: when the cluster cannot be reached.
    """
    ray = _connected(address)
    url = archive.engine.url.render_as_string(hide_password=False)
    rest = iter(items)
    try:
        while (rows := [_to_row(item) for item in islice(rest, ROWS_AT_ONCE)]) and not stopped():
            data = ray.data.from_items(rows, override_num_blocks=min(BLOCKS, len(rows)))
            made = data.map(
                RayDigitizer,
                fn_constructor_args=(options, url, run_id, with_evidence),
                compute=ray.data.ActorPoolStrategy(min_size=1, max_size=actors),
                num_cpus=options.threads,
            )
            for row in made.iter_rows():
                yield _to_outcome(row, archive)
                if stopped():
                    return
    finally:
        ray.shutdown()


def _connected(address: str) -> Any:
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise MissingPartError("Ray is not installed.", "Install gouji[ray].") from error
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.WARNING)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise OutputError(
            f"--ray {address}: no cluster there ({error}).", "Start one as docs/scale-out.md says."
        ) from error
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    return ray


def _to_row(item: Todo) -> dict[str, Any]:
    file = item.file
    return {
        "path": str(item.job.path.absolute()),
        "record_name": item.job.record_name,
        "bytes": file.bytes,
        "modified_ns": file.modified_ns,
        "sha256": item.sha256 or "",
    }


def _to_todo(row: dict[str, Any]) -> Todo:
    path = Path(row["path"])
    file = SourceFile(path, int(row["bytes"]), int(row["modified_ns"]))
    return Todo(Job(path, row["record_name"]), file, row["sha256"] or None)


def _to_outcome(row: dict[str, Any], archive: Archive) -> Outcome:
    path = Path(row["path"])
    if row["error"]:
        kind: type[GoujiError] = getattr(errors, row["error"])
        return Outcome(path, error=kind(row["message"], row["remedy"]))
    return Outcome(path, Record.model_validate_json(archive.record_json_of(path)))

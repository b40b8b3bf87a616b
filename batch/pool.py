"""Several workers, each a process with its models loaded once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TypeVar

from ..document.errors import InputError
from .worker import Done, Task, Worker, WorkerOptions

WAITING = 2
"""Documents handed out for each worker, so that none waits while a result is saved."""

Item = TypeVar("Item")


def digitize_all(
    items: Iterable[Item],
    to_task: Callable[[Item], Task],
    workers: Sequence[Worker],
    stopped: Callable[[], bool],
) -> Iterator[tuple[Item, Done | InputError]]:
    """Each item with what became of its document, as they end; one that fails does not stop the others.

    Args:
        items: asked for one by one, not far ahead of the work.
        to_task: what a worker is to do for an item.
        workers: so many documents are at work at a time; they are given up when this ends before its time.
        stopped: once it is true nothing more is begun; what is at work is finished.

    Raises:
        MissingPartError: when the engine cannot be loaded.
    """
    idle: SimpleQueue[Worker] = SimpleQueue()
    for worker in workers:
        idle.put(worker)

    def digitize(task: Task) -> Done | InputError | None:
        if stopped():
            return None
        worker = idle.get()
        try:
            return worker.digitize(task)
        except InputError as error:
            return error
        finally:
            idle.put(worker)

    threads = ThreadPoolExecutor(len(workers))
    waiting: dict[Future[Done | InputError | None], Item] = {}
    try:
        for item in items:
            waiting[threads.submit(digitize, to_task(item))] = item
            if len(waiting) >= WAITING * len(workers):
                yield from _ended(waiting)
            if stopped():
                break
        while waiting:
            yield from _ended(waiting)
    except BaseException:
        for worker in workers:
            worker.give_up()
        raise
    finally:
        threads.shutdown(cancel_futures=True)


@contextmanager
def workers_of(options: WorkerOptions, jobs: int) -> Iterator[Sequence[Worker]]:
    """So many workers; each starts its process when it is first needed, and all end with the block."""
    workers = [Worker(options) for _ in range(jobs)]
    try:
        yield workers
    finally:
        for worker in workers:
            worker.stop()


def _ended(
    waiting: dict[Future[Done | InputError | None], Item],
) -> Iterator[tuple[Item, Done | InputError]]:
    """Those that have ended, at least one; they are taken out of `waiting`. What was never begun is left out."""
    for future in wait(waiting, return_when=FIRST_COMPLETED).done:
        item = waiting.pop(future)
        result = future.result()
        if result is not None:
            yield item, result

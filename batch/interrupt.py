"""Ctrl-C, once: the documents at work are finished; twice: everything stops at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)

NOTE = b"gouji: ending after the documents at work; once more ends at once.\n"


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Inside the block, whether the end was asked for.

    Raises:
        KeyboardInterrupt: when it is asked for a second time.
    """
    asked = 0

    def note(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked += 1
        if asked > 1:
            raise KeyboardInterrupt
        # print() must not be entered while it is at work, which a signal does not wait for; nobody may be reading.
        with suppress(OSError):
            os.write(2, NOTE)

    before = {number: signal.signal(number, note) for number in SIGNALS}
    try:
        yield lambda: asked > 0
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""Few heaps for many threads, on Linux with glibc."""

from __future__ import annotations

import ctypes
import logging
import sys

log = logging.getLogger(__name__)

_M_ARENA_MAX = -8
"""A parameter of mallopt(3), as <malloc.h> numbers it."""

HEAPS = 2
"""For all threads together; glibc gives each thread heaps of its own otherwise, and what is freed in one stays there."""


def share_heaps() -> bool:
    """Lets all threads of this process share `HEAPS` heaps; false, and nothing done, where the C library is another."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):  # musl
        log.debug("no mallopt in this system's C library")
        return False
    return bool(mallopt(_M_ARENA_MAX, HEAPS))

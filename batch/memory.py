"""Memory given back to the system as soon as it is free, on Linux with glibc."""

from __future__ import annotations

import ctypes
import logging
import sys

log = logging.getLogger(__name__)

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
"""Parameters of mallopt(3), as <malloc.h> numbers them."""

MMAP_BYTES = 8 * 1024 * 1024
"""Blocks from this size on, such as a page's pixels, go back when freed; glibc raises the limit to 32 MB by and by otherwise."""

ARENAS = 2
"""Heaps for all threads together; glibc gives each thread one of its own otherwise, and none is given back."""


def give_memory_back() -> None:
    """Limits what this process keeps of freed memory; does nothing where the C library is another."""
    if not sys.platform.startswith("linux"):
        return
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):  # musl
        log.debug("no mallopt in this system's C library")
        return
    mallopt(_M_MMAP_THRESHOLD, MMAP_BYTES)
    mallopt(_M_ARENA_MAX, ARENAS)

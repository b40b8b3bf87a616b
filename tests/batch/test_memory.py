"""Freed memory goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

MEASURE = """
import numpy as np, psutil
from gouji.batch.memory import give_memory_back
{call}
rss = lambda: psutil.Process().memory_info().rss // 2**20
before = rss()
for _ in range(8):  # glibc learns to keep larger and larger blocks from those that were freed
    blocks = [np.ones(12 * 2**20, np.uint8) for _ in range(10)]
    small = np.ones(2**20, np.uint8)
    del blocks
print(rss() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="mallopt is glibc's")
def test_a_pages_pixels_go_back_when_freed() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEASURE.format(call="give_memory_back()")],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert int(done.stdout) < 24

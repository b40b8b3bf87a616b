"""Few heaps for many threads."""

from __future__ import annotations

import platform

from gouji.batch.memory import share_heaps


def test_glibc_takes_the_limit_and_other_libraries_are_left_alone() -> None:
    assert share_heaps() == (platform.libc_ver()[0] == "glibc")

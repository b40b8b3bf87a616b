"""Stretches of a row of flags."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def runs(flags: ArrayLike) -> list[tuple[int, int]]:
    """Start and stop of each stretch that is set, of (n,) flags."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], np.asarray(flags, np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]

"""Percentiles of grey levels: the same as NumPy's, and several times as fast on a cell or a page."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

FEW = 1500
"""So many values are sorted faster than counted."""


def percentile(values: NDArray[np.uint8], q: float) -> float:
    """The q-th percentile, 0 to 100, of uint8 values of any shape, linear between the two nearest values.

    Of more than 2^24 values that are equal the count is rounded to 24 bits.

    Raises:
        ValueError: when there are no values.
    """
    if values.size == 0:
        raise ValueError("a percentile of no values")
    place = q / 100 * (values.size - 1)
    first, second = int(place), int(np.ceil(place))
    if values.size <= FEW:
        ranked = np.sort(values, axis=None)
        low, high = int(ranked[first]), int(ranked[second])
    else:
        counts = cv2.calcHist([values.reshape(1, -1)], [0], None, [256], [0.0, 256.0])
        upto = np.cumsum(counts, dtype=np.float64)
        low, high = (int(upto.searchsorted(at, side="right")) for at in (first, second))
    return low + (high - low) * (place - first)

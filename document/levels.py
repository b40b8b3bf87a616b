"""Percentiles of grey levels, by counting them: the same as NumPy's, and several times as fast on a cell or a page."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def percentile(values: NDArray[np.uint8], q: float) -> float:
    """The q-th percentile, 0 to 100, of uint8 values of any shape, linear between the two nearest values.

    Raises:
        ValueError: when there are no values.
    """
    if values.size == 0:
        raise ValueError("a percentile of no values")
    upto = np.cumsum(np.bincount(values.ravel(), minlength=256))
    place = q / 100 * (values.size - 1)
    low, high = np.searchsorted(upto, (int(place), int(np.ceil(place))), side="right")
    return float(low + (high - low) * (place - int(place)))

"""The marks of a cell, with every pixel's own."""

from __future__ import annotations

import numpy as np
import pytest
from gouji.document.levels import percentile
from gouji.layout.components import find_components


@pytest.mark.parametrize("q", [0, 37, 90, 100])
def test_percentiles_are_those_of_each_marks_own_pixels(q: float) -> None:
    rng = np.random.default_rng(3)
    mask = (rng.random((40, 70)) < 0.3).astype(np.uint8)
    image = rng.integers(0, 256, mask.shape).astype(np.uint8)
    found = find_components(mask)
    own = [percentile(image[found.box][found.labels == k + 1], q) for k in range(len(found))]
    assert len(own) > 20
    assert found.percentiles(image, q) == pytest.approx(own)

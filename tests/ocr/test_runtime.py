"""Batches of crops for a network."""

from __future__ import annotations

import numpy as np
import pytest
from gouji.ocr.runtime import group_by_width

LADDER, MOST = (32, 64, 128, 256, 512), 2048


@pytest.mark.parametrize("seed", range(20))
def test_each_crop_is_in_one_batch_of_few_shapes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    widths = [int(w) for w in rng.integers(0, 512, rng.integers(1, 200))]
    batches = group_by_width(widths, LADDER, MOST)
    assert sorted(i for b in batches for i in b.indices) == [i for i, w in enumerate(widths) if w]
    for batch in batches:
        narrower = [w for w in LADDER if w < batch.width]
        assert all(max(narrower, default=0) < widths[i] <= batch.width for i in batch.indices)
        assert batch.size in (1, 4, 16, 64)
        assert 0.75 * batch.size <= len(batch.indices) <= batch.size
        assert batch.size * batch.width <= MOST


def test_a_crop_wider_than_a_batch_goes_alone() -> None:
    (batch,) = group_by_width([500], LADDER, 256)
    assert (batch.width, batch.size, batch.indices) == (512, 1, (0,))

"""Percentiles by counting are NumPy's."""

import numpy as np
import pytest
from gouji.document.levels import percentile
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

VALUES = hnp.arrays(np.uint8, hnp.array_shapes(max_dims=2, max_side=60))


@given(VALUES, st.floats(0, 100))
def test_equal_to_numpy(values: NDArray[np.uint8], q: float) -> None:
    assert percentile(values, q) == pytest.approx(float(np.percentile(values, q)), abs=1e-9)


def test_of_nothing() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile(np.zeros((0, 4), np.uint8), 50)

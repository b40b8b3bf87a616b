"""How well the readings of several cells go together under one of the form's checks."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..number import Value
from .prior import CheckPrior

Terms = NDArray[np.float64]
"""(n, 4): what cells contribute to a side of a check under n assignments: the sum of their numbers, how many numbers, how many
blanks, how many cells illegible or not found. The terms of several cells add up."""

_EQUAL = 1e-6


def terms_of(values: Sequence[Value]) -> Terms:
    """One cell under n assignments, the value of each given."""
    return np.array(
        [
            (
                0.0 if v.number is None else float(v.number),
                v.number is not None,
                v.kind == "blank",
                v.kind in ("illegible", "missing"),
            )
            for v in values
        ],
        dtype=np.float64,
    )


def log_potential(left: Terms, right: Terms, prior: CheckPrior) -> NDArray[np.float64]:
    """(n,) float64: natural log of how much likelier the numbers are together than each for itself.

    Of a check that holds: how often one does, over how often the total would be just that by chance. That is seldom for any number
    but 0, so that each says as much as one check may. Of a violated one: how often one is. 0 where blanks or unread cells leave it
    open, as `mapping.checks` says.
    """
    equal = np.abs(left[:, 0] - right[:, 0]) < _EQUAL
    smaller = np.where((left[:, 0] < right[:, 0])[:, None], left, right)
    hidden = np.where(equal, left[:, 3] + right[:, 3], smaller[:, 2] + smaller[:, 3])
    is_open = (left[:, 1] == 0) | (right[:, 1] == 0) | (hidden > 0)
    nothing = min(math.log(prior.holds / prior.zeros), prior.most)
    holds = np.where(np.abs(left[:, 0]) < _EQUAL, nothing, prior.most)
    return np.where(is_open, 0.0, np.where(equal, holds, math.log1p(-prior.holds)))

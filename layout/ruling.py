"""One drawn line, as a polyline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Ruling:
    """One drawn stretch of a line.

    Attributes:
        along: (n,) float64, increasing positions along the line's direction, px (x for a horizontal ruling).
        across: (n,) float64, the line's middle at those positions, px (y for a horizontal ruling).
        contrast: how much darker than its paper it is, in grey levels.
    """

    along: NDArray[np.float64]
    across: NDArray[np.float64]
    contrast: float

    @property
    def start(self) -> float:
        """Where it begins, px along."""
        return float(self.along[0])

    @property
    def end(self) -> float:
        """Where it ends, px along."""
        return float(self.along[-1])

    @property
    def length(self) -> float:
        """Px along."""
        return self.end - self.start

    @property
    def middle(self) -> float:
        """Its mean position across, px."""
        return float(self.across.mean())

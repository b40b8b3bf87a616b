"""One drawn line, as a polyline."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

MIN_POINTS = 2
"""A line has so many points at the least."""


@dataclass(frozen=True, eq=False)
class Ruling:
    """One drawn stretch of a line.

    Attributes:
        along: (n,) float64, increasing positions along the line's direction, px (x for a horizontal ruling).
        across: (n,) float64, the line's middle at those positions, px (y for a horizontal ruling).
        contrast: how much darker than its paper it is, in grey levels.
        thickness: px across, its mean; 0 where it was not measured.
        gaps: start and end, px along, of each stretch over which pieces were put together.
        shades: (n,) float64, its contrast around each of those positions, in grey levels; None where it was not measured.
    """

    along: NDArray[np.float64]
    across: NDArray[np.float64]
    contrast: float
    thickness: float = 0.0
    gaps: tuple[tuple[float, float], ...] = ()
    shades: NDArray[np.float64] | None = None

    def between(self, start: float, end: float) -> Ruling | None:
        """What of it lies between two positions along, px; None where that is less than two of its points."""
        kept = (self.along >= start) & (self.along <= end)
        if np.count_nonzero(kept) < MIN_POINTS:
            return None
        gaps = tuple(g for g in self.gaps if start <= g[0] and g[1] <= end)
        shades = None if self.shades is None else self.shades[kept]
        return replace(self, along=self.along[kept], across=self.across[kept], gaps=gaps, shades=shades)

    @cached_property
    def start(self) -> float:
        """Where it begins, px along."""
        return float(self.along[0])

    @cached_property
    def end(self) -> float:
        """Where it ends, px along."""
        return float(self.along[-1])

    @cached_property
    def length(self) -> float:
        """Px along."""
        return self.end - self.start

    @cached_property
    def middle(self) -> float:
        """Its mean position across, px."""
        return float(self.across.mean())

    @cached_property
    def lowest(self) -> float:
        """Its least position across, px."""
        return float(self.across.min())

    @cached_property
    def highest(self) -> float:
        """Its greatest position across, px."""
        return float(self.across.max())

    def at(self, position: float) -> float:
        """Its place across at a place along, px; level beyond its ends."""
        return float(np.interp(position, self.along, self.across))


@dataclass(frozen=True, eq=False)
class Crossings:
    """Rulings of one direction, to be searched for those that a ruling of the other direction meets."""

    rulings: tuple[Ruling, ...]

    @cached_property
    def _boxes(self) -> NDArray[np.float64]:
        """(n, 4): start, end, lowest and highest of each."""
        return np.array([(r.start, r.end, r.lowest, r.highest) for r in self.rulings]).reshape(-1, 4)

    def near(self, ruling: Ruling, reach: float) -> list[Ruling]:
        """Those that pass a ruling's middle line within `reach` px and come as near to its extent."""
        start, end, lowest, highest = self._boxes.T
        passing = (start - reach <= ruling.middle) & (ruling.middle <= end + reach)
        beside = (lowest <= ruling.end + reach) & (highest >= ruling.start - reach)
        return [self.rulings[i] for i in np.flatnonzero(passing & beside)]

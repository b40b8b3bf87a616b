"""How the lines of a photographed page sag: found from print that stands side by side, and taken off places on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..document.geometry import BBox, Point, Quad
from ..document.table import Grid, GridCell

GAP = 6.0
"""Print that stands side by side is less apart, in heights of a line."""

OVERLAP = 0.5
"""It shares so much of its height, or one of two is a line of a label in several."""

LIKE = 1.6
"""It is set alike: none is higher by more than this factor."""

MIN_PAIRS = 30
"""Fewer such neighbours tell nothing of a page."""

MIN_SAG = 0.8
"""What sags by less over a page, in heights of a line, is straight enough: its borders move onto what is left of rulings."""

MISFIT = 0.15
"""Neighbours that are off by more than this are counted for less, in heights of a line."""

REST = 0.8
"""So much is left, at the most, of what neighbours are off, each counted up to `MISFIT`: 0.3 to 0.6 on curled pages, 1.0 and more
on flat ones."""

ROUNDS, RIDGE = 10, 1e-3
"""Of the fit: its rounds, and what keeps its weights small where nothing tells them."""


@dataclass(frozen=True, slots=True)
class Curl:
    """By how much print has sunk at each place of a page, against where it would stand on a flat sheet.

    Attributes:
        weights: of the terms of `_terms`, px; empty for a page that is flat.
        middle: px.
        half: half of the page's width and height, px.
    """

    weights: tuple[float, ...] = ()
    middle: Point = (0.0, 0.0)
    half: Point = (1.0, 1.0)

    def __bool__(self) -> bool:
        return bool(self.weights)

    def at(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) float64, px downwards, for (n, 2) float64 points in px."""
        if not self.weights:
            return np.zeros(len(points))
        return np.asarray(_terms((points - self.middle) / self.half) @ np.array(self.weights))

    def flattened(self, box: BBox) -> BBox:
        """Where a box of print would stand on a flat sheet."""
        sag = float(self.at(np.array([box.center]))[0])
        return BBox(box.x0, box.y0 - sag, box.x1, box.y1 - sag)

    def sagged(self, box: BBox) -> BBox:
        """Where a box on a flat sheet stands on the page."""
        sag = float(self.at(np.array([box.center]))[0])
        return BBox(box.x0, box.y0 + sag, box.x1, box.y1 + sag)

    def bent(self, grid: Grid) -> Grid:
        """A grid of the flat sheet as it lies on the page."""
        if not self.weights:
            return grid
        nodes = grid.nodes.copy()
        nodes[..., 1] += self.at(nodes.reshape(-1, 2)).reshape(nodes.shape[:2])
        return replace(grid, nodes=nodes, cells=tuple(self._bent(cell) for cell in grid.cells))

    def _bent(self, cell: GridCell) -> GridCell:
        points = np.array(cell.quad.points, dtype=np.float64)
        a, b, c, d = ((float(x), float(y)) for x, y in points + np.c_[np.zeros(4), self.at(points)])
        return replace(cell, quad=Quad((a, b, c, d)))


FLAT = Curl()


def find_curl(boxes: Sequence[BBox]) -> Curl:
    """The curl of a page, as its print shows it: neighbours of one line stand at one height on a flat sheet.

    Their differences in height are fitted by a smooth surface; those who are no neighbours count for less (Huber, 1964, "Robust
    Estimation of a Location Parameter").

    Args:
        boxes: of lines, numbers and words, px, in a frame in which the page is as level as one turn makes it.
    """
    pairs = _neighbours(boxes)
    if len(pairs) < MIN_PAIRS:
        return FLAT
    places = np.array([box.center for box in boxes])
    lowest, highest = places.min(axis=0), places.max(axis=0)
    middle, half = (lowest + highest) / 2, np.maximum(1.0, (highest - lowest) / 2)
    first, second = places[pairs[:, 0]], places[pairs[:, 1]]
    rise = second[:, 1] - first[:, 1]
    terms = _terms((second - middle) / half) - _terms((first - middle) / half)
    height = float(np.median([box.height for box in boxes]))
    weights = _robust_fit(terms, rise, MISFIT * height)
    curl = Curl(
        tuple(float(w) for w in weights),
        (float(middle[0]), float(middle[1])),
        (float(half[0]), float(half[1])),
    )
    sags = np.ptp(curl.at(places)) >= MIN_SAG * height
    # Where most neighbours are level already, those of two lines would bend the page.
    apart, left = (np.minimum(np.abs(off), MISFIT * height).sum() for off in (rise, rise - terms @ weights))
    return curl if sags and left <= REST * apart else FLAT


def _neighbours(boxes: Sequence[BBox]) -> NDArray[np.intp]:
    """(n, 2): each box that has one, and the next to its right."""
    if len(boxes) < 2:
        return np.empty((0, 2), np.intp)
    x0, y0, x1, y1 = (np.array([getattr(box, name) for box in boxes]) for name in ("x0", "y0", "x1", "y1"))
    height = y1 - y0
    lower, higher = np.minimum.outer(height, height), np.maximum.outer(height, height)
    shared = np.minimum.outer(y1, y1) - np.maximum.outer(y0, y0)
    gap = x0[None, :] - x1[:, None]
    beside = (gap >= 0) & (gap <= GAP * lower) & (shared >= OVERLAP * lower) & (higher <= LIKE * lower)
    gap = np.where(beside, gap, np.inf)
    nearest = gap.argmin(axis=1)
    chosen = np.flatnonzero(beside.any(axis=1))
    return np.stack([chosen, nearest[chosen]], axis=1)


def _terms(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 6): what a sheet's curl is made of, for (n, 2) points from -1 to 1; a sum of them is 0 in the middle column."""
    x, y = points[:, 0], points[:, 1]
    return np.stack([x, x**2, x**3, x * y, x**2 * y, x * y**2], axis=1)


def _robust_fit(
    terms: NDArray[np.float64], values: NDArray[np.float64], misfit: float
) -> NDArray[np.float64]:
    """The weights of the terms, by least squares in which what is off by more than `misfit` px counts for less."""
    trust = np.ones(len(values))
    weights: NDArray[np.float64] = np.zeros(terms.shape[1])
    for _ in range(ROUNDS):
        scaled = terms * trust[:, None]
        weights = np.asarray(
            np.linalg.solve(scaled.T @ terms + RIDGE * np.eye(terms.shape[1]), scaled.T @ values), np.float64
        )
        off = np.abs(values - terms @ weights)
        trust = np.minimum(1.0, misfit / np.maximum(off, 1e-9))
    return weights

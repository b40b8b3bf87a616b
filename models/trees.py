"""Gradient-boosted trees as plain numbers, evaluated with numpy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEAF = -1
"""Feature of a node that is a leaf."""


@dataclass(frozen=True)
class Tree:
    """One tree, a node an entry; the first is the root.

    Attributes:
        feature: index of the feature that a node asks for, `LEAF` of a leaf.
        threshold: cells with at most so much of the feature go left.
        left, right: the nodes that follow.
        value: of a leaf, added to the score.
    """

    feature: tuple[int, ...]
    threshold: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    value: tuple[float, ...]

    def leaves(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) float64: the value of the leaf that each row of `features`, (n, k), falls into."""
        asked, threshold, left, right, value = self._arrays
        rows = np.arange(len(features))
        node = np.zeros(len(features), dtype=np.intp)
        while (inner := asked[node] != LEAF).any():
            goes_left = features[rows, np.maximum(asked[node], 0)] <= threshold[node]
            node = np.where(inner, np.where(goes_left, left[node], right[node]), node)
        return value[node]

    @cached_property
    def _arrays(self) -> tuple[NDArray[Any], ...]:
        return tuple(map(np.array, (self.feature, self.threshold, self.left, self.right, self.value)))


def sum_of_trees(trees: tuple[Tree, ...], features: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) float64: the sum over all trees of the leaf that each row of `features`, (n, k), falls into."""
    return sum((tree.leaves(features) for tree in trees), np.zeros(len(features)))

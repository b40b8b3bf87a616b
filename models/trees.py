"""Gradient-boosted trees as plain numbers, evaluated with numpy."""

from __future__ import annotations

from dataclasses import dataclass

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


def sum_of_trees(trees: tuple[Tree, ...], features: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) float64: the sum over all trees of the leaf that each row of `features`, (n, k), falls into."""
    total = np.zeros(len(features))
    rows = np.arange(len(features))
    for tree in trees:
        asked, threshold = np.array(tree.feature), np.array(tree.threshold)
        left, right = np.array(tree.left), np.array(tree.right)
        node = np.zeros(len(features), dtype=np.intp)
        while (inner := asked[node] != LEAF).any():
            goes_left = features[rows, np.maximum(asked[node], 0)] <= threshold[node]
            node = np.where(inner, np.where(goes_left, left[node], right[node]), node)
        total += np.array(tree.value)[node]
    return total

"""From which confidence on a cell may be accepted so that at most a stated share of the accepted ones is wrong.

Learn then Test (Angelopoulos, Bates, Candès, Jordan and Lei, 2021): thresholds are tried from the strictest on, each is a
hypothesis "more than the stated share is wrong" that the held-out documents must reject, and the last one rejected before the first
that is not is taken. Cells of one report are wrong together, so counts are divided by the design effect before an exact binomial
test (Rao and Scott, 1992, "A Simple Method for the Analysis of Clustered Binary Data").
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
"""Confidence of every bound."""

THRESHOLDS: tuple[float, ...] = tuple(round(1 - 10.0 ** (-k / 8), 6) for k in range(40, 1, -1))
"""The confidences that are tried as thresholds, the strictest first: 0.99999 to 0.44."""


@dataclass(frozen=True)
class Accepted:
    """What a threshold accepts of held-out documents.

    Attributes:
        threshold: cells with at least this confidence are accepted.
        cells, wrong: how many are accepted, how many of them are wrong.
        documents: how many have an accepted cell.
        bound: the share of wrong ones is below this, at `LEVEL`; 0 to 1.
    """

    threshold: float
    cells: int
    wrong: int
    documents: int
    bound: float


def accepted_at(
    confidence: NDArray[np.float64], right: NDArray[np.bool_], document: NDArray[np.intp]
) -> tuple[Accepted, ...]:
    """For each of `THRESHOLDS`; confidence, rightness and document of each cell, (n,) each."""
    effect = design_effect(confidence, right, document)
    found = []
    for threshold in THRESHOLDS:
        taken = confidence >= threshold
        cells, wrong = int(taken.sum()), int((~right[taken]).sum())
        documents = len(np.unique(document[taken]))
        found.append(
            Accepted(threshold, cells, wrong, documents, upper_bound(wrong / effect, cells / effect))
        )
    return tuple(found)


def threshold_for(risk: float, table: Sequence[Accepted]) -> float | None:
    """The lowest threshold that keeps the share of wrong accepted cells below `risk`; None when the data show none.

    Thresholds so strict that even without one wrong cell they could not be shown to keep it are passed over: how many cells one
    accepts says nothing about how many of those are wrong.
    """
    chosen = None
    for entry in table:
        if entry.bound <= risk:
            chosen = entry.threshold
        elif chosen is not None or entry.wrong:
            break
    return chosen


_ERRORS = 30
"""Wrong cells that tell how errors cluster."""


def design_effect(
    confidence: NDArray[np.float64], right: NDArray[np.bool_], document: NDArray[np.intp]
) -> float:
    """By how much the variance of the share of wrong cells exceeds that of independent cells, at least 1.

    Measured among the cells with the higher confidence that hold the first `_ERRORS` wrong ones: where there are too few to measure
    anything the errors of the next best tell how they cluster. With fewer than two errors or documents nothing can be measured, and
    the cells of a document are taken for wrong all together or not at all.
    """
    order = np.argsort(-confidence, kind="stable")
    errors = np.flatnonzero(~right[order])
    documents = len(np.unique(document))
    if errors.size < 2 or documents < 2:
        return max(1.0, len(document) / max(1, documents))
    taken = confidence >= confidence[order[errors[min(_ERRORS, errors.size) - 1]]]
    wrong, owner = (~right[taken]).astype(np.float64), document[taken]
    names, index = np.unique(owner, return_inverse=True)
    share = float(wrong.mean())
    if share == 1.0:
        return 1.0
    residuals = np.bincount(index, wrong - share)
    clustered = float((residuals**2).sum()) * len(names) / max(1, len(names) - 1)
    return float(max(1.0, clustered / (len(wrong) * share * (1 - share))))


def upper_bound(wrong: float, cells: float, level: float = LEVEL) -> float:
    """Upper end of the exact one-sided interval of a share (Clopper and Pearson, 1934), 0 to 1.

    Counts need not be whole: the probability of `wrong` or fewer lies between those of the whole numbers around it, in proportion.
    """
    if cells <= 0 or wrong >= cells:
        return 1.0
    whole, part = int(wrong), wrong - int(wrong)

    def tail(share: float) -> float:
        below = _binomial(whole, cells, share)
        return below if part == 0 else (1 - part) * below + part * _binomial(whole + 1, cells, share)

    return _root(lambda share: tail(share) <= 1 - level)


def interval(right: int, cells: int, level: float = LEVEL) -> tuple[float, float]:
    """The two-sided exact interval of a share (Clopper and Pearson, 1934), both ends 0 to 1; `cells` is at least 1."""
    if 2 * right > cells:
        low, high = interval(cells - right, cells, level)
        return 1.0 - high, 1.0 - low
    tail = (1 - level) / 2
    least = _root(lambda share: 1.0 - _binomial(right - 1, cells, share) >= tail) if right else 0.0
    return least, _root(lambda share: _binomial(right, cells, share) <= tail)


def _root(reached: Callable[[float], bool]) -> float:
    """The least share, 0 to 1, for which something holds that holds for all greater ones."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def _binomial(most: int, cells: float, share: float) -> float:
    """P(at most `most` of `cells`)."""
    if most >= cells:
        return 1.0
    k = np.arange(1, most + 1)
    steps = np.log((cells - k + 1) / k) + math.log(share) - math.log1p(-share)
    logs = np.concatenate([[0.0], np.cumsum(steps)]) + cells * math.log1p(-share)
    return float(np.exp(logs).sum())

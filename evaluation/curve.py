"""Whether confidences can be relied on: risk against coverage, and said against seen shares of right cells."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from ..models.risk import design_effect, interval, upper_bound
from .report import load_record, paths_by_id
from .score import is_right
from .truth import truth_of_set

COVERAGES = (0.5, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995, 1.0)

EDGES = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9995, 0.9999, 1.0)
"""Borders of the bins of confidence; most cells have one close to 1."""


class CurvePoint(BaseModel):
    """The cells with the highest confidences: which share of all they are, and which share of them is wrong, with its bound.

    Attributes:
        threshold: the least confidence among them.
        bound: the share of wrong ones is below this with 95 % confidence, cells of one document taken as wrong together.
    """

    model_config = ConfigDict(frozen=True)

    coverage: float
    threshold: float
    cells: int
    wrong: int
    bound: float


class Bin(BaseModel):
    """Cells of like confidence: what was said and what was seen, with the 95 % interval of the share of right ones."""

    model_config = ConfigDict(frozen=True)

    cells: int
    said: float
    seen: float
    low: float
    high: float


class Curve(BaseModel):
    """How far confidences can be relied on.

    Attributes:
        brier: mean squared difference between confidence and rightness, 0 the best.
        points: risk against coverage.
        bins: reliability.
    """

    model_config = ConfigDict(frozen=True)

    cells: int
    documents: int
    wrong: int
    brier: float
    points: tuple[CurvePoint, ...]
    bins: tuple[Bin, ...]


def reliability_of(truth: Path, records: Path) -> Curve:
    """The curve of a set's records; cells without a record, or that were not found, have confidence 0 and count.

    Raises:
        UsageError: as `evaluation.report.evaluate`.
    """
    documents = list(truth_of_set(truth))
    files = paths_by_id(records, [entry for entry, _ in documents])
    said, right, document = [], [], []
    for number, (entry, printed) in enumerate(documents):
        cells = {c.id: c for c in load_record(files[entry.id]).cells} if entry.id in files else {}
        for cell_id, value in printed.cells.items():
            cell = cells.get(cell_id)
            said.append(0.0 if cell is None else cell.confidence)
            right.append(cell is not None and is_right(cell, value, printed.kinds.get(cell_id)))
            document.append(number)
    return curve_of(np.array(said), np.array(right), np.array(document))


def curve_of(said: NDArray[np.float64], right: NDArray[np.bool_], document: NDArray[np.intp]) -> Curve:
    """The curve of cells, (n,) each: confidence, whether it is right, and which document it is of."""
    order = np.argsort(-said, kind="stable")
    wrong = np.cumsum(~right[order])
    effect = design_effect(said, right, document)
    points = []
    for coverage in COVERAGES:
        cells = max(1, round(coverage * len(said)))
        bad = int(wrong[cells - 1])
        points.append(
            CurvePoint(
                coverage=coverage,
                threshold=float(said[order[cells - 1]]),
                cells=cells,
                wrong=bad,
                bound=upper_bound(bad / effect, cells / effect),
            )
        )
    return Curve(
        cells=len(said),
        documents=len(np.unique(document)),
        wrong=int(wrong[-1]),
        brier=float(((said - right) ** 2).mean()),
        points=tuple(points),
        bins=_bins(said, right),
    )


def _bins(said: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[Bin, ...]:
    place = np.digitize(said, EDGES[1:-1])
    return tuple(
        _bin(said[place == k], right[place == k]) for k in range(len(EDGES) - 1) if (place == k).any()
    )


def _bin(said: NDArray[np.float64], right: NDArray[np.bool_]) -> Bin:
    cells, good = len(said), int(right.sum())
    low, high = interval(good, cells)
    return Bin(cells=cells, said=float(said.mean()), seen=good / cells, low=low, high=high)

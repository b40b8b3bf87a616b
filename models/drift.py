"""Whether documents look like those that the confidence was calibrated on; where they look worse it should no longer be trusted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from .features import ODD, Evidence

ENOUGH = 10
"""Documents below which nothing is said: a few may look like anything."""

LEVEL = 0.001
"""Probability of a warning where nothing has changed, for each measure."""

QUANTILES = 51
"""Of each measure, kept for comparison: the least, the greatest and every fiftieth between them."""

MEASURES: dict[str, str] = {
    "doubt": "the readers' own doubt",
    "faint": "faint or coloured ink",
    "cut": "cells cut in the wrong place",
    "broken": "undrawn rulings",
    "small": "small print",
    "labels": "row labels unlike the form's",
    "missing": "cells not found",
    "violated": "violated checks",
}
"""What is measured of a document, each greater for a worse scan, in words."""


@dataclass(frozen=True)
class Reference:
    """How the documents look that the confidence was calibrated on.

    Attributes:
        documents: how many.
        quantiles: of each measure over the documents, evenly spaced from the least to the greatest.
    """

    documents: int
    quantiles: dict[str, tuple[float, ...]]


def measure_document(cells: Sequence[Evidence], violated: int, assessed: int) -> dict[str, float]:
    """`MEASURES` of one document: means over its cells, and the share of its checks that are violated.

    Args:
        cells: all of the form.
        violated: checks that are violated.
        assessed: checks that are violated or hold.
    """
    found = [e for e in cells if e.kind != "missing"]
    heights = [e.text_height for e in found if e.text_height]

    def share(*doubts: str) -> float:
        return fmean(bool(set(doubts).intersection(e.doubts)) for e in found) if found else 0.0

    return {
        "doubt": fmean(1.0 - e.own for e in found) if found else 1.0,
        "faint": share("faint_ink", "coloured_ink", "seal_over_print"),
        "cut": share(*ODD),
        "broken": fmean(1.0 - e.table_support for e in found) if found else 1.0,
        "small": 1.0 / float(np.median(heights)) if heights else 0.0,
        "labels": fmean(1.0 - e.label_similarity for e in found) if found else 1.0,
        "missing": 1.0 - len(found) / max(1, len(cells)),
        "violated": violated / assessed if assessed else 0.0,
    }


def reference_of(documents: Sequence[Mapping[str, float]]) -> Reference:
    """The reference that some documents' measures make."""
    grid = np.linspace(0, 1, QUANTILES)
    quantiles = {
        name: tuple(round(float(q), 5) for q in np.quantile([d[name] for d in documents], grid))
        for name in MEASURES
    }
    return Reference(len(documents), quantiles)


@dataclass(frozen=True)
class Drift:
    """A measure in which documents look worse than the reference.

    Attributes:
        measure: of `MEASURES`.
        distance: greatest difference of the two shares of documents that stay below one value, 0 to 1.
        mean, usual: of the documents, and of the reference.
    """

    measure: str
    distance: float
    mean: float
    usual: float


def find_drift(documents: Sequence[Mapping[str, float]], reference: Reference) -> tuple[Drift, ...]:
    """The measures in which documents look worse, the worst first; none for fewer than `ENOUGH`.

    The one-sided test of Kolmogorov and Smirnov: a cleaner archive is no reason for a warning.
    """
    if len(documents) < ENOUGH:
        return ()
    n, m = len(documents), reference.documents
    critical = math.sqrt(-math.log(LEVEL) / 2 * (n + m) / (n * m))
    found = []
    for name, quantiles in reference.quantiles.items():
        values = np.sort([d[name] for d in documents])
        usual = np.asarray(quantiles)
        places = np.unique([*values, *usual])
        below = np.searchsorted(values, places, side="right") / n
        usually_below = np.searchsorted(usual, places, side="right") / len(usual)
        distance = float((usually_below - below).max())
        if distance > critical:
            found.append(Drift(name, distance, float(values.mean()), float(usual.mean())))
    return tuple(sorted(found, key=lambda d: -d.distance))


def drift_warnings(documents: Sequence[Mapping[str, float]], reference: Reference) -> list[str]:
    """What to tell a person about documents whose confidences should not be trusted; empty when there is nothing to tell."""
    return [
        f"these {len(documents)} documents show more of {MEASURES[d.measure]} ({d.mean:.3g}, usually {d.usual:.3g}) "
        "than those that the confidence was calibrated on: look at a sample of accepted cells, or calibrate on "
        "such documents."
        for d in find_drift(documents, reference)
    ]

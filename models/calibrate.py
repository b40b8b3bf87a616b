"""The confidence model trained: trees over what is known of a cell, calibrated on documents that the trees have not seen.

Boosted trees with monotonic constraints: more doubt never raises a confidence. Each document's scores come from trees that were
fitted to documents in other settings (cross-fitting), so that the calibration and the promised risk rest on unseen ones; the trees
that are kept are fitted to all. scikit-learn is needed here and nowhere else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..document.errors import UsageError
from .confidence import STRATA, ConfidenceModel, calibrated, may_be_accepted, stratum
from .drift import reference_of
from .features import FEATURES, Evidence, to_features
from .risk import accepted_at
from .trees import LEAF, Tree, sum_of_trees

FOLDS = 5

RISES = {
    "own",
    "margin",
    "joint",
    "support",
    "row_supported",
    "table_supported",
    "column_alike",
    "table_alike",
}
FREE = {"blank", "not_applicable", "digits", "row_blank"}
"""Features that raise the confidence, and those that may do either; all others lower it."""

BOOSTER: dict[str, Any] = {
    "max_iter": 120,
    "max_leaf_nodes": 8,
    "learning_rate": 0.06,
    "min_samples_leaf": 20,
    "l2_regularization": 5.0,
    "monotonic_cst": [1 if name in RISES else 0 if name in FREE else -1 for name in FEATURES],
    "early_stopping": False,
    "random_state": 0,
}
"""Parameters of scikit-learn's HistGradientBoostingClassifier."""

MIN_DOCUMENTS = 20
"""Fewer are too few to learn from and to test on."""

MIN_SLOPE = 0.05
"""Of a stratum's line, log-odds a unit of score."""


@dataclass(frozen=True)
class LabelledDocument:
    """A digitized document whose truth is known.

    Attributes:
        id: of the document.
        setting: how it is laid out; documents of one setting are never on both sides of a split.
        evidence: by cell id.
        right: by cell id, whether the cell was read right.
        measures: see `models.drift`.
    """

    id: str
    setting: str
    evidence: Mapping[str, Evidence]
    right: Mapping[str, bool]
    measures: Mapping[str, float]


def calibrate(documents: Sequence[LabelledDocument]) -> ConfidenceModel:
    """The model that the documents make.

    Raises:
        UsageError: for fewer than `MIN_DOCUMENTS` documents or `FOLDS` settings, or when no cell of theirs is wrong.
    """
    settings = sorted({d.setting for d in documents})
    if len(documents) < MIN_DOCUMENTS or len(settings) < FOLDS:
        raise UsageError(
            f"{len(documents)} documents in {len(settings)} settings are too few to calibrate on.",
            f"Give {MIN_DOCUMENTS} or more, in {FOLDS} or more settings.",
        )
    cells = _Cells.of(documents)
    if cells.right.all():
        raise UsageError(
            "Every cell is read right: there is nothing to learn from.",
            "Add documents that are hard to read.",
        )
    scores = _cross_fitted(cells)
    whole = _platt(scores, cells.right, (1.0, 0.0))
    strata = {
        name: _platt(scores[cells.stratum == name], cells.right[cells.stratum == name], whole)
        for name in STRATA
    }
    confidence = calibrated(scores, [str(name) for name in cells.stratum], strata)
    held = cells.acceptable
    base, trees = _fit_trees(cells.features, cells.right)
    digest = _digest(documents)
    return ConfidenceModel(
        name=f"trees-{digest[:8]}",
        features=FEATURES,
        base=base,
        trees=trees,
        strata=strata,
        accepted=accepted_at(confidence[held], cells.right[held], cells.document[held]),
        reference=reference_of([d.measures for d in documents]),
        card={
            "documents": len(documents),
            "settings": settings,
            "cells": len(cells.right),
            "wrong": int((~cells.right).sum()),
            "evidence_sha256": digest,
            "brier": round(float(((confidence - cells.right) ** 2).mean()), 6),
            "brier_of_the_readers": round(float(((cells.own - cells.right) ** 2).mean()), 6),
            "booster": BOOSTER,
        },
    )


@dataclass(frozen=True)
class _Cells:
    """Cells of all documents that were found and read, a row each."""

    features: NDArray[np.float64]
    right: NDArray[np.bool_]
    own: NDArray[np.float64]
    document: NDArray[np.intp]
    setting: NDArray[np.intp]
    stratum: NDArray[np.str_]
    acceptable: NDArray[np.bool_]

    @staticmethod
    def of(documents: Sequence[LabelledDocument]) -> _Cells:
        settings = {name: k for k, name in enumerate(sorted({d.setting for d in documents}))}
        rows = [
            (e, d.right[cell_id], k, settings[d.setting])
            for k, d in enumerate(documents)
            for cell_id, e in d.evidence.items()
            if e.kind not in ("missing", "illegible")
        ]
        return _Cells(
            np.stack([to_features(e) for e, *_ in rows]),
            np.array([right for _, right, *_ in rows]),
            np.array([e.own for e, *_ in rows]),
            np.array([k for _, _, k, _ in rows]),
            np.array([s for *_, s in rows]),
            np.array([stratum(e) for e, *_ in rows]),
            np.array([may_be_accepted(e) for e, *_ in rows]),
        )


def _cross_fitted(cells: _Cells) -> NDArray[np.float64]:
    """Each cell's score by trees that have seen no document in its setting."""
    from sklearn.model_selection import GroupKFold

    scores = np.zeros(len(cells.right))
    for train, test in GroupKFold(FOLDS).split(cells.features, cells.right, cells.setting):
        base, trees = _fit_trees(cells.features[train], cells.right[train])
        scores[test] = base + sum_of_trees(trees, cells.features[test])
    return scores


def _fit_trees(features: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[float, tuple[Tree, ...]]:
    from sklearn.ensemble import HistGradientBoostingClassifier

    booster = HistGradientBoostingClassifier(**BOOSTER).fit(features, right)
    # scikit-learn has no public way to its trees; a test compares what they say here and there.
    trees = tuple(_to_tree(predictors[0].nodes) for predictors in booster._predictors)
    return float(booster._baseline_prediction.ravel()[0]), trees


def _to_tree(nodes: NDArray[Any]) -> Tree:
    leaf = nodes["is_leaf"].astype(bool)
    return Tree(
        feature=tuple(int(f) for f in np.where(leaf, LEAF, nodes["feature_idx"])),
        threshold=tuple(
            0.0 if end else float(t) for end, t in zip(leaf, nodes["num_threshold"], strict=True)
        ),
        left=tuple(int(k) for k in nodes["left"]),
        right=tuple(int(k) for k in nodes["right"]),
        value=tuple(round(float(v), 6) if end else 0.0 for end, v in zip(leaf, nodes["value"], strict=True)),
    )


def _platt(
    scores: NDArray[np.float64], right: NDArray[np.bool_], otherwise: tuple[float, float]
) -> tuple[float, float]:
    """Slope and intercept from scores to log-odds; `otherwise` for cells that are all right or all wrong."""
    from sklearn.linear_model import LogisticRegression

    if right.all() or not right.any():
        return otherwise
    fitted = LogisticRegression(C=1.0).fit(scores[:, None], right)
    # A slope that is not positive would turn the order of the cells round: no stratum is so strange.
    return max(MIN_SLOPE, float(fitted.coef_[0, 0])), float(fitted.intercept_[0])


def _digest(documents: Sequence[LabelledDocument]) -> str:
    """SHA-256 of all that the model is made of."""
    lines = [
        json.dumps([d.id, d.setting, cell_id, asdict(e), d.right[cell_id]], sort_keys=True)
        for d in sorted(documents, key=lambda d: d.id)
        for cell_id, e in d.evidence.items()
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()

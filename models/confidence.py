"""How probably each cell is read right, and which cells may be accepted at a stated risk."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from ..document.errors import UsageError
from .drift import Reference
from .features import FEATURES, Evidence, to_features
from .risk import Accepted, threshold_for
from .trees import Tree, sum_of_trees

MODEL_FILE = Path(__file__).with_name("confidence.json")

DEFAULT_RISK = 0.0005
"""Share of wrong cells among accepted ones that is promised unless asked otherwise."""

WEAK_LABEL = 0.6
"""Similarity of a row's label to the form's below which the row may be another."""

WEAK_COLUMN = 0.3
"""Similarity of the header to the form's column label below which the column may be another."""

HARD_DOUBT = 0.01
"""Mean doubt of a table's cells from which its print is hard to read."""

WORN_TABLE = 0.05
"""Mean doubt of a table's cells, those with coloured ink alone left aside, from which its print is so worn that a dash may be gone
whole: a blank there proves nothing. Set after one copy of 180 documents whose 23 blanks had been dashes; among the calibration's
own no such blank was wrong."""

NEVER_ACCEPTED = frozenset(
    {
        "merged_cell",
        "edition_unsure",
        "unclear_note",
        "odd_mark",
        "unexpected_decimal",
        "unexpected_sign",
        "sign_under_seal",
        "leading_zero",
        "ink_at_border",
        "marks_beside_print",
        "streak_over_print",
    }
)
"""Doubts about what a cell means, or whether all of it was seen: too rare to be learnt, so that a person looks at every one."""


@dataclass(frozen=True)
class ConfidenceModel:
    """A trained model, as its file holds it.

    Attributes:
        name: as the record's provenance states it.
        features: names of what it was trained on, in order.
        base: score that the trees add to, natural log-odds.
        trees: see `models.trees`.
        strata: by stratum of scan quality, slope and intercept that turn the score into log-odds (Platt, 1999, "Probabilistic
            Outputs for Support Vector Machines").
        accepted: what each threshold accepts of documents that were held out when its scores were made.
        reference: how the documents look that it was trained on.
        card: of what it was made: counts, hash of the evidence, scores.
    """

    name: str
    features: tuple[str, ...]
    base: float
    trees: tuple[Tree, ...]
    strata: dict[str, tuple[float, float]]
    accepted: tuple[Accepted, ...]
    reference: Reference
    card: dict[str, Any]

    def scores(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) float64 log-odds, not yet calibrated, of (n, len(FEATURES)) features."""
        return self.base + sum_of_trees(self.trees, features)

    def least_risk(self) -> float:
        """The smallest risk that can be promised, rounded up to two digits; 1 when none can."""
        shown = [
            entry.bound for entry in self.accepted if threshold_for(entry.bound, self.accepted) is not None
        ]
        if not shown:
            return 1.0
        step = 10.0 ** (math.floor(math.log10(min(shown))) - 1)
        return round(math.ceil(min(shown) / step) * step, 12)

    def threshold(self, risk: float) -> float:
        """The confidence from which cells are accepted, so that at most that share of the accepted ones is wrong.

        Raises:
            UsageError: when the model's documents cannot show that any threshold keeps the risk.
        """
        threshold = threshold_for(risk, self.accepted)
        if threshold is None:
            raise UsageError(
                f"--risk {risk}: the documents that the confidence was calibrated on cannot show so small a risk.",
                f"Give {self.least_risk()} or more, or calibrate on more documents.",
            )
        return threshold


@cache
def load_model(path: Path = MODEL_FILE) -> ConfidenceModel:
    """The model in a file; the one that ships with gouji by default.

    Raises:
        UsageError: when it is none, or was trained on other features than this version's.
    """
    try:
        model = TypeAdapter(ConfidenceModel).validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{path}: not a confidence model: {error}", "Make it with `gouji calibrate`."
        ) from error
    if model.features != FEATURES:
        raise UsageError(
            f"{path}: trained on other features than this version of gouji computes.",
            "Calibrate again with `gouji calibrate`.",
        )
    return model


def model_to_json(model: ConfidenceModel) -> str:
    """The model as the text of its file: one tree a line."""
    parts = TypeAdapter(ConfidenceModel).dump_python(model, mode="json")
    lines = []
    for name, value in parts.items():
        if name in ("trees", "accepted"):
            rows = ",\n".join(json.dumps(row) for row in value)
            lines.append(f'"{name}": [\n{rows}\n]')
        else:
            lines.append(f'"{name}": {json.dumps(value, ensure_ascii=False)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def judge(
    evidence: Mapping[str, Evidence], model: ConfidenceModel, threshold: float
) -> dict[str, tuple[float, tuple[str, ...]]]:
    """By cell id the confidence, 0 to 1, and the reasons for review; a cell without reasons is accepted."""
    judged = {}
    for (cell_id, e), confidence in zip(evidence.items(), confidences(evidence.values(), model), strict=True):
        accepted = confidence >= threshold and may_be_accepted(e)
        judged[cell_id] = (round(float(confidence), 6), () if accepted else _reasons(e))
    return judged


def confidences(evidence: Collection[Evidence], model: ConfidenceModel) -> NDArray[np.float64]:
    """(n,) float64, 0 to 1: the probability that each cell's value and kind are what the page prints."""
    if not evidence:
        return np.zeros(0)
    scores = model.scores(np.stack([to_features(e) for e in evidence]))
    read = np.array([e.kind not in ("missing", "illegible") for e in evidence])
    return np.where(read, calibrated(scores, [stratum(e) for e in evidence], model.strata), 0.0)


def calibrated(
    scores: NDArray[np.float64], strata: Sequence[str], lines: Mapping[str, tuple[float, float]]
) -> NDArray[np.float64]:
    """(n,) float64, 0 to 1, of (n,) scores: by the line of each cell's stratum, or of a cleaner one where that says less.

    The stratum follows from the cell's doubts: that one more of them leads into a worse stratum may not raise a confidence.
    """
    by_line = np.stack([lines[name][0] * scores + lines[name][1] for name in STRATA])
    least = np.minimum.accumulate(by_line, axis=0)
    return sigmoid(least[[STRATA.index(name) for name in strata], np.arange(len(scores))])


def sigmoid(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities of natural log-odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -40, 40))))


def stratum(evidence: Evidence) -> str:
    """The kind of scan that a cell stands on: `broken` rulings, `worn` print, or `clear`."""
    if "broken_rulings" in evidence.doubts:
        return "broken"
    return "worn" if evidence.table.doubt >= HARD_DOUBT else "clear"


STRATA = ("clear", "worn", "broken")
"""From the cleanest to the worst."""


def may_be_accepted(evidence: Evidence) -> bool:
    """Whether nobody need look at such a cell, however sure its reading is.

    What the checks chose among readings, and what would mend a violated check if it read otherwise, is for a person to confirm: a
    value is never bent to make a sum come out, and how often real reports misprint one is not known well enough to learn.
    """
    unread = evidence.kind in ("missing", "illegible")
    other_row = evidence.label_similarity < WEAK_LABEL or evidence.label_margin <= 0
    by_checks = evidence.chosen or evidence.suspect
    return not (
        unread
        or other_row
        or by_checks
        or _is_worn_blank(evidence)
        or (evidence.kind == "blank" and "faint_ink" in evidence.doubts)
        or NEVER_ACCEPTED.intersection(evidence.doubts)
    )


def _is_worn_blank(evidence: Evidence) -> bool:
    return evidence.kind == "blank" and evidence.table.worn >= WORN_TABLE


def _reasons(e: Evidence) -> tuple[str, ...]:
    reasons: list[str] = []
    if e.kind == "missing":
        reasons.append("missing")
        return tuple(reasons)
    reasons += e.doubts
    if e.suspect:
        reasons.append("check_failed")
    if e.chosen:
        reasons.append("chosen_by_checks")
    if e.label_similarity < WEAK_LABEL or e.label_margin <= 0:
        reasons.append("label_mismatch")
    if e.column_similarity < WEAK_COLUMN:
        reasons.append("column_mismatch")
    if e.kind == "illegible":
        reasons.append("illegible")
    if _is_worn_blank(e):
        reasons.append("worn_blank")
    if not reasons:
        reasons.append("low_confidence")
    return tuple(reasons)

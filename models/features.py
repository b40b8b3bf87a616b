"""What is known about the reading of one cell, and the numbers that the confidence model makes of it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

LIMIT = 8.0
"""Log-odds beyond this are one as good as another."""

EVIDENCE_ENDING = ".evidence.json"
"""Of the file beside a record that holds the evidence of its cells."""

SUPPORTED = 1.0
"""Natural log: a cell counts as supported when the checks that hold speak so much for it; a sum of zeros does not."""

ODD = frozenset({"ink_at_border", "words_apart", "merged_cell"})
"""Doubts that tell of a cell cut in the wrong place."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the cells of a row or of a table have in common; each is a mean or a share, 0 to 1.

    Attributes:
        doubt: mean of 1 - own.
        missing, blank: share of cells that were not found, that are blank.
        violated: share of cells with a violated check.
        supported: share of cells that holding checks speak for.
        odd: share of cells that seem to be cut in the wrong place.
        worn: as `doubt`, of the cells that do not show coloured ink alone: a seal over blank cells says nothing of the print.
    """

    doubt: float
    missing: float
    blank: float
    violated: float
    supported: float
    odd: float
    worn: float


NO_SURROUNDINGS = Surroundings(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about one cell's reading.

    Attributes:
        kind: of the value read: number, blank, not_applicable, illegible, missing.
        digits: of its number; 0 for other kinds.
        own: posterior of that value under the image alone, 0 to 1.
        rival: of the likeliest other value, likewise.
        joint: posterior of that value together with the other cells, 0 to 1.
        chosen: whether the checks made another value of it than the image's likeliest.
        support: natural log, at least 0; how much the checks that hold speak for it.
        violated: how many checks on it are violated.
        suspect: whether the smallest change that would mend them would change it.
        label_similarity, label_margin: of the row's label, 0 to 1.
        column_similarity: of the header above, 0 to 1.
        table_support: share of its table's borders that is drawn, 0 to 1.
        text_height: px of its highest text line; 0 without print.
        doubts: further reasons found on the way.
        row, table: what is known of the cells beside it.
        column_alike, table_alike: share of the other cells of its column, of its table, that are of its kind; 0 to 1.
    """

    kind: str
    digits: int
    own: float
    rival: float
    joint: float
    chosen: bool
    support: float
    violated: int
    suspect: bool
    label_similarity: float
    label_margin: float
    column_similarity: float
    table_support: float
    text_height: float
    doubts: tuple[str, ...]
    row: Surroundings = NO_SURROUNDINGS
    table: Surroundings = NO_SURROUNDINGS
    column_alike: float = 1.0
    table_alike: float = 1.0


_MANY = TypeAdapter(dict[str, Evidence])


def evidence_file(record: Path) -> Path:
    """Where the evidence of a record file lies: beside it."""
    return record.with_name(f"{record.name.removesuffix('.json')}{EVIDENCE_ENDING}")


def evidence_to_json(cells: Mapping[str, Evidence]) -> str:
    """The evidence of a report's cells as JSON text."""
    return _MANY.dump_json(dict(cells), indent=1).decode() + "\n"


def evidence_from_json(text: str) -> dict[str, Evidence]:
    """The evidence that a JSON text holds, by cell id.

    Raises:
        ValueError: when it is none of this version's.
    """
    return _MANY.validate_json(text)


def with_surroundings(cells: Mapping[str, Evidence]) -> dict[str, Evidence]:
    """The evidence of a report's cells, by cell id, with what the cells of its row and of its table have in common."""
    rows, columns, tables = (_grouped(cells, part) for part in (_row_of, _column_of, _table_of))
    of_row = {name: surroundings_of(own) for name, own in rows.items()}
    of_table = {name: surroundings_of(own) for name, own in tables.items()}
    return {
        cell_id: replace(
            evidence,
            row=of_row[_row_of(cell_id)],
            table=of_table[_table_of(cell_id)],
            column_alike=_alike(evidence, columns[_column_of(cell_id)]),
            table_alike=_alike(evidence, tables[_table_of(cell_id)]),
        )
        for cell_id, evidence in cells.items()
    }


def _grouped(cells: Mapping[str, Evidence], part: Callable[[str], str]) -> dict[str, list[Evidence]]:
    groups: dict[str, list[Evidence]] = defaultdict(list)
    for cell_id, evidence in cells.items():
        groups[part(cell_id)].append(evidence)
    return groups


def _alike(cell: Evidence, group: Sequence[Evidence]) -> float:
    """Share of the other cells that were found that are of its kind; 1 without any."""
    kinds = [e.kind for e in group if e.kind != "missing"]
    return (kinds.count(cell.kind) - 1) / (len(kinds) - 1) if len(kinds) > 1 and cell.kind in kinds else 1.0


def surroundings_of(cells: Sequence[Evidence]) -> Surroundings:
    """What some cells, at least one, have in common."""
    unstained = [e for e in cells if "coloured_ink" not in e.doubts]
    return Surroundings(
        doubt=fmean(1.0 - e.own for e in cells),
        missing=fmean(e.kind == "missing" for e in cells),
        blank=fmean(e.kind == "blank" for e in cells),
        violated=fmean(e.violated > 0 for e in cells),
        supported=fmean(e.support >= SUPPORTED for e in cells),
        odd=fmean(bool(ODD.intersection(e.doubts)) for e in cells),
        worn=fmean(1.0 - e.own for e in unstained) if unstained else 1.0,
    )


def _row_of(cell_id: str) -> str:
    return cell_id.rpartition(".")[0]


def _column_of(cell_id: str) -> str:
    return f"{_table_of(cell_id)}.{cell_id.rpartition('.')[2]}"


def _table_of(cell_id: str) -> str:
    return cell_id.partition(".")[0]


_DOUBTS = (
    "coloured_ink",
    "faint_ink",
    "trace",
    "other_side",
    "odd_mark",
    "ink_at_border",
    "words_apart",
    "seal_over_print",
    "broken_rulings",
    "merged_cell",
    "unexpected_decimal",
    "unexpected_sign",
    "note",
)

READABLE_PX = 26.0
"""Lines of text from this height are read as well as higher ones."""


def to_features(evidence: Evidence) -> NDArray[np.float64]:
    """(len(FEATURES),) float64: what the confidence model sees of a cell, each number about 0 to 8."""
    return np.array(list(_features(evidence).values()))


def _features(e: Evidence) -> dict[str, float]:
    doubts = {f"doubt_{name}": float(name in e.doubts) for name in _DOUBTS}
    small = max(0.0, 1.0 - e.text_height / READABLE_PX) if e.text_height else 0.0
    blank, number = e.kind == "blank", e.kind == "number"
    return {
        "own": log_odds(e.own),
        "margin": min(LIMIT, math.log(max(e.own, 1e-6) / max(e.rival, 1e-6))),
        "joint": log_odds(e.joint),
        "chosen": float(e.chosen),
        "support": min(e.support, LIMIT),
        "violated": float(e.violated > 0),
        "suspect": float(e.suspect),
        "label_weak": max(0.0, 0.8 - e.label_similarity),
        "label_rival": max(0.0, 0.3 - e.label_margin),
        "column_weak": max(0.0, 0.5 - e.column_similarity),
        "undrawn": 1.0 - e.table_support,
        "small": small,
        "row_doubt": math.sqrt(e.row.doubt),
        "row_missing": e.row.missing,
        "row_blank": e.row.blank,
        "row_supported": e.row.supported,
        "row_violated": e.row.violated,
        "row_odd": e.row.odd,
        "table_doubt": math.sqrt(e.table.doubt),
        "table_missing": math.sqrt(e.table.missing),
        "table_supported": e.table.supported,
        "table_violated": math.sqrt(e.table.violated),
        "table_odd": math.sqrt(e.table.odd),
        "column_alike": e.column_alike,
        "table_alike": e.table_alike,
        "blank": float(blank),
        "not_applicable": float(e.kind == "not_applicable"),
        "digits": float(min(e.digits, 6)) if number else 0.0,
        **doubts,
    }


def log_odds(probability: float) -> float:
    """Natural log-odds, -`LIMIT` to `LIMIT`."""
    p = min(max(probability, 1e-12), 1 - 1e-12)
    return max(-LIMIT, min(LIMIT, math.log(p / (1 - p))))


FEATURES: tuple[str, ...] = tuple(
    _features(Evidence("blank", 0, 0.5, 0.0, 0.5, False, 0.0, 0, False, 1.0, 1.0, 1.0, 1.0, 0.0, ()))
)
"""The names of the features, in order."""

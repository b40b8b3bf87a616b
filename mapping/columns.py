"""Which columns of a printed table are the form's: as its header states, as another part of the table shows, or as most rows do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .align import Pair
from .form import RowKind
from .match import label_similarity
from .rows import PrintedCell, PrintedRow, value_like

HEADER_SIMILARITY = 0.6
"""A header cell that fits a column label this well tells where the column is."""

ALIKE = 0.02
"""Widths of the cells of two rows, as shares of all of them, differ by no more where both are ruled by the same columns."""

Columns = tuple[tuple[int, int], ...]
"""First and one past the last elementary column of each value column."""


@dataclass(frozen=True, slots=True)
class KnownColumns:
    """Where the values of the form stand in each printed table.

    Attributes:
        spans: by the table's index.
        alike: tables without a header, with more columns than the form, that are ruled like one with a header.
    """

    spans: Mapping[int, Columns]
    alike: frozenset[int]


def find_columns(own: Sequence[Pair], width: int) -> KnownColumns:
    """The columns of the printed tables that hold a form's table, of its rows with `width` values."""
    rows = [p for p in own if p.form_row.kind is RowKind.DATA and len(p.form_row.cells) == width]
    votes: dict[int, Counter[Columns]] = {}
    exact: set[int] = set()
    for pair in rows:
        cells = pair.printed.cells[-width:]
        if len(cells) == width and all(value_like(c) for c in cells):
            votes.setdefault(pair.printed.table_index, Counter())[spans_of(cells)] += 1
            if pair.printed.trailing_values == width:
                exact.add(pair.printed.table_index)
    columns = {index: counter.most_common(1)[0][0] for index, counter in votes.items()}
    stated: dict[int, Columns] = {}
    for pair in rows:
        index = pair.printed.table_index
        by_header = columns_of_header(pair, own)
        # A header's cells may end beside those below: then rows of just so many values know better.
        if by_header is not None and not (index in exact and _in_step(columns[index], by_header)):
            stated[index] = by_header
    alike = _columns_alike([p.printed for p in rows], stated, width)
    return KnownColumns(columns | alike | stated, frozenset(alike))


def _in_step(columns: Columns, others: Columns) -> bool:
    """Whether each column lies at least partly under its own header."""
    return all(a[0] < b[1] and b[0] < a[1] for a, b in zip(columns, others, strict=True))


def spans_of(cells: Sequence[PrintedCell]) -> Columns:
    """Their first and one past their last elementary columns."""
    return tuple((c.col, c.col + c.col_span) for c in cells)


def columns_of_header(pair: Pair, own: Sequence[Pair]) -> Columns | None:
    """The columns that the header above a row states.

    None unless it states each of them once, in order, and right of the row's label. Of several blocks of one table, the header of
    the row's own stands nearest.
    """
    labels = [spec.column_label for spec in pair.form_row.cells]
    label_end = max((c.col + c.col_span for c in label_cells(pair.printed)), default=0)
    fitting: list[tuple[PrintedCell, str]] = []
    for row in header_rows_above(pair, own):
        for cell in row.cells:
            scores = [label_similarity(cell.content.text, label) for label in labels]
            if max(scores) >= HEADER_SIMILARITY:
                fitting.append((cell, labels[scores.index(max(scores))]))
        fitting.sort(key=lambda item: item[0].col)
        if [label for _, label in fitting] == labels:
            spans = spans_of([cell for cell, _ in fitting])
            apart = all(a[1] <= b[0] for a, b in pairwise(spans))
            return spans if apart and spans[0][0] >= label_end else None
    return None


def _columns_alike(
    rows: Sequence[PrintedRow], stated: Mapping[int, Columns], width: int
) -> dict[int, Columns]:
    """The columns of tables without a header whose rows have more values than the form, as in a row ruled like theirs under one.

    Where a table with a column of its own, such as 备注, goes on over the page, nothing else tells which column that is.
    """
    known = [(row, places) for row in rows if (places := _places_in(row, stated.get(row.table_index)))]
    votes: dict[int, Counter[Columns]] = {}
    for row in rows:
        if row.trailing_values <= width or row.table_index in stated:
            continue
        spans, shares = spans_of(_values(row)), _width_shares(row)
        for other, places in known:
            theirs = _width_shares(other)
            if len(theirs) == len(shares) and np.abs(theirs - shares).max() <= ALIKE:
                votes.setdefault(row.table_index, Counter())[tuple(spans[k] for k in places)] += 1
                break
    return {index: counter.most_common(1)[0][0] for index, counter in votes.items()}


def _places_in(row: PrintedRow, columns: Columns | None) -> tuple[int, ...] | None:
    """Which of a row's values stand in those columns; None where one does not."""
    spans = spans_of(_values(row))
    return tuple(map(spans.index, columns)) if columns and set(columns) <= set(spans) else None


def _values(row: PrintedRow) -> tuple[PrintedCell, ...]:
    return row.cells[len(row.cells) - row.trailing_values :]


def _width_shares(row: PrintedRow) -> NDArray[np.float64]:
    widths = np.array([cell.width for cell in _values(row)])
    return widths / max(1.0, float(widths.sum()))


def label_cells(row: PrintedRow) -> tuple[PrintedCell, ...]:
    """The cells of a row that hold no value."""
    return tuple(c for c in row.cells if not value_like(c))


def headers_above(pair: Pair, own: Sequence[Pair]) -> list[PrintedCell]:
    """Cells of the header rows that stand above the row in the same printed table, nearest first."""
    return [c for row in header_rows_above(pair, own) for c in reversed(row.cells)]


def header_rows_above(pair: Pair, own: Sequence[Pair]) -> list[PrintedRow]:
    """The header rows that stand above the row in the same printed table, nearest first."""
    rows = [
        p.printed
        for p in own
        if p.form_row.kind is RowKind.HEADER and p.printed.table_index == pair.printed.table_index
    ]
    return [r for r in reversed(rows) if r.bbox.y0 <= pair.printed.bbox.y0]

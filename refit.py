"""Rows that may be the form's and are cut into the wrong cells, cut anew where that finds more of the form."""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from .document.errors import PageError
from .document.geometry import Quad
from .document.table import Grid, Table
from .mapping.form import RowKind
from .mapping.rows import PrintedCell, PrintedRow, prints_number, value_like
from .matched import DigitizedPage, MatchedReport, match_form

log = logging.getLogger(__name__)

MAX_SINGLE_CUTS = 8
"""Rows cut anew that are tried one by one, where all of them together make nothing better."""

MIN_NUMBERS, NUMBERS_SHARE = 3, 0.5
"""A row without a label is fitted to the form's columns when it holds so many numbers, at the least and as a share of them."""


@dataclass(frozen=True, slots=True)
class RowToFit:
    """A row that may be one of the form's, cut into the wrong number of cells.

    Attributes:
        table: which of its page's tables it belongs to, from 0.
        row: which row of that table, from 0.
        first: its first elementary column with values; cells left of it are its labels.
        parts: its elementary cells from there to the right, px of the scan's own page image.
        columns: how many columns the form may print there.
        like: how many of the parts each column takes in most other rows of its table that the form prints so; empty where none is.
    """

    table: int
    row: int
    first: int
    parts: tuple[Quad, ...]
    columns: tuple[int, ...]
    like: tuple[int, ...] = ()


def fit_rows(
    report: MatchedReport,
    fitted: Callable[[DigitizedPage, Sequence[RowToFit]], Iterable[tuple[RowToFit, Table]]],
    only: int | None = None,
) -> MatchedReport:
    """The report, its rows that seem to be cut into the wrong cells cut anew where that finds more of the form.

    Args:
        report: as matched.
        fitted: cuts and reads rows of a page anew; a row that cannot be cut is left out.
        only: index of the page whose rows are cut anew; None for all.
    """
    todo = [*_unmatched_rows(report), *_miscut_rows(report)]
    for k, page in enumerate(report.pages):
        rows = [row for page_index, row in todo if page_index == k]
        if not rows or only not in (None, k):
            continue
        try:
            cut = dict(fitted(page, rows))
        except PageError as error:  # what was read stands
            log.debug("fitting rows of page %d: %s", page.info.number, error)
            continue
        report = _with_best_cuts(report, k, cut)
    return report


def _with_best_cuts(report: MatchedReport, k: int, cut: dict[RowToFit, Table]) -> MatchedReport:
    """The report with those rows of page k cut anew that make it better: all, or one after the other."""
    page = report.pages[k]

    def with_cuts(rows: dict[RowToFit, Table]) -> MatchedReport:
        tables = _with_fitted(page.tables, rows)
        return match_form([*report.pages[:k], replace(page, tables=tables), *report.pages[k + 1 :]])

    best = report
    taken: dict[RowToFit, Table] = {}
    if cut:
        best = max(report, with_cuts(cut), key=lambda r: r.rank)
    if best is report and len(cut) > 1:
        for row in list(cut)[:MAX_SINGLE_CUTS]:
            other = with_cuts({**taken, row: cut[row]})
            if other.rank > best.rank:
                best, taken = other, {**taken, row: cut[row]}
    return best


def _missing_rows(report: MatchedReport) -> set[int]:
    """The numbers of columns of those rows without a label of which no cell was found."""
    found = {bound.spec.id for bound in report.binding.cells if bound.cell is not None}
    return {
        len(row.cells)
        for table in report.alignment.tables
        for layout in table.layouts
        for row in layout
        if row.kind is RowKind.DATA and not row.labels and not any(c.id in found for c in row.cells)
    }


def _unmatched_rows(report: MatchedReport) -> list[tuple[int, RowToFit]]:
    """Rows without a label that are no row of the form yet and could be one that is missing, with their pages' places."""
    wanted = _missing_rows(report)
    return [
        _to_fit(report, row, sorted(wanted))
        for row in report.alignment.extra
        if wanted and all(value_like(c) for c in row.cells) and _has_numbers(row, min(wanted))
    ]


def _has_numbers(row: PrintedRow, columns: int) -> bool:
    numbers = sum(prints_number(c) for c in row.cells)
    return numbers >= max(MIN_NUMBERS, NUMBERS_SHARE * columns)


def _miscut_rows(report: MatchedReport) -> list[tuple[int, RowToFit]]:
    """Rows of the form that seem to be cut into the wrong cells, with their pages' places."""
    unbound = {bound.spec.id for bound in report.binding.cells if bound.cell is None}
    wrong_sums = [check.identity.cells for check in report.violated]
    first = _first_columns(report)
    rows = []
    for pair in report.alignment.pairs:
        if pair.form_row.kind is not RowKind.DATA:
            continue
        row, specs = pair.printed, pair.form_row.cells
        # Pieces of a label may look like values, and the first number may stand in one cell with the label.
        usual = first.get((row.table_index, len(specs)), 0)
        values = tuple(c for c in _values_of(row) if c.col >= usual) or _values_of(row)
        lost = any(spec.id in unbound for spec in specs)
        in_pieces = row.support == 0
        uneven = in_pieces and len(values) != len(specs)
        fails = in_pieces and any({c.id for c in specs}.issuperset(sums) for sums in wrong_sums)
        apart = any(c.content.apart for c in values)
        cut_up = row.support > 0 and len(values) > len(specs)
        if values and (uneven or cut_up or (len(specs) > 1 and (lost or fails or apart))):
            seen = values[0].col
            begin = min(usual, seen) if usual else seen if len(values) < len(row.cells) else 0
            like = _usual_cut(report, row, len(specs), begin) if row.support or 0 < begin < seen else ()
            if cut_up and not like:  # a column of the report's own
                continue
            rows.append(_to_fit(report, row, [len(specs)], begin, like))
        elif not values and lost and any(c.content.apart for c in row.cells):
            # The label too stands in one cell with a number.
            rows.append(_to_fit(report, row, [len(specs) + 1]))
    return rows


def _values_of(row: PrintedRow) -> tuple[PrintedCell, ...]:
    return row.cells[len(row.cells) - row.trailing_values :]


def _first_columns(report: MatchedReport) -> dict[tuple[int, int], int]:
    """By printed table and number of columns: the elementary column in which the values of most such rows begin."""
    votes: dict[tuple[int, int], Counter[int]] = {}
    for pair in report.alignment.pairs:
        values = _values_of(pair.printed)
        if values:
            key = (pair.printed.table_index, len(pair.form_row.cells))
            votes.setdefault(key, Counter())[values[0].col] += 1
    return {key: counter.most_common(1)[0][0] for key, counter in votes.items()}


def _to_fit(
    report: MatchedReport, row: PrintedRow, columns: Sequence[int], first: int = 0, like: Sequence[int] = ()
) -> tuple[int, RowToFit]:
    """A row with its page's place, as `RowToFit` has it; `like` is left out where it is of other parts than the row's."""
    before = list(accumulate((len(page.tables) for page in report.pages), initial=0))
    k = bisect_right(before, row.table_index) - 1
    index = row.table_index - before[k]
    parts = _elementary(report.pages[k].tables[index].grid, row.row, first)
    spans = (len(parts),) if list(columns) == [1] else tuple(like)
    spans = spans if sum(spans) == len(parts) else ()
    return k, RowToFit(index, row.row, first, parts, tuple(columns), spans)


def _usual_cut(report: MatchedReport, row: PrintedRow, columns: int, first: int) -> tuple[int, ...]:
    """The spans of the values in most other rows of the row's table that have so many, from that elementary column on."""
    votes: Counter[tuple[int, ...]] = Counter()
    for pair in report.alignment.pairs:
        values = _values_of(pair.printed)
        beside = pair.printed.table_index == row.table_index and pair.printed.row != row.row
        if beside and len(values) == columns and values[0].col == first:
            votes[tuple(c.col_span for c in values)] += 1
    usual, count = max(votes.items(), key=lambda item: item[1], default=((), 0))
    return usual if count > max(1, votes.total() / 2) else ()


def _elementary(grid: Grid, row: int, first: int) -> tuple[Quad, ...]:
    """The elementary cells of a row from its column `first` on."""
    corners = [[(float(x), float(y)) for x, y in line[first:]] for line in grid.nodes[row : row + 2]]
    return tuple(
        Quad((a, b, c, d)) for (a, b), (d, c) in zip(pairwise(corners[0]), pairwise(corners[1]), strict=True)
    )


def _with_fitted(tables: Sequence[Table], fitted: dict[RowToFit, Table]) -> tuple[Table, ...]:
    """The tables, each cut at its fitted rows into the part above, the row itself and what follows."""
    result: list[Table] = []
    for index, table in enumerate(tables):
        start = 0
        own = sorted((row for row in fitted if row.table == index), key=lambda row: row.row)
        for row in own:
            above = table.part(start, row.row)
            result += [above] if above is not None else []
            result.append(_beside_labels(table, row, fitted[row]))
            start = row.row + 1
        rest = table.part(start, table.grid.rows) if own else table
        result += [rest] if rest is not None else []
    return tuple(result)


def _beside_labels(table: Table, row: RowToFit, fitted: Table) -> Table:
    """The fitted cells of a row right of its label cells, as a table of one row."""
    kept = [k for k, c in enumerate(table.grid.cells) if c.row == row.row and c.col < row.first]
    labels = tuple(replace(table.grid.cells[k], row=0) for k in kept)
    values = tuple(replace(cell, col=cell.col + row.first) for cell in fitted.grid.cells)
    grid = Grid(fitted.grid.nodes.copy(), labels + values, sound=False)
    return Table(fitted.page_index, grid, tuple(table.contents[k] for k in kept) + fitted.contents)

"""The printed rows of all tables of a report, in reading order, as the alignment sees them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise, takewhile

from ..document.geometry import BBox, Quad, bbox_of_points
from ..document.table import CellContent, GridCell, Table
from .normalize import is_wordy
from .number import parse_value

_PAGE_NUMBER = re.compile(r"第\s*\d+\s*页|共\s*\d+\s*页")

MIN_LABELLED, LABELLED_SHARE = 3, 0.6
"""So many labelled rows of a table, and such a share of them, say where its values begin."""


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """One cell of a printed row.

    Attributes:
        col, col_span: in elementary columns of its grid.
        row_span: in elementary rows.
        quad: px of the scan's own page image.
        support: share of its border that is drawn, 0 to 1.
    """

    page_index: int
    col: int
    col_span: int
    quad: Quad
    support: float
    content: CellContent
    row_span: int = 1

    @property
    def bbox(self) -> BBox:
        """The smallest box around the cell, px of the scan's own page image."""
        return self.quad.to_bbox()

    @property
    def width(self) -> float:
        """Along its text, px of the scan's own page image."""
        return self.quad.size()[0]


@dataclass(frozen=True)
class PrintedRow:
    """One elementary row of a grid.

    Attributes:
        table_index: which of the report's printed tables, from 0.
        page_index: from 0.
        first, last: whether it is the first or last row of its grid.
        support: share of its table's borders that is drawn, 0 to 1; 0 on a page whose rulings are in pieces.
        cells: those that begin in this row, from left to right; group cells that began higher up are not repeated.
        row: its number in its grid, from 0.
        values_from: elementary column before which a cell is a label, however it reads.
    """

    table_index: int
    page_index: int
    first: bool
    last: bool
    cells: tuple[PrintedCell, ...]
    support: float = 1.0
    row: int = 0
    values_from: int = 0

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The wordy texts of the row."""
        texts = (cell.content.text for cell in self.cells)
        return tuple(text for text in texts if is_wordy(text))

    @cached_property
    def wordings(self) -> tuple[str, ...]:
        """The labels, and of two cells that a false ruling has cut what they say together."""
        joined = (_side_by_side(a, b) for a, b in pairwise(self.cells) if _are_cut(a, b))
        return (*self.labels, *(text for text in joined if is_wordy(text)))

    @cached_property
    def trailing_values(self) -> int:
        """How many cells at the right end of the row could hold values."""
        values = (c for c in reversed(self.cells) if c.col >= self.values_from)
        return sum(1 for _ in takewhile(value_like, values))

    @property
    def bbox(self) -> BBox:
        """The smallest box around its cells, px of the scan's own page image."""
        return bbox_of_points([p for c in self.cells for p in c.quad.points])


def printed_rows(tables: Sequence[Table]) -> tuple[PrintedRow, ...]:
    """All rows that begin at least one cell, table after table."""
    rows = []
    for index, table in enumerate(tables):
        by_row: dict[int, list[PrintedCell]] = {}
        for cell, content in zip(table.grid.cells, table.contents, strict=True):
            by_row.setdefault(cell.row, []).append(_printed(table.page_index, cell, content))
        last = max(by_row)
        drawn = sum(cell.support for cell in table.grid.cells) / len(table.grid.cells)
        support = drawn if table.grid.sound else 0.0
        for r in sorted(by_row):
            cells = tuple(sorted(by_row[r], key=lambda c: c.col))
            rows.append(PrintedRow(index, table.page_index, r == 0, r == last, cells, support, r))
    return tuple(
        replace(row, values_from=start) for row, start in zip(rows, _starts_of_values(rows), strict=True)
    )


def _starts_of_values(rows: Sequence[PrintedRow]) -> Iterator[int]:
    """As `values_from`, of each row: where they begin in most labelled rows of its table, if it has one value more than these."""
    labelled: dict[int, list[tuple[int, int]]] = {}
    for row in rows:
        if 0 < row.trailing_values < len(row.cells):
            start = row.cells[-row.trailing_values].col
            labelled.setdefault(row.table_index, []).append((start, row.trailing_values))
    usual = {k: Counter(own).most_common(1)[0] for k, own in labelled.items()}
    for row in rows:
        (start, values), count = usual.get(row.table_index, ((0, 0), 0))
        agreed = count >= max(MIN_LABELLED, LABELLED_SHARE * len(labelled.get(row.table_index, ())))
        inside = sum(cell.col >= start for cell in row.cells)
        one_more = row.trailing_values == values + 1 == inside + 1
        yield start if agreed and values > 1 and one_more else 0


def _printed(page_index: int, cell: GridCell, content: CellContent) -> PrintedCell:
    return PrintedCell(page_index, cell.col, cell.col_span, cell.quad, cell.support, content, cell.row_span)


def _are_cut(left: PrintedCell, right: PrintedCell) -> bool:
    """Whether print runs from one cell into its neighbour, and each of them says something."""
    beside = left.col + left.col_span == right.col
    return (
        beside and left.content.cut and right.content.cut and bool(left.content.text and right.content.text)
    )


def _side_by_side(left: PrintedCell, right: PrintedCell) -> str:
    """The texts of neighbouring cells as one, line by line where both have as many."""
    if len(left.content.lines) != len(right.content.lines):
        return left.content.text + right.content.text
    pairs = zip(left.content.lines, right.content.lines, strict=True)
    return "\n".join(a.text + b.text for a, b in pairs)


def value_like(cell: PrintedCell) -> bool:
    """Whether a cell could hold a value: it is empty, a number, a stroke, or a few characters that are no words."""
    if not cell.content.has_ink:
        return True
    text = cell.content.text
    return parse_value(text).kind in ("number", "not_applicable", "blank") or not is_wordy(text)


def are_halves(upper: PrintedRow, lower: PrintedRow) -> bool:
    """Whether two rows could be one that a page break has cut in two.

    Each half holds more than one mark, which a page number or dust in an empty strip is not, and no column has a number in both.
    What stands below is in columns of the half above: where the pages' columns are others nothing says which belong together.
    """
    above = {c.col: c for c in upper.cells if c.content.has_ink}
    below = {c.col: c for c in lower.cells if c.content.has_ink}
    if any(len(half) < 2 and not _has_label(row) for half, row in ((above, upper), (below, lower))):
        return False
    columns = {(c.col, c.col_span) for c in upper.cells}
    if any(prints_number(c) and (c.col, c.col_span) not in columns for c in below.values()):
        return False
    return not any(prints_number(above[col]) and prints_number(below[col]) for col in above.keys() & below)


def _has_label(row: PrintedRow) -> bool:
    """Whether the row says something in words, and not which page it is on."""
    return any(not _PAGE_NUMBER.search(label) for label in row.labels)


def prints_number(cell: PrintedCell) -> bool:
    """Whether a cell's text is a number."""
    return parse_value(cell.content.text).kind == "number"


def joined(upper: PrintedRow, lower: PrintedRow) -> PrintedRow:
    """One row that a page break has cut in two: cells of the same columns are put together, upper text first."""
    cells = []
    below = {c.col: c for c in lower.cells}
    for cell in upper.cells:
        other = below.pop(cell.col, None)
        cells.append(cell if other is None else _joined_cell(cell, other))
    cells += below.values()
    return PrintedRow(
        upper.table_index,
        upper.page_index,
        upper.first,
        lower.last,
        tuple(sorted(cells, key=lambda c: c.col)),
    )


def _joined_cell(upper: PrintedCell, lower: PrintedCell) -> PrintedCell:
    if not lower.content.has_ink:
        return upper
    if not upper.content.has_ink:
        return PrintedCell(
            lower.page_index, upper.col, upper.col_span, lower.quad, lower.support, lower.content
        )
    content = CellContent(
        upper.content.lines + lower.content.lines,
        True,
        upper.content.coloured or lower.content.coloured,
        None,
        upper.content.faint or lower.content.faint,
        upper.content.cut or lower.content.cut,
        apart=upper.content.apart or lower.content.apart,
        overlaid=upper.content.overlaid or lower.content.overlaid,
        mixed=upper.content.mixed or lower.content.mixed,
        stopped=upper.content.stopped or lower.content.stopped,
        crossed=upper.content.crossed or lower.content.crossed,
    )
    return PrintedCell(upper.page_index, upper.col, upper.col_span, upper.quad, upper.support, content)


def reunited(cells: Sequence[PrintedCell]) -> PrintedCell:
    """Neighbouring cells of one row as the one cell that they are cut from, their lines in order from left to right."""
    first, last = cells[0], cells[-1]
    quad = bbox_of_points([p for c in cells for p in c.quad.points]).to_quad()
    lines = tuple(line for c in cells for line in c.content.lines)
    content = CellContent(
        lines,
        True,
        any(c.content.coloured for c in cells),
        None,
        any(c.content.faint for c in cells),
        apart=any(c.content.apart for c in cells),
        overlaid=any(c.content.overlaid for c in cells),
        mixed=any(c.content.mixed for c in cells),
        stopped=any(c.content.stopped for c in cells),
        crossed=any(c.content.crossed for c in cells),
    )
    support = min(c.support for c in cells)
    return PrintedCell(
        first.page_index, first.col, last.col + last.col_span - first.col, quad, support, content
    )

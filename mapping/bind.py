"""Cells of the form bound to cells on the page: columns within the rows that the alignment has paired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .align import Alignment, Pair
from .columns import (
    HEADER_SIMILARITY,
    Columns,
    KnownColumns,
    columns_of_header,
    find_columns,
    header_rows_above,
    headers_above,
    label_cells,
    spans_of,
)
from .form import CellSpec, FormTable, RowKind
from .match import best_similarity, label_similarity
from .rows import PrintedCell, PrintedRow, prints_number, reunited, value_like

DIFFERENT_LABEL = 0.45
"""A row whose label is read surely and fits less than this is another row, not a misprint of the form's."""

NARROW_SHARE = 0.5
"""A cell narrower than this, as a share of its row's usual value cell, is a piece that a false ruling has cut off."""

BROAD_SHARE = 1.3
"""A cell narrower than this is no two columns whose border is lost; two headings above it are one that a stroke has cut."""

SURE_LABEL_SCORE = 0.85
"""Engine score from which a label counts as read surely."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A cell of the form and where it was found.

    Attributes:
        spec: the form's cell.
        cell: on the page; None when it was not found.
        row_label_read: as printed; "" where the form prints no label in the row.
        row_score: similarity of the row's label to the form's, 0 to 1.
        row_margin: by how much that label fits better than any other row of the table, at least 0.
        column_score: similarity of the header above to the form's column label, 0 to 1; 0.5 when no header is on the page.
        table_support: share of its table's borders that is drawn, 0 to 1.
        shared: whether the page prints one merged cell for several of the form's, or several for this one, or its column is untold.
        untold: whether the row has more values than the form and no header tells which are its own.
        edition_unsure: whether another edition, which lacks this cell, fits its table about as well.
    """

    spec: CellSpec
    cell: PrintedCell | None
    row_label_read: str | None = None
    row_score: float = 0.0
    row_margin: float = 0.0
    column_score: float = 0.0
    table_support: float = 1.0
    shared: bool = False
    edition_unsure: bool = False
    untold: bool = False


@dataclass(frozen=True, slots=True)
class ExtraRow:
    """A printed row that is none of the form's, in or beside one of its tables."""

    table: str
    label_read: str
    values: tuple[PrintedCell, ...]


@dataclass(frozen=True, slots=True)
class Binding:
    """Every cell of the tables' editions once, in form order, and what else the tables print."""

    cells: tuple[Bound, ...]
    extra_rows: tuple[ExtraRow, ...]


NO_HEADER_SCORE = 0.5


def bind_cells(alignment: Alignment) -> Binding:
    """Each form cell with its place on the page, or without one; never two form cells on one printed number."""
    pairs = [pair for pair in alignment.pairs if not _is_other_row(pair)]
    rejected = [pair.printed for pair in alignment.pairs if _is_other_row(pair)]
    found: dict[str, Bound] = {}
    for table in alignment.tables:
        own = [pair for pair in pairs if pair.table is table]
        for width in sorted({len(p.form_row.cells) for p in own if p.form_row.kind is RowKind.DATA}):
            columns = find_columns(own, width)
            for pair in own:
                if pair.form_row.kind is RowKind.DATA and len(pair.form_row.cells) == width:
                    found.update((b.spec.id, b) for b in _bind_row(pair, own, columns, alignment.extra))
    found |= {id_: replace(found[id_], edition_unsure=True) for id_ in alignment.doubted & found.keys()}
    cells = tuple(found.get(s.id, Bound(s, None)) for t in alignment.tables for s in t.cells)
    extra = _extra_rows([*alignment.extra, *rejected], alignment)
    return Binding(cells, extra)


def _is_other_row(pair: Pair) -> bool:
    """Whether a paired data row surely carries another label than the form's row."""
    if pair.form_row.kind is not RowKind.DATA or not pair.form_row.labels:
        return False
    labels = label_cells(pair.printed)
    sure = any(c.content.score >= SURE_LABEL_SCORE for c in labels)
    return pair.similarity < DIFFERENT_LABEL and sure


def _bind_row(
    pair: Pair, own: Sequence[Pair], columns: KnownColumns, extra: Sequence[PrintedRow]
) -> list[Bound]:
    specs = pair.form_row.cells
    usual = columns.spans.get(pair.printed.table_index)
    values = _only_number(pair.printed, _value_cells(pair.printed, len(specs), usual))
    pair = _across_cuts(pair)
    label = _row_label(pair)
    margin = min(_row_margin(pair, label), _rival_margin(pair, extra))
    headers, header_rows = headers_above(pair, own), header_rows_above(pair, own)
    # More values than columns and no header to tell which: the numbers may be shifted.
    told = pair.printed.table_index in columns.alike or columns_of_header(pair, own) is not None
    unsure = pair.printed.trailing_values > len(specs) and not told
    row_score = min(pair.similarity, _heading_score(pair, own))
    widths = [cell.width for cell, shared in values if cell is not None and not shared]
    usual_width = float(np.median(widths)) if len(widths) > 1 else 0.0
    # Where some cells of a row are cut once more across, the mark of the others may stand in their other part.
    uneven = len({cell.row_span for cell, _ in values if cell is not None}) > 1
    # One number between two columns: those beside it may be one column off, blanks too.
    names = [spec.column_label for spec in specs]
    broad = [cell for cell, _ in values if cell is not None and cell.width >= BROAD_SHARE * usual_width]
    shifted = any(_is_between(cell, header_rows, names) for cell in broad)
    bound = []
    for spec, (cell, shared) in zip(specs, values, strict=True):
        column_score = 0.0 if unsure else _column_score(spec, cell, headers)
        cut = cell is not None and (uneven or cell.row_span > 1 or cell.width < NARROW_SHARE * usual_width)
        merged = shared or cut or unsure or shifted
        support = pair.printed.support
        bound.append(
            Bound(spec, cell, label, row_score, margin, column_score, support, merged, untold=unsure)
        )
    return bound


def _across_cuts(pair: Pair) -> Pair:
    """The pair, its similarity that of a label read across false rulings where that is greater: its place is known by then."""
    if not pair.form_row.labels:
        return pair
    return replace(
        pair, similarity=max(pair.similarity, best_similarity(pair.printed.wordings, pair.form_row.labels[0]))
    )


def _heading_score(pair: Pair, own: Sequence[Pair]) -> float:
    """How well the headings of its table are read, for a row that has no label of its own; 1 for other rows."""
    if pair.form_row.labels:
        return 1.0
    return max((p.similarity for p in own if p.form_row.kind is RowKind.HEADER), default=0.0)


def _value_cells(
    row: PrintedRow, width: int, columns: Columns | None
) -> list[tuple[PrintedCell | None, bool]]:
    """The row's cell for each value column, and whether it is not simply one cell for one column.

    A row whose own cells are cut as usual gives them as they are. In another row each column takes what covers it; a merged cell
    serves several columns only when it says nothing or that nothing applies, since a number belongs to one of them.
    """
    last = row.cells[-width:]
    if columns is None or spans_of(last) == columns:
        if len(last) == width and (columns is not None or row.trailing_values >= width):
            return [(cell, False) for cell in last]
        return [(None, False)] * width
    covering = [_covering(row, start, stop) for start, stop in columns]
    found: list[tuple[PrintedCell | None, bool]] = []
    for cell in covering:
        sharing = cell is not None and sum(other is cell for other in covering) > 1
        usable = cell is not None and value_like(cell) and not (sharing and prints_number(cell))
        whole = cell is not None and any(cell is own for own in row.cells)
        found.append((cell, sharing or not whole) if usable else (None, False))
    return found


def _only_number(
    row: PrintedRow, values: list[tuple[PrintedCell | None, bool]]
) -> list[tuple[PrintedCell | None, bool]]:
    """The values; of a row with one value, whose cell says nothing, the one number that stands in another cell of the row instead.

    Borders that are none part it from the row's last cell where rulings are in pieces.
    """
    if len(values) != 1 or (values[0][0] is not None and values[0][0].content.has_ink):
        return values
    numbers = [cell for cell in row.cells if prints_number(cell)]
    return [(numbers[0], True)] if len(numbers) == 1 else values


def _covering(row: PrintedRow, start: int, stop: int) -> PrintedCell | None:
    """What covers an elementary column range: one cell, or several that a false ruling has cut, put together again."""
    overlapping = [c for c in row.cells if c.col < stop and c.col + c.col_span > start]
    if not overlapping:
        return None
    inked = [c for c in overlapping if c.content.has_ink]
    if len(overlapping) == 1 or len(inked) <= 1:
        return inked[0] if inked else overlapping[0]
    inside = all(start <= c.col and c.col + c.col_span <= stop for c in inked)
    return reunited(inked) if inside else None


def _row_label(pair: Pair) -> str:
    if not pair.form_row.labels:
        return pair.form_row.cells[0].row_label
    best = max(pair.printed.wordings, key=lambda t: label_similarity(t, pair.form_row.labels[0]), default="")
    return best.replace("\n", "")


def _row_margin(pair: Pair, label: str) -> float:
    if not pair.form_row.labels:
        return 1.0
    others = {
        row.labels[0]
        for layout in pair.table.layouts
        for row in layout
        if row.kind is RowKind.DATA and row.labels
    }
    rival = max((label_similarity(label, o) for o in others - {pair.form_row.labels[0]}), default=0.0)
    return max(0.0, pair.similarity - rival)


def _rival_margin(pair: Pair, extra: Sequence[PrintedRow]) -> float:
    """By how much the row's label fits better than that of any printed row that is left over with values of its own, at least 0."""
    if not pair.form_row.labels:
        return 1.0
    rivals = [row for row in extra if row.wordings and any(prints_number(c) for c in row.cells)]
    best = max((best_similarity(row.wordings, pair.form_row.labels[0]) for row in rivals), default=0.0)
    return max(0.0, pair.similarity - best)


def _is_between(cell: PrintedCell, header_rows: Sequence[PrintedRow], names: Sequence[str]) -> bool:
    """Whether a number stands under two headings side by side: the border between its column and the next is lost.

    Two halves of one heading, 商业 and 企业, are one; `names` are the form's.
    """
    if not prints_number(cell):
        return False
    start, stop = cell.col, cell.col + cell.col_span
    for row in header_rows:
        over = [c for c in row.cells if c.col < stop and c.col + c.col_span > start]
        if over:  # what stands higher are groups, or the headings of another block
            inside = [c for c in over if start <= c.col and c.col + c.col_span <= stop]
            texts = [c.content.text for c in inside if c.content.has_ink and not prints_number(c)]
            return len(texts) > 1 and not _are_halves(texts, names)
    return False


def _are_halves(texts: Sequence[str], names: Sequence[str]) -> bool:
    """Whether texts side by side fit one of the names together, and better than any of them does alone."""
    together = best_similarity(names, "".join(texts))
    return together >= HEADER_SIMILARITY and together > max(best_similarity(names, text) for text in texts)


def _column_score(spec: CellSpec, cell: PrintedCell | None, headers: Sequence[PrintedCell]) -> float:
    if cell is None:
        return 0.0
    over = [
        h.content.text for h in headers if h.col < cell.col + cell.col_span and h.col + h.col_span > cell.col
    ]
    return best_similarity(over, spec.column_label) if over else NO_HEADER_SCORE


def _extra_rows(rows: Sequence[PrintedRow], alignment: Alignment) -> tuple[ExtraRow, ...]:
    """Unmatched rows of those printed tables that hold rows of the form, and only where they have places for values."""
    home: dict[int, FormTable] = {}
    for pair in alignment.pairs:
        if pair.form_row.kind is RowKind.DATA:
            home.setdefault(pair.printed.table_index, pair.table)
    extra = []
    for row in rows:
        values = tuple(c for c in row.cells if value_like(c) and c.content.has_ink)
        if row.table_index in home and row.labels and row.trailing_values:
            label = row.labels[-1].replace("\n", "")  # what stands before it is the label of a group
            extra.append(ExtraRow(home[row.table_index].id, label, values))
    return tuple(extra)

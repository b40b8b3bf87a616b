"""Running text that stands in a table's borders: a web page laid out in a table, a box around a page, streaks taken for rulings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..document.geometry import BBox, Homography, quarter_turn
from ..document.record import PageInfo
from ..document.text import TextLine
from .align import Alignment
from .form import RowKind
from .match import best_similarity
from .rows import PrintedCell, PrintedRow
from .title import ends_title

SHORTEST = 15
"""Characters that a cell of running text has at the least; labels that the form does not know are shorter, or have values beside
them."""

A4_INCHES = 11.69


TOLD = 0.6
"""Similarity of a title's or a header's row to the form's from which it is that row, and not the likeliest place for another."""


def unmatched_rows(alignment: Alignment) -> tuple[PrintedRow, ...]:
    """The printed rows that are none of the form's, or hardly so, and say nothing of what the form does."""
    hardly = [p for p in alignment.pairs if p.form_row.kind is not RowKind.DATA and p.similarity < TOLD]
    labels = {
        label
        for table in alignment.tables
        for layout in table.layouts
        for row in layout
        for label in row.labels
    }
    return tuple(
        row
        for row in (*alignment.extra, *(pair.printed for pair in hardly))
        if max((best_similarity(row.labels, label) for label in labels), default=0.0) < TOLD
    )


def boxed_lines(rows: Sequence[PrintedRow], pages: Mapping[int, PageInfo]) -> tuple[TextLine, ...]:
    """The lines of running text, and those that end a title, in rows that are none of the form's and have no values.

    Args:
        rows: printed ones that are none of the form's.
        pages: of the report, by index.
    """
    return tuple(
        line
        for row in rows
        if not row.trailing_values
        for cell in row.cells
        for line in _lines_of(cell, pages[cell.page_index])
    )


def _lines_of(cell: PrintedCell, page: PageInfo) -> Iterator[TextLine]:
    """A cell's lines, if they are running text: as high as the cell's height allows, one below the other."""
    lines = cell.content.lines
    if len(cell.content.text) < SHORTEST and not any(ends_title(line.text) for line in lines):
        return
    to_scan = quarter_turn(page.width, page.height, page.rotation)
    upright = to_scan.inverse().apply_quad(cell.quad).to_bbox()
    height = upright.height / max(1, len(lines))
    for k, line in enumerate(lines):
        box = BBox(upright.x0, upright.y0 + k * height, upright.x1, upright.y0 + (k + 1) * height)
        yield TextLine(cell.page_index, box, _seen_on(to_scan, box), line.text, line.score, _dpi(page))


def _seen_on(to_scan: Homography, box: BBox) -> BBox:
    return to_scan.apply_quad(box.to_quad()).to_bbox()


def _dpi(page: PageInfo) -> float:
    """Pixels an inch of a page, as if it were A4."""
    return max(page.width, page.height) / A4_INCHES

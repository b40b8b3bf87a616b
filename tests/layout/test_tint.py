"""Coloured rulings make a table; a pen, a seal, a banner and a letter's red lines do not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from gouji.document.page import RGB
from gouji.layout.ink import black_channel, chroma_of, measure_ink
from gouji.layout.page import PageLayout, lay_out
from gouji.layout.tint import tinted_contrast, with_coloured_rulings

from .ruled import Ruled

DPI = 200.0
TABLE = Ruled(left=150, top=300, row=60, column=140, rows=7, cols=6)
TEAL, PALE_BLUE, RED = (26, 140, 130), (170, 205, 235), (200, 30, 40)


def draw_page(colour: tuple[int, int, int] | None, *, columns: int = 6) -> RGB:
    """(1000, 1200, 3) uint8: a table of seven rows and six columns ruled in that colour, black numbers in the first `columns`."""
    mask = np.zeros((1000, 1200), np.uint8)
    page = np.full((1000, 1200, 3), 252, np.uint8)
    if colour is not None:
        TABLE.draw(mask, 1, 2)
        page[mask > 0] = colour
    for k, (x, y) in enumerate(TABLE.corners()):
        if k % TABLE.cols >= columns:
            continue
        cv2.putText(
            page, str(37 * k % 1000), (x + 50, y + 42), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (20, 20, 20), 2
        )
    return page


def laid_out(page: RGB, skew: float = 0.0) -> PageLayout:
    return lay_out(page, DPI, skew, with_outside=False)


@pytest.mark.parametrize("skew", [0.0, 1.2])
@pytest.mark.parametrize("colour", [TEAL, PALE_BLUE, RED])
def test_coloured_rulings_make_cells(colour: tuple[int, int, int], skew: float) -> None:
    turn = cv2.getRotationMatrix2D((600, 500), skew, 1.0)
    page = cv2.warpAffine(draw_page(colour), turn, (1200, 1000), borderValue=(252, 252, 252)).astype(np.uint8)
    (table,) = laid_out(page, skew).tables
    assert (table.grid.rows, table.grid.cols, table.grid.sound) == (TABLE.rows, TABLE.cols, True)
    assert all(cell.has_ink and not (cell.cut or cell.mixed or cell.coloured) for cell in table.cells)


def test_a_bare_cell_between_coloured_rulings_is_blank() -> None:
    (table,) = laid_out(draw_page(TEAL, columns=2)).tables
    bare = [cell for cell, place in zip(table.cells, table.grid.cells, strict=True) if place.col >= 2]
    assert len(bare) == TABLE.rows * (TABLE.cols - 2)
    assert not any(cell.has_ink for cell in bare)


def test_a_head_filled_with_colour_ends_where_the_rows_begin() -> None:
    page = draw_page(TEAL)
    page[TABLE.top : TABLE.top + 2 * TABLE.row, TABLE.left : TABLE.right] = TEAL
    (table,) = laid_out(page).tables
    assert table.grid.rows == TABLE.rows - 1
    below = [c for c, place in zip(table.cells, table.grid.cells, strict=True) if place.row > 0]
    assert len(below) == (TABLE.rows - 2) * TABLE.cols
    assert all(cell.has_ink for cell in below)


def draw_letter(page: RGB) -> None:
    for y in (120, 128):
        cv2.line(page, (100, y), (1100, y), RED, 3)


def draw_pen(page: RGB) -> None:
    for k, (x, y) in enumerate(TABLE.corners()):
        cv2.line(page, (x + 30, y + 48), (x + 120, y + 45 + k % 4), (30, 50, 180), 3)
        cv2.line(page, (x + 100, y + 30), (x + 115, y + 10), (30, 50, 180), 3)


def draw_seal(page: RGB) -> None:
    cv2.circle(page, (600, 500), 160, RED, 8)
    cv2.putText(page, "12345", (500, 520), cv2.FONT_HERSHEY_SIMPLEX, 2.5, RED, 8)


def draw_banner(page: RGB) -> None:
    page[100:200, 100:1100] = RED


@pytest.mark.parametrize("draw", [draw_letter, draw_pen, draw_seal, draw_banner])
def test_other_colour_is_no_table(draw) -> None:  # type: ignore[no-untyped-def]
    page = draw_page(None)
    draw(page)
    chroma = chroma_of(page)
    ink = measure_ink(black_channel(page, chroma), DPI)
    tinted = tinted_contrast(page, chroma, ink, DPI)
    assert tinted is not None
    assert with_coloured_rulings(ink.contrast, tinted, ink.faint, DPI) is ink.contrast


def test_a_page_without_colour_is_not_looked_at_for_it() -> None:
    page = draw_page((60, 60, 60))
    chroma = chroma_of(page)
    assert tinted_contrast(page, chroma, measure_ink(black_channel(page, chroma), DPI), DPI) is None

"""A seal scanned in grey: its marks go, the rulings and the print that it covers stay."""

from __future__ import annotations

import cv2
import numpy as np
from gouji.document.geometry import Quad
from gouji.document.page import RGB
from gouji.layout.crop import cut_cell
from gouji.layout.ink import Ink, measure_ink
from gouji.layout.page import lay_out
from gouji.layout.seals import without_seals

from .ruled import Ruled

DPI = 200.0
LEFT, TOP, ROW, COLUMN = 200, 400, 42, 110
CENTRE = LEFT + 3 * COLUMN + 52, TOP + 4 * ROW + 20


def draw_page(*, sealed: bool, frame: int = 1) -> RGB:
    """(1200, 1200, 3) uint8: nine rows of seven columns, a 0 in most cells; a seal of 40 mm over them, half as dark."""
    page = np.full((1200, 1200), 250, np.uint8)
    Ruled(LEFT, TOP, ROW, COLUMN, rows=9, cols=7).draw(page, 120, 1, frame=frame)
    for row in range(9):
        for col in range(7):
            if (row, col) != BLANK:
                middle = LEFT + col * COLUMN + COLUMN // 2, TOP + row * ROW + ROW // 2
                cv2.ellipse(page, middle, (6, 11), 0.0, 0.0, 360.0, (20,), 2)
    if sealed:
        seal = np.zeros_like(page)
        cv2.circle(seal, CENTRE, 155, 255, 8)
        cv2.circle(seal, CENTRE, 18, 255, -1)
        for degrees in range(150, 400, 50):
            x, y = (
                round(c + 115 * f(np.radians(degrees))) for c, f in zip(CENTRE, (np.cos, np.sin), strict=True)
            )
            cv2.rectangle(seal, (x - 16, y - 16), (x + 16, y + 16), 255, 6)
        share = 0.4 * cv2.GaussianBlur(seal, (3, 3), 0) / 255
        page = np.rint(page * (1 - share)).astype(np.uint8)
    return np.repeat(page[:, :, None], 3, axis=2)


BLANK = (4, 3)
"""Under the seal's middle."""


def cell_at(row: int, col: int) -> Quad:
    x, y = LEFT + col * COLUMN, TOP + row * ROW
    return Quad(((x, y), (x + COLUMN, y), (x + COLUMN, y + ROW), (x, y + ROW)))


def ink_of(page: RGB) -> Ink:
    return measure_ink(page[:, :, 0], DPI)


def test_arcs_of_a_seal_are_no_borders() -> None:
    for frame in (1, 2):
        (table,) = lay_out(draw_page(sealed=True, frame=frame), DPI, 0.0).tables
        assert (table.grid.rows, table.grid.cols, len(table.grid.cells)) == (9, 7, 63)


def test_what_a_seal_covers_is_print_and_its_own_marks_are_not() -> None:
    clean, sealed = draw_page(sealed=False), draw_page(sealed=True)
    ink = without_seals(ink_of(sealed), DPI)
    assert ink.seal is not None
    covered = 0
    for row in range(9):
        for col in range(7):
            cell = cut_cell(sealed, ink, cell_at(row, col), DPI)
            bare = cut_cell(clean, ink_of(clean), cell_at(row, col), DPI)
            if (row, col) == BLANK:
                assert cell.coloured, "a blank cell under a seal is doubtful"
                assert not bare.has_ink
            else:
                covered += cell.overlaid
                assert 0.85 <= float(cell.ink.sum()) / float(bare.ink.sum()) <= 1.6
    assert covered > 5


def test_a_page_without_a_seal_stays_as_it_is() -> None:
    for frame in (1, 6):
        ink = ink_of(draw_page(sealed=False, frame=frame))
        assert without_seals(ink, DPI) is ink

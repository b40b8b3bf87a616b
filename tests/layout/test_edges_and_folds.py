"""Dark edges of a scan, folds of its paper and boxes around its text leave the tables as they are."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from gouji.document.page import Gray
from gouji.layout.page import lay_out
from gouji.layout.rulings import RulingState, detect_rulings
from gouji.layout.tracks import gather_regions, has_loose_rulings

from .ruled import Ruled

DPI = 200.0
HEIGHT, WIDTH = 2339, 1654
TABLE = Ruled(left=220, top=700, row=60, column=200, rows=9, cols=6)


def draw_page() -> Gray:
    """(2339, 1654) uint8: a table of nine rows of six columns, a number in each cell."""
    page = np.full((HEIGHT, WIDTH), 250, np.uint8)
    TABLE.draw(page, 60, 2)
    for x, y in TABLE.corners():
        cv2.putText(page, "48", (x + 80, y + 40), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (20,), 2)
    return page


def grids(page: Gray, state: RulingState | None = None) -> list[tuple[int, int, bool]]:
    layout = lay_out(np.repeat(page[:, :, None], 3, axis=2), DPI, 0.0, state=state, with_outside=False)
    return [(table.grid.rows, table.grid.cols, table.grid.sound) for table in layout.tables]


def test_dark_edges_do_not_make_a_table_broken() -> None:
    page = draw_page()
    page[3:6, 600:1500] = 90  # a lid above and below, for a part of the way
    page[-8:-5, 20:1300] = 90
    page[40:2300, 2:5] = page[300:2200, -6:-3] = 90
    assert grids(page) == [(TABLE.rows, TABLE.cols, True)]


@pytest.mark.parametrize(("left", "right", "loose"), [(10, WIDTH - 10, False), (230, 1400, True)])
def test_folds_run_out_over_the_sides_of_a_table_and_lost_rows_do_not(
    left: int, right: int, loose: bool
) -> None:
    page = draw_page()
    for y in (560, 1500):
        cv2.line(page, (left, y), (right, y), (60,), 2)
    rulings = detect_rulings(250 - page, 16, 64, DPI)
    assert has_loose_rulings(rulings, gather_regions(rulings)) is loose


def test_an_inferred_table_ends_with_its_rows() -> None:
    """A fold through its first row carries the sides of a table out to the page's own, though nothing is printed there."""
    page = draw_page()
    cv2.line(page, (4, TABLE.top), (WIDTH - 4, TABLE.top), (110,), 2)
    cv2.line(page, (1650, 20), (1650, 2300), (110,), 2)
    assert grids(page, RulingState.IN_PIECES) == [(TABLE.rows, TABLE.cols, False)]


def test_a_box_around_text_is_no_table() -> None:
    page = draw_page()
    cv2.rectangle(page, (100, 100), (1500, 600), (60,), 2)
    cv2.line(page, (100, 240), (1500, 240), (60,), 2)
    assert grids(page) == [(TABLE.rows, TABLE.cols, True)]

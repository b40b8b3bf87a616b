"""Dark edges of a scan, folds of its paper and boxes around its text leave the tables as they are."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from gouji.document.page import Gray
from gouji.layout.grid import _is_text_line
from gouji.layout.mesh import Drawn, to_mesh
from gouji.layout.page import lay_out
from gouji.layout.rulings import RulingState, detect_rulings
from gouji.layout.tracks import Region, Track, gather_regions, has_loose_rulings

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


@pytest.mark.parametrize(("drawn_px", "is_text"), [(300, True), (560, False)])
def test_a_lone_row_is_one_where_its_borders_are_drawn(drawn_px: int, is_text: bool) -> None:
    """The tops and feet of a title's characters look like pieces of a row's borders too."""
    mask = np.zeros((400, 800), np.uint8)
    mask[[100, 150], 100 : 100 + drawn_px] = 1

    def track(place: float, start: float, stop: float) -> Track:
        return Track(np.array([start, stop]), np.array([place, place]), 0.0)

    rows = (track(100, 100, 700), track(150, 100, 700))
    columns = (track(100, 100, 150), track(700, 100, 150))
    nothing = np.zeros_like(mask)
    mesh = to_mesh(Region(rows, columns, inferred=True, sound=False), Drawn(mask, nothing, mask))
    assert _is_text_line(mesh) is is_text


def test_columns_in_one_line_are_two_tables_own() -> None:
    """Their borders were put together over the gap between the tables, and passed for folds through both."""
    page = np.full((HEIGHT, WIDTH), 250, np.uint8)
    tables = Ruled(220, 500, 60, 200, 3, 3), Ruled(220, 710, 60, 200, 4, 3)
    for table, wider in zip(tables, (0, 18), strict=True):
        table.draw(page, 60, 2)
        cv2.rectangle(page, (table.left - wider, table.top), (table.right + wider, table.foot), (60,), 2)
        for x in (table.left, table.right):
            page[table.top + 3 : table.foot - 2, x - 2 : x + 3] = 250 if wider else 60
        for x, y in table.corners():
            cv2.putText(page, "48", (x + 80, y + 40), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (20,), 2)
    assert [shape[:2] for shape in grids(page)] == [(3, 3), (4, 3)]


def test_streaks_that_lean_are_no_columns_however_many() -> None:
    page = draw_page()
    for x in (340, 590, 770, 1180):
        cv2.line(page, (x, 60), (x + 9, HEIGHT - 60), (120,), 2)
    assert grids(page) == [(TABLE.rows, TABLE.cols, True)]


def test_of_two_pages_on_one_picture_the_left_ones_tables_come_first() -> None:
    page = np.full((HEIGHT, 2 * WIDTH), 250, np.uint8)
    Ruled(left=200, top=900, row=60, column=200, rows=9, cols=6).draw(page, 60, 2)
    Ruled(left=1800, top=300, row=60, column=200, rows=4, cols=7).draw(page, 60, 2)
    assert grids(page) == [(9, 6, True), (4, 7, True)]
    Ruled(left=300, top=1800, row=60, column=200, rows=5, cols=12).draw(page, 60, 2)  # across both: one page
    assert grids(page) == [(4, 7, True), (9, 6, True), (5, 12, True)]

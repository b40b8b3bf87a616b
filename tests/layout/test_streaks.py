"""Streaks of a scanner: the lines go, the table stays, and what a dark one may hide is marked."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from gouji.document.page import RGB, Gray
from gouji.layout.ink import measure_ink
from gouji.layout.page import lay_out
from gouji.layout.streaks import without_streaks

from .ruled import Ruled

DPI = 200.0
TABLE = Ruled(left=200, top=400, row=42, column=110, rows=9, cols=7)
STREAKS = (150, 330, 466, 583, 702, 868, 1010)


def draw_page(streaks: tuple[int, ...] = (), darkness: float = 0.15) -> Gray:
    """(1600, 1200) uint8: nine rows of seven columns, a 0 in each cell; lines of 5 px from the top of the page to its foot."""
    page = np.full((1600, 1200), 250, np.uint8)
    TABLE.draw(page, 120, 1)
    for x, y in TABLE.corners():
        cv2.ellipse(page, (x + TABLE.column // 2, y + TABLE.row // 2), (6, 11), 0.0, 0.0, 360.0, (20,), 2)
    for x in streaks:
        page[:, x : x + 5] = page[:, x : x + 5] * (1 - darkness)
    return page


def to_rgb(page: Gray) -> RGB:
    return np.repeat(page[:, :, None], 3, axis=2)


@pytest.mark.parametrize("turned", [False, True])
def test_light_streaks_go_and_all_else_stays(*, turned: bool) -> None:
    clean, streaked = draw_page(), draw_page(STREAKS)
    if turned:
        clean, streaked = np.ascontiguousarray(clean.T), np.ascontiguousarray(streaked.T)
    before, ink = measure_ink(clean, DPI), measure_ink(streaked, DPI)
    freed = without_streaks(ink, DPI)
    assert freed.hidden is None
    assert int(cv2.absdiff(ink.contrast, before.contrast).max()) > 30
    assert int(cv2.absdiff(freed.contrast, before.contrast).max()) <= 10


def test_a_table_under_streaks_keeps_its_cells() -> None:
    (table,) = lay_out(to_rgb(draw_page(STREAKS)), DPI, 0.0, with_outside=False).tables
    assert (table.grid.rows, table.grid.cols) == (TABLE.rows, TABLE.cols)
    assert all(cell.has_ink and not cell.crossed and not cell.cut for cell in table.cells)


@pytest.mark.parametrize("skew", [-0.6, 0.3])
def test_a_copiers_streaks_lean_with_the_sheet_and_may_wander(skew: float) -> None:
    page = draw_page()
    rows = np.arange(len(page))
    for x in STREAKS:
        places = x + np.round(np.sin(rows / 130)).astype(int)
        for k in range(4):
            page[rows, places + k] = page[rows, places + k] * 0.7
    turn = cv2.getRotationMatrix2D((600, 800), skew, 1.0)
    page = cv2.warpAffine(page, turn, (1200, 1600), borderValue=(250,)).astype(np.uint8)
    (table,) = lay_out(to_rgb(page), DPI, skew, with_outside=False).tables
    assert (table.grid.rows, table.grid.cols) == (TABLE.rows, TABLE.cols)


def test_a_table_close_to_the_pages_head_hides_no_streak() -> None:
    page = np.vstack(
        [draw_page(STREAKS)[340:], draw_page(STREAKS)[:340]]
    )  # its first ruling 8 mm below the head
    (table,) = lay_out(to_rgb(page), DPI, 0.0, with_outside=False).tables
    assert (table.grid.rows, table.grid.cols) == (TABLE.rows, TABLE.cols)


def test_a_faxs_dotted_streaks_make_no_columns() -> None:
    page = np.where(draw_page() < 200, np.uint8(0), np.uint8(255))
    random = np.random.default_rng(3)
    for x in STREAKS:
        page[random.random(len(page)) < 0.55, x] = 0
    (table,) = lay_out(to_rgb(page), DPI, 0.0, with_outside=False).tables
    assert (table.grid.rows, table.grid.cols) == (TABLE.rows, TABLE.cols)


def test_a_page_without_streaks_is_left_as_it_is() -> None:
    ink = measure_ink(draw_page(), DPI)
    assert without_streaks(ink, DPI) is ink


def test_a_table_that_goes_on_from_page_to_page_is_no_streak() -> None:
    middle = draw_page()[
        TABLE.top + TABLE.row * 3 // 2 : TABLE.foot - TABLE.row // 2
    ]  # its columns' rulings go from side to side
    ink = measure_ink(np.ascontiguousarray(middle), DPI)
    assert without_streaks(ink, DPI) is ink


def test_what_a_dark_streak_may_hide_is_in_doubt() -> None:
    zero = TABLE.left + TABLE.column * 7 // 2  # through the middle of the zeros of a column
    (table,) = lay_out(to_rgb(draw_page((zero,), 0.9)), DPI, 0.0, with_outside=False).tables
    assert (table.grid.rows, table.grid.cols) == (TABLE.rows, TABLE.cols)
    cells = dict(zip([(c.row, c.col) for c in table.grid.cells], table.cells, strict=True))
    assert all(cells[row, 3].crossed for row in range(TABLE.rows))
    assert not any(cells[row, col].crossed for row in range(TABLE.rows) for col in (0, 1, 5))


def test_print_is_seen_through_a_streak_that_leaves_some_light() -> None:
    """A streak along the upper bar of a 7 makes no 1 of it."""
    page = np.full((1600, 1200), 250, np.uint8)
    for y in range(300, 1400, 80):
        cv2.putText(page, "27416", (300, y), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (20,), 3)
    bar = slice(300 - 24, 300 - 18)
    clean = measure_ink(page, DPI)
    page[bar] = page[bar] * 0.6
    freed = without_streaks(measure_ink(page, DPI), DPI)
    assert freed.hidden is None
    assert int(cv2.absdiff(freed.contrast, clean.contrast)[bar].max()) < 40


def test_streaks_on_a_sheet_go_from_side_to_side_of_it() -> None:
    """A feeder's picture has a black rim on which no streak is seen."""
    page = draw_page(STREAKS)
    picture = np.full((1800, 1400), 8, np.uint8)
    picture[100:1700, 100:1300] = page
    (table,) = lay_out(to_rgb(picture), DPI, 0.0, with_outside=False).tables
    assert (table.grid.rows, table.grid.cols) == (TABLE.rows, TABLE.cols)
    assert all(cell.has_ink and not cell.crossed and not cell.cut for cell in table.cells)

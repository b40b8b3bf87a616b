"""A row that the page cuts ends with its own text."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from gouji.layout.borders import without_arcs, without_footer, without_strokes, without_text_lines
from gouji.layout.mesh import Drawn, to_mesh
from gouji.layout.page import TableCrops, lay_out
from gouji.layout.tracks import Region, Track

DPI = 200.0
LEFT, TOP, ROW, WIDTH = 200, 300, 60, 900
BOTTOM = TOP + 4 * ROW + 200


@pytest.fixture
def sheet() -> np.ndarray:
    """(1000, 1300) uint8: four rows of three columns, whose borders run on over 200 px to a row that the page cuts."""
    sheet = np.full((1000, 1300), 255, np.uint8)
    for k in range(5):
        cv2.line(sheet, (LEFT, TOP + k * ROW), (LEFT + WIDTH, TOP + k * ROW), 0, 2)
    for x in range(LEFT, LEFT + WIDTH + 1, 300):
        cv2.line(sheet, (x, TOP), (x, BOTTOM), 0, 2)
    for k in range(4):
        write(sheet, TOP + k * ROW + 40)
    return sheet


def write(sheet: np.ndarray, y: int) -> None:
    """A number in each column, its feet at `y`."""
    for x in range(LEFT + 100, LEFT + WIDTH, 300):
        cv2.putText(sheet, "12", (x, y), cv2.FONT_HERSHEY_DUPLEX, 0.9, 0, 2)


def number_page(sheet: np.ndarray) -> None:
    cv2.putText(sheet, "2/3", (LEFT + 650, BOTTOM - 20), cv2.FONT_HERSHEY_DUPLEX, 0.9, 0, 2)


def rows_of(sheet: np.ndarray) -> tuple[TableCrops, np.ndarray]:
    """The only table, and the heights of its rows."""
    (table,) = lay_out(np.repeat(sheet[:, :, None], 3, axis=2), DPI, 0.0).tables
    return table, np.diff(table.grid.nodes[:, 0, 1])


@pytest.mark.parametrize("upside_down", [False, True])
def test_a_row_without_a_border_at_the_pages_end_holds_no_page_number(
    sheet: np.ndarray, upside_down: bool
) -> None:
    write(sheet, TOP + 4 * ROW + 40)
    number_page(sheet)
    table, heights = rows_of(sheet[::-1].copy() if upside_down else sheet)
    assert (table.grid.rows, table.grid.cols) == (5, 3)
    assert {len(lines) for lines in table.lines} == {1}
    assert heights.max() < 1.6 * ROW


def test_dust_and_a_page_number_are_no_row(sheet: np.ndarray) -> None:
    """What the row holds stands on the next page; taken for blanks it would be lost."""
    number_page(sheet)
    cv2.circle(sheet, (LEFT + 450, TOP + 4 * ROW + 25), 2, 0, -1)
    table, _ = rows_of(sheet)
    assert table.grid.rows == 4


def test_a_row_whose_text_stands_low_is_a_row(sheet: np.ndarray) -> None:
    write(sheet, TOP + 4 * ROW + 120)
    table, heights = rows_of(sheet)
    assert table.grid.rows == 5
    assert heights[-1] > 190


def test_dashes_are_text(sheet: np.ndarray) -> None:
    for x in range(LEFT + 100, LEFT + WIDTH, 300):
        cv2.line(sheet, (x, TOP + 4 * ROW + 30), (x + 20, TOP + 4 * ROW + 30), 0, 2)
    number_page(sheet)
    table, heights = rows_of(sheet)
    assert table.grid.rows == 5
    assert heights[-1] < 1.6 * ROW


def test_lines_of_text_with_a_stroke_between_them_are_no_table() -> None:
    """All that a seal's title page has left of a table: a column's border, and rows that run along text."""

    def track(place: float) -> Track:
        return Track(np.array([150.0, 400.0]), np.array([place, place]), 200.0)

    print_ = np.ones((600, 600), np.uint8)
    nothing = np.zeros_like(print_)
    drawn = Drawn(nothing, nothing, nothing)
    mesh = to_mesh(Region((track(200.0), track(300.0)), (track(250.0),)), drawn)
    left = without_text_lines(mesh, drawn, print_, DPI)
    assert left.region.horizontal == ()
    assert without_footer(without_arcs(left, drawn), drawn, print_, DPI).region.horizontal == ()


def test_strokes_below_each_other_do_not_add_up_to_a_border() -> None:
    """A 1 in each of four rows, at one place: 120 px together, and none of them reaches from border to border."""
    rows = tuple(
        Track(np.array([100.0, 700.0]), np.array([y, y]), 600.0, 2.0, 600.0) for y in range(100, 301, 50)
    )
    sides = [Track(np.array([100.0, 300.0]), np.array([x, x]), 200.0, 2.0, 200.0) for x in (100.0, 700.0)]
    ones = Track(np.array([110.0, 290.0]), np.array([400.0, 400.0]), 120.0, 2.0, 30.0)
    mask = np.zeros((400, 800), np.uint8)
    for y in range(110, 300, 50):
        mask[y : y + 30, 398:403] = 1
    nothing = np.zeros_like(mask)
    region = Region(rows, (sides[0], ones, sides[1]))
    kept = without_strokes(region, Drawn(nothing, mask, mask), DPI)
    assert [round(float(track.across.mean())) for track in kept.vertical] == [100, 700]

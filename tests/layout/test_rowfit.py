"""A row of numbers cut into as many columns as the form prints there."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from gouji.document.geometry import Quad
from gouji.layout.ink import Ink
from gouji.layout.rowfit import RowFitParams, fit_row, join_parts

DPI = 200.0
FAINT, PRINT = 20, 80
LEFT, TOP, HEIGHT, COLUMN = 150, 300, 60, 84


def row_of(words: list[int], ruled: list[float], columns: int = 15) -> Ink:
    """A row with a word in each of the columns named, and each border drawn over the given share of the row's height."""
    contrast = np.zeros((700, 1654), np.uint8)
    contrast[TOP : TOP + 2, LEFT : LEFT + columns * COLUMN] = 200
    contrast[TOP + HEIGHT : TOP + HEIGHT + 2, LEFT : LEFT + columns * COLUMN] = 200
    for k in words:
        x = LEFT + k * COLUMN + 34
        contrast[TOP + 20 : TOP + 42, x : x + 16] = 220
    for k, share in enumerate(ruled):
        x = LEFT + k * COLUMN
        contrast[TOP : TOP + round(share * HEIGHT), x - 1 : x + 1] = 200
    return Ink(contrast, FAINT, PRINT)


def parts(*places: int) -> list[Quad]:
    """The row's elementary cells as some grid has them, borders at these px."""
    top, bottom = float(TOP), float(TOP + HEIGHT)
    return [
        Quad(((float(a), top), (float(b), top), (float(b), bottom), (float(a), bottom)))
        for a, b in pairwise(places)
    ]


WHOLE = parts(LEFT, LEFT + 400, LEFT + 15 * COLUMN)


def columns_of(ink: Ink, row: list[Quad], columns: tuple[int, ...] = (5, 15)) -> list[int] | None:
    grid = fit_row(ink, row, columns, DPI)
    return None if grid is None else [round(float(x)) for x in grid.nodes[0, :, 0]]


def test_words_and_rulings_tell_the_columns_that_a_grid_has_missed() -> None:
    found = columns_of(row_of(list(range(15)), [1.0] * 16), WHOLE)
    assert found is not None
    assert np.abs(np.array(found) - (LEFT + COLUMN * np.arange(16))).max() <= 3


def test_grains_of_a_fax_are_no_words() -> None:
    ink = row_of(list(range(15)), [1.0] * 14 + [0.0, 1.0])
    rng = np.random.default_rng(5)
    for y, x in zip(
        rng.integers(TOP + 4, TOP + HEIGHT - 4, 40), rng.integers(LEFT, LEFT + 1200, 40), strict=True
    ):
        ink.contrast[y : y + 2, x : x + 2] = 220
    found = columns_of(ink, WHOLE)
    assert found is not None
    assert len(found) == 16


@pytest.mark.parametrize("seed", range(6))
def test_where_rulings_are_lost_each_word_has_a_column_of_its_own(seed: int) -> None:
    drawn = np.random.default_rng(seed).random(16) < 0.5
    found = columns_of(row_of(list(range(15)), [float(d) for d in drawn]), WHOLE)
    assert found is not None
    words = LEFT + COLUMN * np.arange(15) + 42
    assert [sum(a < x < b for x in words) for a, b in pairwise(found)] == [1] * 15
    assert all(abs(found[k] - LEFT - k * COLUMN) <= 3 for k in range(16) if drawn[k])


def test_the_row_may_begin_outside_what_the_grid_has_found() -> None:
    found = columns_of(row_of(list(range(15)), [1.0] * 16), parts(LEFT + COLUMN, LEFT + 15 * COLUMN))
    assert found is not None
    assert abs(found[0] - LEFT) <= 3


def test_two_columns_before_what_the_grid_has_found_are_none_of_them_beyond_its_end() -> None:
    """The thick last border passed for a number, and the first number stood too far out to be seen: all were one column off."""
    ink = row_of(list(range(15)), [1.0] * 16)
    end = LEFT + 15 * COLUMN
    ink.contrast[TOP : TOP + HEIGHT, end - 5 : end + 5] = 200
    found = columns_of(ink, parts(LEFT + 2 * COLUMN, end))
    assert found is not None
    assert np.abs(np.array(found) - (LEFT + COLUMN * np.arange(16))).max() <= 8


@pytest.mark.parametrize("width", [5, 7])
def test_the_stub_of_a_broken_last_border_is_no_number(width: int) -> None:
    """The first number stood in one cell with its label: with the stub there were three again, each one column off."""
    ink = row_of([1, 2], [0.0, 1.0, 0.0, 0.0], columns=3)
    end = LEFT + 3 * COLUMN
    ink.contrast[TOP + HEIGHT // 2 : TOP + HEIGHT, end - 2 : end - 2 + width] = 200
    assert fit_row(ink, parts(LEFT + COLUMN, end), (3,), DPI, labelled=True) is None


def test_a_blank_cell_between_drawn_borders_is_a_column() -> None:
    found = columns_of(row_of([k for k in range(15) if k != 6], [1.0] * 16), WHOLE)
    assert found is not None
    assert len(found) == 16


def test_a_blank_place_without_borders_is_not_guessed() -> None:
    """The fourteen numbers could belong to any fourteen of the columns."""
    ruled = [1.0, *[0.0] * 14, 1.0]
    assert columns_of(row_of([k for k in range(15) if k != 6], ruled), WHOLE) is None


@pytest.mark.parametrize("lost", [[3, 4], [3]])
def test_an_empty_column_beside_the_table_makes_up_for_no_lost_border(lost: list[int]) -> None:
    """A fold beside the table is drawn like a border; taken for its last one it would shift every number after the lost ones."""
    ink = row_of([0, 1, 2, 4, 5, 6], [0.0 if k in lost else 1.0 for k in range(8)], columns=7)
    fold = LEFT + 8 * COLUMN
    ink.contrast[TOP : TOP + HEIGHT, fold - 1 : fold + 1] = 200
    row = parts(*(LEFT + k * COLUMN for k in range(8) if k not in lost))
    grid = fit_row(ink, row, (7,), DPI, labelled=True)
    assert grid is None or np.abs(grid.nodes[0, :, 0] - (LEFT + COLUMN * np.arange(8))).max() <= 20


def test_a_column_with_two_numbers_does_not_pay_for_an_empty_one() -> None:
    """One of seven columns' borders is lost, and a fold goes through a blank cell: seven columns again, the numbers shifted."""
    ink = row_of([0, 1, 2, 3, 5, 6], [0.0 if k == 2 else 1.0 for k in range(8)], columns=7)
    fold = LEFT + 4 * COLUMN + 42
    ink.contrast[TOP : TOP + HEIGHT, fold - 1 : fold + 1] = 200
    x = LEFT + 2 * COLUMN  # print across the lost border
    ink.contrast[TOP + 30 : TOP + 36, x - 40 : x + 40] = 220
    row = parts(*(LEFT + k * COLUMN for k in range(8) if k != 2))
    assert fit_row(ink, row, (7,), DPI, labelled=True) is None


def test_a_column_with_two_words_does_not_pay_for_an_empty_one() -> None:
    """As above, the two numbers apart, and cutting between them as dear as leaving them in one column."""
    ink = row_of([0, 1, 2, 3, 5, 6], [0.0 if k == 2 else 1.0 for k in range(8)], columns=7)
    fold = LEFT + 4 * COLUMN + 42
    ink.contrast[TOP : TOP + HEIGHT, fold - 1 : fold + 1] = 200
    row = parts(*(LEFT + k * COLUMN for k in range(8) if k != 2))
    assert fit_row(ink, row, (7,), DPI, RowFitParams(empty=0.0, crowded=0.0), labelled=True) is None


def test_none_of_the_drawn_columns_is_given_up_while_some_are_blank() -> None:
    """A column of the agency's own, or a fold: which of seven is not the form's cannot be seen."""
    ink = row_of([0, 1, 2, 4, 6], [1.0] * 8, columns=7)
    row = parts(*(LEFT + k * COLUMN for k in range(8)))
    assert fit_row(ink, row, (6,), DPI, labelled=True) is None


def test_what_is_as_high_as_a_border_is_no_word() -> None:
    """A piece of the sheet's edge, thicker than a ruling and away from the row's own borders."""
    ink = row_of(list(range(15)), [1.0] * 16)
    x = LEFT + 15 * COLUMN + 60
    ink.contrast[TOP + 12 : TOP + 46, x : x + 5] = 220
    found = columns_of(ink, WHOLE, (15,))
    assert found is not None
    assert np.abs(np.array(found) - (LEFT + COLUMN * np.arange(16))).max() <= 3


@pytest.mark.parametrize("pale", [30, 60, 90])
def test_pieces_of_a_border_are_no_words(pale: int) -> None:
    """The right border is as dark as print in places; with the sheet's edge beyond it the row would seem to end there."""
    words = list(range(15))
    ink = row_of(words, [1.0] * 15 + [0.0])
    border, edge = LEFT + 15 * COLUMN, LEFT + 15 * COLUMN + 130
    for x in (border, edge):
        ink.contrast[TOP : TOP + HEIGHT, x - 1 : x + 1] = pale
        ink.contrast[TOP + 22 : TOP + 36, x - 2 : x + 2] = 100
    x = LEFT + COLUMN  # the first two numbers run together
    ink.contrast[TOP + 10 : TOP + 50, x - 20 : x + 20] = 220
    found = columns_of(ink, WHOLE, (15,))
    assert found is None or found[-1] <= border + COLUMN


def test_fifteen_words_are_not_five_columns_of_three() -> None:
    assert columns_of(row_of(list(range(15)), [1.0] * 16), WHOLE, (5,)) is None


def test_an_empty_row_or_a_sliver_is_not_cut() -> None:
    assert columns_of(row_of([], [1.0] * 16), WHOLE) is None
    sliver = [Quad(((150.0, 300.0), (900.0, 300.0), (900.0, 303.0), (150.0, 303.0)))]
    assert columns_of(row_of(list(range(15)), [1.0] * 16), sliver) is None


def test_a_row_on_a_curled_page_is_followed() -> None:
    flat = row_of(list(range(15)), [1.0] * 16).contrast
    shift = [round(25 * np.sin(np.pi * (x - LEFT) / (15 * COLUMN))) for x in range(flat.shape[1])]
    curled = np.stack([np.roll(flat[:, x], s) for x, s in enumerate(shift)], axis=1)
    places = [LEFT + 63 * k for k in range(21)]
    row = [
        Quad(((a, TOP + shift[a]), (b, TOP + shift[b]), (b, TOP + HEIGHT + shift[b]), (a, TOP + HEIGHT + shift[a])))
        for a, b in pairwise(places)
    ]  # fmt: skip
    found = columns_of(Ink(curled, FAINT, PRINT), row)
    assert found is not None
    assert np.abs(np.array(found) - (LEFT + COLUMN * np.arange(16))).max() <= 3


def test_parts_are_joined_as_other_rows_are_cut() -> None:
    xs, lean = [0.0, 100.0, 124.0, 200.0, 300.0], 3.0
    parts = [Quad(((a, 10.0), (b, 10.0), (b + lean, 60.0), (a + lean, 60.0))) for a, b in pairwise(xs)]
    grid = join_parts(parts, (1, 2, 1))
    assert (grid.rows, grid.cols, grid.sound) == (1, 3, False)
    assert grid.nodes[0, :, 0].tolist() == [0.0, 100.0, 200.0, 300.0]
    assert grid.nodes[1, :, 0].tolist() == [3.0, 103.0, 203.0, 303.0]
    assert [cell.quad.points[1][0] for cell in grid.cells] == [100.0, 200.0, 300.0]

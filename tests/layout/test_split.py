"""A number on both sides of an inferred border is half a number twice; two numbers a column's padding apart are two."""

from __future__ import annotations

import numpy as np
import pytest
from gouji.document.geometry import Quad
from gouji.document.table import Grid, GridCell
from gouji.layout.crop import CellCrop
from gouji.layout.split import doubt_split_words

DPI = 200.0


def grid(*, sound: bool) -> Grid:
    quad = Quad(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))
    cells = tuple(GridCell(0, col, 1, 1, quad, 1.0) for col in (0, 1))
    return Grid(np.zeros((2, 3, 2)), cells, sound)


def crop(start: int, stop: int) -> CellCrop:
    ink = np.zeros((40, 100), np.uint8)
    ink[10:30, start:stop] = 1
    return CellCrop(255 * (1 - ink), ink)


@pytest.mark.parametrize(
    ("left", "right", "sound", "cut"),
    [((60, 97), (4, 30), False, True), ((60, 97), (4, 30), True, False), ((60, 90), (8, 30), False, False)],
)
def test_print_close_on_both_sides_of_a_border(
    left: tuple[int, int], right: tuple[int, int], sound: bool, cut: bool
) -> None:
    found = doubt_split_words(grid(sound=sound), [crop(*left), crop(*right)], DPI)
    assert [cell.cut for cell in found] == [cut, cut]


def test_print_at_other_heights_is_not_one_number() -> None:
    low = crop(60, 97)
    high = CellCrop(np.roll(low.gray[:, ::-1], 20, axis=0), np.roll(low.ink[:, ::-1], 20, axis=0))
    assert not any(cell.cut for cell in doubt_split_words(grid(sound=False), [low, high], DPI))

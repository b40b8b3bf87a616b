"""Walls that a seal or a weak copy has taken are put back; those that other rows' columns have are not."""

from __future__ import annotations

import numpy as np
import pytest
from gouji.layout.walls import Walls, bridge_walls

DPI = 200.0


@pytest.mark.parametrize(("beside", "bridged"), [(324, False), (400, True)])
def test_no_wall_stands_close_to_a_drawn_one(beside: int, bridged: bool) -> None:
    """Headings' columns end 3 mm before their numbers' do: `28` with its 2 on one side of the heading's border is one number."""
    xs, ys = np.array([0.0, 300.0, beside, 600.0]), np.arange(5) * 60.0
    nodes = np.stack(np.meshgrid(xs, ys), axis=-1)
    left = np.zeros((4, 4))
    left[:, [0, 3]] = 1.0
    left[[0, 3], 1] = 1.0  # two rows of headings
    left[1:3, 2] = 1.0  # and two of numbers between them
    ink = np.zeros((240, 600), np.uint8)
    for y in (80, 140):
        ink[y : y + 20, 285:297] = ink[y : y + 20, 306:317] = ink[y : y + 20, 560:572] = 1
    found = bridge_walls(nodes, Walls(np.ones((5, 3)), left), ink, DPI)
    assert (found.left[1:3, 1] == 1.0).all() == bridged
    assert (found.left[1:3, 2] == 1.0).all()


@pytest.mark.parametrize(
    ("share", "gap", "side", "parts"),
    [(0.6, 0, 600.0, False), (0.6, 9, 600.0, True), (1.0, 0, 600.0, True), (0.6, 0, 300.0, True)],
)
def test_a_stroke_of_a_label_over_other_rows_columns_is_no_wall(
    share: float, gap: int, side: float, parts: bool
) -> None:
    """The label of 二 runs over the column where those of 三 begin; a stroke of it stands where their border does.

    Between two numbers what is drawn in part is a border, whatever crosses it.
    """
    xs, ys = np.array([0.0, 200.0, side]), np.arange(3) * 50.0
    nodes = np.stack(np.meshgrid(xs, ys), axis=-1)
    left = np.ones((2, 3))
    left[0, 1] = share
    ink = np.zeros((100, 600), np.uint8)
    ink[15:35, 150 : 200 - gap] = ink[15:35, 200 + gap : 250] = 1
    found = bridge_walls(nodes, Walls(np.ones((3, 2)), left), ink, DPI)
    assert (found.left[0, 1] >= 0.5) == parts
    assert (found.left[1] == 1.0).all()

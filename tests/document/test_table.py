"""Grids, tables and pages refuse nonsense."""

from __future__ import annotations

import numpy as np
import pytest
from gouji.document.geometry import BBox, Homography
from gouji.document.limits import Limits
from gouji.document.page import PageImage
from gouji.document.reading import LineReading
from gouji.document.table import EMPTY_CELL, CellContent, Grid, GridCell, Table

QUAD = BBox(0, 0, 10, 10).to_quad()


def one_cell_grid() -> Grid:
    nodes = np.array([[[0.0, 0.0], [10.0, 0.0]], [[0.0, 10.0], [10.0, 10.0]]])
    return Grid(nodes, (GridCell(0, 0, 1, 1, QUAD, 1.0),))


@pytest.mark.parametrize("bad", [(-1, 0, 1, 1), (0, -1, 1, 1), (0, 0, 0, 1), (0, 0, 1, 0)])
def test_a_cell_without_extent_is_refused(bad: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="spans >= 1"):
        GridCell(*bad, QUAD, 1.0)


def test_a_table_needs_one_content_a_cell() -> None:
    with pytest.raises(ValueError, match="1 cells but 2 contents"):
        Table(0, one_cell_grid(), (EMPTY_CELL, EMPTY_CELL))


def test_a_grid_moves_to_another_frame_with_its_cells() -> None:
    grid = one_cell_grid().mapped(Homography.shift(5, 7))
    assert grid.bbox == BBox(5, 7, 15, 17)
    assert grid.cells[0].quad.to_bbox() == BBox(5, 7, 15, 17)
    assert (grid.rows, grid.cols) == (1, 1)
    with pytest.raises(ValueError, match="read-only"):
        grid.nodes[0, 0, 0] = 1.0


def test_a_cell_is_as_sure_as_its_worst_line() -> None:
    content = CellContent((LineReading("22", 0.9), LineReading("其中", 0.4)), has_ink=True)
    assert (content.text, content.score) == ("22\n其中", 0.4)
    assert (EMPTY_CELL.text, EMPTY_CELL.score) == ("", 1.0)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 5), np.uint8),
        np.zeros((4, 5, 4), np.uint8),
        np.zeros((4, 5, 3), np.float32),
    ],
)
def test_a_page_is_rgb_bytes(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="uint8"):
        PageImage(0, pixels, 200, Homography.identity(), (5, 4))


def test_a_page_knows_its_number_and_size_and_cannot_be_painted_on() -> None:
    page = PageImage(2, np.zeros((4, 5, 3), np.uint8), 200, Homography.identity(), (5, 4))
    assert (page.number, page.size) == (3, (5, 4))
    with pytest.raises(ValueError, match="read-only"):
        page.pixels[0, 0, 0] = 1


@pytest.mark.parametrize("field", ["max_pages", "max_pixels", "max_bytes", "max_seconds"])
@pytest.mark.parametrize("value", [0, -1])
def test_limits_are_positive(field: str, value: int) -> None:
    with pytest.raises(ValueError, match=field):
        Limits(**{field: value})

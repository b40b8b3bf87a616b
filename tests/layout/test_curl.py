"""Print of one line stands at one height on a flat sheet: what it has sunk by on a curled one is found and taken off."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from gouji.document.geometry import BBox
from gouji.document.table import Grid, GridCell
from gouji.layout.curl import FLAT, find_curl

HEIGHT, PITCH = 24.0, 48.0
COLUMNS = (160.0, 430.0, 520.0, 610.0, 700.0, 790.0, 880.0)

Sag = Callable[[float, float], float]


def rising(x: float, y: float) -> float:
    return 30 * ((x - 100) / 800) ** 2 + 6 * (x / 1000) * (y / 1000)


def book(x: float, y: float) -> float:
    return 44 * float(np.sin(np.pi * x / 1000))


def page(sag: Sag, rows: int = 22, wrapped: bool = True) -> tuple[list[BBox], list[BBox]]:
    """A table's print on a flat sheet and on the page: labels, every fifth of two lines, and six numbers beside each."""
    flat = []
    for k in range(rows):
        y = 200 + PITCH * k
        lines = (y - 13, y + 13) if wrapped and k % 5 == 2 else (y,)
        flat += [BBox(160, at - HEIGHT / 2, 370, at + HEIGHT / 2) for at in lines]
        flat += [BBox(x - 15, y - HEIGHT / 2, x + 15, y + HEIGHT / 2) for x in COLUMNS[1:]]
    moved = [sag(*box.center) for box in flat]
    bent = [BBox(b.x0, b.y0 + d, b.x1, b.y1 + d) for b, d in zip(flat, moved, strict=True)]
    return flat, bent


@pytest.mark.parametrize("sag", [rising, book, lambda x, y: 0.04 * x], ids=["rising", "book", "skew"])
def test_lines_of_a_curled_page_are_level_again(sag: Sag) -> None:
    flat, bent = page(sag)
    curl = find_curl(bent)
    assert curl
    found = np.array([curl.flattened(box).center[1] for box in bent])
    expected = np.array([box.center[1] for box in flat])
    for y in sorted({box.center[1] for box in flat}):
        row = found[expected == y]
        assert np.ptp(row) < 0.2 * HEIGHT, f"the row at {y:.0f} px"


@pytest.mark.parametrize(
    "sag", [lambda x, y: 0.0, lambda x, y: 0.003 * x], ids=["flat", "skew of 0.17 degrees"]
)
def test_a_level_page_stays_as_it_is(sag: Sag) -> None:
    assert find_curl(page(sag)[1]) == FLAT


def test_neighbours_of_two_lines_do_not_bend_a_level_page() -> None:
    """Words of a header, each a little lower than the one before; the surface that fits them is off at the rows below."""
    boxes, _ = page(lambda x, y: 0.0)
    places = [(x, 40 + 40 * line + 8 * k) for line in range(2) for k, x in enumerate(COLUMNS)]
    header = [BBox(x - 40, y, x + 40, y + HEIGHT) for x, y in places]
    assert find_curl([*boxes, *header]) == FLAT


def test_a_few_lines_tell_nothing() -> None:
    assert find_curl(page(rising, rows=3)[1]) == FLAT
    assert find_curl([]) == FLAT


def test_a_grid_lies_on_the_page_as_its_print_does() -> None:
    _, bent = page(rising)
    curl = find_curl(bent)
    level = [curl.flattened(box) for box in bent]
    cells = tuple(
        GridCell(k, 0, 1, 1, BBox(b.x0 - 8, b.y0 - 8, b.x1 + 8, b.y1 + 8).to_quad(), 0.0)
        for k, b in enumerate(level)
    )
    grid = Grid(np.array([[(0.0, 0.0), (900.0, 0.0)], [(0.0, 1300.0), (900.0, 1300.0)]]), cells, sound=False)
    on_page = curl.bent(grid)
    assert on_page.nodes[0, 1, 1] - on_page.nodes[0, 0, 1] > 15
    for cell, box in zip(on_page.cells, bent, strict=True):
        left, right = cell.quad.points[0][1], cell.quad.points[1][1]
        assert (left + right) / 2 == pytest.approx(box.y0 - 8, abs=1.0)
        assert right >= left  # it sinks as its print does
    assert FLAT.bent(grid) is grid


def test_a_box_comes_back_to_its_place() -> None:
    _, bent = page(book)
    curl = find_curl(bent)
    for box in bent[::7]:
        back = curl.sagged(curl.flattened(box))
        assert back.y0 == pytest.approx(box.y0, abs=1.0)

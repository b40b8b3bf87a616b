"""Rows of dots that a fax has left of hairlines are rulings; text and dust are none."""

from __future__ import annotations

import numpy as np
import pytest
from gouji.layout.dots import draw_through
from gouji.layout.ink import Mask

DPI = 200.0


def dotted_page(seed: int = 3) -> Mask:
    """Dots where the rulings of a 6 × 4 table were, one px each and 3 to 20 px apart, (1000, 1000) uint8."""
    rng = np.random.default_rng(seed)
    page = np.zeros((1000, 1000), np.uint8)
    for place in range(100, 901, 100):
        steps = 100 + np.cumsum(rng.integers(3, 20, 120))
        steps = steps[steps < 900]
        page[place + rng.integers(0, 2, len(steps)), steps] = 1
        page[steps, place + rng.integers(0, 2, len(steps))] = 1
    return page


def test_rows_of_dots_are_drawn_through() -> None:
    lines = draw_through(dotted_page(), DPI)
    for place in range(100, 901, 100):
        assert lines[place - 1 : place + 3, 130:870].any(axis=0).mean() > 0.95
        assert lines[130:870, place - 1 : place + 3].any(axis=1).mean() > 0.95
    between = np.delete(lines, [p + k for p in range(100, 901, 100) for k in range(-4, 6)], axis=1)
    assert between[105:195].sum() == 0


@pytest.mark.parametrize("share", [0.002, 0.005, 0.01, 0.03])
def test_dust_is_no_ruling(share: float) -> None:
    """Of a fax's noise, 60 grains to the square centimetre, rows of dots had become a table of 25 rows."""
    dust = (np.random.default_rng(5).random((1000, 1000)) < share).astype(np.uint8)
    assert draw_through(dust, DPI).sum() == 0


def test_a_finely_dotted_table_has_as_many_dots_as_noise() -> None:
    page = np.zeros((1000, 1000), np.uint8)
    for place in range(100, 901, 40):
        page[place, 100:901:4] = page[100:901:4, place] = 1
    assert page.sum() > 25 * page.size / 6200  # to the square centimetre
    lines = draw_through(page, DPI)
    assert lines[99:103, 130:870].any(axis=0).mean() > 0.95
    assert lines[130:870, 99:103].any(axis=1).mean() > 0.95


def test_a_few_dotted_rulings_are_drawn_among_dust() -> None:
    """Most of the grains are dust, too few of it to stand in rows."""
    page = (np.random.default_rng(7).random((1000, 1000)) < 0.0012).astype(np.uint8)
    for place in (100, 500, 900):
        page[place, 100:901:10] = page[100:901:10, place] = 1
    lines = draw_through(page, DPI)
    for place in (100, 500, 900):
        assert lines[place - 1 : place + 3, 130:870].any(axis=0).mean() > 0.95

"""Other cuts of a cell: what the first took for dirt or for a border comes back, and what it took for print may go."""

from __future__ import annotations

import numpy as np
from gouji.document.geometry import Quad
from gouji.layout.again import cut_again, wider
from gouji.layout.crop import cut_cell
from gouji.layout.ink import Ink

DPI = 200.0
CELL = Quad(((100.0, 100.0), (220.0, 100.0), (220.0, 160.0), (100.0, 160.0)))


def ink_of(contrast: np.ndarray) -> Ink:
    return Ink(contrast, faint=20, threshold=80)


def page() -> tuple[np.ndarray, np.ndarray]:
    """White pixels, and their contrast with a digit of 24 px in the cell."""
    contrast = np.zeros((300, 400), np.uint8)
    contrast[118:142, 150:164] = 200
    return np.full((300, 400, 3), 255, np.uint8), contrast


def columns(mask: np.ndarray) -> int:
    """How many separate marks stand beside each other."""
    inked = np.flatnonzero(mask.any(axis=0))
    return int((np.diff(inked) > 1).sum()) + 1 if inked.size else 0


def test_a_digit_taken_for_the_border_is_back_in_the_wider_cut() -> None:
    pixels, contrast = page()
    contrast[118:142, 99:102] = 200  # a 1 on the cell's left edge, where a ruling would be
    first = cut_cell(pixels, ink_of(contrast), CELL, DPI)
    *_, wide = cut_again(pixels, ink_of(contrast), CELL, DPI)
    assert columns(wide.ink) == 2
    assert columns(first.ink) <= columns(wide.ink)


def test_a_worn_stroke_is_back_at_the_lower_threshold() -> None:
    pixels, contrast = page()
    contrast[118:142, 150:164] = 115
    contrast[118:142, 200:204] = 65  # too far from the digit to be a part of it
    lighter, darker, _ = cut_again(pixels, ink_of(contrast), CELL, DPI)
    assert (columns(lighter.ink), columns(darker.ink)) == (2, 1)


def test_grey_dirt_is_gone_at_the_higher_threshold() -> None:
    pixels, contrast = page()
    contrast[110:150, 185:200] = 95
    first = cut_cell(pixels, ink_of(contrast), CELL, DPI)
    _, darker, _ = cut_again(pixels, ink_of(contrast), CELL, DPI)
    assert columns(darker.ink) == 1
    assert columns(first.ink) >= columns(darker.ink)


def test_a_cell_at_a_slant_grows_along_its_own_edges() -> None:
    slanted = Quad(((0.0, 0.0), (30.0, 40.0), (22.0, 46.0), (-8.0, 6.0)))
    grown = wider(slanted, 5.0)
    assert grown.size() == (60.0, slanted.size()[1])
    assert grown.points[0] == (-3.0, -4.0)

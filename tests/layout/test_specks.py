"""Dust in a blank cell, and what is left of a digit there."""

from __future__ import annotations

import numpy as np
from gouji.layout.specks import are_crumbs

DPI = 200.0


def cell(*specks: tuple[int, int]) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    mask = np.zeros((60, 90), np.uint8)
    for y, x in specks:
        mask[y : y + 3, x] = 1
    return mask


def test_specks_of_one_digit_are_crumbs_and_dust_far_apart_is_not() -> None:
    assert are_crumbs(cell((25, 40), (32, 47)), DPI)
    assert not are_crumbs(cell((25, 10), (32, 70)), DPI)
    assert not are_crumbs(cell((25, 40)), DPI)
    assert not are_crumbs(cell(), DPI)


def test_what_is_left_of_a_ruling_at_the_edge_is_no_crumb() -> None:
    assert not are_crumbs(cell((0, 40), (0, 47), (57, 40)), DPI)

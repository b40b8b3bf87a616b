"""Shadows along the sides of a scan go, a ruling and print near them stay."""

from __future__ import annotations

import numpy as np
import pytest
from gouji.layout.edges import without_edge_shadows

DPI, FAINT = 200.0, 20
MM = DPI / 25.4


def page() -> np.ndarray:
    """(2339, 1654) uint8: a ruling 4 px wide that leans, 5 mm from the left, and print between rows."""
    contrast = np.zeros((2339, 1654), np.uint8)
    for y in range(200, 2200):
        x = round(5 * MM) + (y - 200) // 400
        contrast[y, x : x + 4] = 180
    contrast[300:2100:40, 600:1500:12] = 200
    return contrast


@pytest.mark.parametrize("turns", range(4))
def test_a_soft_shadow_goes_and_nothing_else(turns: int) -> None:
    clean = page()
    shadowed = clean.copy()
    fall = np.linspace(10, 120, 30).astype(np.uint8)
    shadowed[:, -40:-10] = np.maximum(shadowed[:, -40:-10], fall)
    found = without_edge_shadows(np.rot90(shadowed, turns), FAINT, DPI)
    assert np.array_equal(np.rot90(found, -turns) >= FAINT, clean >= FAINT)


def test_rulings_near_the_side_stay_with_a_shadow_beside_them_and_without() -> None:
    contrast = page()
    contrast[:, round(6 * MM) : round(6 * MM) + 10] = 180  # a heavy border
    assert without_edge_shadows(contrast, FAINT, DPI) is contrast
    shadowed = contrast.copy()
    shadowed[:, : round(2 * MM)] = 90
    assert np.array_equal(without_edge_shadows(shadowed, FAINT, DPI), contrast)


def test_a_page_without_shadow_is_given_back_as_it_is() -> None:
    contrast = page()
    assert without_edge_shadows(contrast, FAINT, DPI) is contrast

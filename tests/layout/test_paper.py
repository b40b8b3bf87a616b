"""The sheet is told from the desk around it, whatever the light."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from gouji.document.page import RGB
from gouji.layout.paper import find_sheet

CORNERS = np.array([[150, 90], [1080, 140], [1050, 1500], [110, 1450]], np.int32)
DPI = 140.0


def draw_photograph(desk: tuple[int, int, int], light: tuple[float, float]) -> RGB:
    """A sheet with text on a desk, (1600, 1200, 3) uint8; the light goes from left to right between two shares."""
    picture = np.full((1600, 1200, 3), desk, np.float32)
    cv2.fillPoly(picture, [CORNERS], (236.0, 234.0, 230.0))
    for y in range(260, 1400, 40):
        cv2.line(picture, (240, y), (940, y), (40.0, 40.0, 40.0), 6)
    picture += np.random.default_rng(7).normal(0, 3, picture.shape).astype(np.float32)
    shade = np.linspace(*light, 1200, dtype=np.float32)[None, :, None]
    return np.clip(picture * shade, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("desk", [(120, 84, 52), (60, 62, 66), (44, 70, 60)])
@pytest.mark.parametrize("light", [(1.0, 1.0), (1.0, 0.35), (0.4, 1.1)])
def test_the_sheet_is_found_in_any_light(desk: tuple[int, int, int], light: tuple[float, float]) -> None:
    sheet = find_sheet(draw_photograph(desk, light), DPI)
    assert sheet is not None
    true = np.zeros(sheet.inside.shape, np.uint8)
    cv2.fillPoly(true, [CORNERS], 1)
    both, either = (true & sheet.inside).sum(), (true | sheet.inside).sum()
    assert both / either > 0.95
    assert (sheet.inside & (1 - true)).sum() == 0
    assert sheet.quad is not None
    assert np.abs(sheet.quad.to_array() - CORNERS).max() < 12


def test_a_scan_shows_no_desk() -> None:
    page = np.full((1600, 1200, 3), 240, np.uint8)
    page[:, :60] = 30  # the spine's shadow
    assert find_sheet(page, DPI) is None


def test_a_sheet_whose_corner_is_outside_the_picture_is_whole() -> None:
    """The paper reaches the picture's top beside the desk: the desk does not grow into it from there."""
    whole = draw_photograph((30, 30, 30), (1.0, 1.0))
    true = np.zeros(whole.shape[:2], np.uint8)
    cv2.fillPoly(true, [CORNERS], 1)
    cut = slice(105, None), slice(None)
    sheet = find_sheet(np.ascontiguousarray(whole[cut]), DPI)
    assert sheet is not None
    assert (true[cut] & (1 - sheet.inside)).sum() < 0.06 * true.sum()  # its edges are left out

"""Fringes of channels that do not meet become grey; colour that is on the page stays."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from gouji.document.geometry import Homography
from gouji.document.page import RGB, PageImage
from gouji.ocr.fringes import without_fringes

DPI = 200.0
RED, BLUE, TEAL = (200, 30, 40), (40, 60, 190), (26, 140, 130)


def draw_page() -> RGB:
    """(1000, 1200, 3) uint8: rulings of 2 px and black numbers."""
    page = np.full((1000, 1200, 3), 248, np.uint8)
    for y in range(100, 950, 50):
        cv2.line(page, (80, y), (1120, y), (40, 40, 40), 2)
        for x in range(100, 1100, 120):
            cv2.putText(page, "-38", (x, y + 36), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (20, 20, 20), 2)
    return page


def to_page(pixels: RGB) -> PageImage:
    return PageImage(0, pixels.copy(), DPI, Homography.identity(), (pixels.shape[1], pixels.shape[0]))


@pytest.mark.parametrize("shift", [(1, 2), (2, 2), (3, 1)])
def test_channels_that_do_not_meet_make_no_colour(shift: tuple[int, int]) -> None:
    pixels = draw_page()
    pixels[:, :, 0] = np.roll(pixels[:, :, 0], shift, axis=(0, 1))
    pixels[:, :, 2] = np.roll(pixels[:, :, 2], (-shift[0], -shift[1]), axis=(0, 1))
    grey = without_fringes(to_page(pixels)).pixels
    assert np.array_equal(grey[:, :, 0], grey[:, :, 1])
    assert np.array_equal(grey[:, :, 0], grey[:, :, 2])
    minus = grey[100 + 24 : 100 + 32, 100:116]  # its strokes meet in no channel
    assert int(minus.min()) < 180


def seal(pixels: RGB) -> None:
    cv2.circle(pixels, (600, 500), 140, RED, 7)


def pen(pixels: RGB) -> None:
    for y in range(120, 900, 100):
        cv2.line(pixels, (300, y), (420, y + 4), BLUE, 3)


def borders(pixels: RGB) -> None:
    pixels[(pixels[:, :, 0] == 40) & (pixels[:, :, 1] == 40)] = TEAL


def nothing(pixels: RGB) -> None:
    pass


@pytest.mark.parametrize("draw", [seal, pen, borders, nothing])
@pytest.mark.parametrize("light", [(1.0, 1.0, 1.0), (1.0, 0.85, 0.6)])
def test_colour_on_the_page_stays(draw: Callable[[RGB], None], light: tuple[float, float, float]) -> None:
    pixels = draw_page()
    draw(pixels)
    page = to_page((pixels * np.array(light)).astype(np.uint8))
    assert without_fringes(page) is page

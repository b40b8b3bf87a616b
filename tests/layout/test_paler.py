"""Pencil beside print is no part of a number, and keeps the number from being sure."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from gouji.document.geometry import BBox
from gouji.document.page import Gray
from gouji.layout.crop import cut_cell
from gouji.layout.ink import measure_ink

DPI = 200.0
CELL = BBox(100, 100, 400, 160)


def is_mixed(number: str, beside: str, brightness: int, *, noise: float = 4.0) -> bool:
    """Whether a cell is doubted that prints a number and, in that brightness, something beside it."""
    page = np.full((600, 800), 245, np.uint8)
    for y in range(260, 560, 40):
        cv2.putText(page, "0123456789", (100, y), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (25,), 2)
    cv2.rectangle(page, (100, 100), (400, 160), (25,), 1)
    cv2.putText(page, number, (200, 140), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (25,), 2)
    cv2.putText(page, beside, (270, 140), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (brightness,), 2)
    gray = with_noise(page, noise)
    cell = cut_cell(np.repeat(gray[:, :, None], 3, axis=2), measure_ink(gray, DPI), CELL.to_quad(), DPI)
    return bool(cell.mixed)


def with_noise(page: Gray, spread: float) -> Gray:
    grain = np.random.default_rng(5).normal(0, spread, page.shape)
    return np.clip(cv2.GaussianBlur(page, (0, 0), 0.8) + grain, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("brightness", [120, 140])
def test_a_pale_mark_as_high_as_a_digit_is_doubted(brightness: int) -> None:
    assert is_mixed("17", "7", brightness)
    assert is_mixed("0", "?", brightness)


@pytest.mark.parametrize("noise", [2.0, 12.0])
def test_digits_of_one_ink_are_not(noise: float) -> None:
    assert not is_mixed("17", "7", 25, noise=noise)
    assert not is_mixed("111", "88", 45, noise=noise)
    assert not is_mixed("0", "", 25, noise=noise)

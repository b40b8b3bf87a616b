"""Pencil beside print is no part of a number, and keeps the number from being sure."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from gouji.document.geometry import BBox
from gouji.document.page import Gray
from gouji.layout.crop import cut_cell
from gouji.layout.ink import Ink, Mask, measure_ink
from gouji.layout.paler import has_paler_part, without_paler_marks

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


def test_a_comma_darker_than_thin_digits_makes_none_of_them_pale() -> None:
    contrast = np.zeros((60, 300), np.uint8)
    for x in (100, 130, 145, 160):
        contrast[20:40, x : x + 3] = 100
        contrast[20:23, x : x + 10] = 115
    contrast[36:44, 118:123] = 190
    ink = (contrast > 0).astype(np.uint8)
    assert not has_paler_part(ink, contrast, DPI)
    contrast[8:52, 200:203] = 60  # pencil, more than twice as high
    assert has_paler_part((contrast > 0).astype(np.uint8), contrast, DPI)


def test_pencil_beside_a_dash_is_pale() -> None:
    contrast = np.zeros((60, 300), np.uint8)
    contrast[28:31, 100:120] = 190
    for x in (160, 172):
        contrast[18:40, x : x + 4] = 70
    assert has_paler_part((contrast > 0).astype(np.uint8), contrast, DPI)


@pytest.mark.parametrize(("brightness", "left_out"), [(150, True), (40, False)])
def test_a_thin_stamp_that_comes_in_over_the_edge_is_left_out_and_doubted(
    brightness: int, left_out: bool
) -> None:
    """Its arc beside a 0 read as a 1 in a line below; as dark as the number it may be a part of it."""
    page = np.full((600, 800), 245, np.uint8)
    for y in range(260, 560, 40):
        cv2.putText(page, "0123456789", (100, y), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (25,), 2)
    cv2.rectangle(page, (100, 100), (400, 200), (25,), 1)
    cv2.putText(page, "0", (200, 140), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (25,), 2)
    cv2.circle(page, (230, 290), 120, (brightness,), 2)
    gray = with_noise(page, 2.0)
    ink = measure_ink(gray, DPI)
    cell = cut_cell(np.repeat(gray[:, :, None], 3, axis=2), ink, BBox(100, 100, 400, 200).to_quad(), DPI)
    assert (int(np.flatnonzero(cell.ink.any(axis=1))[-1]) < 60) == left_out
    assert cell.mixed == left_out


def seal_over(*marks: tuple[int, int, int, int], print_: str = "1.4", at: int = 200) -> tuple[Gray, Mask]:
    """Contrast and ink, (60, 300) uint8, of a cell with a number and pieces of a seal: x, y, width and height."""
    contrast = np.zeros((60, 300), np.uint8)
    for x, y, width, height in marks:
        contrast[y : y + height, x : x + width] = 110
    digits = np.zeros_like(contrast)
    cv2.putText(digits, print_, (at, 40), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (220,), 2)
    contrast = np.maximum(contrast, digits)
    return contrast, (contrast >= 80).astype(np.uint8)


def test_pieces_of_a_seal_are_left_out_and_a_stop_stays() -> None:
    contrast, ink = seal_over((30, 5, 30, 9), (120, 30, 14, 14), (150, 50, 25, 8), (240, 2, 20, 9))
    _, digits = seal_over()
    assert np.array_equal(without_paler_marks(ink, contrast, DPI), digits)
    pale_stop = contrast.copy()
    pale_stop[34:42, 214:221] = np.minimum(contrast[34:42, 214:221], 100)
    assert np.array_equal(without_paler_marks(ink, pale_stop, DPI), digits)


def test_a_thin_sign_stays_with_its_number_under_a_seal() -> None:
    contrast, _ = seal_over((30, 5, 30, 9))
    contrast[30:33, 185:195] = 100  # a minus sign
    left = without_paler_marks((contrast >= 80).astype(np.uint8), contrast, DPI)
    assert left[31, 190]
    assert not left[8, 40]


def test_a_dash_is_print_and_a_piece_of_a_seal_above_it_is_not() -> None:
    contrast = np.zeros((60, 300), np.uint8)
    contrast[29:33, 140:165] = 220
    contrast[3:20, 60:66] = 110
    left = without_paler_marks((contrast >= 80).astype(np.uint8), contrast, DPI)
    assert np.array_equal(left > 0, contrast == 220)


def test_print_of_one_darkness_stays_whole() -> None:
    contrast, ink = seal_over(print_="1234567", at=20)
    assert np.array_equal(without_paler_marks(ink, contrast, DPI), ink)
    assert not without_paler_marks(np.zeros_like(ink), contrast, DPI).any()


@pytest.mark.parametrize(("y", "doubted"), [(22, True), (2, False)])
def test_what_was_left_out_of_a_numbers_line_is_doubted(y: int, doubted: bool) -> None:
    contrast, _ = seal_over((180, y, 12, 16))
    page = np.stack([255 - contrast] * 3, axis=2)
    seal = np.zeros_like(contrast)
    seal[:, 100:190] = 1
    quad = BBox(0, 0, 300, 60).to_quad()
    cell = cut_cell(page, Ink(contrast, faint=16, threshold=80, seal=seal), quad, DPI)
    assert cell.overlaid
    assert cell.mixed == doubted

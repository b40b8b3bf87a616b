"""A dithered page becomes grey again; faxes, clean or dirty, and grey pages stay as they are."""

from __future__ import annotations

import cv2
import numpy as np
from gouji.document.geometry import Homography
from gouji.document.page import Gray, PageImage
from gouji.layout.page import lay_out
from gouji.ocr.screen import without_screen
from PIL import Image

DPI = 300.0
ROWS, COLS, ROW, COLUMN, LEFT, TOP = 8, 9, 90, 150, 200, 300


def draw_page() -> Gray:
    """(1400, 1800) uint8: a grey page under uneven light; a ruled table with a shaded head, a 0 in each cell."""
    light = 225 + 25 * np.sin(np.arange(1800) / 300)[None, :] * np.cos(np.arange(1400) / 250)[:, None]
    page = np.clip(light, 0, 255).astype(np.uint8)
    page[TOP : TOP + ROW, LEFT : LEFT + COLS * COLUMN] = 175
    for k in range(ROWS + 1):
        cv2.line(page, (LEFT, TOP + k * ROW), (LEFT + COLS * COLUMN, TOP + k * ROW), (20,), 3)
    for k in range(COLS + 1):
        cv2.line(page, (LEFT + k * COLUMN, TOP), (LEFT + k * COLUMN, TOP + ROWS * ROW), (20,), 3)
    for row in range(ROWS):
        for col in range(COLS):
            middle = (LEFT + col * COLUMN + COLUMN // 2, TOP + row * ROW + ROW // 2)
            cv2.ellipse(page, middle, (9, 15), 0.0, 0.0, 360.0, (20,), 4)
    return page


def to_page(gray: Gray) -> PageImage:
    pixels = np.repeat(gray[:, :, None], 3, axis=2)
    return PageImage(0, pixels, DPI, Homography.identity(), (gray.shape[1], gray.shape[0]))


def dithered(gray: Gray) -> Gray:
    return np.asarray(Image.fromarray(gray).convert("1").convert("L"), np.uint8)


def black_and_white(gray: Gray) -> Gray:
    return np.where(gray >= 128, np.uint8(255), np.uint8(0))


def tables_of(page: PageImage) -> list[tuple[int, int, int]]:
    tables = lay_out(page.pixels, page.dpi, 0.0, with_outside=False).tables
    return [(t.grid.rows, t.grid.cols, sum(cell.has_ink for cell in t.cells)) for t in tables]


def test_a_dithered_page_is_laid_out_as_its_grey_one() -> None:
    expected = [(ROWS, COLS, ROWS * COLS)]
    assert tables_of(to_page(draw_page())) == expected
    screened = to_page(dithered(draw_page()))
    assert tables_of(screened) != expected  # or the test says nothing
    assert tables_of(without_screen(screened)) == expected


def test_a_fax_stays_as_it_is_however_dirty() -> None:
    clean = black_and_white(draw_page())
    grains = clean.copy()
    random = np.random.default_rng(7)
    count = round(24 * clean.size / (DPI / 2.54) ** 2)
    grains[random.integers(0, clean.shape[0], count), random.integers(0, clean.shape[1], count)] = 0
    for picture in (clean, grains):
        page = to_page(picture)
        assert without_screen(page) is page


def test_a_grey_page_stays_as_it_is() -> None:
    page = to_page(draw_page())
    assert without_screen(page) is page

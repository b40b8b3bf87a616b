"""Crops taken for the same are the same: thousands of them, and what is read of the others."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from gouji.document.page import RGB, PageImage
from gouji.layout.page import flatten, lay_out
from gouji.ocr.alike import group_alike
from gouji.ocr.cells import read_cell_lines
from gouji.ocr.onnx import OnnxEngine
from PIL import Image, ImageDraw, ImageFont

TEXTS = (*map(str, range(100)), "/", "-", "—", ".", "105", "106", "108", "305", "806", "1,204", "+3", "-3")
FACES = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    None,
)


def draw(text: str, face: int | None, rng: np.random.Generator, height: int) -> RGB:
    """A scanned number, cut close with some paper around it: (h, w, 3) uint8."""
    sheet = np.full((120, 500), 255, np.uint8)
    if face is None:
        image = Image.fromarray(sheet)
        ImageDraw.Draw(image).text((20, 20), text, 0, ImageFont.load_default(60))
        sheet = np.array(image)
    else:
        cv2.putText(sheet, text, (20, 80), face, 2.0, 0, 4)
    rows, cols = np.nonzero(sheet < 128)
    tight = sheet[rows.min() : rows.max() + 1, cols.min() : cols.max() + 1]
    tall = max(tight.shape[0], 44)
    pad = (round(0.18 * tall) + (tall - tight.shape[0]) // 2, round(0.36 * tall))
    wide = cv2.copyMakeBorder(tight, pad[0], pad[0], pad[1], pad[1], cv2.BORDER_CONSTANT, value=255)
    shift = rng.uniform(-0.5, 0.5, 2)
    moved = cv2.warpAffine(
        wide, np.array([[1, 0, shift[0]], [0, 1, shift[1]]]), wide.shape[::-1], borderValue=(255.0,)
    )
    small = cv2.resize(
        moved, (max(8, round(wide.shape[1] * height / wide.shape[0])), height), interpolation=cv2.INTER_AREA
    )
    noisy = cv2.GaussianBlur(small, (3, 3), rng.uniform(0.3, 0.8)) + rng.normal(0, 5, small.shape)
    return np.repeat(np.clip(noisy, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


@pytest.mark.parametrize("height", [22, 32, 46])
def test_no_two_numbers_of_thousands_are_taken_for_the_same(height: int) -> None:
    rng = np.random.default_rng(height)
    texts = [text for text in TEXTS for _ in FACES for _ in range(4)]
    crops = [draw(text, face, rng, height) for text in TEXTS for face in FACES for _ in range(4)]
    first = group_alike(crops)
    assert len(crops) > 2000
    assert [(texts[i], texts[k]) for i, k in enumerate(first) if texts[i] != texts[k]] == []
    assert len(set(first)) < 0.8 * len(crops)
    assert all(first[k] == k <= i for i, k in enumerate(first))


def test_faint_and_wide_crops_stay_alone() -> None:
    faint = np.full((30, 40, 3), 230, np.uint8)
    faint[10:20, 10:30] = 210
    wide = np.full((30, 400, 3), 255, np.uint8)
    wide[10:20, 10:390] = 0
    empty = np.zeros((0, 5, 3), np.uint8)
    assert group_alike([faint, faint, wide, wide, empty, empty]) == (0, 1, 2, 3, 4, 5)


def test_equal_cells_of_a_scan_read_as_each_of_them_does(
    engine: OnnxEngine, demo_pages: tuple[PageImage, ...]
) -> None:
    crops = [c for page in demo_pages for c in flatten(lay_out(page.pixels, page.dpi, 0.0).tables)]
    first = group_alike(crops)
    assert len(set(first)) < 0.8 * len(crops)
    alone = engine.recognize(crops)
    assert [alone[i].text for i in range(len(crops))] == [alone[k].text for k in first]
    together = read_cell_lines(engine, crops)
    numeric = [i for i, reading in enumerate(alone) if reading.text.strip().isdigit()]
    assert len(numeric) > 100
    assert [together[i].text for i in numeric] == [alone[i].text for i in numeric]


def test_a_long_number_is_read_at_its_full_width(engine: OnnxEngine) -> None:
    image = Image.new("RGB", (330, 40), "white")
    ImageDraw.Draw(image).text((165, 20), "1234567890123", "black", ImageFont.load_default(27), anchor="mm")
    (reading,) = read_cell_lines(engine, [np.asarray(image)])
    assert reading.text == "1234567890123"
    assert reading.candidates[0].text == "1234567890123"

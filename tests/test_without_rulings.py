"""A copy on which every ruling is lost is read by its words: real pages, their rulings painted over, through the whole pipeline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from gouji.document.geometry import mm_to_px
from gouji.document.limits import Limits
from gouji.document.page import RGB
from gouji.document.record import Record
from gouji.layout.ink import black_channel, chroma_of, measure_ink
from gouji.layout.rulings import detect_rulings
from gouji.ocr.onnx import OnnxEngine
from gouji.ocr.pages import open_pages, open_source
from gouji.pipeline import digitize
from PIL import Image

LIMITS = Limits()


EMPTIED = "research"
"""The column of table 三 that is painted over, so that the pages hold blanks too; its zeros leave the sums as they were."""


def without_rulings(pixels: RGB, dpi: float) -> RGB:
    """The page with its tables' rulings white; strokes of characters, which hang on none of them, stay."""
    ink = measure_ink(black_channel(pixels, chroma_of(pixels)), dpi)
    rulings = detect_rulings(ink.contrast, ink.faint, ink.threshold, dpi)
    lines = np.maximum(rulings.horizontal_mask, rulings.vertical_mask)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
    large = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) >= mm_to_px(30, dpi)
    large[0] = False
    erased = cv2.dilate(large[labels].astype(np.uint8), np.ones((5, 5), np.uint8))
    return np.where(erased[:, :, None] > 0, np.uint8(255), pixels)


def emptied(truth: dict[str, Any]) -> set[str]:
    """The cells of that column that print a zero."""
    return {i for i, value in truth["cells"].items() if i.endswith("." + EMPTIED) and value == 0}


def paint_over(pixels: RGB, truth: dict[str, Any], number: int) -> RGB:
    """The page of that number with those cells white."""
    painted = pixels.copy()
    matrix = np.array(truth["scan_from_clean"][number - 1], dtype=np.float64)
    for cell_id in emptied(truth):
        page, *box = truth["boxes"][cell_id]
        if page == number:
            corners = np.array([[box[:2], box[2:]]], dtype=np.float64)
            (x0, y0), (x1, y1) = cv2.perspectiveTransform(corners, matrix)[0].round().astype(int)
            painted[y0 + 5 : y1 - 5, x0 + 5 : x1 - 5] = 255
    return painted


@pytest.fixture(scope="module", params=["demo", "edition-2019"])
def bare(
    request: pytest.FixtureRequest, scans: Path, engine: OnnxEngine, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Record, dict[str, Any]]:
    """The record of a scan without rulings and with an empty column, and the scan's truth."""
    folder = tmp_path_factory.mktemp("bare")
    truth = json.loads((scans / f"{request.param}.truth.json").read_text("utf-8"))
    with open_pages(open_source(scans / f"{request.param}.pdf", LIMITS), LIMITS) as pages:
        for k in range(len(pages)):
            page = pages.read(k)
            pixels = without_rulings(paint_over(page.pixels, truth, k + 1), page.dpi)
            Image.fromarray(pixels).save(folder / f"{k}.png", dpi=(page.dpi, page.dpi))
    source = open_source(folder, LIMITS, folder_is_report=True)
    return digitize(source, engine, LIMITS, with_sections=False).record, truth


def test_every_number_and_every_blank_is_read(bare: tuple[Record, dict[str, Any]]) -> None:
    record, truth = bare
    blank = emptied(truth)
    assert len(blank) >= 10
    assert {c.id: c.value for c in record.cells} == truth["cells"] | dict.fromkeys(blank)
    assert {c.id for c in record.cells if c.kind == "blank"} == blank
    assert not record.failures


def test_a_blank_is_in_doubt_where_a_dash_may_have_gone_with_the_rulings(
    bare: tuple[Record, dict[str, Any]],
) -> None:
    record, truth = bare
    blanks = [c for c in record.cells if c.id in emptied(truth)]
    assert {(c.status, "faint_ink" in c.reasons) for c in blanks} == {("review", True)}


def curled(pixels: RGB) -> RGB:
    """The page whose right half sinks by 50 px, a row and more, as a bound sheet's does before a camera."""
    height, width = pixels.shape[:2]
    xs, ys = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    sunk = (50 * np.clip(2 * xs / width - 1, 0, 1) ** 2).astype(np.float32)
    bent = cv2.remap(pixels, xs, ys - sunk, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(bent, dtype=np.uint8)


def test_a_curled_copy_is_read_along_its_lines(scans: Path, engine: OnnxEngine, tmp_path: Path) -> None:
    truth = json.loads((scans / "demo.truth.json").read_text("utf-8"))
    with open_pages(open_source(scans / "demo.pdf", LIMITS), LIMITS) as pages:
        for k in range(len(pages)):
            page = pages.read(k)
            Image.fromarray(curled(without_rulings(page.pixels, page.dpi))).save(
                tmp_path / f"{k}.png", dpi=(page.dpi, page.dpi)
            )
    source = open_source(tmp_path, LIMITS, folder_is_report=True)
    record = digitize(source, engine, LIMITS, with_sections=False).record
    assert {c.id: c.value for c in record.cells} == truth["cells"]

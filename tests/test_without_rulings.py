"""A copy on which every ruling is lost is read by its words: real pages, their rulings painted over, through the whole pipeline."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from gouji.document.limits import Limits
from gouji.document.page import RGB
from gouji.document.record import Record
from gouji.layout.ink import black_channel, measure_ink
from gouji.layout.rulings import detect_rulings
from gouji.ocr.onnx import OnnxEngine
from gouji.ocr.pages import open_pages, open_source
from gouji.pipeline import digitize
from PIL import Image

from fixtures.scanmaker.truth import load_truth

LIMITS = Limits()


def without_rulings(pixels: RGB, dpi: float) -> RGB:
    ink = measure_ink(black_channel(pixels), dpi)
    rulings = detect_rulings(ink.contrast, ink.faint, ink.threshold, dpi)
    lines = np.maximum(rulings.horizontal_mask, rulings.vertical_mask)
    return np.where(cv2.dilate(lines, np.ones((5, 5), np.uint8))[:, :, None] > 0, np.uint8(255), pixels)


@pytest.fixture(scope="module", params=["demo", "edition-2019"])
def bare(
    request: pytest.FixtureRequest, scans: Path, engine: OnnxEngine, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Record, str]:
    """The record of a scan without rulings, and the scan's name."""
    folder = tmp_path_factory.mktemp("bare")
    with open_pages(open_source(scans / f"{request.param}.pdf", LIMITS), LIMITS) as pages:
        for k in range(len(pages)):
            page = pages.read(k)
            picture = Image.fromarray(without_rulings(page.pixels, page.dpi))
            picture.save(folder / f"{k}.png", dpi=(page.dpi, page.dpi))
    source = open_source(folder, LIMITS, folder_is_report=True)
    return digitize(source, engine, LIMITS, with_sections=False).record, request.param


def test_every_number_is_read(bare: tuple[Record, str], scans: Path) -> None:
    record, name = bare
    truth = load_truth(scans / f"{name}.truth.json")
    assert {c.id: c.value for c in record.cells} == dict(truth.cells)
    assert not record.failures


def test_no_blank_is_taken_for_certain_where_a_dash_may_have_gone_with_the_rulings(
    bare: tuple[Record, str],
) -> None:
    record, _ = bare
    assert not [c.id for c in record.cells if c.kind == "blank" and c.status == "accepted"]

"""A pale full stop stays in its number's crop, and sends it to review; grains and soft edges do not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from gouji.document.geometry import BBox
from gouji.document.page import Gray
from gouji.layout.crop import CellCrop, cut_cell
from gouji.layout.ink import measure_ink

DPI = 120.0
CELL = BBox(60, 60, 260, 100)
STOP = slice(88, 91), slice(144, 147)


def draw_page(stop: int | None) -> Gray:
    """(400, 500) uint8: dark print below, and a cell with 1 08 in lighter print; between them a full stop of that brightness."""
    page = np.full((400, 500), 250, np.uint8)
    for y in range(150, 380, 30):
        cv2.putText(page, "0123456789", (60, y), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0,), 2)
    cv2.rectangle(page, (60, 60), (260, 100), (0,), 1)
    cv2.putText(page, "1", (130, 91), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (110,), 1)
    cv2.putText(page, "08", (150, 91), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (110,), 1)
    if stop is not None:
        page[STOP] = stop
    return page


def cut(page: Gray) -> CellCrop:
    return cut_cell(np.repeat(page[:, :, None], 3, axis=2), measure_ink(page, DPI), CELL.to_quad(), DPI)


def test_a_pale_stop_stays_and_is_in_doubt() -> None:
    without, with_stop = cut(draw_page(None)), cut(draw_page(175))
    assert not without.stopped
    assert with_stop.stopped
    assert int(with_stop.ink.sum()) >= int(without.ink.sum()) + 6
    assert int(with_stop.gray[with_stop.ink > without.ink].max()) < 220


def test_a_stop_as_dark_as_its_number_is_no_doubt() -> None:
    dark = cut(draw_page(60))
    assert not dark.stopped
    assert int(dark.ink.sum()) > int(cut(draw_page(None)).ink.sum())


@pytest.mark.parametrize("grain", [238, 225])
def test_a_grain_of_the_paper_is_none(grain: int) -> None:
    assert not cut(draw_page(grain)).stopped


def test_a_mark_in_the_middle_of_the_height_is_none() -> None:
    page = draw_page(None)
    page[82:85, STOP[1]] = 175
    assert not cut(page).stopped

"""Coloured marks in the line of black print are told from a seal and a pen's strokes across it."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from gouji.document.geometry import BBox
from gouji.document.page import RGB
from gouji.layout.coloured import coloured_ink
from gouji.layout.crop import CellCrop, cut_cell
from gouji.layout.ink import black_channel, chroma_of, measure_ink

DPI = 200.0
CELL = BBox(100, 100, 400, 160)
BLACK, RED, PALE_RED, BLUE = (20, 20, 20), (205, 40, 45), (225, 150, 140), (40, 60, 190)


def draw_page(*, ruled: bool = True) -> RGB:
    """(600, 800, 3) uint8: print all over, and one cell with 95 at its right."""
    page = np.full((600, 800, 3), 250, np.uint8)
    for y in range(260, 560, 40):
        cv2.putText(page, "0123456789", (100, y), cv2.FONT_HERSHEY_SIMPLEX, 0.8, BLACK, 2)
    if ruled:
        cv2.rectangle(page, (100, 100), (400, 160), BLACK, 1)
    cv2.putText(page, "95", (310, 140), cv2.FONT_HERSHEY_SIMPLEX, 0.8, BLACK, 2)
    return page


def cut(page: RGB) -> CellCrop:
    ink = replace(
        measure_ink(black_channel(page, chroma_of(page)), DPI), colour=coloured_ink(chroma_of(page), DPI)
    )
    return cut_cell(page, ink, CELL.to_quad(), DPI)


@pytest.mark.parametrize("colour", [RED, PALE_RED, BLUE])
def test_digits_in_another_colour_are_a_part_of_the_number(colour: tuple[int, int, int]) -> None:
    page = draw_page()
    cv2.putText(page, "2601.19", (200, 140), cv2.FONT_HERSHEY_SIMPLEX, 0.8, colour, 2)
    assert cut(page).mixed


def test_a_page_without_colour_has_no_such_cell() -> None:
    assert coloured_ink(chroma_of(draw_page()), DPI) is None
    assert not cut(draw_page()).mixed


def test_yellow_paper_is_no_coloured_ink() -> None:
    assert coloured_ink(chroma_of((draw_page() * np.array([1.0, 0.95, 0.6])).astype(np.uint8)), DPI) is None


def test_a_seals_arc_across_the_cell_is_no_part_of_its_number() -> None:
    page = draw_page()
    cv2.circle(page, (300, 220), 110, RED, 6)
    assert not cut(page).mixed


def test_a_stroke_that_comes_from_another_cell_is_no_part_of_its_number() -> None:
    page = draw_page()
    cv2.line(page, (40, 130), (150, 130), BLUE, 14)  # as high as the print, and in its line
    assert not cut(page).mixed
    cv2.rectangle(page, (98, 104), (115, 156), (250, 250, 250), -1)  # the same, all of it in the cell
    assert cut(page).mixed


def test_a_line_under_the_number_is_no_part_of_it() -> None:
    page = draw_page()
    cv2.line(page, (280, 150), (360, 148), BLUE, 3)
    assert not cut(page).mixed


@pytest.mark.parametrize("shift", [(0, 1), (1, 2), (1, 3)])
def test_the_fringe_of_a_scanner_whose_colours_do_not_meet_is_none_either(shift: tuple[int, int]) -> None:
    page = draw_page(ruled=False)
    page[:, :, 0] = np.roll(page[:, :, 0], shift, axis=(0, 1))
    page[:, :, 2] = np.roll(page[:, :, 2], (-shift[0], -shift[1]), axis=(0, 1))
    assert coloured_ink(chroma_of(page), DPI) is not None
    assert not cut(page).mixed

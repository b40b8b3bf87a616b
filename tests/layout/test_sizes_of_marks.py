"""Marks of another size than a table's numbers."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from gouji.document.reading import Candidate, LineReading
from gouji.document.table import CellContent
from gouji.layout.crop import CellCrop
from gouji.layout.ink import Mask
from gouji.layout.sizes import digit_height, doubt_odd_marks

PAPER = (60, 100)


def mark(*boxes: tuple[int, int, int, int]) -> Mask:
    ink = np.zeros(PAPER, np.uint8)
    for x, y, width, height in boxes:
        ink[y : y + height, x : x + width] = 1
    return ink


DIGIT = mark((45, 20, 12, 20))


def is_odd(ink: Mask, text: str, *, numbers: int = 8, dash: bool = False) -> bool:
    """Whether such a cell stands out of a table with so many numbers 20 px high."""
    cells = [(DIGIT, "0", False)] * numbers + [(ink, text, dash)]
    crops = [CellCrop((255 * (1 - ink)).astype(np.uint8), ink) for ink, _, _ in cells]
    contents = [
        CellContent(
            (LineReading(text, 0.99, (Candidate(text, -0.01),)),),
            has_ink=True,
            dash=dash,
            text_height=float(np.flatnonzero(ink.any(axis=1)).size),
        )
        for ink, text, dash in cells
    ]
    *others, last = doubt_odd_marks(contents, crops, digit_height(contents, contents))
    assert not any(content.odd for content in others)
    return bool(last.odd)


def test_dust_of_a_letters_size_is_odd() -> None:
    assert is_odd(mark((45, 25, 7, 7)), "4")


def test_a_corner_of_a_seal_is_odd() -> None:
    assert is_odd(mark((40, 52, 30, 8)), "4")


def test_a_fold_through_a_blank_cell_is_odd() -> None:
    ink = np.zeros(PAPER, np.uint8)
    cv2.line(ink, (40, 0), (60, 59), 1, 2)
    assert is_odd(ink, "1")


def test_a_number_that_a_fold_crosses_is_none() -> None:
    ink = DIGIT.copy()
    cv2.line(ink, (40, 0), (60, 59), 1, 2)
    assert not is_odd(ink, "10")


@pytest.mark.parametrize("height", [15, 20, 26])
def test_numbers_in_other_type_are_none(height: int) -> None:
    assert not is_odd(mark((45, 18, 12, height)), "3")


def test_dashes_are_none() -> None:
    assert not is_odd(mark((35, 28, 30, 2)), "—")
    assert not is_odd(mark((45, 28, 10, 6)), "-", dash=True)


def test_few_numbers_say_nothing_about_sizes() -> None:
    assert not is_odd(mark((45, 25, 7, 7)), "4", numbers=3)


def text_of(text: str, height: float) -> CellContent:
    return CellContent(
        (LineReading(text, 0.99, (Candidate(text, -0.01),)),), has_ink=True, text_height=height
    )


def test_a_table_with_few_numbers_has_the_digits_of_its_page() -> None:
    few = [text_of("7", 30.0)] * 2
    assert digit_height(few, [*few, *[text_of("12", 20.0)] * 9]) == 20.0


def test_labels_tell_the_size_where_all_is_blank() -> None:
    labels = [text_of("本年新收申请数量", 24.0)] * 6
    assert digit_height([], labels) == pytest.approx(18.0)
    assert digit_height([], labels[:2]) is None


@pytest.mark.parametrize(("dashes", "pale", "odd"), [(1, 1, 1), (3, 2, 2), (4, 4, 0), (2, 0, 0), (9, 3, 0)])
def test_a_few_pale_dashes_are_odd_where_their_table_has_no_others(dashes: int, pale: int, odd: int) -> None:
    ink = mark((40, 28, 16, 3))
    cells = [CellContent((LineReading("0", 0.99),), has_ink=True, text_height=20.0)] * 20
    cells += [
        CellContent((LineReading("一", 0.9),), has_ink=True, dash=True, faint=k < pale, text_height=3.0)
        for k in range(dashes)
    ]
    crops = [CellCrop((255 * (1 - ink)).astype(np.uint8), ink)] * len(cells)
    assert sum(content.odd for content in doubt_odd_marks(cells, crops, 20.0)) == odd

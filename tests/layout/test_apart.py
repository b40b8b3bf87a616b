"""Numbers that a detector has taken for one line come apart; a number, and words, stay whole."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from gouji.document.geometry import BBox
from gouji.document.page import RGB
from gouji.layout.apart import is_spread, split_apart


def row_of(texts: dict[int, str]) -> RGB:
    """(60, 900, 3) uint8: digits 30 px high, each text from its x on."""
    paper = np.full((60, 900, 3), 240, np.uint8)
    for x, text in texts.items():
        cv2.putText(paper, text, (x, 45), cv2.FONT_HERSHEY_SIMPLEX, 1.3, (20, 20, 20), 3)
    return paper


LINE = BBox(20, 8, 880, 52)


def test_each_number_has_its_own_box() -> None:
    texts = {60: "0", 200: "1", 330: "1208", 520: "-", 640: "7"}
    boxes = [quad.to_bbox() for quad in split_apart(row_of(texts), LINE.to_quad())]
    assert len(boxes) == len(texts)
    for box, (x, text) in zip(boxes, texts.items(), strict=True):
        assert box.x0 == pytest.approx(x, abs=12)
        assert box.x1 == pytest.approx(x + 25 * len(text), abs=22)


def test_a_lone_number_gets_a_close_box_and_bare_paper_stays() -> None:
    (alone,) = split_apart(row_of({400: "251000.47"}), LINE.to_quad())
    assert alone.to_bbox().x0 > 380
    assert split_apart(row_of({}), LINE.to_quad()) == [LINE.to_quad()]


@pytest.mark.parametrize(
    ("text", "width", "spread"),
    [("0 0 0 1", 400, True), ("1", 126, True), ("2,750,936", 220, False), ("7", 30, False)],
)
def test_what_is_far_too_long_for_its_characters_is_spread(text: str, width: int, spread: bool) -> None:
    assert is_spread(text, BBox(0, 0, width, 36).to_quad()) is spread

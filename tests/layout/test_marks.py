"""Outlines of marks against labels of all pixels."""

from __future__ import annotations

import cv2
import numpy as np
from gouji.layout.marks import find_marks


def _ring_and_dots() -> np.ndarray:
    mask = np.zeros((60, 80), np.uint8)
    mask[5:55, 5:55] = 1
    mask[10:50, 10:50] = 0  # a frame
    mask[20:24, 20:30] = 1  # a mark inside it
    mask[30, 60] = mask[31, 61] = 1  # two px that touch by a corner
    return mask


def test_marks_are_those_that_labels_tell() -> None:
    rng = np.random.default_rng(3)
    for mask in (_ring_and_dots(), (rng.random((90, 120)) < 0.2).astype(np.uint8)):
        _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        expected = {tuple(int(v) for v in row[:4]) for row in stats[1:]}
        marks = find_marks(mask)
        assert {tuple(int(v) for v in box) for box in marks.boxes} == expected
        assert len(marks.boxes) == len(stats) - 1


def test_pixels_of_one_mark() -> None:
    mask = np.zeros((20, 40), np.uint8)
    mask[4:6, 5:30] = 1
    mask[8:12, 10:12] = 1
    marks = find_marks(mask)
    (line,) = np.flatnonzero(marks.boxes[:, 2] == 25)
    assert marks.pixels(int(line)).shape == (2, 25)
    assert marks.pixels(int(line)).all()
    only = marks.only(marks.boxes[:, 2] < 25)
    assert only.sum() == 8
    assert only[8:12, 10:12].all()


def test_an_empty_mask() -> None:
    marks = find_marks(np.zeros((5, 5), np.uint8))
    assert marks.boxes.shape == (0, 4)
    assert not marks.only(np.zeros(0, bool)).any()


def test_a_chosen_mark_in_the_hole_of_another_is_drawn_with_it() -> None:
    mask = np.zeros((60, 60), np.uint8)
    mask[5:55, 5:55] = 1
    mask[10:50, 10:50] = 0
    mask[20:40, 20:40] = 1
    marks = find_marks(mask)
    assert marks.only(np.ones(len(marks.boxes), dtype=bool))[5:55, 5:55].all()

"""Print told from specks: dust, grain, what is left of a ruling at a cell's edge."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ..document.geometry import mm_to_px
from .components import find_components
from .ink import Mask

MIN_MARK_MM = 0.9
"""The smallest mark that counts as print: a hyphen is 1 mm long, a speck of dust or a full stop is less."""

HYPHEN_MM, HYPHEN_RATIO = 0.45, 1.5
"""The shortest printed hyphen, and its length over its height."""

SPECK_MM = 0.25
"""A dark dot from this size on makes a blank cell doubtful."""

CRUMB_PX, CRUMBS_MM = 2, 2.5
"""Specks of so many px and more are what is left of a digit when they stand so close together."""

MIN_MARK_AREA_MM2 = 0.1
"""Smaller marks are specks, in square millimetres."""

FLAT_MM = 0.45
"""What is left of a ruling is no thicker."""

THICK_MM = 1.0
"""A ruling is no thicker, though it leans."""

THROUGH_SHARE = 0.75
"""A flat mark so wide as a share of its cell is a ruling; a dash leaves more paper beside it."""


def without_specks(mask: Mask, dpi: float) -> Mask:
    """The mask when it holds at least one mark of print, an empty one otherwise; specks away from print are taken out."""
    found = find_components(mask)
    if not len(found):
        return mask
    boxes = found.boxes.tolist()
    edge = np.array([_is_rest_of_ruling(box, mask.shape, dpi) for box in boxes])
    marks = (
        np.array([_is_print(*mark, mask.shape[0], dpi) for mark in zip(boxes, found.areas, strict=True)])
        & ~edge
    )
    if marks.all():  # most cells
        return mask
    if not marks.any():
        return np.zeros_like(mask)
    # Full stops and commas of numbers are small too: whatever lies within a mark's height of a mark stays.
    near = np.zeros_like(mask)
    reach = round(mm_to_px(1.2, dpi))
    for x, y, w, h in found.boxes[marks].tolist():
        near[max(0, y - reach) : y + h + reach, max(0, x - reach) : x + w + reach] = 1
    touched = np.bincount(found.labels[near[found.box] > 0], minlength=len(found) + 1)[1:] > 0
    return found.only(touched & (marks | ~edge))


def _is_rest_of_ruling(box: Sequence[int], shape: Sequence[int], dpi: float) -> bool:
    """Whether a mark of a cell is flat and lies along its edge, or goes through it."""
    x, y, w, h = box
    height, width = shape
    if _runs_through(box, shape, dpi):
        return True
    flat = mm_to_px(FLAT_MM, dpi)
    lies = h <= flat and (y == 0 or y + h == height or w >= THROUGH_SHARE * width)
    return lies or (w <= flat and (x == 0 or x + w == width or h >= THROUGH_SHARE * height))


def _runs_through(box: Sequence[int], shape: Sequence[int], dpi: float) -> bool:
    """Whether a mark goes from one side of a cell to the other and is no thicker than a ruling: no character does."""
    _, _, w, h = box
    height, width = shape
    thick = mm_to_px(THICK_MM, dpi)
    return (h == height and w <= thick) or (w == width and h <= thick)


def has_border_inside(mask: Mask, dpi: float) -> bool:
    """Whether a line runs from the top of a cell, (h, w) uint8, to its foot: a border that divides it and is not the grid's."""
    if not (mask[0].any() and mask[-1].any()):  # most cells
        return False
    height = len(mask)
    boxes = find_components(mask).boxes.tolist()
    return any(box[3] == height and _runs_through(box, mask.shape, dpi) for box in boxes)


def _is_print(box: Sequence[int], area: int, height: int, dpi: float) -> bool:
    """Whether a mark is as large as print is, in a cell of that height."""
    _, y, w, h = box
    if area < mm_to_px(1.0, dpi) ** 2 * MIN_MARK_AREA_MM2:
        return False
    if max(w, h) >= mm_to_px(MIN_MARK_MM, dpi):
        return True
    # A short hyphen is no longer than dust is wide, but flat, and it stands in the middle of its cell's height.
    level = 0.25 * height <= y + h / 2 <= 0.75 * height
    return w >= mm_to_px(HYPHEN_MM, dpi) and w >= HYPHEN_RATIO * h and level


def largest_speck(mask: Mask, dpi: float) -> Mask:
    """The largest dark dot away from the cell's edges: dust, or a hyphen worn to a dot; empty when there is only grain."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    best, best_area = 0, (mm_to_px(SPECK_MM, dpi)) ** 2
    for i in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[i])
        inside = x > 0 and y > 0 and x + w < mask.shape[1] and y + h < mask.shape[0]
        if inside and area >= best_area:
            best, best_area = i, area
    return (labels == best).astype(np.uint8) if best else np.zeros_like(mask)


def are_crumbs(mask: Mask, dpi: float) -> bool:
    """Whether specks away from a blank cell's edges stand together as what is left of a digit does; dust lies apart."""
    count, _, stats, centroids = cv2.connectedComponentsWithStats(mask, connectivity=8)
    x, y, w, h, area = (stats[1:, k] for k in range(5))
    inside = (x > 0) & (y > 0) & (x + w < mask.shape[1]) & (y + h < mask.shape[0]) & (area >= CRUMB_PX)
    places = np.asarray(centroids[1:][inside])
    if count <= 2 or len(places) < 2:
        return False
    apart = np.abs(places[:, None] - places[None]).max(axis=2) + np.eye(len(places)) * 1e9
    return bool(apart.min() <= mm_to_px(CRUMBS_MM, dpi))

"""Print told from specks: dust, grain, what is left of a ruling at a cell's edge."""

from __future__ import annotations

import cv2
import numpy as np

from ..document.geometry import mm_to_px
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

THROUGH_SHARE = 0.75
"""A flat mark so wide as a share of its cell is a ruling; a dash leaves more paper beside it."""


def without_specks(mask: Mask, dpi: float) -> Mask:
    """The mask when it holds at least one mark of print, an empty one otherwise; specks away from print are taken out."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count <= 1:
        return mask
    height, width = mask.shape
    min_side, min_area = mm_to_px(MIN_MARK_MM, dpi), mm_to_px(1.0, dpi) ** 2 * MIN_MARK_AREA_MM2
    x, y, w, h, area = (stats[1:, k] for k in range(5))
    # What is left of a ruling at the crop's edge is flat and lies along it.
    flat = mm_to_px(0.45, dpi)
    through = ((w >= THROUGH_SHARE * width) & (h <= flat)) | ((h >= THROUGH_SHARE * height) & (w <= flat))
    edge = (
        through
        | ((h <= flat) & ((y == 0) | (y + h == height)))
        | ((w <= flat) & ((x == 0) | (x + w == width)))
    )
    # A short hyphen is no longer than dust is wide, but flat, and it stands in the middle of its cell's height.
    level = (y + h / 2 >= 0.25 * height) & (y + h / 2 <= 0.75 * height)
    hyphen = (w >= mm_to_px(HYPHEN_MM, dpi)) & (w >= HYPHEN_RATIO * h) & level
    marks = ((np.maximum(w, h) >= min_side) | hyphen) & (area >= min_area) & ~edge
    if marks.all():  # most cells
        return mask
    if not marks.any():
        return np.zeros_like(mask)
    # Full stops and commas of numbers are small too: whatever lies within a mark's height of a mark stays.
    near = np.zeros_like(mask)
    reach = round(mm_to_px(1.2, dpi))
    for i in np.flatnonzero(marks):
        near[max(0, y[i] - reach) : y[i] + h[i] + reach, max(0, x[i] - reach) : x[i] + w[i] + reach] = 1
    keep = np.zeros(count, dtype=bool)
    keep[labels[near > 0]] = True
    keep[0] = False
    keep[1:] &= marks | ~edge
    return np.asarray(keep[labels], dtype=np.uint8)


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

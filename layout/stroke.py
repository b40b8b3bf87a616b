"""The slant of a lone stroke: a recognizer takes a slanted stroke for 1 as readily as for /, its angle tells them apart."""

from __future__ import annotations

import cv2
import numpy as np

from .ink import Mask

STRAIGHT_RATIO = 0.4
"""Width over length of a straight stroke's ink, as standard deviations: a slash three px wide at 150 dpi has 0.3, a 1 with flag
and foot 0.36, as seen on a few cells at 150 dpi."""


def lone_stroke_slant(ink: Mask) -> float | None:
    """Degrees by which a cell's only mark leans from the vertical, -90 to 90, to the right positive.

    None when the ink is more than one mark or the mark is no straight stroke.

    Args:
        ink: (h, w) uint8, 1 where there is ink.
    """
    count, _ = cv2.connectedComponents(ink, connectivity=8)
    if count != 2:  # the paper is one component
        return None
    rows, cols = np.nonzero(ink)
    spread, axes = np.linalg.eigh(np.cov(np.stack([cols, rows]).astype(np.float64)))
    if spread[1] <= 0 or np.sqrt(max(spread[0], 0.0) / spread[1]) > STRAIGHT_RATIO:
        return None
    dx, dy = axes[:, 1]
    return float(np.degrees(np.arctan2(-dx * np.sign(dy or 1.0), abs(dy))))

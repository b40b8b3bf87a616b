"""Numbers of one row that a detector has taken for one line, told apart by the paper between them."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from ..document.geometry import BBox, Quad
from ..document.levels import percentile
from ..document.page import RGB
from .runs import runs

SPREAD = 1.2
"""Line heights that a character of a number takes at the most; where there are more to each, numbers stand apart."""

APART = 0.6
"""Line heights between two numbers; the digits of one stand closer."""

MARGIN = 0.15
"""Line heights of paper that a box has at the left and the right of its print."""

MIN_CONTRAST = 64.0
"""Grey levels by which print is darker than the paper around it."""


def is_spread(text: str, quad: Quad) -> bool:
    """Whether a line is far too long for the characters that it was read as."""
    width, height = quad.size()
    return width > SPREAD * height * max(1, len("".join(text.split())))


def split_apart(picture: RGB, quad: Quad) -> list[Quad]:
    """What stands apart in a level line, from left to right, each in a box of its own; the line itself where it shows no print.

    Args:
        picture: (H, W, 3) uint8 RGB, level.
        quad: of the line, in px of it.
    """
    box = quad.to_bbox()
    left, top, right, bottom = (max(0, round(v)) for v in (box.x0, box.y0, box.x1, box.y1))
    gray = np.asarray(cv2.cvtColor(picture[top:bottom, left:right], cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    stretches = runs((gray < percentile(gray.ravel(), 90) - MIN_CONTRAST).any(axis=0)) if gray.size else []
    if not stretches:
        return [quad]
    gap, margin = APART * box.height, MARGIN * box.height
    breaks = [(a, b) for (_, a), (b, _) in pairwise(stretches) if b - a >= gap]
    starts = [stretches[0][0], *(b for _, b in breaks)]
    stops = [*(a for a, _ in breaks), stretches[-1][1]]
    return [
        BBox(left + a - margin, box.y0, left + b + margin, box.y1).to_quad()
        for a, b in zip(starts, stops, strict=True)
    ]

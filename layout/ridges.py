"""Hairlines hardly darker than the paper's grain: along its whole course a line stands out that no pixel of it shows.

The mean along a line's direction takes the grain away, and what is as dark above and below is no line: the response of an oriented
filter, judged by the paper's own around it, so that a line in the light and one in the shade both count.
"""

from __future__ import annotations

import cv2
import numpy as np

from ..document.geometry import mm_to_px
from ..document.page import Gray

ALONG_MM = 3.0
"""Length over which the mean is taken: a line that climbs by 1.5 degrees stays within it, and a character's strokes are shorter."""

BESIDE_MM = 0.7
"""So far above and below a line is paper; rulings are thinner."""

AREA_MM = 8.0
"""Size of what counts as around."""

STANDS_OUT = 3.0
"""A line's response is so many times the mean one around it."""

LEAST_RESPONSE = 2.5
"""And so many grey levels."""

GRAIN = 4.0
"""Responses beyond so many grey levels are of print, not of the paper's grain."""

DARK = 2.0
"""What is so many times as dark as the faintest ruling is taken as it is: a thick ruling is as dark above and below."""


def ridges(contrast: Gray, faint: int, dpi: float) -> Gray:
    """(H, W) uint8: `faint` and more on lines across a picture that are darker than the paper above and below them.

    Args:
        contrast: (H, W) uint8, how much darker than its paper each pixel is.
        faint: contrast from which a pixel may be part of a hairline ruling elsewhere, in grey levels.
        dpi: pixels an inch.
    """
    along, area = (max(3, round(mm_to_px(mm, dpi)) | 1) for mm in (ALONG_MM, AREA_MM))
    beside = max(2, round(mm_to_px(BESIDE_MM, dpi)))
    # A dark stroke counts no more than a pale line does.
    mean = cv2.blur(np.minimum(contrast, np.uint8(faint)).astype(np.float32), (along, 1))
    padded = cv2.copyMakeBorder(mean, beside, beside, 0, 0, cv2.BORDER_REPLICATE)
    response = mean - cv2.max(padded[: -2 * beside], padded[2 * beside :])
    grain = cv2.blur(np.minimum(np.abs(response), GRAIN), (area, area))
    least = np.maximum(grain * STANDS_OUT, LEAST_RESPONSE)
    lines = np.clip(response / least * faint, 0, 255).astype(np.uint8)
    dark = contrast >= DARK * faint
    lines[dark] = np.maximum(lines[dark], contrast[dark])
    return np.asarray(lines, dtype=np.uint8)

"""The page's ink made level, so that rulings run along rows and columns of pixels."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from ..document.geometry import Homography, Quad
from .crop import straighten

A4_INCHES, A4_TOLERANCE = 11.69, 0.2
"""The longer side, and by how much the ratio of the sides may differ in perspective."""


def level_image(image: NDArray[np.uint8], skew: float) -> tuple[NDArray[np.uint8], Homography]:
    """The image turned by its skew about its middle, and the map from it back to the given one.

    Args:
        image: (H, W) or (H, W, 3) uint8, 0 where there is nothing.
        skew: degrees by which lines climb to the right.
    """
    if skew == 0:
        return image, Homography.identity()
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -skew, 1.0)
    turned = cv2.warpAffine(image, turn, (width, height), flags=cv2.INTER_LINEAR)
    return np.asarray(turned, dtype=np.uint8), Homography(np.vstack([turn, [0, 0, 1]])).inverse()


def flatten_sheet(image: NDArray[np.uint8], sheet: Quad) -> tuple[NDArray[np.uint8], Homography]:
    """A photograph's sheet seen from above, and the map from it back to the given image.

    Args:
        image: (H, W) or (H, W, 3) uint8.
        sheet: the sheet's corners in it.
    """
    flat = straighten(image, sheet)
    height, width = flat.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = np.asarray(cv2.getPerspectiveTransform(corners, sheet.to_array()), dtype=np.float64)
    return flat, Homography(matrix)


def sheet_dpi(sheet: Quad, dpi: float) -> float:
    """Pixels an inch of a flattened A4 sheet; `dpi` where its sides are not those of A4."""
    short, long = sorted(sheet.size())
    return long / A4_INCHES if abs(long / short - math.sqrt(2)) <= A4_TOLERANCE else dpi

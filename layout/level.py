"""The page's ink turned level, so that rulings run along rows and columns of pixels."""

from __future__ import annotations

import cv2
import numpy as np

from ..document.geometry import Homography
from ..document.page import Gray


def level_image(image: Gray, skew: float) -> tuple[Gray, Homography]:
    """The image turned by its skew about its middle, and the map from it back to the given one.

    Args:
        image: (H, W) uint8, 0 where there is nothing.
        skew: degrees by which lines climb to the right.
    """
    if skew == 0:
        return image, Homography.identity()
    height, width = image.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -skew, 1.0)
    turned = cv2.warpAffine(image, turn, (width, height), flags=cv2.INTER_LINEAR)
    return np.asarray(turned, dtype=np.uint8), Homography(np.vstack([turn, [0, 0, 1]])).inverse()

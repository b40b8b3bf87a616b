"""The sheet on a photograph: what lies around it, a desk and the sheet's own edges, carries no rulings and no text."""

from __future__ import annotations

import cv2
import numpy as np

from ..document.geometry import mm_to_px
from ..document.page import Gray
from .ink import Mask

WORK_DPI = 36.0
"""Resolution at which the sheet is looked for."""

DESK_CONTRAST = 40
"""Grey levels by which what surrounds the sheet is darker than the paper, at the least."""

MIN_SHEET_SHARE = 0.35
"""A sheet fills at least so much of a photograph of it."""

EDGE_MM = 2.0
"""So much of the sheet's rim is left out with the desk: its edge throws a shadow."""


def find_sheet(gray: Gray, dpi: float) -> Mask | None:
    """The sheet's inside, (H, W) uint8 of 0 and 1; None where the picture shows nothing but the sheet.

    A desk shows at three sides of a photograph or more. A scanner's dark spine or lid shows at one or two: there the page is
    left whole, since print may stand in the shadow.

    Args:
        gray: (H, W) uint8, any light.
        dpi: pixels an inch.
    """
    scale = min(1.0, WORK_DPI / dpi)
    small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    paper = float(np.percentile(small, 80))
    rim = max(2, round(0.012 * min(small.shape)))
    sides = (small[:rim], small[-rim:], small[:, :rim], small[:, -rim:])
    if sum(float(np.median(side)) < paper - DESK_CONTRAST for side in sides) < 3:
        return None
    _, bright = cv2.threshold(small, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    sheet = max(contours, key=cv2.contourArea)
    if cv2.contourArea(sheet) < MIN_SHEET_SHARE * small.size:
        return None
    mask = np.zeros(small.shape, np.uint8)
    cv2.fillPoly(mask, [cv2.convexHull(sheet)], 1)
    side = 2 * max(1, round(mm_to_px(EDGE_MM, dpi * scale))) + 1
    framed = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    inside = cv2.erode(framed, np.ones((side, side), np.uint8))[1:-1, 1:-1]
    height, width = gray.shape
    return np.asarray(cv2.resize(inside, (width, height), interpolation=cv2.INTER_NEAREST), dtype=np.uint8)

"""The sheet on a photograph: what lies around it, a desk and the sheet's own edges, carries no rulings and no text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..document.geometry import Quad, mm_to_px
from ..document.page import RGB
from .ink import Mask

WORK_DPI = 36.0
"""Resolution at which the sheet is looked for."""

DESK_CONTRAST = 40
"""Grey levels by which what surrounds the sheet is darker than the paper, at the least."""

MIN_SHEET_SHARE = 0.35
"""A sheet fills at least so much of a photograph of it."""

MIDDLE_SHARE = 0.3
"""So much of a photograph's middle, each way, is sheet."""

CORNER_TOLERANCES = (0.01, 0.02, 0.03, 0.05)
"""Shares of a sheet's circumference by which its outline may stray from a quadrilateral; the first that gives one is taken."""

MIN_QUAD_SHARE = 0.96
"""Such a quadrilateral covers at least so much of the sheet."""

EDGE_MM = 2.0
"""So much of the sheet's rim is left out with the desk: its edge throws a shadow."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """The sheet on a photograph.

    Attributes:
        inside: (H, W) uint8, 1 on the sheet without its rim.
        quad: its corners, px; None where it has no four, because one is folded or out of the picture.
    """

    inside: Mask
    quad: Quad | None


def find_sheet(pixels: RGB, dpi: float) -> Sheet | None:
    """The sheet; None where the picture shows nothing but the sheet.

    A desk shows at three sides of a photograph or more. A scanner's dark spine or lid shows at one or two: there the page is
    left whole, since print may stand in the shadow (`edges` keeps it out of the rulings). No brightness parts a desk in the light
    from paper in the shade, so both are grown, the sheet from the picture's middle and the desk from its sides, until they meet at
    the sheet's edge (Meyer, Color image segmentation, 1992: watersheds from markers).

    Args:
        pixels: (H, W, 3) uint8 RGB, any light.
        dpi: pixels an inch.
    """
    scale = min(1.0, WORK_DPI / dpi)
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    gray = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    darker = gray < float(np.percentile(gray, 80)) - DESK_CONTRAST
    dark = _dark_sides(darker)
    if sum(dark) < 3:
        return None
    sheet = _grow_sheet(np.asarray(cv2.medianBlur(small, 5), dtype=np.uint8), dark, darker)
    if sheet.sum() < MIN_SHEET_SHARE * sheet.size:
        return None
    contours, _ = cv2.findContours(sheet, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    hull = np.asarray(cv2.convexHull(max(contours, key=cv2.contourArea)), dtype=np.int32)
    mask = np.zeros_like(sheet)
    cv2.fillPoly(mask, [hull], 1)
    side = 2 * max(1, round(mm_to_px(EDGE_MM, dpi * scale))) + 1
    framed = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    inside = cv2.erode(framed, np.ones((side, side), np.uint8))[1:-1, 1:-1]
    height, width = pixels.shape[:2]
    whole = cv2.resize(inside, (width, height), interpolation=cv2.INTER_NEAREST)
    return Sheet(np.asarray(whole, dtype=np.uint8), _to_quad(hull, scale))


def _to_quad(hull: NDArray[np.int32], scale: float) -> Quad | None:
    """The four corners of a (n, 1, 2) hull at `scale`, px of the page; None when it is not nearly a quadrilateral."""
    around = cv2.arcLength(hull, closed=True)
    for share in CORNER_TOLERANCES:
        corners = cv2.approxPolyDP(hull, share * around, closed=True)
        if len(corners) == 4 and cv2.contourArea(corners) >= MIN_QUAD_SHARE * cv2.contourArea(hull):
            points = (corners[:, 0].astype(np.float64) + 0.5) / scale
            angles = np.arctan2(*(points - points.mean(axis=0)).T[::-1])
            tl, tr, br, bl = ((float(x), float(y)) for x, y in points[np.argsort(angles)])
            return Quad((tl, tr, br, bl))
    return None


def _dark_sides(darker: NDArray[np.bool_]) -> tuple[bool, ...]:
    """Whether what lies along the top, bottom, left and right side is mostly `darker` than the paper, (h, w)."""
    rim = max(2, round(0.012 * min(darker.shape)))
    sides = (darker[:rim], darker[-rim:], darker[:, :rim], darker[:, -rim:])
    return tuple(bool(side.mean() > 0.5) for side in sides)


def _grow_sheet(small: RGB, dark: Sequence[bool], darker: NDArray[np.bool_]) -> Mask:
    """(h, w) uint8, 1 on the sheet; `dark` says at which sides, as above, the desk shows, `darker` where no paper is.

    A corner of the sheet may lie outside the picture: the desk begins only where it is seen.
    """
    height, width = small.shape[:2]
    markers = np.zeros((height, width), np.int32)
    whole = slice(None)
    sides = ((slice(2), whole), (slice(-2, None), whole), (whole, slice(2)), (whole, slice(-2, None)))
    for side, is_dark in zip(sides, dark, strict=True):
        if is_dark:
            markers[side][darker[side]] = 1
    y, x = (round((1 - MIDDLE_SHARE) / 2 * length) for length in (height, width))
    markers[y:-y, x:-x] = 2
    return np.asarray(cv2.watershed(small, markers) == 2, dtype=np.uint8)

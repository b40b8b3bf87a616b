"""Text lines of running text, found as what they are on a level page: rows of print with paper above and below.

A learned detector finds lines anywhere, for ten times the work and the memory; it is left for pages where this says nothing:
photographs, curled pages, and print so tight or so soiled that lines run together.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ..document.geometry import BBox, Homography, Quad, mm_to_px
from ..document.page import RGB
from .components import find_components
from .ink import Mask, measure_ink
from .level import level_image
from .outside import without_dots


@dataclass(frozen=True, slots=True)
class LineParams:
    """Lengths in millimetres, shares from 0 to 1.

    Attributes:
        word_gap_mm: characters of one line stand closer.
        spaced: characters of a letter-spaced line stand closer than so many times its height; two columns stand further apart.
        stroke_gap_mm: strokes of one character stand closer above each other.
        min_height_mm, max_height_mm: of a line; a title's characters are up to 16 mm high.
        word_mm: a line of characters is higher than this.
        usual_factor: a long line higher than so many times the page's usual one may be two that touch.
        min_print_mm2: less print is dust.
        margin: paper around a line, as a share of its height.
        thin_mm, lean: what is no thicker, and leans by no more of its length, is a line and no characters.
        frame_fill: lines around paper are so little of their box at the most.
    """

    word_gap_mm: float = 2.5
    spaced: float = 1.2
    stroke_gap_mm: float = 0.7
    min_height_mm: float = 0.4
    max_height_mm: float = 18.0
    word_mm: float = 1.8
    usual_factor: float = 2.1
    min_print_mm2: float = 0.5
    margin: float = 0.12
    thin_mm: float = 1.2
    lean: float = 0.01
    frame_fill: float = 0.15


def find_lines(
    picture: RGB, dpi: float, skew: float, params: LineParams | None = None
) -> tuple[Quad, ...] | None:
    """The lines' quads in px of the picture, from top to bottom; None where lines cannot be told from each other.

    Args:
        picture: (H, W, 3) uint8 RGB of running text, without tables.
        dpi: pixels an inch.
        skew: degrees by which its lines climb to the right.
        params: lengths and shares.
    """
    params = params or LineParams()
    luminance = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    ink = measure_ink(luminance, dpi)
    level, to_picture = level_image(ink.contrast, skew)
    clean = without_dots((level >= ink.threshold).astype(np.uint8))
    boxes = _boxes(clean, dpi, params)
    if boxes is None:
        boxes = _boxes(_without_frames(clean, dpi, params), dpi, params)
    if boxes is None:
        return None
    return tuple(_padded_quad(box, to_picture, params) for box in boxes)


def _without_frames(mask: Mask, dpi: float, params: LineParams) -> Mask:
    """The mask without boxes around text, what is left of a table's rulings, streaks, and shadows along the picture's sides."""
    height, width = mask.shape
    found = find_components(mask)
    x, y, w, h = found.boxes.T
    large = np.maximum(w, h) > mm_to_px(params.max_height_mm, dpi)
    at_side = (x == 0) | (y == 0) | (x + w == width) | (y + h == height)
    thin = np.minimum(w, h) <= mm_to_px(params.thin_mm, dpi) + params.lean * np.maximum(w, h)
    frames = large & (at_side | thin | (found.areas <= params.frame_fill * w * h))
    return found.only(~frames)


def _boxes(clean: Mask, dpi: float, params: LineParams) -> list[BBox] | None:
    across, down = (max(2, round(mm_to_px(mm, dpi))) for mm in (params.word_gap_mm, params.stroke_gap_mm))
    joined = cv2.morphologyEx(clean, cv2.MORPH_CLOSE, np.ones((down, 1), np.uint8))
    joined = cv2.morphologyEx(joined, cv2.MORPH_CLOSE, np.ones((1, across), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined.astype(np.uint8), connectivity=8)
    printed = np.bincount(labels[clean > 0], minlength=len(stats))
    low, high = mm_to_px(params.min_height_mm, dpi), mm_to_px(params.max_height_mm, dpi)
    enough = printed >= params.min_print_mm2 * mm_to_px(1, dpi) ** 2
    boxes = [
        BBox(float(x), float(y), float(x + w), float(y + h))
        for (x, y, w, h, _), many in zip(stats[1:].tolist(), enough[1:], strict=True)
        if many and low <= h
    ]
    # The dashes beside a page number are as long as a word, and tell nothing of the lines' height.
    lines = [b.height for b in boxes if b.width >= 4 * b.height and b.height >= mm_to_px(params.word_mm, dpi)]
    usual = float(np.median(lines or [high]))
    if any(
        box.height > (params.usual_factor * usual if box.width >= 3 * box.height else high) for box in boxes
    ):
        return None
    return sorted(_merged(boxes, params.spaced), key=lambda box: (box.y0, box.x0))


def _merged(boxes: list[BBox], spaced: float) -> list[BBox]:
    """The boxes, each that lies within the height of a line and close beside it put into it, from left to right."""
    result: list[BBox] = []
    for box in sorted(boxes, key=lambda b: b.x0):
        for k, line in enumerate(result):
            shared = min(box.y1, line.y1) - max(box.y0, line.y0)
            beside = box.x0 <= line.x1 + spaced * max(box.height, line.height)
            if beside and shared >= 0.5 * min(box.height, line.height):
                result[k] = BBox(
                    min(box.x0, line.x0), min(box.y0, line.y0), max(box.x1, line.x1), max(box.y1, line.y1)
                )
                break
        else:
            result.append(box)
    return result


def _padded_quad(box: BBox, to_picture: Homography, params: LineParams) -> Quad:
    pad = params.margin * box.height
    return to_picture.apply_quad(
        BBox(box.x0 - 2 * pad, box.y0 - pad, box.x1 + 2 * pad, box.y1 + pad).to_quad()
    )

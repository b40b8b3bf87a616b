"""The text lines inside a cell, cut out one by one for the recognizer."""

from __future__ import annotations

import cv2
import numpy as np

from ..document.geometry import mm_to_px
from ..document.page import RGB, Gray
from .components import find_components
from .crop import CellCrop
from .ink import Mask
from .runs import runs

THIN_LINE_MM = 1.5
"""A run of inked rows lower than this may be a piece of a character, such as a stroke of 二."""

DOT_MM = 1.3
"""A line of its own is wider or higher than this, unless it is a dot of dust."""

PIECE_GAP_MM = 1.0
"""Pieces of one text line are no further apart than this."""

MIN_LINE_HEIGHT_MM = 3.4
"""Crops are at least so high, so that a hyphen or a comma keeps its size beside a digit's."""

LINE_MARGIN = 0.18
"""Paper around a text line in its crop, as a share of the line's height."""

FLAT_MM = 0.7
"""Lower marks are pieces of a line, not of a character."""

APART_MM = 4.0
"""Pieces of one number are closer together: a character is 3.7 mm wide at the most."""


def line_crops(crop: CellCrop, dpi: float) -> tuple[RGB, ...]:
    """The cell's text lines from top to bottom, (h, w, 3) uint8 each; a vertical line comes out as one horizontal line."""
    if not crop.ink.any():
        return ()
    line_runs = _without_flat_lines(_line_runs(crop.ink, dpi), crop.ink, dpi)
    boxes = _without_dots([_run_box(crop.ink, run) for run in line_runs], dpi)
    if _is_vertical(boxes, dpi):
        return (_to_rgb(_side_by_side([_padded(crop.gray, box, dpi) for box in boxes])),)
    return tuple(_to_rgb(_padded(crop.gray, box, dpi)) for box in boxes)


def text_height(ink: Mask, dpi: float) -> float:
    """Px of the highest text line of a cell's print, (h, w) uint8; 0 without print."""
    return float(max((stop - start for start, stop in _line_runs(ink, dpi)), default=0)) if ink.any() else 0.0


def stands_apart(ink: Mask, dpi: float) -> bool:
    """Whether a cell's print, (h, w) uint8, stands in pieces beside each other that no one number is made of."""
    inked = np.flatnonzero(ink.any(axis=0))
    return inked.size > 0 and int(np.diff(inked).max(initial=0)) >= mm_to_px(APART_MM, dpi)


_Box = tuple[int, int, int, int]  # x0, y0, x1, y1
_Run = tuple[int, int]  # first and one past the last row


def _line_runs(mask: Mask, dpi: float) -> list[_Run]:
    """Row ranges of the text lines."""
    x, top, width, height = cv2.boundingRect(mask)
    own = mask[top : top + height, x : x + width]
    profile = cv2.reduce(own, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel()
    lines = [(top + start, top + stop) for start, stop in runs(profile > 0.02 * float(profile.max()))]
    thin, gap = mm_to_px(THIN_LINE_MM, dpi), mm_to_px(PIECE_GAP_MM, dpi)
    merged = True
    while merged and len(lines) > 1:
        merged = False
        for i in range(len(lines)):
            if lines[i][1] - lines[i][0] >= thin:
                continue
            gaps = [(abs(_gap(lines[i], lines[j])), j) for j in (i - 1, i + 1) if 0 <= j < len(lines)]
            distance, j = min(gaps)
            if distance <= gap:
                low, high = min(i, j), max(i, j)
                lines[low : high + 1] = [(lines[low][0], lines[high][1])]
                merged = True
                break
    return lines


def _without_flat_lines(line_runs: list[_Run], ink: Mask, dpi: float) -> list[_Run]:
    """The lines without those made of flat marks alone, where another is not: what is left of a ruling, or an underline."""
    if len(line_runs) <= 1:
        return line_runs
    flat = mm_to_px(FLAT_MM, dpi)
    upright = [_highest_mark(ink[start:stop]) > flat for start, stop in line_runs]
    return [run for run, keep in zip(line_runs, upright, strict=True) if keep] if any(upright) else line_runs


def _highest_mark(ink: Mask) -> int:
    return int(find_components(ink).boxes[:, 3].max(initial=0))


def _without_dots(boxes: list[_Box], dpi: float) -> list[_Box]:
    """The lines without those that are a mere dot of dust above or below the others."""
    small, high = mm_to_px(DOT_MM, dpi), mm_to_px(THIN_LINE_MM, dpi)
    if all(y1 - y0 < high for _, y0, _, y1 in boxes):
        return boxes
    return [b for b in boxes if max(b[2] - b[0], b[3] - b[1]) >= small]


def _gap(a: tuple[int, int], b: tuple[int, int]) -> int:
    return b[0] - a[1] if b[0] >= a[1] else a[0] - b[1]


def _run_box(mask: Mask, run: tuple[int, int]) -> _Box:
    cols = np.flatnonzero(mask[run[0] : run[1]].any(axis=0))
    return int(cols[0]), run[0], int(cols[-1]) + 1, run[1]


def _is_vertical(boxes: list[_Box], dpi: float) -> bool:
    """Whether the lines are single characters below one another."""
    if len(boxes) < 3:
        return False
    widths = [b[2] - b[0] for b in boxes]
    heights = [b[3] - b[1] for b in boxes]
    return max(widths) <= 1.35 * max(float(np.median(heights)), mm_to_px(2.5, dpi))


def _padded(gray: Gray, box: _Box, dpi: float) -> Gray:
    """The box with some paper around it, clipped to the cell and filled up with its paper's brightness."""
    x0, y0, x1, y1 = box
    height = max(y1 - y0, round(mm_to_px(MIN_LINE_HEIGHT_MM, dpi)) / (1 + 2 * LINE_MARGIN))
    pad_y = round((height * (1 + 2 * LINE_MARGIN) - (y1 - y0)) / 2)
    pad_x = round(height * LINE_MARGIN * 2)
    paper = _paper(gray)
    wide = cv2.copyMakeBorder(gray, pad_y, pad_y, pad_x, pad_x, cv2.BORDER_CONSTANT, value=paper)
    return np.asarray(wide[y0 : y1 + 2 * pad_y, x0 : x1 + 2 * pad_x], dtype=np.uint8)


def _paper(gray: Gray) -> int:
    """The brightness of its paper: a fifth of its pixels are brighter at the most."""
    counts = cv2.calcHist([gray.reshape(1, -1)], [0], None, [256], [0.0, 256.0])
    return int(np.searchsorted(np.cumsum(counts, dtype=np.float64), 0.8 * gray.size))


def _side_by_side(crops: list[Gray]) -> Gray:
    height = max(c.shape[0] for c in crops)
    paper = int(np.median([_paper(c) for c in crops]))
    level = [
        cv2.copyMakeBorder(
            c,
            (height - len(c)) // 2,
            height - len(c) - (height - len(c)) // 2,
            0,
            0,
            cv2.BORDER_CONSTANT,
            value=paper,
        )
        for c in crops
    ]
    return np.asarray(np.hstack(level), dtype=np.uint8)


def _to_rgb(gray: Gray) -> RGB:
    return np.asarray(cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB), dtype=np.uint8)

"""Cells cut once more in other ways, where the first cut has left a doubt: whether the cuts agree is evidence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..document.geometry import Quad, mm_to_px
from ..document.page import RGB
from .crop import CellCrop, cut_cell
from .ink import Ink

WIDER_MM = 1.6
"""A digit that stood on a border, or was taken for it, is whole in a cell wider by this on both sides."""

LIGHTER, DARKER = 0.65, 1.4
"""Thresholds of the print, as a share of the first: one that keeps worn strokes, one that leaves grey dirt and seals out."""


def cut_again(pixels: RGB, ink: Ink, quad: Quad, dpi: float) -> tuple[CellCrop, ...]:
    """The cell with a lower and with a higher threshold, and wider on both sides; arguments as `cut_cell` takes them."""
    lighter, darker = (
        replace(ink, threshold=max(ink.faint + 1, min(250, round(share * ink.threshold))))
        for share in (LIGHTER, DARKER)
    )
    return (
        cut_cell(pixels, lighter, quad, dpi),
        cut_cell(pixels, darker, quad, dpi),
        cut_cell(pixels, ink, wider(quad, mm_to_px(WIDER_MM, dpi)), dpi),
    )


def wider(quad: Quad, margin: float) -> Quad:
    """The quad longer by `margin` px at both ends of its upper and lower edge."""
    top_left, top_right, bottom_right, bottom_left = (np.asarray(p, dtype=np.float64) for p in quad.points)

    def stretched(a: np.ndarray, b: np.ndarray) -> tuple[tuple[float, float], tuple[float, float]]:
        step = margin * (b - a) / max(1e-9, float(np.linalg.norm(b - a)))
        return (float((a - step)[0]), float((a - step)[1])), (float((b + step)[0]), float((b + step)[1]))

    (a, b), (d, c) = stretched(top_left, top_right), stretched(bottom_left, bottom_right)
    return Quad((a, b, c, d))

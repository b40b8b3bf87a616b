"""Rulings of the sheet's other side: text runs across them, as it never does across the rulings of its own table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..document.geometry import mm_to_px
from ..document.page import Gray
from .ruling import Ruling


@dataclass(frozen=True, slots=True)
class GhostParams:
    """Lengths in millimetres, shares from 0 to 1.

    Attributes:
        min_length_mm: shorter rulings are not judged: they may be strokes of characters.
        beside_mm: print that runs across a ruling stands on both sides of it as near as this.
        crossed_share: share of a ruling's length that print runs across, from which it is no border.
        min_crossed_mm: so much length of such rulings shows that the other side shines through.
        factor: rulings of this side are darker than those by so much.
    """

    min_length_mm: float = 20.0
    beside_mm: float = 0.7
    crossed_share: float = 0.08
    min_crossed_mm: float = 60.0
    factor: float = 1.3


def ghost_level(
    rulings: Sequence[Ruling], contrast: Gray, print_: int, dpi: float, params: GhostParams | None = None
) -> float:
    """Contrast up to which a page's rulings are of the other side, in grey levels; 0 where none shines through.

    Args:
        rulings: horizontal ones.
        contrast: (H, W) uint8, how much darker than its paper each pixel is.
        print_: contrast from which a pixel counts as print.
        dpi: pixels an inch.
        params: lengths and shares.
    """
    params = params or GhostParams()
    long = [r for r in rulings if r.length >= mm_to_px(params.min_length_mm, dpi) and r.contrast < print_]
    near = max(2, round(mm_to_px(params.beside_mm, dpi)))
    crossed = [r for r in long if _crossed_share(r, contrast, print_, near) >= params.crossed_share]
    if sum(r.length for r in crossed) < mm_to_px(params.min_crossed_mm, dpi):
        return 0.0
    return params.factor * float(np.percentile([r.contrast for r in crossed], 90))


def _crossed_share(ruling: Ruling, contrast: Gray, print_: int, near: int) -> float:
    """Share of a ruling's length where print stands right above it and right below it."""
    xs = np.arange(max(0, round(ruling.start)), min(contrast.shape[1], round(ruling.end)))
    ys = np.rint(np.interp(xs, ruling.along, ruling.across)).astype(int)
    steps = np.arange(2, near + 1)[:, None]
    highest = contrast.shape[0] - 1
    above = (contrast[np.clip(ys - steps, 0, highest), xs] >= print_).any(axis=0)
    below = (contrast[np.clip(ys + steps, 0, highest), xs] >= print_).any(axis=0)
    return float((above & below).mean()) if xs.size else 0.0

"""Broken rulings made whole: pieces in one line, with gaps between them, are one ruling.

Rules that are faint or worn come out of a scanner in pieces. Pieces follow each other in one line over gaps of some millimetres,
and together they are mostly drawn; strokes of the characters of a text line do not line up so well nor fill their line so much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..document.geometry import mm_to_px
from .ruling import Ruling


@dataclass(frozen=True, slots=True)
class LinkParams:
    """Lengths in millimetres, shares from 0 to 1.

    Attributes:
        max_gap_mm: pieces further apart are not linked; shorter than the space between two tables where rulings stand upright.
        min_piece_mm, small_gap_mm: over a gap wider than the second only pieces longer than the first are linked, since strokes
            of characters are shorter.
        offset_mm: how far the next piece may lie beside the line of the last one, at no gap.
        slope: how much further for each mm of gap.
        min_share: share of the whole that its pieces must draw.
        min_length_mm: of the whole; shorter ones stay pieces.
    """

    max_gap_mm: float
    min_piece_mm: float
    small_gap_mm: float = 2.5
    offset_mm: float = 0.45
    slope: float = 0.012
    min_share: float = 0.45
    min_length_mm: float = 18.0


HORIZONTAL = LinkParams(max_gap_mm=22.0, min_piece_mm=7.5)
VERTICAL = LinkParams(max_gap_mm=7.0, min_piece_mm=5.5)


def link_rulings(rulings: Sequence[Ruling], dpi: float, params: LinkParams) -> tuple[Ruling, ...]:
    """The rulings of one direction, those in one line joined.

    Args:
        rulings: of one direction, nearly straight.
        dpi: pixels an inch.
        params: lengths and shares.
    """
    ordered = sorted(rulings, key=lambda r: r.start)
    after = _successors(ordered, dpi, params)
    followed = {j for j in after if j is not None}
    linked: list[Ruling] = []
    for i in range(len(ordered)):
        if i not in followed:
            linked += _join_chain([ordered[k] for k in _chain(i, after)], dpi, params)
    return tuple(linked)


def _successors(ordered: Sequence[Ruling], dpi: float, params: LinkParams) -> list[int | None]:
    """For each piece the nearest one that goes on in its line; each piece follows one other at most."""
    reach = mm_to_px(params.max_gap_mm, dpi)
    starts = np.array([r.start for r in ordered])
    after: list[int | None] = [None] * len(ordered)
    taken: set[int] = set()
    for i, ruling in enumerate(ordered):
        first = int(np.searchsorted(starts, ruling.end - mm_to_px(1.0, dpi)))
        last = int(np.searchsorted(starts, ruling.end + reach))
        fits = [
            j
            for j in range(max(first, i + 1), last)
            if j not in taken and _goes_on(ruling, ordered[j], dpi, params)
        ]
        if fits:
            nearest = min(fits, key=lambda j: ordered[j].start - ruling.end)
            after[i] = nearest
            taken.add(nearest)
    return after


def _goes_on(left: Ruling, right: Ruling, dpi: float, params: LinkParams) -> bool:
    gap = max(0.0, right.start - left.end)
    shorter = min(left.length, right.length)
    if gap > mm_to_px(params.small_gap_mm, dpi) and shorter < mm_to_px(params.min_piece_mm, dpi):
        return False
    # Their facing ends, from two samples each.
    step = (right.across[0] + right.across[1] - left.across[-1] - left.across[-2]) / 2
    return bool(right.end > left.end and abs(step) <= mm_to_px(params.offset_mm, dpi) + params.slope * gap)


def _chain(first: int, after: Sequence[int | None]) -> list[int]:
    chain = [first]
    while (following := after[chain[-1]]) is not None:
        chain.append(following)
    return chain


def _join_chain(pieces: list[Ruling], dpi: float, params: LinkParams) -> list[Ruling]:
    """The chain as one ruling, or its pieces where they draw too little of it."""
    if len(pieces) == 1:
        return pieces
    extent = pieces[-1].end - pieces[0].start
    drawn = sum(r.length for r in pieces)
    if extent < mm_to_px(params.min_length_mm, dpi) or drawn < params.min_share * extent:
        return pieces
    along = np.concatenate([r.along for r in pieces])
    across = np.concatenate([r.across for r in pieces])
    order = np.argsort(along, kind="stable")
    contrast = sum(r.contrast * r.length for r in pieces) / drawn
    thickness = sum(r.thickness * r.length for r in pieces) / drawn
    gaps = tuple((a.end, b.start) for a, b in pairwise(pieces) if a.end < b.start)
    measured = [r.shades for r in pieces if r.shades is not None]
    shades = np.concatenate(measured)[order] if len(measured) == len(pieces) else None
    return [Ruling(along[order], across[order], contrast, thickness, gaps, shades)]

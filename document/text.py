"""Text outside the tables."""

from __future__ import annotations

from dataclasses import dataclass

from .geometry import BBox


@dataclass(frozen=True, slots=True)
class TextLine:
    """One printed line outside the tables.

    Attributes:
        page_index: from 0.
        upright: its box in px of the upright page, where lines run from left to right; for reading order and sizes.
        bbox: its box in px of the scan's own page image.
        text: as read.
        score: the engine's, 0 to 1.
        dpi: pixels an inch of the page.
    """

    page_index: int
    upright: BBox
    bbox: BBox
    text: str
    score: float
    dpi: float

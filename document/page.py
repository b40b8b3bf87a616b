"""A file and its page pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .geometry import Homography

RGB = NDArray[np.uint8]
"""(H, W, 3) uint8, channels R, G, B."""

Gray = NDArray[np.uint8]
"""(H, W) uint8, 0 is black."""


@dataclass(frozen=True, slots=True)
class Source:
    """One report's file, or the files of a folder whose pictures are one report.

    `files` are the page pictures in order for a folder and the file itself otherwise; `sha256` is of the file's bytes, of a
    folder over its files' digests in order.
    """

    path: Path
    files: tuple[Path, ...]
    sha256: str
    media_type: str
    pages: int


@dataclass(frozen=True, slots=True, eq=False)
class PageImage:
    """One page's pixels, and the way from them back to the scan.

    Attributes:
        index: from 0.
        pixels: (H, W, 3) uint8 RGB, read-only.
        dpi: pixels an inch, from the file where it is believable, otherwise guessed from A4.
        to_scan: from these pixels to those of the scan's own page image.
        scan_size: width and height of the scan's own page image, in px.
        rotation: degrees clockwise, one of 0, 90, 180, 270, by which the scan was turned to get these pixels.
    """

    index: int
    pixels: RGB
    dpi: float
    to_scan: Homography
    scan_size: tuple[int, int]
    rotation: int = 0

    def __post_init__(self) -> None:
        if self.pixels.ndim != 3 or self.pixels.shape[2] != 3 or self.pixels.dtype != np.uint8:
            raise ValueError(
                f"a page needs (H, W, 3) uint8 pixels, got {self.pixels.shape} {self.pixels.dtype}"
            )
        self.pixels.setflags(write=False)

    @property
    def number(self) -> int:
        """The page's number, from 1."""
        return self.index + 1

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of these pixels, in px."""
        return self.pixels.shape[1], self.pixels.shape[0]

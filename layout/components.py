"""The connected marks of a cell, with every pixel's own.

Most of a cell is paper: they are looked for in the box that holds them all, in a tenth of the time that the whole cell takes.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .ink import Mask


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """Connected marks, diagonal neighbours included.

    Attributes:
        shape: of the mask.
        box: rows and columns of the mask that hold all marks.
        labels: (h, w) int32, of the box: which mark a pixel is of, from 1; 0 for paper.
        boxes: (n, 4) int32: each mark's x, y, width and height in px of the mask.
        areas: (n,) int32, each mark's px.
    """

    shape: tuple[int, int]
    box: tuple[slice, slice]
    labels: NDArray[np.int32]
    boxes: NDArray[np.int32]
    areas: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.areas)

    def only(self, chosen: NDArray[np.bool_]) -> Mask:
        """The mask, uint8, of the `chosen` marks, (n,)."""
        mask = np.zeros(self.shape, np.uint8)
        mask[self.box] = np.concatenate([[False], chosen])[self.labels]
        return mask

    def percentiles(self, image: NDArray[np.uint8], q: float) -> NDArray[np.float64]:
        """(n,): the q-th percentile of what an image of the mask's size shows where each mark is; see `levels.percentile`."""
        inked = self.labels > 0
        # Mark by mark, and of each from its lightest pixel on.
        ranked = np.sort(self.labels[inked] * 256 + image[self.box][inked]) & 255
        place = q / 100 * (self.areas - 1)
        below = place.astype(np.intp)
        first = np.cumsum(self.areas) - self.areas + below
        low, high = ranked[first], ranked[first + (place > below)]
        return np.asarray(low + (high - low) * (place - below), dtype=np.float64)


def find_components(mask: Mask) -> Components:
    """All marks of a (H, W) uint8 mask, whose pixels are 0 or 1."""
    height, width = mask.shape
    x, y, w, h = cv2.boundingRect(mask)
    box = slice(y, y + h), slice(x, x + w)
    if not w:
        nothing = np.zeros((0, 4), np.int32)
        return Components((height, width), box, np.zeros((0, 0), np.int32), nothing, nothing[:, 0])
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask[box], connectivity=8)
    found = np.asarray(stats[1:], np.int32)
    boxes = found[:, : cv2.CC_STAT_AREA] + np.array([x, y, 0, 0], np.int32)
    return Components((height, width), box, np.asarray(labels, np.int32), boxes, found[:, cv2.CC_STAT_AREA])

"""Where a picture lies on a PDF page, and how it has to be turned to look as a viewer shows it.

Lengths are in points (1/72 inch) in the displayed page's frame: after /Rotate, origin at its top-left corner,
x to the right, y down. Only arithmetic; nothing here knows a PDF library.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ..document.geometry import BBox, Point, bbox_of_points
from ..document.page import RGB

POINTS_PER_INCH = 72.0

MAX_SHEAR_PX = 1.5
"""A picture that leans by less than this over its whole length counts as upright."""

MIN_COVER = 0.9
"""Share of the page that its scan covers; the rest is white margin."""

MAX_OVERHANG = 0.01
"""Share of a page's side by which its scan may stick out of the page."""

MAX_PEEK = 1.0
"""Points by which what lies under a scan may stick out: a rounded white ground, not a line of text."""

BLOCK_PX = 8
"""Thumbnails are compared by the means of square blocks of this side."""

MAX_BLOCK_DIFFERENCE = 6.0
"""Grey levels. Measured: 1.1 at most where a scan shows as it is stored (rounding). A black mark of 1 square
millimetre on A4 makes 7: 1.8 of the 64 px of a block."""

_SNAP = 1e-3
"""Px by which a side may miss a whole pixel in floating point."""

Matrix = tuple[float, ...]
"""a, b, c, d, e, f of ISO 32000-1, 8.3.3: (x, y) becomes (a x + c y + e, b x + d y + f)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A page's visible box (left, bottom, right, top), and its /Rotate in degrees clockwise."""

    box: tuple[float, float, float, float]
    rotation: int

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as displayed, in points."""
        width, height = self.box[2] - self.box[0], self.box[3] - self.box[1]
        return (height, width) if self.rotation in (90, 270) else (width, height)

    @property
    def shown_box(self) -> BBox:
        """The whole displayed page."""
        return BBox(0, 0, *self.size)

    def show(self, x: float, y: float) -> Point:
        """Where a point of the page's own coordinates is displayed."""
        left, bottom, right, top = self.box
        return {
            0: (x - left, top - y),
            90: (y - bottom, x - left),
            180: (right - x, y - bottom),
            270: (top - y, right - x),
        }[self.rotation]

    def size_px(self, dpi: float) -> tuple[int, int]:
        """Width and height in px when drawn at `dpi`; a started pixel counts, a hundredth of one does not."""
        width, height = (math.ceil(side * dpi / POINTS_PER_INCH - 0.01) for side in self.size)
        return max(width, 1), max(height, 1)

    def thumbnail_px(self, long_side: int) -> tuple[int, int]:
        """Width and height in px when drawn so that the longer one is `long_side`."""
        scale = long_side / max(self.size)
        return max(round(self.size[0] * scale), 1), max(round(self.size[1] * scale), 1)


@dataclass(frozen=True, slots=True)
class Placement:
    """A picture of `size` px on a page: where its first pixel's corner is displayed, and its two sides."""

    size: tuple[int, int]
    corner: Point
    across: Point
    down: Point

    @property
    def box(self) -> BBox:
        """The displayed box around it."""
        (x, y), (ax, ay), (dx, dy) = self.corner, self.across, self.down
        return bbox_of_points([(x, y), (x + ax, y + ay), (x + dx, y + dy), (x + ax + dx, y + ay + dy)])

    @property
    def is_flat(self) -> bool:
        """Whether it has no area, so that nothing of it is seen."""
        (ax, ay), (dx, dy) = self.across, self.down
        return abs(ax * dy - ay * dx) < 1e-6 or min(self.size) < 1

    @property
    def dpi(self) -> tuple[float, float]:
        """Resolution along its rows and along its columns."""
        rows, columns = math.hypot(*self.across), math.hypot(*self.down)
        return self.size[0] * POINTS_PER_INCH / rows, self.size[1] * POINTS_PER_INCH / columns

    @property
    def is_sideways(self) -> bool:
        """Whether its rows are displayed as columns."""
        return abs(self.across[1]) > abs(self.across[0])

    @property
    def is_upright(self) -> bool:
        """Whether it is turned by quarters and mirrored only."""
        off_rows = self.across[0] if self.is_sideways else self.across[1]
        off_columns = self.down[1] if self.is_sideways else self.down[0]
        px_per_point = max(self.dpi) / POINTS_PER_INCH
        return max(abs(off_rows), abs(off_columns)) * px_per_point < MAX_SHEAR_PX

    def turn(self, pixels: RGB) -> RGB:
        """The picture's pixels as displayed, (H, W, 3) uint8 RGB; it has to be upright."""
        if self.is_sideways:
            pixels = pixels.transpose(1, 0, 2)
        x, y = (self.down[0], self.across[1]) if self.is_sideways else (self.across[0], self.down[1])
        return np.ascontiguousarray(pixels[:: 1 if y > 0 else -1, :: 1 if x > 0 else -1])


def place(size: tuple[int, int], matrices: Sequence[Matrix], frame: Frame) -> Placement:
    """A picture's placement; `matrices` lead from its unit square outwards to the page."""
    corners = [frame.show(*_transform(point, matrices)) for point in ((0.0, 1.0), (1.0, 1.0), (0.0, 0.0))]
    (x, y), right, below = corners
    return Placement(size, (x, y), (right[0] - x, right[1] - y), (below[0] - x, below[1] - y))


def cover(box: BBox, page: BBox) -> float:
    """The share of `page` that lies in `box`, from 0 to 1."""
    width = min(box.x1, page.x1) - max(box.x0, page.x0)
    height = min(box.y1, page.y1) - max(box.y0, page.y0)
    return max(width, 0.0) * max(height, 0.0) / (page.width * page.height)


def fills(box: BBox, page: BBox) -> bool:
    """Whether a picture in `box` is the page: it leaves white margins at most and is not cut off."""
    over_x, over_y = MAX_OVERHANG * page.width, MAX_OVERHANG * page.height
    is_inside = (
        box.x0 >= -over_x and box.y0 >= -over_y and box.x1 <= page.x1 + over_x and box.y1 <= page.y1 + over_y
    )
    return is_inside and cover(box, page) >= MIN_COVER


def hides(picture: Placement, box: BBox, frame: Frame) -> bool:
    """Whether a picture painted over `box` leaves nothing of it to be seen on the page."""
    page, over = frame.shown_box, picture.box
    seen = BBox(
        min(max(box.x0, 0.0), page.x1),
        min(max(box.y0, 0.0), page.y1),
        min(max(box.x1, 0.0), page.x1),
        min(max(box.y1, 0.0), page.y1),
    )
    return (
        picture.is_upright
        and over.x0 - MAX_PEEK <= seen.x0
        and over.y0 - MAX_PEEK <= seen.y0
        and seen.x1 <= over.x1 + MAX_PEEK
        and seen.y1 <= over.y1 + MAX_PEEK
    )


def looks_like(thumbnail: RGB, pixels: RGB, box: BBox, page: BBox) -> bool:
    """Whether a page's `thumbnail`, drawn by pdfium, shows just `pixels`, placed in `box`, on white."""
    height, width = thumbnail.shape[:2]
    x_scale, y_scale = width / page.width, height / page.height
    # pdfium stretches a picture to the whole pixels around its box.
    left, top = math.floor(box.x0 * x_scale + _SNAP), math.floor(box.y0 * y_scale + _SNAP)
    right, bottom = math.ceil(box.x1 * x_scale - _SNAP), math.ceil(box.y1 * y_scale - _SNAP)
    small = cv2.resize(pixels, (max(right - left, 1), max(bottom - top, 1)), interpolation=cv2.INTER_AREA)
    expected = np.full(thumbnail.shape, 255, dtype=np.float32)
    x, y = max(left, 0), max(top, 0)
    seen = small[y - top : height - top, x - left : width - left]
    expected[y : y + seen.shape[0], x : x + seen.shape[1]] = seen
    blocks = max(width // BLOCK_PX, 1), max(height // BLOCK_PX, 1)
    means = cv2.resize(thumbnail - expected, blocks, interpolation=cv2.INTER_AREA)
    return bool(np.abs(means).max() <= MAX_BLOCK_DIFFERENCE)


def _transform(point: Point, matrices: Sequence[Matrix]) -> Point:
    x, y = point
    for a, b, c, d, e, f in matrices:
        x, y = a * x + c * y + e, b * x + d * y + f
    return x, y

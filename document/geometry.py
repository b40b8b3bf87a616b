"""Boxes, quadrilaterals and the maps between image frames.

Unless a name says otherwise a coordinate is in pixels of the scan's own page image: origin at its top-left corner, x to the
right, y down. A derived image (turned, deskewed, cropped) carries the `Homography` that leads back to the scan.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MM_PER_INCH = 25.4

Point = tuple[float, float]


def mm_to_px(mm: float, dpi: float) -> float:
    """A length in pixels; `mm` in millimetres, `dpi` in pixels an inch."""
    return mm * dpi / MM_PER_INCH


@dataclass(frozen=True, slots=True)
class BBox:
    """An axis-parallel box, half-open: x0 ≤ x < x1, y0 ≤ y < y1, in px.

    Raises:
        ValueError: when a side has negative length.
    """

    x0: float
    y0: float
    x1: float
    y1: float

    def __post_init__(self) -> None:
        if self.x1 < self.x0 or self.y1 < self.y0:
            raise ValueError(f"a bbox needs x0 <= x1 and y0 <= y1, got {self}")

    @property
    def width(self) -> float:
        """Length along x, in px."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Length along y, in px."""
        return self.y1 - self.y0

    @property
    def center(self) -> Point:
        """The middle, (x, y) in px."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def union(self, other: BBox) -> BBox:
        """The smallest box that holds both."""
        return BBox(
            min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1)
        )

    def contains(self, point: Point) -> bool:
        """Whether the point (x, y) lies inside."""
        return self.x0 <= point[0] < self.x1 and self.y0 <= point[1] < self.y1

    def overlaps(self, other: BBox) -> bool:
        """Whether the two have any area in common."""
        return self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1

    def rounded(self) -> tuple[int, int, int, int]:
        """The box with integer corners, as a record states it."""
        return round(self.x0), round(self.y0), round(self.x1), round(self.y1)

    def to_quad(self) -> Quad:
        """The four corners, clockwise from the top-left one."""
        return Quad(((self.x0, self.y0), (self.x1, self.y0), (self.x1, self.y1), (self.x0, self.y1)))


def bbox_of_points(points: Iterable[Point]) -> BBox:
    """The smallest box around the points.

    Raises:
        ValueError: without any point.
    """
    xs, ys = zip(*points, strict=True)
    return BBox(min(xs), min(ys), max(xs), max(ys))


@dataclass(frozen=True, slots=True)
class Quad:
    """Four corners (x, y) in px, clockwise from the top-left one as a person reads the text inside."""

    points: tuple[Point, Point, Point, Point]

    def to_bbox(self) -> BBox:
        """The smallest axis-parallel box around it."""
        return bbox_of_points(self.points)

    def to_array(self) -> NDArray[np.float32]:
        """The corners as a (4, 2) float32 array, for OpenCV."""
        return np.asarray(self.points, dtype=np.float32)

    def size(self) -> tuple[float, float]:
        """Mean width and mean height, in px, along the text's own axes."""
        tl, tr, br, bl = self.points
        return (math.dist(tl, tr) + math.dist(bl, br)) / 2, (math.dist(tl, bl) + math.dist(tr, br)) / 2


@dataclass(frozen=True, slots=True, eq=False)
class Homography:
    """A projective map between two image frames, (3, 3) float64, read-only.

    Raises:
        ValueError: when the matrix is not 3 × 3 or not invertible.
    """

    matrix: NDArray[np.float64]

    def __post_init__(self) -> None:
        matrix = np.array(self.matrix, dtype=np.float64)
        if matrix.shape != (3, 3) or abs(np.linalg.det(matrix)) < 1e-12:
            raise ValueError(f"a homography needs an invertible 3 x 3 matrix, got {matrix.tolist()}")
        matrix.setflags(write=False)
        object.__setattr__(self, "matrix", matrix)

    @staticmethod
    def identity() -> Homography:
        """The map that leaves every point where it is."""
        return Homography(np.eye(3))

    @staticmethod
    def shift(x: float, y: float) -> Homography:
        """The map that moves every point by (x, y) px."""
        return Homography(np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]]))

    def inverse(self) -> Homography:
        """The map back."""
        return Homography(np.asarray(np.linalg.inv(self.matrix), dtype=np.float64))

    def after(self, first: Homography) -> Homography:
        """The map that applies `first`, then this one."""
        return Homography(self.matrix @ first.matrix)

    def apply(self, points: Sequence[Point] | NDArray[np.float64]) -> NDArray[np.float64]:
        """The points' images, (N, 2) float64."""
        xy = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        mapped = np.column_stack([xy, np.ones(len(xy))]) @ self.matrix.T
        return np.asarray(mapped[:, :2] / mapped[:, 2:], dtype=np.float64)

    def apply_quad(self, quad: Quad) -> Quad:
        """The quad whose corners are the images of the corners, in the same order."""
        return self.apply_quads([quad])[0]

    def apply_quads(self, quads: Sequence[Quad]) -> tuple[Quad, ...]:
        """The images of quads, in their order."""
        corners = self.apply([point for quad in quads for point in quad.points])
        return tuple(
            Quad(((ax, ay), (bx, by), (cx, cy), (dx, dy)))
            for ax, ay, bx, by, cx, cy, dx, dy in corners.reshape(len(quads), 8).tolist()
        )


def quarter_turn(width: int, height: int, degrees: int) -> Homography:
    """The map from an image turned clockwise by `degrees` back to the image of `width` × `height` px.

    Pixel centres are meant: the turned image's pixel (x, y) shows the mapped pixel of the original.

    Raises:
        ValueError: unless degrees is 0, 90, 180 or 270.
    """
    w, h = width - 1, height - 1
    matrices = {
        0: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        90: [[0, 1, 0], [-1, 0, h], [0, 0, 1]],
        180: [[-1, 0, w], [0, -1, h], [0, 0, 1]],
        270: [[0, -1, w], [1, 0, 0], [0, 0, 1]],
    }
    if degrees not in matrices:
        raise ValueError(f"a quarter turn is 0, 90, 180 or 270 degrees, got {degrees}")
    return Homography(np.array(matrices[degrees], dtype=np.float64))

"""Ruled tables drawn onto a page, for tests of what lies around and upon them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
from gouji.document.page import Gray


@dataclass(frozen=True)
class Ruled:
    """A table of `rows` by `cols` cells of `row` by `column` px, its top left corner at (left, top)."""

    left: int
    top: int
    row: int
    column: int
    rows: int
    cols: int

    @property
    def right(self) -> int:
        """Px of its right side."""
        return self.left + self.cols * self.column

    @property
    def foot(self) -> int:
        """Px of its lower side."""
        return self.top + self.rows * self.row

    def draw(self, page: Gray, brightness: int, thickness: int, *, frame: int | None = None) -> None:
        """Its rulings, those that run down of the thickness `frame` where that is given."""
        for y in range(self.top, self.foot + 1, self.row):
            cv2.line(page, (self.left, y), (self.right, y), (brightness,), thickness)
        for x in range(self.left, self.right + 1, self.column):
            cv2.line(page, (x, self.top), (x, self.foot), (brightness,), frame or thickness)

    def corners(self) -> list[tuple[int, int]]:
        """Px of the top left corner of each cell, row by row."""
        return [
            (self.left + col * self.column, self.top + row * self.row)
            for row in range(self.rows)
            for col in range(self.cols)
        ]

"""What gouji asks of an OCR engine: two jobs, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..document.page import RGB
from ..document.reading import LineReading, TextBox

NUMERIC_ALPHABET = "0123456789.,，+-−–—－一ー/／无元万减增"
"""What a numeric cell of the form can hold; 无, strokes and slashes say that it does not apply, and a dash is often read as 一."""


class Engine(Protocol):
    """Something that holds loaded weights."""

    @property
    def name(self) -> str:
        """The model and what runs it, as the record's provenance states it."""
        ...

    @property
    def parallel(self) -> int:
        """How many threads may use it at the same time, at least 1."""
        ...

    def detect(self, pixels: RGB) -> tuple[TextBox, ...]:
        """The text lines of an upright (H, W, 3) uint8 RGB image, in no particular order; none is an empty tuple."""
        ...

    def recognize(self, crops: Sequence[RGB], *, labels: bool = False) -> tuple[LineReading, ...]:
        """One reading a crop, in order. Each crop is (h, w, 3) uint8 RGB and holds one horizontal line of text.

        `labels` says that they are out of a form's cells, so that the usual characters will do.
        """
        ...

"""How much one document may ask for before it is refused."""

from __future__ import annotations

from dataclasses import dataclass, fields

GIBIBYTE = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds, inclusive; what exceeds one raises `LimitError` before the work is done.

    Attributes:
        max_pages: pages of a document.
        max_pixels: width × height of one page, or of one picture placed on a PDF page.
        max_bytes: a file, or all page pictures of a folder together.
        max_seconds: time spent on a document; watched by whoever runs it, not by the reader of pages.

    Raises:
        ValueError: when a bound is not positive.
    """

    max_pages: int = 500
    max_pixels: int = 120_000_000
    max_bytes: int = GIBIBYTE
    max_seconds: float = 600.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not value > 0:
                raise ValueError(f"{field.name} must be positive, got {value!r}")

"""Readings put back into the cells they were cut from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2

from ..document.geometry import Homography
from ..document.reading import LineReading
from ..document.table import CellContent, Table
from .crop import CellCrop
from .page import TableCrops
from .sizes import digit_height, doubt_odd_marks
from .stroke import is_dash, is_upright, lone_stroke_slant
from .textlines import stands_apart, text_height


def fill_tables(
    tables: Sequence[TableCrops],
    readings: Sequence[LineReading],
    page_index: int,
    dpi: float,
    to_scan: Homography,
) -> tuple[Table, ...]:
    """Tables with contents, in px of the scan's own page image.

    Args:
        tables: in px of the upright page.
        readings: one for each line crop, in the order of `flatten`.
        page_index: from 0.
        dpi: pixels an inch of the upright page.
        to_scan: from the upright page to the scan.

    Raises:
        ValueError: when there are more or fewer readings than line crops.
    """
    expected = sum(len(lines) for table in tables for lines in table.lines)
    if expected != len(readings):
        raise ValueError(f"{expected} line crops but {len(readings)} readings on page {page_index + 1}")
    rest = iter(readings)
    read = [
        tuple(
            to_content(crop, tuple(next(rest) for _ in lines), dpi)
            for crop, lines in zip(table.cells, table.lines, strict=True)
        )
        for table in tables
    ]
    everything = [content for contents in read for content in contents]
    return tuple(
        Table(
            page_index,
            table.grid.mapped(to_scan),
            doubt_odd_marks(contents, table.cells, digit_height(contents, everything)),
        )
        for table, contents in zip(tables, read, strict=True)
    )


def to_content(crop: CellCrop, readings: Sequence[LineReading], dpi: float) -> CellContent:
    """What a cell holds: its crop, `dpi` pixels an inch, with the readings of its text lines."""
    if crop.shines:
        shining = to_content(replace(crop, shines=False), readings, dpi)
        return CellContent((), has_ink=False, faint=crop.faint, shining=shining)
    x, y, width, height = cv2.boundingRect(crop.ink)
    print_ = crop.ink[y : y + height, x : x + width]
    return CellContent(
        tuple(readings),
        crop.has_ink,
        crop.coloured,
        lone_stroke_slant(print_),
        crop.faint,
        crop.cut,
        is_dash(crop.ink, dpi),
        stands_apart(print_, dpi),
        crop.overlaid,
        traced=crop.traced,
        text_height=text_height(print_, dpi),
        upright=is_upright(print_, dpi),
        mixed=crop.mixed,
        stopped=crop.stopped,
        crossed=crop.crossed,
    )

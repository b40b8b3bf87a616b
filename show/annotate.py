"""Page pictures with every cell's box coloured by confidence and the value that was read beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ..document.errors import PageError
from ..document.geometry import BBox, bbox_of_points, quarter_turn
from ..document.limits import Limits
from ..document.page import Source
from ..document.record import Cell, PageInfo, Record
from ..document.whole import draft_of
from ..ocr.pages import open_pages

SURE, FAIR, POOR, NONE = (26, 152, 80), (230, 160, 0), (215, 48, 39), (120, 120, 120)
"""Green, amber, red, and grey for blank cells; each differs in brightness too."""

FAIR_CONFIDENCE = 0.8
"""From here a cell in review is amber, below it red."""

_FILL_ALPHA = 46
_JPEG_QUALITY = 82


def annotate_pages(source: Source, record: Record, limits: Limits, stem: Path) -> tuple[Path, ...]:
    """Writes `<stem>.page-NN.jpg` for each page that holds cells, and returns the paths.

    Pages are shown upright. Green is accepted, amber and red are for review, grey is blank.

    Raises:
        OutputError: when a picture cannot be written.
    """
    written = []
    with open_pages(source, limits) as pages:
        for info in record.pages:
            cells = [c for c in record.cells if c.page == info.number and c.bbox is not None]
            if not cells:
                continue
            try:
                scan = Image.fromarray(pages.read(info.number - 1).pixels)
            except PageError:
                continue  # the record already states why this page could not be read
            path = stem.with_name(f"{stem.name}.page-{info.number:02d}.jpg")
            _save(draw_cells(scan, info, cells), path)
            written.append(path)
    return tuple(written)


def draw_cells(scan: Image.Image, info: PageInfo, cells: list[Cell]) -> Image.Image:
    """The scan turned upright, RGB, with the cells' boxes and values drawn in."""
    upright = scan.rotate(-info.rotation, expand=True).convert("RGBA")
    layer = Image.new("RGBA", upright.size)
    draw = ImageDraw.Draw(layer)
    for cell, box in _upright_boxes(info, cells):
        colour = cell_colour(cell)
        width = 2 if cell.status == "accepted" else 4
        draw.rectangle((box.x0, box.y0, box.x1, box.y1), (*colour, _FILL_ALPHA), (*colour, 255), width)
        text = label_of(cell)
        font = ImageFont.load_default(max(9.0, min(22.0, 0.36 * box.height)))
        draw.text((box.x1 - 4, box.y0 + 2), text, (*colour, 255), font, anchor="ra")
    return Image.alpha_composite(upright, layer).convert("RGB")


def cell_colour(cell: Cell) -> tuple[int, int, int]:
    """Grey for an accepted blank, green for another accepted cell, amber or red for review."""
    if cell.status == "accepted":
        return NONE if cell.kind == "blank" else SURE
    return FAIR if cell.confidence >= FAIR_CONFIDENCE else POOR


def label_of(cell: Cell) -> str:
    """The value as read, in characters that any font has; a question mark follows what is in review."""
    said = {"blank": "", "not_applicable": "/", "illegible": "illegible"}.get(cell.kind, str(cell.value))
    return said if cell.status == "accepted" else f"{said}?"


def _upright_boxes(info: PageInfo, cells: list[Cell]) -> Iterator[tuple[Cell, BBox]]:
    to_upright = quarter_turn(info.width, info.height, info.rotation).inverse()
    for cell in cells:
        assert cell.bbox is not None
        x0, y0, x1, y1 = cell.bbox
        corners = to_upright.apply(np.array([(x0, y0), (x1, y1)], dtype=np.float64))
        yield cell, bbox_of_points([(float(x), float(y)) for x, y in corners])


def _save(picture: Image.Image, path: Path) -> None:
    with draft_of(path) as draft:
        picture.save(draft, "JPEG", quality=_JPEG_QUALITY)

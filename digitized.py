"""One page digitized: its tables read cell by cell, and the text outside them."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from .document.errors import InputError, PageError
from .document.geometry import Homography, Quad
from .document.page import RGB, PageImage
from .document.reading import LineReading
from .document.record import PageInfo
from .document.table import Grid, Table
from .document.text import TextLine
from .layout.apart import is_spread, split_apart
from .layout.crop import straighten
from .layout.curl import Curl, find_curl
from .layout.fill import fill_tables
from .layout.lines import find_lines
from .layout.page import (
    PageLayout,
    cut_grids,
    cut_lines,
    flatten,
    lay_out,
    level_page,
    sheet_from_above,
)
from .layout.rulings import RulingState
from .layout.worn import doubt_lost_strokes
from .mapping.form import load_forms
from .mapping.normalize import is_wordy
from .mapping.place.grids import Placed, place_tables
from .mapping.sections import section_heading
from .mapping.title import TITLE_PAGES, ends_title
from .matched import DigitizedPage
from .ocr.cells import read_cell_lines
from .ocr.engine import Engine
from .ocr.quick import quick_reader, read_lines
from .ocr.upright import UprightPage, make_upright

log = logging.getLogger(__name__)


@contextmanager
def page_errors(index: int) -> Iterator[None]:
    """Whatever goes wrong with one page is a `PageError`, so that the report's other pages are kept."""
    try:
        yield
    except PageError:
        raise
    except InputError as error:
        raise PageError(error.message, error.remedy) from error
    except (ArithmeticError, LookupError, RuntimeError, ValueError, MemoryError) as error:
        log.debug("page %d", index + 1, exc_info=True)
        raise PageError(
            f"Page {index + 1} could not be analysed ({type(error).__name__}: {error}).",
            "Please report it with the page, if it may be shown.",
        ) from error


def digitize_page(
    page: PageImage, engine: Engine, likely: int = 0, *, with_sections: bool = True
) -> DigitizedPage:
    """Tables and text of one page.

    Args:
        page: as scanned.
        engine: finds and reads text.
        likely: the turn, in degrees clockwise, that made the page before upright.
        with_sections: whether text outside the tables is read.
    """
    return read_upright(upright_page(page, engine, likely), engine, with_sections=with_sections)


def upright_page(page: PageImage, engine: Engine, likely: int = 0) -> UprightPage:
    """The page as a person reads it; arguments as of `digitize_page`."""
    return make_upright(page, quick_reader(engine.parallel), likely, sheet_from_above)


def read_upright(
    upright: UprightPage, engine: Engine, *, with_sections: bool, state: RulingState | None = None
) -> DigitizedPage:
    """Tables and text of an upright page, its rulings taken for `state`, or for what they look like."""
    page = upright.page
    layout = lay_out(page.pixels, page.dpi, upright.skew, state=state, with_outside=with_sections)
    readings = read_cell_lines(engine, flatten(layout.tables))
    tables = fill_tables(layout.tables, readings, page.index, page.dpi, page.to_scan)
    tables = doubt_lost_strokes(tables) if layout.faded else tables
    lines = read_outside(layout, upright, engine) if with_sections else ()
    return DigitizedPage(_page_info(upright), tables, lines, page.pixels.shape[0], state)


@dataclass(frozen=True, slots=True, eq=False)
class PlacedPage:
    """All lines of an upright page, read, and the form's tables as they place them.

    Attributes:
        lines: in px of the level page as it would be if it lay flat.
        placed: in px of the same.
        curl: of the level page.
        to_page: from the level page to the upright one.
    """

    lines: tuple[TextLine, ...]
    placed: Placed
    curl: Curl
    to_page: Homography


def place_page(upright: UprightPage, engine: Engine, before: Callable[[], Placed]) -> PlacedPage:
    """The tables of a page without rulings.

    Args:
        upright: the page.
        engine: finds and reads text.
        before: the page before, asked for where a table goes on without its head.
    """
    page = upright.page
    level = level_page(page.pixels, page.dpi, upright.skew)
    quads = [box.quad for box in engine.detect(level.picture)]
    found = list(zip(quads, engine.recognize(cut_lines(level, quads)), strict=True))
    run_together = [q for q, r in found if not is_wordy(r.text) and is_spread(r.text, q)]
    apart = [part for quad in run_together for part in split_apart(level.picture, quad)]
    found = [(quad, reading) for quad, reading in found if quad not in run_together]
    found += zip(apart, engine.recognize(cut_lines(level, apart)), strict=True)
    lines = tuple(
        TextLine(page.index, quad.to_bbox(), quad.to_bbox(), reading.text, reading.score, level.dpi)
        for quad, reading in found
        if reading.text.strip()
    )
    curl = find_curl([line.upright for line in lines])
    flat = tuple(replace(line, upright=curl.flattened(line.upright)) for line in lines)
    return PlacedPage(flat, place_tables(flat, load_forms(), before), curl, level.to_page)


def read_placed(upright: UprightPage, placed: PlacedPage, engine: Engine) -> DigitizedPage:
    """The tables of an upright page read where its words have placed them, and the text outside them."""
    page, grids = upright.page, placed.placed.grids
    layout = cut_grids(page.pixels, page.dpi, upright.skew, grids, placed.curl)
    readings = read_cell_lines(engine, flatten(layout.tables))
    tables = fill_tables(layout.tables, readings, page.index, page.dpi, page.to_scan)
    tables = doubt_lost_strokes(tables) if layout.faded else tables
    tables = tuple(_with_labels(t, grid, placed.lines) for t, grid in zip(tables, grids, strict=True))
    outside = tuple(
        replace(line, upright=quad.to_bbox(), bbox=page.to_scan.apply_quad(quad).to_bbox(), dpi=page.dpi)
        for line in placed.lines
        if not any(grid.bbox.contains(line.upright.center) for grid in grids)
        for quad in [placed.to_page.apply_quad(placed.curl.sagged(line.upright).to_quad())]
    )
    return DigitizedPage(_page_info(upright), tables, outside, page.pixels.shape[0])


def _with_labels(table: Table, grid: Grid, lines: Sequence[TextLine]) -> Table:
    """The table with its labels as they were read when they placed it: paler strokes are left out of a cell's crop."""
    contents = []
    for cell, content in zip(grid.cells, table.contents, strict=True):
        box = cell.quad.to_bbox()
        own = [x for x in lines if cell.col == 0 and is_wordy(x.text) and box.contains(x.upright.center)]
        words = tuple(LineReading(x.text, x.score) for x in sorted(own, key=lambda x: x.upright.y0))
        contents.append(replace(content, lines=words, has_ink=True) if words else content)
    return replace(table, contents=tuple(contents))


def _page_info(upright: UprightPage) -> PageInfo:
    width, height = upright.page.scan_size
    return PageInfo.model_validate(
        {
            "number": upright.page.number,
            "width": width,
            "height": height,
            "rotation": upright.page.rotation,
            "skew_degrees": upright.skew,
        }
    )


def read_outside(layout: PageLayout, upright: UprightPage, engine: Engine) -> tuple[TextLine, ...]:
    """The text lines outside the tables of a laid-out page."""
    if layout.outside is None:
        return ()
    outside, page = layout.outside, upright.page
    picture = outside.picture
    to_frame = Homography.shift(outside.place.x0, outside.place.y0)
    quads = find_lines(picture, page.dpi, outside.skew) if outside.straight else None
    if quads is None:
        quads = tuple(box.quad for box in engine.detect(picture))
    readings = _read_text(engine, [straighten(picture, quad) for quad in quads], quads, page.index)
    lines = []
    for own, reading in zip(quads, readings, strict=True):
        if reading.text.strip():
            quad = to_frame.apply_quad(own)
            scan = page.to_scan.apply_quad(outside.to_page.apply_quad(quad)).to_bbox()
            lines.append(TextLine(page.index, quad.to_bbox(), scan, reading.text, reading.score, page.dpi))
    return tuple(lines)


def _read_text(
    engine: Engine, crops: Sequence[RGB], quads: Sequence[Quad], page_index: int
) -> tuple[LineReading, ...]:
    """One reading a line; the title is the engine's: the quick reader does not know every place name."""
    readings = list(read_lines(engine, crops))
    above = _title_lines(quads, readings, page_index)
    for i, reading in zip(above, engine.recognize([crops[i] for i in above]), strict=True):
        readings[i] = reading
    return tuple(readings)


def _title_lines(quads: Sequence[Quad], readings: Sequence[LineReading], page_index: int) -> list[int]:
    """Which lines may be of the title: those above the first section, on the second page only where one ends as titles do."""
    if page_index >= TITLE_PAGES or (page_index > 0 and not any(ends_title(r.text) for r in readings)):
        return []
    tops = [quad.to_bbox().y0 for quad in quads]
    headings = [y for y, r in zip(tops, readings, strict=True) if section_heading(r.text)]
    return [i for i, y in enumerate(tops) if y < min(headings, default=math.inf)]

"""One page digitized: its tables read cell by cell, and the text outside them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from .document.errors import InputError, PageError
from .document.geometry import Homography
from .document.page import PageImage
from .document.record import PageInfo
from .document.text import TextLine
from .layout.crop import straighten
from .layout.fill import fill_tables
from .layout.lines import find_lines
from .layout.page import PageLayout, flatten, lay_out, sheet_from_above
from .layout.rulings import RulingState
from .matched import DigitizedPage
from .ocr.cells import read_cell_lines
from .ocr.engine import Engine
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
    return read_upright(
        make_upright(page, engine, likely, sheet_from_above), engine, with_sections=with_sections
    )


def read_upright(
    upright: UprightPage, engine: Engine, *, with_sections: bool, state: RulingState | None = None
) -> DigitizedPage:
    """Tables and text of an upright page, its rulings taken for `state`, or for what they look like."""
    page = upright.page
    layout = lay_out(page.pixels, page.dpi, upright.skew, state=state, with_outside=with_sections)
    readings = read_cell_lines(engine, flatten(layout.tables))
    tables = fill_tables(layout.tables, readings, page.index, page.dpi, page.to_scan)
    lines = read_outside(layout, upright, engine) if with_sections else ()
    return DigitizedPage(_page_info(upright), tables, lines, page.pixels.shape[0], state)


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
    readings = engine.recognize([straighten(picture, quad) for quad in quads])
    lines = []
    for own, reading in zip(quads, readings, strict=True):
        if reading.text.strip():
            quad = to_frame.apply_quad(own)
            scan = page.to_scan.apply_quad(outside.to_page.apply_quad(quad)).to_bbox()
            lines.append(TextLine(page.index, quad.to_bbox(), scan, reading.text, reading.score, page.dpi))
    return tuple(lines)

"""Other ways of looking at pages, rows and cells where the first has left a doubt."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from .decoding import Decoding, decode_report, with_contents
from .digitized import PlacedPage, page_errors, place_page, read_outside, read_placed, read_upright
from .document.errors import PageError
from .document.table import CellContent, Table
from .document.text import TextLine
from .layout.again import cut_again
from .layout.fill import fill_tables, to_content
from .layout.ink import Ink
from .layout.page import fit_row_of_page, flatten, lay_out, page_ink
from .layout.rulings import RulingState
from .layout.textlines import line_crops
from .mapping.place.grids import Placed
from .mapping.rows import PrintedCell
from .matched import DigitizedPage, MatchedReport, look_again
from .ocr.cells import read_cell_lines
from .ocr.engine import Engine
from .ocr.pages import Pages
from .ocr.upright import UprightPage, turn_upright
from .refit import RowToFit, fit_rows

log = logging.getLogger(__name__)

MAX_PLACED = 12
"""So many pages of a report are read for the words of their tables at the most: a long file stays fast."""


def look_closer(
    report: MatchedReport, images: Pages, engine: Engine, *, with_sections: bool
) -> MatchedReport:
    """The report with what other ways of looking at its pages find of the form; a settled one needs none.

    Args:
        report: as first matched.
        images: its pages as scanned.
        engine: finds and reads text.
        with_sections: whether text outside the tables is read.
    """

    def fitted(report: MatchedReport, only: int | None = None) -> MatchedReport:
        return fit_rows(report, lambda page, rows: _fitted(lately, page, rows, engine), only)

    def again(page: DigitizedPage, missing: bool) -> Iterator[DigitizedPage]:
        sound = [table.grid.sound for table in page.tables]
        states = [RulingState.PALE] if missing else []
        if any(sound) or not sound:
            states.append(RulingState.IN_PIECES)
        if not all(sound):
            states.append(RulingState.WHOLE)
        lost = [RulingState.LOST, RulingState.LOST_BUT_HEADED] if missing else []
        with page_errors(page.info.number - 1):
            upright = lately.upright(page)
            for state in states:
                yield read_upright(upright, engine, with_sections=False, state=state)
            if missing or not all(sound):
                yield read_placed(upright, words.of(page, upright), engine)
            for state in lost:
                yield read_upright(upright, engine, with_sections=False, state=state)

    lately = _Lately(images)
    words = _Words(report.pages, images, engine)
    report = fitted(report)
    if report.settled:
        return report
    closer = look_again(report, again, fitted)
    if closer is report:
        return report
    if with_sections:
        pages = zip(report.pages, closer.pages, strict=True)
        lined = (
            new if new is old or new.lines else _with_lines(new, old.lines, images, engine)
            for old, new in pages
        )
        closer = replace(closer, pages=tuple(lined))
    return closer


class _Lately:
    """The page that was looked at last: many readings of it are tried one after the other."""

    def __init__(self, images: Pages) -> None:
        self._images = images
        self._number = 0  # of that page; pages are counted from 1
        self._upright: UprightPage
        self._ink: tuple[Ink, float] | None = None

    def upright(self, page: DigitizedPage) -> UprightPage:
        """The page as it was found upright before."""
        if page.info.number != self._number:
            self._upright, self._ink = _upright_again(self._images, page), None
            self._number = page.info.number
        return self._upright

    def ink(self, page: DigitizedPage) -> tuple[Ink, float]:
        """Its ink, and its sheet's own pixels an inch."""
        turned = self.upright(page)
        if self._ink is None:
            self._ink = page_ink(turned.page.pixels, turned.page.dpi, turned.skew)
        return self._ink


class _Words:
    """The pages of a report as their words place the form's tables, each read once and when it is asked for."""

    def __init__(self, pages: Sequence[DigitizedPage], images: Pages, engine: Engine) -> None:
        self._pages = {page.info.number: page for page in pages}
        self._images = images
        self._engine = engine
        self._known: dict[int, PlacedPage | None] = {}  # None while a page is under way

    def of(self, page: DigitizedPage, upright: UprightPage) -> PlacedPage:
        """That page, with the page before looked at where a table goes on without its head."""
        number = page.info.number
        known = self._known.get(number)
        if known is None:
            self._known[number] = None
            known = place_page(upright, self._engine, lambda: self._placed(number - 1))
            self._known[number] = known
        return known

    def _placed(self, number: int) -> Placed:
        page, known = self._pages.get(number), self._known.get(number)
        if known is not None:
            return known.placed
        if page is None or len(self._known) >= MAX_PLACED:
            return Placed()
        return self.of(page, _upright_again(self._images, page)).placed


def _with_lines(
    page: DigitizedPage, lines: tuple[TextLine, ...], images: Pages, engine: Engine
) -> DigitizedPage:
    """A page of which only the tables were read, with the text outside them; with those lines where that cannot be read."""
    try:
        with page_errors(page.info.number - 1):
            upright = _upright_again(images, page)
            layout = lay_out(upright.page.pixels, upright.page.dpi, upright.skew, state=page.state)
            lines = read_outside(layout, upright, engine)
    except PageError as error:  # what was read stands
        log.debug("text beside the tables of page %d: %s", page.info.number, error)
    return replace(page, lines=lines)


def _upright_again(images: Pages, page: DigitizedPage) -> UprightPage:
    return turn_upright(images.read(page.info.number - 1), page.info.rotation, page.info.skew_degrees)


def _fitted(
    lately: _Lately, page: DigitizedPage, rows: Sequence[RowToFit], engine: Engine
) -> Iterator[tuple[RowToFit, Table]]:
    """Those rows of a page that can be cut into the columns that the form prints there, each read as a table of its own."""
    index = page.info.number - 1
    with page_errors(index):
        upright = lately.upright(page).page
        ink, dpi = lately.ink(page)
        for row in rows:
            cells = [upright.to_scan.inverse().apply_quad(quad) for quad in row.parts]
            fitted = fit_row_of_page(
                upright.pixels, ink, cells, row.columns, dpi, labelled=row.first > 0, like=row.like
            )
            if fitted is not None:
                readings = read_cell_lines(engine, flatten([fitted]))
                (table,) = fill_tables([fitted], readings, index, upright.dpi, upright.to_scan)
                yield row, table


def read_again(decoding: Decoding, images: Pages, engine: Engine) -> Decoding:
    """The report's values after its doubtful cells were cut and read in other ways as well."""
    report = decoding.report
    by_page: dict[int, dict[str, PrintedCell]] = {}
    for bound in report.binding.cells:
        if bound.cell is not None and bound.spec.id in decoding.doubtful:
            by_page.setdefault(bound.cell.page_index, {})[bound.spec.id] = bound.cell
    pages = {page.info.number - 1: page for page in report.pages}
    contents: dict[str, CellContent] = {}
    for index, cells in by_page.items():
        try:
            with page_errors(index):
                upright = _upright_again(images, pages[index])
                contents.update(_read_cells_again(upright, cells, engine))
        except PageError as error:  # what was read stands
            log.debug("doubtful cells of page %d: %s", index + 1, error)
    return decode_report(with_contents(report, contents)) if contents else decoding


def _read_cells_again(
    upright: UprightPage, cells: Mapping[str, PrintedCell], engine: Engine
) -> Iterator[tuple[str, CellContent]]:
    page = upright.page
    ink, dpi = page_ink(page.pixels, page.dpi, upright.skew)
    to_page = page.to_scan.inverse()
    crops = [cut_again(page.pixels, ink, to_page.apply_quad(cell.quad), dpi) for cell in cells.values()]
    lines = [[line_crops(crop, dpi) for crop in cuts] for cuts in crops]
    rest = iter(read_cell_lines(engine, [line for cuts in lines for cut in cuts for line in cut]))
    for (cell_id, cell), cuts, cut_lines in zip(cells.items(), crops, lines, strict=True):
        contents = (
            to_content(crop, [next(rest) for _ in own], dpi)
            for crop, own in zip(cuts, cut_lines, strict=True)
        )
        again = tuple(replace(content, odd=cell.content.odd) for content in contents)
        yield cell_id, replace(cell.content, again=again)

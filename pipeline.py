"""From a file to a record: the only place where the stages meet."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from .decoding import Decoding, decode_report, with_contents
from .document.errors import DamagedFileError, FormNotFoundError, InputError, PageError
from .document.geometry import Homography
from .document.limits import Limits
from .document.page import PageImage, Source
from .document.record import Failure, PageInfo, Provenance, Record, SourceInfo
from .document.table import CellContent, Table
from .document.text import TextLine
from .evidence import gather_evidence
from .layout.again import cut_again
from .layout.crop import straighten
from .layout.fill import fill_tables, to_content
from .layout.lines import find_lines
from .layout.page import PageLayout, fit_row_of_page, flatten, lay_out, page_ink
from .layout.rulings import RulingState
from .layout.textlines import line_crops
from .mapping.align import Alignment
from .mapping.assemble import (
    to_cells,
    to_checks,
    to_extra_rows,
    to_form_info,
    to_sections,
    to_text_field,
    to_year_field,
)
from .mapping.form import RowKind
from .mapping.rows import PrintedCell
from .mapping.sections import split_sections
from .mapping.title import Title, find_title, find_year, reading_order
from .matched import DigitizedPage, MatchedReport, RowToFit, fit_rows, is_sound, look_again, match_form
from .models.confidence import DEFAULT_RISK, MODEL_FILE, judge, load_model
from .models.drift import measure_document
from .models.features import Evidence
from .ocr.cells import read_cell_lines
from .ocr.engine import Engine
from .ocr.numbers import number_reader
from .ocr.pages import Pages, open_pages
from .ocr.upright import UprightPage, make_upright

log = logging.getLogger(__name__)

TABLE_NAMES = {"disclosure": "表二 主动公开", "applications": "表三 申请", "challenges": "表四 复议诉讼"}

FOUND_SIMILARITY = 0.5
"""A table counts as found when at least one of its rows carries a label that fits this well."""


@dataclass(frozen=True, slots=True)
class Digitized:
    """The record of one report, and by cell id what its confidences are made of."""

    record: Record
    evidence: Mapping[str, Evidence]


def digitize(
    source: Source,
    engine: Engine,
    limits: Limits,
    *,
    with_sections: bool = True,
    risk: float = DEFAULT_RISK,
    model_file: Path = MODEL_FILE,
) -> Digitized:
    """One report.

    Args:
        source: the file or folder of pictures.
        engine: finds and reads text.
        limits: of the document.
        with_sections: whether text outside the tables is read.
        risk: so large a share of the accepted cells may be wrong at the most, 0 to 1.
        model_file: of the confidence model.

    Raises:
        FormNotFoundError: when no page holds a table of the form.
        InputError: when the file cannot be read, or none of its pages.
        UsageError: when so small a risk cannot be promised.
    """
    started = time.perf_counter()
    with open_pages(source, limits) as images:
        results = _digitize_all(images, engine, with_sections=with_sections)
        pages = [page for page in results if isinstance(page, DigitizedPage)]
        errors = {n: error for n, error in enumerate(results, 1) if isinstance(error, PageError)}
        report = _look_closer(match_form(pages), images, engine, with_sections=with_sections)
        report = _read_again(report, images, engine)
    for number, error in errors.items():
        log.info("page %d of %s failed: %s", number, source.path.name, error)
    if not pages:
        raise _no_page(source, next(iter(errors.values())))
    failures = [Failure(where=f"page {n}", what=error.kind, why=str(error)) for n, error in errors.items()]
    models = f"{engine.name}, {number_reader(engine.parallel).name}"
    return assemble(source, report, failures, models, started, risk, model_file)


def _digitize_all(images: Pages, engine: Engine, *, with_sections: bool) -> list[DigitizedPage | PageError]:
    """Each page or what went wrong with it, in order; as many at a time as the engine can work on.

    The first page goes ahead: the way up is the same on most pages of a report.
    """

    def attempt(index: int, likely: int) -> DigitizedPage | PageError:
        try:
            return _digitize_index(images, index, engine, likely, with_sections=with_sections)
        except PageError as error:
            return error

    first = attempt(0, 0)
    likely = first.info.rotation if isinstance(first, DigitizedPage) else 0
    with ThreadPoolExecutor(engine.parallel) as pool:
        return [first, *pool.map(lambda index: attempt(index, likely), range(1, len(images)))]


def _look_closer(
    report: MatchedReport, images: Pages, engine: Engine, *, with_sections: bool
) -> MatchedReport:
    """The report with what other ways of looking at its pages find of the form; a settled one needs none."""

    def fitted(report: MatchedReport) -> MatchedReport:
        return fit_rows(report, lambda page, rows: _fitted(images, page, rows, engine))

    def again(page: DigitizedPage, missing: bool) -> Iterator[DigitizedPage]:
        states = [RulingState.IN_PIECES if is_sound(page) else RulingState.WHOLE]
        states += [RulingState.LOST, RulingState.LOST_BUT_HEADED] if missing else []
        return _again(images, page, engine, states, with_sections=with_sections)

    report = fitted(report)
    closer = report if report.settled else look_again(report, again)
    return closer if closer is report else fitted(closer)


def _again(
    images: Pages,
    page: DigitizedPage,
    engine: Engine,
    states: Sequence[RulingState],
    *,
    with_sections: bool,
) -> Iterator[DigitizedPage]:
    """The page once more, its rulings taken for each of those states."""
    index, turn = page.info.number - 1, page.info.rotation
    with _page_errors(index):
        upright = make_upright(images.read(index), engine, turn)
        for state in states:
            yield _read_upright(upright, engine, with_sections=with_sections, state=state)


def _fitted(
    images: Pages, page: DigitizedPage, rows: Sequence[RowToFit], engine: Engine
) -> Iterator[tuple[RowToFit, Table]]:
    """Those rows of a page that can be cut into the columns that the form prints there, each read as a table of its own."""
    index, turn = page.info.number - 1, page.info.rotation
    with _page_errors(index):
        upright = make_upright(images.read(index), engine, turn).page
        ink, dpi = page_ink(upright.pixels, upright.dpi)
        for row in rows:
            cells = [upright.to_scan.inverse().apply_quad(quad) for quad in row.parts]
            fitted = fit_row_of_page(upright.pixels, ink, cells, row.columns, dpi, labelled=row.first > 0)
            if fitted is not None:
                readings = read_cell_lines(engine, flatten([fitted]))
                (table,) = fill_tables([fitted], readings, index, upright.dpi, upright.to_scan)
                yield row, table


def _read_again(report: MatchedReport, images: Pages, engine: Engine) -> MatchedReport:
    """The report with its doubtful cells cut and read in other ways as well."""
    doubtful = decode_report(report).doubtful
    by_page: dict[int, dict[str, PrintedCell]] = {}
    for bound in report.binding.cells:
        if bound.cell is not None and bound.spec.id in doubtful:
            by_page.setdefault(bound.cell.page_index, {})[bound.spec.id] = bound.cell
    turns = {page.info.number - 1: page.info.rotation for page in report.pages}
    contents: dict[str, CellContent] = {}
    for index, cells in by_page.items():
        try:
            with _page_errors(index):
                upright = make_upright(images.read(index), engine, turns[index]).page
                contents.update(_read_cells_again(upright, cells, engine))
        except PageError as error:  # what was read stands
            log.debug("doubtful cells of page %d: %s", index + 1, error)
    return with_contents(report, contents)


def _read_cells_again(
    page: PageImage, cells: Mapping[str, PrintedCell], engine: Engine
) -> Iterator[tuple[str, CellContent]]:
    ink, dpi = page_ink(page.pixels, page.dpi)
    to_page = page.to_scan.inverse()
    crops = [cut_again(page.pixels, ink, to_page.apply_quad(cell.quad), dpi) for cell in cells.values()]
    lines = [[line_crops(crop, dpi) for crop in cuts] for cuts in crops]
    rest = iter(read_cell_lines(engine, [line for cuts in lines for cut in cuts for line in cut]))
    for (cell_id, cell), cuts, cut_lines in zip(cells.items(), crops, lines, strict=True):
        contents = (
            to_content(crop, [next(rest) for _ in own], dpi)
            for crop, own in zip(cuts, cut_lines, strict=True)
        )
        yield cell_id, replace(cell.content, again=tuple(contents))


def _no_page(source: Source, first: PageError) -> InputError:
    """The error of a document without a readable page: the first page's own where that says what is wrong with the file."""
    message = f"{source.path.name}: none of its {source.pages} pages could be read. {first.message}"
    cause = type(first.__cause__) if isinstance(first.__cause__, InputError) else DamagedFileError
    return cause(message, first.remedy)


def _digitize_index(
    images: Pages, index: int, engine: Engine, likely: int, *, with_sections: bool
) -> DigitizedPage:
    with _page_errors(index):
        return digitize_page(images.read(index), engine, likely, with_sections=with_sections)


@contextmanager
def _page_errors(index: int) -> Iterator[None]:
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
    return _read_upright(make_upright(page, engine, likely), engine, with_sections=with_sections)


def _read_upright(
    upright: UprightPage, engine: Engine, *, with_sections: bool, state: RulingState | None = None
) -> DigitizedPage:
    """Tables and text of an upright page, its rulings taken for `state`, or for what they look like."""
    page = upright.page
    layout = lay_out(page.pixels, page.dpi, upright.skew, state=state, with_outside=with_sections)
    readings = read_cell_lines(engine, flatten(layout.tables))
    tables = fill_tables(layout.tables, readings, page.index, page.dpi, page.to_scan)
    lines = _read_outside(layout, upright, engine) if with_sections else ()
    return DigitizedPage(_page_info(upright), tables, lines, page.pixels.shape[0])


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


def _read_outside(layout: PageLayout, upright: UprightPage, engine: Engine) -> tuple[TextLine, ...]:
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


def assemble(
    source: Source,
    report: MatchedReport,
    failures: Sequence[Failure],
    ocr_model: str,
    started: float,
    risk: float = DEFAULT_RISK,
    model_file: Path = MODEL_FILE,
) -> Digitized:
    """The record of the pages that could be read.

    Raises:
        FormNotFoundError: when none of them holds a table of the form.
        UsageError: when so small a risk cannot be promised.
    """
    pages, alignment, binding = report.pages, report.alignment, report.binding
    absent = _absent_tables(alignment)
    if len(absent) == len(alignment.tables):
        raise FormNotFoundError(
            _nothing_found(source, pages), "Check that the file is such a report and not cut off."
        )
    decoding = decode_report(report)
    evidence = gather_evidence(binding.cells, decoding.joint, decoding.checks, decoding.suspects)
    model = load_model(model_file)
    threshold = model.threshold(risk)
    judged = judge(evidence, model, threshold)
    cells = to_cells(binding.cells, decoding.joint, judged)
    lines = reading_order([line for page in pages for line in page.lines])
    title = find_title(lines) or Title(None, None, None)
    record = Record(
        source=SourceInfo(
            path=str(source.path), sha256=source.sha256, media_type=source.media_type, pages=source.pages
        ),
        form=to_form_info(alignment, round(1 - 0.5 * math.exp(-4 * alignment.margin), 4)),
        title=to_text_field(title.title),
        agency=to_text_field(title.agency),
        year=to_year_field(title.year or find_year(lines)),
        cells=cells,
        extra_rows=to_extra_rows(binding.extra_rows),
        checks=to_checks(decoding.checks, decoding.suspects, cells, threshold),
        sections=to_sections(split_sections(lines, {p.info.number - 1: p.height for p in pages})),
        pages=tuple(page.info for page in pages),
        failures=(*failures, *absent),
        provenance=Provenance(
            gouji_version=version("gouji"),
            ocr_model=ocr_model,
            confidence_model=model.name,
            seconds=round(time.perf_counter() - started, 2),
            risk=risk,
            threshold=threshold,
            measures=_measures(evidence, decoding),
        ),
    )
    return Digitized(record, evidence)


def _measures(evidence: Mapping[str, Evidence], decoding: Decoding) -> dict[str, float]:
    states = [check.state for check in decoding.checks]
    violated = states.count("violated")
    measures = measure_document(list(evidence.values()), violated, violated + states.count("holds"))
    return {name: round(value, 5) for name, value in measures.items()}


def _absent_tables(alignment: Alignment) -> tuple[Failure, ...]:
    """A failure for each table of the form of which no data row was found."""
    found = {
        p.table.id
        for p in alignment.pairs
        if p.form_row.kind is RowKind.DATA and p.similarity >= FOUND_SIMILARITY
    }
    return tuple(
        Failure(
            where=f"table {table.id}",
            what="table_not_found",
            why=f"No row of {TABLE_NAMES.get(table.id, table.id)} was found on any page; its {len(table.cells)} cells are missing.",
        )
        for table in alignment.tables
        if table.id not in found
    )


def _nothing_found(source: Source, pages: Sequence[DigitizedPage]) -> str:
    tables = sum(len(page.tables) for page in pages)
    seen = f"no table of the national form among {tables} ruled ones" if tables else "no ruled table"
    return f"{source.path.name}: found {seen} on {len(pages)} pages; expected the three tables of an annual report."

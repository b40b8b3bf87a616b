"""From a file to a record."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from .decoding import Decoding, decode_report
from .digitized import page_errors, read_upright, upright_page
from .document.errors import DamagedFileError, FormNotFoundError, InputError, PageError
from .document.limits import Limits
from .document.page import Source
from .document.record import Failure, Provenance, Record, SourceInfo
from .evidence import gather_evidence
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
from .mapping.boxed import boxed_lines, unmatched_rows
from .mapping.form import RowKind
from .mapping.sections import split_sections
from .mapping.title import Title, find_title, find_year, reading_order
from .matched import DigitizedPage, match_form
from .models.confidence import DEFAULT_RISK, MODEL_FILE, judge, load_model
from .models.drift import measure_document
from .models.features import Evidence
from .ocr.engine import Engine
from .ocr.numbers import number_reader
from .ocr.pages import Pages, open_pages
from .ocr.quick import quick_reader
from .ocr.upright import UprightPage
from .second_look import look_closer, read_again

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
        report = look_closer(match_form(pages), images, engine, with_sections=with_sections)
        decoding = read_again(decode_report(report), images, engine)
    for number, error in errors.items():
        log.info("page %d of %s failed: %s", number, source.path.name, error)
    if not pages:
        raise _no_page(source, next(iter(errors.values())))
    failures = [Failure(where=f"page {n}", what=error.kind, why=str(error)) for n, error in errors.items()]
    models = ", ".join(
        m.name for m in (engine, number_reader(engine.parallel), quick_reader(engine.parallel))
    )
    return assemble(source, decoding, failures, models, started, risk, model_file)


def _digitize_all(images: Pages, engine: Engine, *, with_sections: bool) -> list[DigitizedPage | PageError]:
    """Each page or what went wrong with it, in order; as many at a time as the engine can work on.

    The first page is turned upright before: the way up is the same on most pages of a report.
    """
    turned = {0: _upright(images, 0, engine)}
    likely = turned[0].page.rotation if isinstance(turned[0], UprightPage) else 0

    def attempt(index: int) -> DigitizedPage | PageError:
        # Taken out, so that its pixels go when it is read.
        upright = turned.pop(index, None) or _upright(images, index, engine, likely)
        if isinstance(upright, PageError):
            return upright
        try:
            with page_errors(index):
                return read_upright(upright, engine, with_sections=with_sections)
        except PageError as error:
            return error

    with ThreadPoolExecutor(engine.parallel) as pool:
        return list(pool.map(attempt, range(len(images))))


def _upright(images: Pages, index: int, engine: Engine, likely: int = 0) -> UprightPage | PageError:
    try:
        with page_errors(index):
            return upright_page(images.read(index), engine, likely)
    except PageError as error:
        return error


def _no_page(source: Source, first: PageError) -> InputError:
    """The error of a document without a readable page: the first page's own where that says what is wrong with the file."""
    message = f"{source.path.name}: none of its {source.pages} pages could be read. {first.message}"
    cause = type(first.__cause__) if isinstance(first.__cause__, InputError) else DamagedFileError
    return cause(message, first.remedy)


def assemble(
    source: Source,
    decoding: Decoding,
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
    report = decoding.report
    pages, alignment, binding = report.pages, report.alignment, report.binding
    absent = _absent_tables(alignment)
    if len(absent) == len(alignment.tables):
        raise FormNotFoundError(
            _nothing_found(source, pages), "Check that the file is such a report and not cut off."
        )
    evidence = gather_evidence(binding.cells, decoding.joint, decoding.checks, decoding.suspects)
    model = load_model(model_file)
    threshold = model.threshold(risk)
    judged = judge(evidence, model, threshold)
    cells = to_cells(binding.cells, decoding.joint, judged)
    boxed = boxed_lines(unmatched_rows(alignment), {page.info.number - 1: page.info for page in pages})
    lines = reading_order([*(line for page in pages for line in page.lines), *boxed])
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

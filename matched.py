"""The pages of a report matched to the form, and matched once more where cells of it are missing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce

from .document.errors import PageError
from .document.geometry import BBox
from .document.record import PageInfo
from .document.table import Table
from .document.text import TextLine
from .layout.rulings import RulingState
from .mapping.align import Alignment, align_report
from .mapping.assemble import decode_bound
from .mapping.bind import Binding, bind_cells
from .mapping.checks import CheckResult, evaluate_checks
from .mapping.form import RowKind, load_forms
from .mapping.number import Value
from .mapping.patch import patch_rows
from .mapping.rows import printed_rows

log = logging.getLogger(__name__)

MAX_SECOND_LOOKS = 6
"""Pages of a report that are read under another hypothesis at the most: its tables take no more, and a long file stays fast."""

HARDLY_FOUND = 0.25
"""Of a report of which less is found all pages are worth a look: one without rulings may stand apart from the others."""


@dataclass(frozen=True, slots=True, eq=False)
class DigitizedPage:
    """What one page holds; all boxes in px of the scan's own page image.

    Attributes:
        info: as the record states the page.
        tables: in reading order.
        lines: outside the tables, in no particular order.
        height: of the upright page, px.
        state: what its rulings were taken for; None for what they look like.
    """

    info: PageInfo
    tables: tuple[Table, ...]
    lines: tuple[TextLine, ...]
    height: int
    state: RulingState | None = None


@dataclass(frozen=True)
class MatchedReport:
    """The pages of a report and what of the form their tables hold."""

    pages: tuple[DigitizedPage, ...]
    alignment: Alignment
    binding: Binding

    @property
    def complete(self) -> bool:
        """Whether they hold every cell of the form."""
        return self.found == len(self.binding.cells)

    @cached_property
    def values(self) -> dict[str, Value]:
        """Each cell's likeliest reading by its id."""
        return {cell_id: decoded.value for cell_id, decoded in decode_bound(self.binding.cells).items()}

    @cached_property
    def checks(self) -> tuple[CheckResult, ...]:
        """The form's checks on those readings."""
        return evaluate_checks([i for table in self.alignment.tables for i in table.identities], self.values)

    @cached_property
    def illegible(self) -> int:
        """How many cells hold neither a number nor anything else that a cell of the form prints."""
        return sum(value.kind == "illegible" for value in self.values.values())

    @property
    def untold(self) -> int:
        """How many cells stand in rows with more values than the form, where no header tells which are its own."""
        return sum(bound.untold and bound.cell is not None for bound in self.binding.cells)

    @property
    def violated(self) -> tuple[CheckResult, ...]:
        """Those checks that do not hold."""
        return tuple(check for check in self.checks if check.state == "violated")

    @property
    def wrong_pages(self) -> frozenset[int]:
        """The indices of the pages that hold a cell of a check that does not hold, an illegible cell or one in an untold column."""
        wrong = {cell_id for cell_id, value in self.values.items() if value.kind == "illegible"}
        wrong |= {bound.spec.id for bound in self.binding.cells if bound.untold}
        wrong.update(*(check.identity.cells for check in self.violated))
        bound = ((b.spec.id, b.cell) for b in self.binding.cells)
        return frozenset(cell.page_index for cell_id, cell in bound if cell is not None and cell_id in wrong)

    @property
    def fit(self) -> int:
        """Greater for pages that are better read: more cells found and legible, more checks that hold, fewer that do not.

        A cell that is found in a wrong place, where nothing can be read or no sum holds, is no better than one that is missing; nor
        is one whose column is untold.
        """
        holding = sum(check.state == "holds" for check in self.checks)
        return self.found - self.illegible - self.untold + holding - len(self.violated)

    @property
    def rank(self) -> tuple[int, int, int]:
        """Greater for pages that are better cut: a better fit, fewer cells with print apart, more rows of just so many."""
        apart = sum(b.cell is not None and b.cell.content.apart for b in self.binding.cells)
        data = [p for p in self.alignment.pairs if p.form_row.kind is RowKind.DATA]
        return self.fit, -apart, sum(p.printed.trailing_values == len(p.form_row.cells) for p in data)

    @property
    def settled(self) -> bool:
        """Whether another look could find nothing more: every cell is there, and none has gone wrong where rulings are in doubt."""
        in_doubt = self.violated or self.illegible or self.untold
        return self.complete and (not in_doubt or all(map(is_sound, self.pages)))

    @property
    def found(self) -> int:
        """How many cells of the form the tables hold."""
        return sum(bound.cell is not None for bound in self.binding.cells)


def is_sound(page: DigitizedPage) -> bool:
    """Whether the rulings of all its tables were taken for whole."""
    return all(table.grid.sound for table in page.tables)


def match_form(pages: Sequence[DigitizedPage]) -> MatchedReport:
    """The pages with their tables matched to the form."""
    alignment = align_report(printed_rows([t for p in pages for t in p.tables]), load_forms())
    return MatchedReport(tuple(pages), alignment, bind_cells(alignment))


def look_again(
    report: MatchedReport,
    again: Callable[[DigitizedPage, bool], Iterable[DigitizedPage]],
    fitted: Callable[[MatchedReport, int | None], MatchedReport],
) -> MatchedReport:
    """The report, each page that deserves it in that reading that fits the form better, or with the rows that one has more.

    Args:
        report: as matched.
        again: other readings of a page; the flag says whether cells are missing, so that its rulings may be lost altogether.
        fitted: the report with a page's rows cut anew, or with those of all pages; a reading in which one border is missing is not
            worse for it.

    Whether rulings are whole cannot always be seen on the page itself, when few of them are left. Nor which reading of a page fits
    before its neighbours are read: text of the narrative may look like rows that stand on the next page.
    """
    first, pages = report, report.pages
    donors: list[Binding] = []  # of readings that rows were taken from
    looked_at: dict[int, list[DigitizedPage]] = {}  # with the readings of each
    while not report.settled and len(looked_at) < MAX_SECOND_LOOKS:
        # Tables that are found on one page make its neighbours worth a look.
        worth = [k for k in _worth_a_look(report) if k not in looked_at]
        if not worth:
            break
        k = min(worth, key=lambda k: is_sound(pages[k]))
        readings = looked_at[k] = [pages[k]]
        try:
            for page in again(pages[k], not report.complete):
                readings.append(page)
                other = match_form([*report.pages[:k], page, *report.pages[k + 1 :]])
                other = _patched(other if other.complete else fitted(other, k), donors)
                patched = _patched(report, [other.binding])
                best = max(report, patched, other, key=lambda r: r.fit)  # of equal ones the first
                if best is patched:
                    donors.append(other.binding)
                report = best
                if report.settled or (report.complete and k not in _worth_a_look(report)):
                    break
        except PageError as error:  # what was read stands
            log.debug("second look at page %d: %s", pages[k].info.number, error)
    report = _with_sound_tables(report, pages, donors)
    report = report if report.complete else _with_tables_beside(report, looked_at, donors)
    report = report if report is first else fitted(report, None)
    if report.complete or len(looked_at) < 2:
        return report
    other = _reconsidered(report, looked_at, donors)
    return report if other is report else fitted(other, None)


def _reconsidered(
    report: MatchedReport, readings: Mapping[int, Sequence[DigitizedPage]], donors: Sequence[Binding]
) -> MatchedReport:
    """The report with those readings of its pages that fit better now that those of the others are chosen."""
    for k, own in readings.items():
        for page in own:
            if page is not report.pages[k]:
                other = match_form([*report.pages[:k], page, *report.pages[k + 1 :]])
                report = max(report, _patched(other, donors), key=lambda r: r.fit)
    return report


def _with_sound_tables(
    report: MatchedReport, before: Sequence[DigitizedPage], donors: Sequence[Binding]
) -> MatchedReport:
    """The report with those tables that were whole at first sight, where these fit no worse, nor do their words."""
    for k, first in enumerate(before):
        for table in first.tables:
            page = report.pages[k]
            met = [i for i, other in enumerate(page.tables) if other.grid.bbox.overlaps(table.grid.bbox)]
            if page is first or not table.grid.sound or not any(not page.tables[i].grid.sound for i in met):
                continue
            others = [t for i, t in enumerate(page.tables) if i not in met]
            tables = (*others[: met[0]], table, *others[met[0] :])
            pages = [*report.pages[:k], replace(page, tables=tables), *report.pages[k + 1 :]]
            other = _patched(match_form(pages), donors)
            # Whole rulings may lead astray, and headings and labels then fit worse.
            if other.fit >= report.fit and other.alignment.score >= report.alignment.score:
                report = other
    return report


def _with_tables_beside(
    report: MatchedReport, readings: Mapping[int, Sequence[DigitizedPage]], donors: Sequence[Binding]
) -> MatchedReport:
    """The report with those tables that other readings of its pages have where the chosen ones have none, if it fits better so."""
    for k, own in readings.items():
        for table in (table for other in own for table in other.tables):
            box, page = table.grid.bbox, report.pages[k]
            if any(t.grid.bbox.overlaps(box) for t in page.tables):
                continue
            place = sum(_top(t.grid.bbox, page) < _top(box, page) for t in page.tables)
            tables = (*page.tables[:place], table, *page.tables[place:])
            lines = tuple(line for line in page.lines if not box.contains(line.bbox.center))
            pages = [*report.pages[:k], replace(page, tables=tables, lines=lines), *report.pages[k + 1 :]]
            other = _patched(match_form(pages), donors)
            if other.fit > report.fit and other.alignment.score >= report.alignment.score:
                report = other
    return report


def _top(box: BBox, page: DigitizedPage) -> float:
    """Where a box of the scan begins on the upright page, px from some place above."""
    return {0: box.y0, 90: box.x0, 180: -box.y1, 270: -box.x1}[page.info.rotation]


def _patched(report: MatchedReport, donors: Sequence[Binding]) -> MatchedReport:
    """The report with the rows that it has lost from those of the donors that have them."""
    binding = reduce(patch_rows, donors, report.binding)
    return replace(report, binding=binding) if donors else report


def _worth_a_look(report: MatchedReport) -> list[int]:
    """Pages that cells may be missing from; when none is, those in whose pieces of rulings a sum or a cell has gone wrong."""
    pages = report.pages
    if report.complete:
        wrong = report.wrong_pages
        return [k for k, page in enumerate(pages) if not is_sound(page) and page.info.number - 1 in wrong]
    held = {b.cell.page_index for b in report.binding.cells if b.cell is not None}  # of readings not kept too
    with_tables = [k for k, page in enumerate(pages) if page.tables or page.info.number - 1 in held]
    near = sorted({k + step for k in with_tables for step in (-1, 0, 1)} & set(range(len(pages))))
    hardly = report.found < HARDLY_FOUND * len(report.binding.cells)  # on a fax all rulings may be lost
    return list(dict.fromkeys([*near, *(range(len(pages)) if hardly else ())]))

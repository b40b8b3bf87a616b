"""Pages matched to the form, and which of them are worth another look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from gouji.document.geometry import BBox
from gouji.document.reading import LineReading
from gouji.document.table import Table
from gouji.document.text import TextLine
from gouji.matched import DigitizedPage, look_again, match_form

from fixtures.synthetic.tables import Piece, row_of, to_table

from .test_refit import (
    APPLICATIONS,
    CHALLENGES,
    DISCLOSURE,
    GRIDS,
    page_of,
    two_in_one,
    with_cell_split,
)


def garbled(table: Table) -> Table:
    """The table with a character for each of its numbers."""
    lines = (LineReading("条", 0.9),)
    contents = (replace(c, lines=lines) if c.text.isdigit() else c for c in table.contents)
    return replace(table, contents=tuple(contents))


def unsound(table: Table) -> Table:
    """The table, its rulings in pieces."""
    return replace(table, grid=replace(table.grid, sound=False))


def test_pages_with_more_cells_and_nothing_to_read_in_them_fit_no_better() -> None:
    """Cut in the wrong places a table can have a cell for each of the form's."""
    row = row_of(GRIDS[1], "applications.granted")
    lost = page_of(DISCLOSURE, two_in_one(APPLICATIONS, row, 4), CHALLENGES)
    whole = page_of(garbled(DISCLOSURE), APPLICATIONS, CHALLENGES)
    assert whole.found > lost.found
    assert whole.fit < lost.fit


def test_rows_that_a_reading_has_more_are_taken_from_it() -> None:
    row = row_of(GRIDS[0], "disclosure.penalties")
    above, below = DISCLOSURE.part(0, row), DISCLOSURE.part(row + 1, DISCLOSURE.grid.rows)
    assert above is not None
    assert below is not None
    report = page_of(above, below, APPLICATIONS, CHALLENGES)
    rest = APPLICATIONS.part(0, row_of(GRIDS[1], "applications.carried_out"))
    assert rest is not None
    other = replace(report.pages[0], tables=(DISCLOSURE, rest, CHALLENGES))
    assert match_form([other]).found < report.found
    patched = look_again(report, lambda page, missing: [other], lambda report, k: report)
    assert patched.complete
    assert patched.pages == report.pages


def test_a_table_that_was_whole_stays_where_another_reading_of_its_page_finds_more_beside_it() -> None:
    """A seal over table three made all tables of its page broken ones, and what table four holds went to review."""
    report = page_of(unsound(garbled(DISCLOSURE)), APPLICATIONS, CHALLENGES)
    other = replace(report.pages[0], tables=(unsound(DISCLOSURE), unsound(APPLICATIONS), unsound(CHALLENGES)))
    found = look_again(report, lambda page, missing: [other], lambda report, k: report)
    assert found.fit > report.fit
    assert [t.grid.sound for t in found.pages[0].tables] == [False, True, True]


def test_a_table_that_was_whole_goes_where_the_words_of_another_reading_fit_better() -> None:
    """Of small print every false ruling was whole, and the labels that these had cut fitted hardly."""
    label = next(
        k for k, c in enumerate(APPLICATIONS.contents) if c.text.replace("\n", "").endswith("予以公开")
    )
    cut = replace(APPLICATIONS.contents[label], lines=(LineReading("（一）予以", 0.9),))
    contents = (*APPLICATIONS.contents[:label], cut, *APPLICATIONS.contents[label + 1 :])
    report = page_of(unsound(garbled(DISCLOSURE)), replace(APPLICATIONS, contents=contents), CHALLENGES)
    other = replace(report.pages[0], tables=(unsound(DISCLOSURE), unsound(APPLICATIONS), unsound(CHALLENGES)))
    found = look_again(report, lambda page, missing: [other], lambda report, k: report)
    assert [t.grid.sound for t in found.pages[0].tables] == [False, False, True]


def test_a_table_that_only_a_worse_reading_of_a_page_has_is_taken_from_it() -> None:
    """Without rulings, words had placed table four of a coarse fax, and table three was better read in another way."""
    report = page_of(DISCLOSURE, APPLICATIONS)
    worse = replace(report.pages[0], tables=(garbled(DISCLOSURE), garbled(APPLICATIONS), CHALLENGES))
    found = look_again(report, lambda page, missing: [worse], lambda report, k: report)
    assert found.complete
    assert found.pages[0].tables == (DISCLOSURE, APPLICATIONS, CHALLENGES)
    alone = replace(report.pages[0], tables=(CHALLENGES,))
    found = look_again(report, lambda page, missing: [alone], lambda report, k: report)
    assert found.pages[0].tables == (DISCLOSURE, APPLICATIONS, CHALLENGES), "in reading order"


def test_a_table_taken_from_another_reading_goes_to_its_place_on_a_page_on_its_head_and_is_no_running_text() -> (
    None
):
    tops = (3000.0, 1000.0, 0.0)
    tables = tuple(to_table(Piece(grid), top) for grid, top in zip(GRIDS, tops, strict=True))
    info = page_of().pages[0].info.model_copy(update={"rotation": 180})
    boxes = [tables[2].grid.bbox, BBox(100, 8000, 700, 8040)]
    inside, beside = (TextLine(0, box, box, "行政复议", 0.9, 200.0) for box in boxes)
    page = DigitizedPage(info, tables[:2], (inside, beside), 9000)
    alone = replace(page, tables=tables[2:])
    found = look_again(match_form([page]), lambda page, missing: [alone], lambda report, k: report)
    assert found.pages[0].tables == tables
    assert found.pages[0].lines == (beside,)


def test_a_lone_row_with_a_value_too_many_is_never_sure() -> None:
    """Below a page break there is no header, and no other row, to tell which of its cells are the form's."""
    row = row_of(GRIDS[1], "applications.granted")
    above, rest = APPLICATIONS.part(0, row), APPLICATIONS.part(row + 1, APPLICATIONS.grid.rows)
    alone = APPLICATIONS.part(row, row + 1)
    assert above is not None
    assert rest is not None
    assert alone is not None
    last = max(cell.col for cell in alone.grid.cells)
    report = page_of(DISCLOSURE, above, with_cell_split(alone, 0, last - 1), rest, CHALLENGES)
    granted = [b for b in report.binding.cells if b.spec.id.startswith("applications.granted.")]
    assert all(b.shared for b in granted if b.cell is not None)
    others = [b for b in report.binding.cells if b not in granted and b.cell is not None]
    assert not any(b.shared for b in others)


@pytest.mark.parametrize("hardly_found", [True, False])
def test_pages_beside_one_whose_rows_were_taken_are_worth_a_look(*, hardly_found: bool) -> None:
    """A coarse fax without rulings: what its first page was taken for, a table, was kept, and rows of the second put into it."""
    row = row_of(GRIDS[0], "disclosure.penalties")
    taken_for = DISCLOSURE.part(row, row + 1)
    assert taken_for is not None
    apart = ((DISCLOSURE,), (APPLICATIONS,)) if hardly_found else ((DISCLOSURE, APPLICATIONS),)
    seen = ((taken_for,), *apart, (CHALLENGES,))
    pages = [page_of().pages[0]] * len(seen)
    pages = [replace(p, info=p.info.model_copy(update={"number": k + 1})) for k, p in enumerate(pages)]

    def again(page: DigitizedPage, missing: bool) -> Iterator[DigitizedPage]:
        index = page.info.number - 1
        yield replace(page, tables=tuple(replace(table, page_index=index) for table in seen[index]))

    assert look_again(match_form(pages), again, lambda report, k: report).complete

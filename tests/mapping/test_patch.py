"""Rows of one reading taken from another."""

from __future__ import annotations

import pytest
from gouji.document.geometry import BBox
from gouji.document.reading import LineReading
from gouji.document.table import EMPTY_CELL, CellContent
from gouji.mapping.bind import Binding, Bound, ExtraRow
from gouji.mapping.form import load_forms
from gouji.mapping.patch import patch_rows
from gouji.mapping.rows import PrintedCell

SPECS = {cell.id: cell for form in load_forms() for table in form.tables for cell in table.cells}
FIRST, SECOND = "disclosure.licensing.decisions", "disclosure.penalties.decisions"
THIRD = "applications.carried_out.total"
WIDE = ("applications.granted.natural_person", "applications.granted.total")


def printed(x: float, y: float, width: float = 40.0, height: float = 20.0, text: str = "") -> PrintedCell:
    quad = BBox(x, y, x + width, y + height).to_quad()
    content = CellContent((LineReading(text, 0.99),), has_ink=True) if text else EMPTY_CELL
    return PrintedCell(0, 1, 1, quad, 1.0, content)


def binding(places: dict[str, PrintedCell | None], *extra: ExtraRow) -> Binding:
    return Binding(tuple(Bound(SPECS[cell_id], cell) for cell_id, cell in places.items()), extra)


def test_a_lost_row_is_taken_and_the_others_stay() -> None:
    ours = binding({FIRST: None, SECOND: printed(0, 50)})
    theirs = binding({FIRST: printed(0, 0), SECOND: printed(3, 52)})
    patched = patch_rows(ours, theirs)
    assert [b.cell for b in patched.cells] == [theirs.cells[0].cell, ours.cells[1].cell]


def test_a_table_of_which_nothing_is_found_is_not_taken_row_by_row() -> None:
    ours = binding({FIRST: printed(0, 0), **dict.fromkeys(WIDE)})
    theirs = binding({FIRST: printed(0, 0), WIDE[0]: printed(0, 50), WIDE[1]: printed(50, 50)})
    assert patch_rows(ours, theirs) == ours


def test_a_row_that_the_other_has_in_part_is_not_taken() -> None:
    ours = binding({THIRD: printed(0, 90), **dict.fromkeys(WIDE)})
    theirs = binding({THIRD: printed(0, 90), WIDE[0]: printed(0, 0), WIDE[1]: None})
    assert patch_rows(ours, theirs) == ours


@pytest.mark.parametrize(("text", "taken"), [("504", True), ("", False), ("50", False)])
def test_a_row_that_has_lost_a_number_of_ours_is_not_taken(text: str, taken: bool) -> None:
    """Cut in the wrong places it has a cell for each column, and the number in none of them."""
    ours = binding({THIRD: printed(0, 90), WIDE[0]: None, WIDE[1]: printed(50, 0, text="504")})
    theirs = binding(
        {THIRD: printed(0, 90), WIDE[0]: printed(0, 0, text="33"), WIDE[1]: printed(50, 0, text=text)}
    )
    assert patch_rows(ours, theirs) == (theirs if taken else ours)


def test_no_number_is_bound_to_two_rows() -> None:
    """Ours has bound to the second row what theirs takes for the first."""
    ours = binding({FIRST: None, SECOND: printed(0, 0)})
    theirs = binding({FIRST: printed(0, 0), SECOND: printed(0, 50)})
    assert patch_rows(ours, theirs) == theirs
    assert patch_rows(ours, binding({FIRST: printed(0, 0), SECOND: None})) == ours


def test_a_tall_cell_over_two_rows_gives_way_to_both() -> None:
    ours = binding({FIRST: None, SECOND: printed(0, 0, height=40)})
    theirs = binding({FIRST: printed(0, 0), SECOND: printed(0, 20)})
    assert patch_rows(ours, theirs) == theirs


def test_a_row_beside_the_forms_goes_where_it_is_the_same_print() -> None:
    same, elsewhere = (ExtraRow("disclosure", "规 章", (printed(0, y),)) for y in (2, 90))
    ours = binding({FIRST: None, SECOND: printed(0, 50)}, same, elsewhere)
    theirs = binding({FIRST: printed(0, 0), SECOND: printed(0, 50)})
    assert patch_rows(ours, theirs).extra_rows == (elsewhere,)


def test_a_row_of_another_edition_is_not_taken() -> None:
    """Its columns mean something else: a record holds the cells of one edition."""
    columns = {
        "annual-report-2019": ("created", "disclosed", "disclosed_total"),
        "annual-report-2021": ("issued", "repealed", "in_force"),
    }
    old, new = ([f"disclosure.regulations.{name}" for name in names] for names in columns.values())
    ours = binding({FIRST: printed(0, 50), **dict.fromkeys(old)})
    theirs = binding(
        {FIRST: printed(0, 50), **{cell_id: printed(50 * k, 0) for k, cell_id in enumerate(new)}}
    )
    assert patch_rows(ours, theirs) == ours

"""What speaks against a reading but the numbers themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest
from gouji.document.geometry import BBox
from gouji.mapping.assemble import doubts_of
from gouji.mapping.bind import Bound
from gouji.mapping.form import load_forms
from gouji.mapping.number import parse_value
from gouji.mapping.rows import PrintedCell

from fixtures.synthetic.tables import content_of


@pytest.mark.parametrize(
    ("cell_id", "text", "doubts"),
    [
        ("disclosure.coercion.items_last_year", "1.200", ("unexpected_decimal",)),  # 1,200
        ("disclosure.coercion.change", "-1.5", ("unexpected_decimal",)),
        ("disclosure.coercion.change", "-12", ()),
        ("applications.carried_out.total", "-12", ("unexpected_sign",)),
        ("disclosure.procurement.amount", "1.2", ()),
    ],
)
def test_a_number_that_the_forms_cell_cannot_hold(cell_id: str, text: str, doubts: tuple[str, ...]) -> None:
    (form,) = (form for form in load_forms() if "2019" in form.id)
    (spec,) = (c for table in form.tables for c in table.cells if c.id == cell_id)
    assert doubts_of(Bound(spec, None), parse_value(text)) == doubts


@pytest.mark.parametrize(
    ("text", "doubted"), [("07", True), ("-07", True), ("0", False), ("0.5", False), ("70", False)]
)
def test_a_zero_in_front_of_other_digits_is_doubted(text: str, doubted: bool) -> None:
    """A pencilled question mark beside a 0 reads as 07."""
    spec = load_forms()[0].tables[1].cells[0]
    assert ("leading_zero" in doubts_of(Bound(spec, None), parse_value(text), text)) is doubted


@pytest.mark.parametrize(
    ("cell_id", "overlaid", "doubted"),
    [
        ("disclosure.coercion.change", True, True),
        ("disclosure.coercion.change", False, False),
        ("applications.granted.total", True, False),
    ],
)
@pytest.mark.parametrize("text", ["+137", "-137", "137"])
def test_a_sign_under_a_seal_is_doubted(cell_id: str, text: str, overlaid: bool, doubted: bool) -> None:
    """A stroke of a grey seal had made +137 of -137, and both readers were sure of it."""
    (form,) = (form for form in load_forms() if "2019" in form.id)
    (spec,) = (c for table in form.tables for c in table.cells if c.id == cell_id)
    content = replace(content_of(text), overlaid=overlaid)
    cell = PrintedCell(0, 1, 1, BBox(0, 0, 80, 40).to_quad(), 1.0, content)
    assert ("sign_under_seal" in doubts_of(Bound(spec, cell), parse_value(text), text)) is doubted


@pytest.mark.parametrize(
    ("cell", "text", "doubted"), [(0, "3,192", False), (0, "3192", True), (-1, "82.0756", True)]
)
def test_a_pale_stop_is_doubted_but_for_a_separator(cell: int, text: str, doubted: bool) -> None:
    """Of an amount, that no sum tells, a grain of the paper would make another by powers of ten."""
    spec = load_forms()[0].tables[0].cells[cell]
    content = replace(content_of(text), stopped=True)
    printed = PrintedCell(0, 1, 1, BBox(0, 0, 80, 40).to_quad(), 1.0, content)
    assert ("marks_beside_print" in doubts_of(Bound(spec, printed), parse_value(text), text)) is doubted
    mixed = replace(printed, content=replace(content, mixed=True))
    assert doubts_of(Bound(spec, mixed), parse_value(text), text).count("marks_beside_print") == 1

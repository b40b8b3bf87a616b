"""The forms as data: what ships is whole, and a broken file is refused with the reason."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from gouji.mapping.form import RowKind, load_forms, parse_form

NAMES = ("annual-report-2019", "annual-report-2021")


def raw_form(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((files("gouji.mapping") / "forms" / f"{name}.json").read_text("utf-8"))
    return data


@pytest.mark.parametrize(("name", "cells", "identities"), [(NAMES[0], 198, 40), (NAMES[1], 200, 42)])
def test_the_editions_that_ship(name: str, cells: int, identities: int) -> None:
    (form,) = [f for f in load_forms() if f.id == name]
    ids = [c.id for table in form.tables for c in table.cells]
    assert len(ids) == len(set(ids)) == cells
    assert ids == raw_form(name)["cell_ids"]
    assert [t.id for t in form.tables] == ["disclosure", "applications", "challenges"]
    checks = [i for table in form.tables for i in table.identities]
    assert len({i.id for i in checks}) == len(checks) == identities
    for table in form.tables:
        for identity in table.identities:
            assert {*identity.left, *identity.right} <= {c.id for c in table.cells}
            assert identity.left
            assert identity.right
            assert identity.text
            assert "国" in identity.source


def test_the_newest_edition_comes_first() -> None:
    assert [f.id for f in load_forms()] == list(reversed(NAMES))


def test_every_layout_of_a_table_holds_the_same_cells() -> None:
    for form in load_forms():
        for table in form.tables:
            for layout in table.layouts:
                assert tuple(c for row in layout for c in row.cells) == table.cells
                assert all(bool(row.cells) == (row.kind is RowKind.DATA) for row in layout)
        assert len(form.table("challenges").layouts) == 4


def test_kinds_of_values() -> None:
    kinds = {c.id: (c.kind, c.unit) for form in load_forms() for t in form.tables for c in t.cells}
    assert kinds["disclosure.fees.amount"] == ("amount", "万元")
    assert kinds["disclosure.licensing.change"][0] == "signed"
    assert kinds["applications.granted.total"] == ("count", "")


def test_an_unknown_table_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match=r"annual-report-2021 has the tables .* not 'table-5'"):
        load_forms()[0].table("table-5")


def rename_cell(form: dict[str, Any]) -> None:
    form["cell_ids"][3] = "disclosure.misspelt.issued"


def lose_cell(form: dict[str, Any]) -> None:
    form["cell_ids"].pop()


def swap_cells(form: dict[str, Any]) -> None:
    ids = form["cell_ids"]
    ids[0], ids[1] = ids[1], ids[0]


def unknown_operand(form: dict[str, Any]) -> None:
    form["tables"][1]["checks"][0]["left"].append("no_such_row")


def unknown_axis(form: dict[str, Any]) -> None:
    form["tables"][1]["checks"][0]["per"] = "diagonal"


def unknown_kind(form: dict[str, Any]) -> None:
    form["tables"][0]["blocks"][0]["kind"] = "guess"


def extra_key(form: dict[str, Any]) -> None:
    form["tables"][0]["colour"] = "red"


def no_label(form: dict[str, Any]) -> None:
    del form["tables"][1]["rows"][0]["label"]


def no_source(form: dict[str, Any]) -> None:
    del form["tables"][1]["checks"][0]["source"]


def no_cells(form: dict[str, Any]) -> None:
    form["cell_ids"] = []


def extra_row(form: dict[str, Any]) -> None:
    form["tables"][1]["rows"].append({"id": "surprise", "label": "五、其他"})


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (rename_cell, r"other cells than cell_ids lists: \['disclosure.misspelt.issued', 'disclosure"),
        (lose_cell, r"\['challenges.litigation_after.total'\]"),
        (swap_cells, "other order"),
        (extra_row, "applications.surprise.business"),
        (unknown_operand, r"names unknown cells \['applications.no_such_row.natural_person'\]"),
        (unknown_axis, "tables.1.checks.0.per"),
        (unknown_kind, "tables.0.blocks.0.kind"),
        (extra_key, "tables.0.colour"),
        (no_label, "tables.1.rows.0.label"),
        (no_source, "tables.1.checks.0.source"),
        (no_cells, "cell_ids"),
    ],
)
def test_a_broken_form_is_refused_with_the_reason(
    spoil: Callable[[dict[str, Any]], None], reason: str
) -> None:
    broken = copy.deepcopy(raw_form(NAMES[1]))
    spoil(broken)
    with pytest.raises(ValueError, match=reason):
        parse_form(json.dumps(broken))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"id": "x"}'])
def test_what_is_no_form_at_all_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        parse_form(text)

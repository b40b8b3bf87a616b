"""Cells of many reports that were read as the same, looked over together."""

from __future__ import annotations

from typing import Any

import pytest
from gouji.store.archive import Archive
from gouji.store.desk.answers import NotThereError
from gouji.store.desk.carpet import (
    CarpetAnswer,
    CarpetCell,
    CarpetGroup,
    answer_carpet,
    carpet_cells,
    carpet_groups,
)
from gouji.store.desk.parts import Content
from gouji.store.desk.queue import CellKey, QueueFilter, claim, release

from .conftest import (
    CHALLENGED,
    DOUBLE,
    PENALTIES,
    SINGLE,
    SUM_OF_ALL,
    Save,
    answered,
    contents,
    key,
    made_record,
    rows,
    run_out,
    sha,
    waiting,
)

FEES = "disclosure.fees.amount"
ZERO = Content(kind="number", value="0")
ZEROS = ("applications.granted.total", "applications.granted.business", "challenges.reconsideration.other")
GROUPS: dict[str, dict[str, Any]] = {
    **{i: {} for i in ZEROS},
    PENALTIES: {"value": None, "kind": "blank"},
    FEES: {},
    CHALLENGED: {"value": None, "kind": "illegible"},
    SUM_OF_ALL: {"page": None, "bbox": None},
}


@pytest.fixture
def record_id(save: Save) -> int:
    """Zeros, a blank, an amount, and two cells that no carpet has: an illegible one and one without a place."""
    return save(made_record(GROUPS))


def confirmed(cells: tuple[CarpetCell, ...], value: str = "0", **more: Any) -> CarpetAnswer:
    entries = [{"record_id": c.record_id, "cell_id": c.cell_id, "key": key()} for c in cells]
    return CarpetAnswer.model_validate({"kind": "number", "value": value, "cells": entries, **more})


@pytest.mark.usefixtures("record_id")
def test_the_readings_that_most_cells_share_come_first(archive: Archive, save: Save) -> None:
    save(made_record({ZEROS[0]: {}}, 2), path="/archive/2.pdf")
    groups = carpet_groups(archive)
    assert groups[0] == CarpetGroup(kind="number", value="0", cells=4)
    assert sorted((g.kind, g.value, g.cells) for g in groups[1:]) == [
        ("blank", None, 1),
        ("number", "419.37", 1),
    ]


@pytest.mark.usefixtures("record_id")
def test_a_group_has_only_what_was_read_as_it(archive: Archive) -> None:
    zeros = carpet_cells(archive, "甲", ZERO, 100)
    assert {cell.cell_id for cell in zeros} == set(ZEROS)
    assert {(cell.agency, cell.year, cell.page, cell.sha256) for cell in zeros} == {("甲市", 2022, 1, sha(1))}
    blank = carpet_cells(archive, "甲", Content(kind="blank"), 100)
    assert [cell.cell_id for cell in blank] == [PENALTIES]
    amount = carpet_cells(archive, "甲", Content(kind="number", value="419.37"), 100)
    assert [cell.cell_id for cell in amount] == [FEES]
    assert len(carpet_cells(archive, "甲", ZERO, 2)) == 2


@pytest.mark.usefixtures("record_id")
def test_cells_of_a_carpet_are_leased(archive: Archive) -> None:
    assert len(carpet_cells(archive, "甲", ZERO, 2)) == 2
    assert len(carpet_cells(archive, "乙", ZERO, 100)) == 1
    assert not {c.cell_id for c in claim(archive, "丙", QueueFilter(), 100)} & set(ZEROS)
    run_out(archive)
    assert len(carpet_cells(archive, "丁", ZERO, 100)) == 3


def test_all_but_the_odd_ones_out_are_written(archive: Archive, record_id: int) -> None:
    first, second, odd = carpet_cells(archive, "甲", ZERO, 100)
    done = answer_carpet(archive, "甲", confirmed((first, second), seconds=6.0), SINGLE)
    assert (done.written, done.left) == (2, ())
    for cell in (first, second):
        assert contents(archive, cell.cell_id) == [(0, "corrected")]
    release(archive, "甲", [CellKey(sha256=odd.sha256, cell_id=odd.cell_id)], skipped=True)
    assert odd.cell_id in waiting(archive)
    assert carpet_cells(archive, "甲", ZERO, 100) == ()
    entries = rows(archive, "SELECT purpose, seconds, record_id FROM corrections")
    assert [(e.purpose, e.seconds, e.record_id) for e in entries] == [("carpet", 3.0, record_id)] * 2


@pytest.mark.usefixtures("record_id")
def test_a_screen_sent_twice_is_written_once(archive: Archive) -> None:
    given = confirmed(carpet_cells(archive, "甲", ZERO, 100))
    assert answer_carpet(archive, "甲", given, SINGLE) == answer_carpet(archive, "甲", given, SINGLE)
    assert len(rows(archive, "SELECT 1 FROM corrections")) == 3


@pytest.mark.usefixtures("record_id")
@pytest.mark.parametrize("value", ["1", "419.37"])
def test_nothing_but_the_reading_is_confirmed(archive: Archive, value: str) -> None:
    cells = carpet_cells(archive, "甲", ZERO, 100)
    with pytest.raises(NotThereError, match="Not all of these cells"):
        answer_carpet(archive, "甲", confirmed(cells, value), SINGLE)
    amount = carpet_cells(archive, "甲", Content(kind="number", value="419.37"), 1)
    with pytest.raises(NotThereError):
        answer_carpet(archive, "甲", confirmed((*cells, *amount)), SINGLE)
    assert rows(archive, "SELECT 1 FROM corrections") == []


def test_what_somebody_else_has_taken_is_left(archive: Archive, record_id: int) -> None:
    cells = carpet_cells(archive, "甲", ZERO, 100)
    run_out(archive)
    answered(archive, "乙", record_id, cells[0].cell_id, "8")
    carpet_cells(archive, "丙", ZERO, 1)
    done = answer_carpet(archive, "甲", confirmed(cells), SINGLE)
    assert (done.written, done.left) == (1, (cells[0].cell_id, cells[1].cell_id))
    assert contents(archive, cells[0].cell_id) == [(8, "corrected")]


def test_a_carpet_is_never_the_blind_look(archive: Archive, record_id: int) -> None:
    cells = carpet_cells(archive, "甲", ZERO, 100)
    run_out(archive)
    answered(archive, "乙", record_id, cells[0].cell_id, "0", DOUBLE)
    done = answer_carpet(archive, "甲", confirmed(cells), DOUBLE)
    assert (done.written, done.left) == (2, (cells[0].cell_id,))
    assert {waiting(archive)[cell.cell_id][0] for cell in cells} == {"second"}
    assert carpet_cells(archive, "丙", ZERO, 100) == ()

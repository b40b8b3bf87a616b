"""What people answer: written once, never over somebody else's, taken back by another entry, kept with all history."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from gouji.store.archive import Archive
from gouji.store.desk.answers import ConflictError, NotThereError, answer, history, undo
from gouji.store.desk.parts import Answer
from pydantic import ValidationError

from .conftest import (
    CHALLENGED,
    DOUBTS,
    PENALTIES,
    SINGLE,
    SUM_OF_ALL,
    UPHELD,
    Save,
    answered,
    claimed,
    contents,
    key,
    made_record,
    rows,
    run_out,
    says,
    shown,
    waiting,
)


def entries(archive: Archive) -> int:
    return int(rows(archive, "SELECT COUNT(*) FROM corrections")[0][0])


def test_an_answer_is_in_force_at_once_and_the_cell_waits_no_more(archive: Archive, record_id: int) -> None:
    claimed(archive, "甲")
    done = answered(archive, "甲", record_id, CHALLENGED, "1", seconds=2.5, reason=" 看错 ")
    assert done.settled
    assert contents(archive, CHALLENGED) == [(1, "corrected")]
    assert CHALLENGED not in waiting(archive)
    (entry,) = history(archive, record_id, CHALLENGED)
    assert (entry.person, entry.old_value, entry.value, entry.purpose) == ("甲", "7", "1", "review")
    assert (entry.reason, entry.seconds, entry.settles, entry.undone) == ("看错", 2.5, True, False)
    assert entry.correction_id == done.correction_id
    cell = shown(archive, record_id, CHALLENGED)
    assert (cell.value, cell.read_value, cell.status) == ("1", "7", "corrected")
    assert (cell.over, cell.step) == (done.correction_id, None)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"kind": "number", "value": "251.50"}, Decimal("251.5")),
        ({"kind": "number", "value": "-3"}, -3),
        ({"kind": "number", "value": "999999999999999"}, 999_999_999_999_999),
        ({"kind": "blank"}, None),
        ({"kind": "not_applicable"}, None),
        ({"kind": "illegible"}, None),
    ],
)
def test_every_kind_of_content_comes_out_as_it_was_entered(
    archive: Archive, record_id: int, given: Mapping[str, Any], kept: int | Decimal | None
) -> None:
    answer(archive, "甲", record_id, PENALTIES, Answer.model_validate({**given, "key": key()}), SINGLE)
    cell = shown(archive, record_id, PENALTIES)
    assert cell.kind == given["kind"]
    assert (None if cell.value is None else Decimal(cell.value)) == kept


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "number"},
        {"kind": "blank", "value": "1"},
        {"kind": "number", "value": "1e5"},
        {"kind": "number", "value": "٣"},
        {"kind": "number", "value": "1\n"},
        {"kind": "number", "value": "1", "key": "short"},
        {"kind": "number", "value": "1", "seconds": -1},
        {"kind": "number", "value": "1", "reason": "x" * 501},
        {"kind": "number", "value": "1", "person": "乙"},
        {"kind": "guess"},
    ],
)
def test_what_is_no_answer_is_refused(given: Mapping[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Answer.model_validate({"key": key(), **given})


def test_an_answer_sent_twice_is_one_entry(archive: Archive, record_id: int) -> None:
    given = says("1")
    first = answer(archive, "甲", record_id, CHALLENGED, given, SINGLE)
    assert answer(archive, "甲", record_id, CHALLENGED, given, SINGLE) == first
    assert entries(archive) == 1
    with pytest.raises(ConflictError, match="Another person's answer"):
        answer(archive, "乙", record_id, CHALLENGED, given, SINGLE)


def test_an_answer_sent_many_times_at_once_is_one_entry(archive: Archive, record_id: int) -> None:
    given = says("1")
    with ThreadPoolExecutor(6) as pool:
        sent = [pool.submit(answer, archive, "甲", record_id, CHALLENGED, given, SINGLE) for _ in range(6)]
    assert len({one.result().correction_id for one in sent}) == 1
    assert entries(archive) == 1


def test_who_was_slower_does_not_overwrite(archive: Archive, record_id: int) -> None:
    first = answered(archive, "甲", record_id, CHALLENGED, "1")
    with pytest.raises(ConflictError, match="甲 has changed it"):
        answered(archive, "乙", record_id, CHALLENGED, "2")
    assert contents(archive, CHALLENGED) == [(1, "corrected")]
    answered(archive, "乙", record_id, CHALLENGED, "2", over=first.correction_id)
    with pytest.raises(ConflictError, match="乙 has changed it"):
        answered(archive, "甲", record_id, CHALLENGED, "3", over=first.correction_id)
    assert contents(archive, CHALLENGED) == [(2, "corrected")]


def test_what_somebody_else_has_before_them_is_left_to_them(archive: Archive, record_id: int) -> None:
    claimed(archive, "甲")
    with pytest.raises(ConflictError, match="甲 has it before them"):
        answered(archive, "乙", record_id, CHALLENGED, "1")
    assert entries(archive) == 0
    run_out(archive)
    assert answered(archive, "乙", record_id, CHALLENGED, "1").settled


def test_accepted_cells_may_be_changed_as_well(archive: Archive, record_id: int) -> None:
    before = waiting(archive)
    done = answered(archive, "甲", record_id, "challenges.reconsideration.other", "4")
    assert done.settled
    assert contents(archive, "challenges.reconsideration.other") == [(4, "corrected")]
    assert set(waiting(archive)) == set(before)
    (entry,) = history(archive, record_id, "challenges.reconsideration.other")
    assert (entry.purpose, entry.old_value) == ("edit", "0")


def test_history_tells_everything_in_its_order(archive: Archive, record_id: int) -> None:
    first = answered(archive, "甲", record_id, CHALLENGED, "3")
    second = answered(archive, "乙", record_id, CHALLENGED, "4", over=first.correction_id)
    undo(archive, "乙", second.correction_id, key())
    told = [
        (e.person, e.old_value, e.value, e.purpose, e.undone) for e in history(archive, record_id, CHALLENGED)
    ]
    assert told == [
        ("甲", "7", "3", "review", False),
        ("乙", "3", "4", "edit", True),
        ("乙", "4", "3", "undo", False),
    ]
    assert history(archive, record_id, PENALTIES) == ()


def test_what_is_taken_back_is_before_the_person_again(archive: Archive, record_id: int) -> None:
    done = answered(archive, "甲", record_id, CHALLENGED, "1")
    assert waiting(archive)[SUM_OF_ALL][1] == 3
    undo(archive, "甲", done.correction_id, key())
    assert contents(archive, CHALLENGED) == [(7, "review")]
    assert waiting(archive)[CHALLENGED] == ("first", 1)
    assert CHALLENGED not in claimed(archive, "乙")
    assert claimed(archive, "甲") == [CHALLENGED]
    assert answered(archive, "甲", record_id, CHALLENGED, "1").settled


def test_taking_back_brings_the_entry_before_in_force_again(archive: Archive, record_id: int) -> None:
    first = answered(archive, "甲", record_id, CHALLENGED, "1")
    second = answered(archive, "乙", record_id, CHALLENGED, "2", over=first.correction_id)
    undo(archive, "乙", second.correction_id, key())
    assert contents(archive, CHALLENGED) == [(1, "corrected")]
    assert CHALLENGED not in waiting(archive)
    assert shown(archive, record_id, CHALLENGED).over == first.correction_id
    undo(archive, "甲", first.correction_id, key())
    assert contents(archive, CHALLENGED) == [(7, "review")]


def test_a_change_of_an_accepted_cell_taken_back_leaves_it_accepted(archive: Archive, record_id: int) -> None:
    done = answered(archive, "甲", record_id, UPHELD, "4")
    undo(archive, "甲", done.correction_id, key())
    assert contents(archive, UPHELD) == [(1, "accepted")]
    assert UPHELD not in waiting(archive)


def test_only_ones_own_last_entry_is_taken_back(archive: Archive, record_id: int) -> None:
    first = answered(archive, "甲", record_id, CHALLENGED, "1")
    with pytest.raises(ConflictError, match="only they can take it back"):
        undo(archive, "乙", first.correction_id, key())
    answered(archive, "乙", record_id, CHALLENGED, "2", over=first.correction_id)
    with pytest.raises(ConflictError, match="answered since"):
        undo(archive, "甲", first.correction_id, key())
    assert entries(archive) == 2


def test_nothing_is_taken_back_twice(archive: Archive, record_id: int) -> None:
    done = answered(archive, "甲", record_id, CHALLENGED, "1")
    once = key()
    taken = undo(archive, "甲", done.correction_id, once)
    assert undo(archive, "甲", done.correction_id, once) == taken
    with pytest.raises(ConflictError):
        undo(archive, "甲", done.correction_id, key())
    with pytest.raises(NotThereError):
        undo(archive, "甲", taken.correction_id, key())
    assert entries(archive) == 2


def test_what_is_not_there_is_told(archive: Archive, record_id: int) -> None:
    for record, cell in ((record_id, "challenges.nothing.total"), (record_id + 7, CHALLENGED)):
        with pytest.raises(NotThereError):
            answered(archive, "甲", record, cell, "1")
        with pytest.raises(NotThereError):
            history(archive, record, cell)
    with pytest.raises(NotThereError, match="no entry 4711"):
        undo(archive, "甲", 4711, key())


def test_another_record_of_the_document_keeps_what_people_entered(
    archive: Archive, record_id: int, save: Save
) -> None:
    done = answered(archive, "甲", record_id, CHALLENGED, "1")
    newer = save(made_record({**DOUBTS, UPHELD: {}}), "second")
    assert set(waiting(archive)) == {SUM_OF_ALL, PENALTIES, UPHELD}
    assert {row.record_id for row in rows(archive, "SELECT record_id FROM waiting")} == {newer}
    assert contents(archive, CHALLENGED) == [(1, "corrected")]
    cell = shown(archive, newer, CHALLENGED)
    assert (cell.value, cell.read_value, cell.over) == ("1", "7", done.correction_id)
    assert [entry.value for entry in history(archive, newer, CHALLENGED)] == ["1"]
    answered(archive, "乙", newer, CHALLENGED, "2", over=done.correction_id)
    assert contents(archive, CHALLENGED) == [(2, "corrected")]


def test_an_entry_for_the_older_record_taken_back_lets_the_newer_ones_cell_wait(
    archive: Archive, record_id: int, save: Save
) -> None:
    done = answered(archive, "甲", record_id, CHALLENGED, "1")
    newer = save(made_record(DOUBTS), "second")
    undo(archive, "甲", done.correction_id, key())
    (row,) = rows(archive, "SELECT record_id, worth FROM waiting WHERE cell_id = :cell", cell=CHALLENGED)
    assert (row.record_id, row.worth) == (newer, 1)
    sure = save(made_record({}), "third")
    assert waiting(archive) == {}
    again = answered(archive, "甲", newer, CHALLENGED, "9")
    undo(archive, "甲", again.correction_id, key())
    assert waiting(archive) == {}
    assert shown(archive, sure, CHALLENGED).status == "accepted"

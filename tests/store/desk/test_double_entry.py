"""Two people enter a cell without knowing of each other; where they differ a third decides."""

from __future__ import annotations

import pytest
from gouji.store.archive import Archive
from gouji.store.desk.answers import ConflictError, DoubleEntry, history, undo
from gouji.store.desk.audit import audit_figures
from gouji.store.desk.queue import QueueFilter, claim

from .conftest import (
    CHALLENGED,
    DOUBLE,
    PENALTIES,
    SUM_OF_ALL,
    answered,
    claimed,
    contents,
    key,
    rows,
    run_out,
    shown,
    waiting,
)


def test_the_first_of_two_entries_is_not_in_force(archive: Archive, record_id: int) -> None:
    done = answered(archive, "甲", record_id, CHALLENGED, "1", DOUBLE)
    assert not done.settled
    assert contents(archive, CHALLENGED) == [(7, "review")]
    assert waiting(archive)[CHALLENGED] == ("second", 1)
    assert rows(archive, "SELECT purpose FROM corrections")[0].purpose == "first"


def test_who_enters_second_is_told_nothing(archive: Archive, record_id: int) -> None:
    answered(archive, "甲", record_id, CHALLENGED, "1", DOUBLE)
    (cell,) = claim(archive, "乙", QueueFilter(table="challenges"), 5)
    for told in (cell, shown(archive, record_id, CHALLENGED)):
        assert told.step == "second"
        assert (told.value, told.kind, told.read_value, told.read_kind) == (None, None, None, None)
        assert (told.raw_text, told.note, told.confidence, told.over) == (None, None, None, None)
        assert (told.reasons, told.alternatives) == ((), ())
        assert told.bbox is not None


def test_nobody_is_given_or_gives_the_second_look_at_their_own_entry(
    archive: Archive, record_id: int
) -> None:
    answered(archive, "甲", record_id, CHALLENGED, "1", DOUBLE)
    assert claimed(archive, "甲") == [SUM_OF_ALL, PENALTIES]
    with pytest.raises(ConflictError, match="somebody else's"):
        answered(archive, "甲", record_id, CHALLENGED, "1", DOUBLE)
    assert claimed(archive, "乙") == [CHALLENGED]


def test_two_that_agree_settle_the_cell(archive: Archive, record_id: int) -> None:
    answered(archive, "甲", record_id, CHALLENGED, "1", DOUBLE)
    assert answered(archive, "乙", record_id, CHALLENGED, "1.0", DOUBLE).settled
    assert contents(archive, CHALLENGED) == [(1, "corrected")]
    assert CHALLENGED not in waiting(archive)
    agreed = audit_figures(archive).agreed
    assert (agreed.cells, agreed.hits) == (1, 1)


def test_two_that_agree_that_it_is_blank_settle_the_cell(archive: Archive, record_id: int) -> None:
    answered(archive, "甲", record_id, CHALLENGED, None, DOUBLE, kind="blank")
    assert answered(archive, "乙", record_id, CHALLENGED, None, DOUBLE, kind="blank").settled
    assert audit_figures(archive).agreed.hits == 1


def differ(archive: Archive, record_id: int) -> None:
    answered(archive, "甲", record_id, CHALLENGED, "1", DOUBLE)
    assert not answered(archive, "乙", record_id, CHALLENGED, "2", DOUBLE).settled


def test_two_that_differ_leave_it_to_a_third(archive: Archive, record_id: int) -> None:
    differ(archive, record_id)
    assert waiting(archive)[CHALLENGED] == ("third", 1)
    assert contents(archive, CHALLENGED) == [(7, "review")]
    for person in ("甲", "乙"):
        assert CHALLENGED not in claimed(archive, person)
        run_out(archive)
        with pytest.raises(ConflictError, match="somebody else's"):
            answered(archive, person, record_id, CHALLENGED, "1", DOUBLE)
    assert CHALLENGED in claimed(archive, "丙")
    assert answered(archive, "丙", record_id, CHALLENGED, "3", DOUBLE).settled
    assert contents(archive, CHALLENGED) == [(3, "corrected")]
    agreed = audit_figures(archive).agreed
    assert (agreed.cells, agreed.hits) == (1, 0)


def test_the_third_sees_both_entries_without_their_names(archive: Archive, record_id: int) -> None:
    differ(archive, record_id)
    (cell,) = claim(archive, "丙", QueueFilter(table="challenges"), 5)
    assert [(a.value, a.probability) for a in cell.alternatives] == [("1", 0.5), ("2", 0.5)]
    assert (cell.step, cell.value, cell.read_value) == ("third", None, "7")
    assert not {"甲", "乙"} & set(cell.model_dump_json(exclude={"agency"}))


def test_a_first_entry_taken_back_waits_for_a_first_again(archive: Archive, record_id: int) -> None:
    done = answered(archive, "甲", record_id, CHALLENGED, "9", DOUBLE)
    undo(archive, "甲", done.correction_id, key())
    assert waiting(archive)[CHALLENGED] == ("first", 1)
    assert CHALLENGED not in claimed(archive, "乙")
    assert claimed(archive, "甲") == [CHALLENGED]
    answered(archive, "甲", record_id, CHALLENGED, "1", DOUBLE)
    assert waiting(archive)[CHALLENGED] == ("second", 1)
    assert answered(archive, "乙", record_id, CHALLENGED, "1", DOUBLE).settled


@pytest.mark.parametrize("entered", ["1", "2"])
def test_a_second_entry_taken_back_waits_for_a_second_again(
    archive: Archive, record_id: int, entered: str
) -> None:
    answered(archive, "甲", record_id, CHALLENGED, "1", DOUBLE)
    done = answered(archive, "乙", record_id, CHALLENGED, entered, DOUBLE)
    undo(archive, "乙", done.correction_id, key())
    assert waiting(archive)[CHALLENGED] == ("second", 1)
    assert contents(archive, CHALLENGED) == [(7, "review")]
    assert CHALLENGED in claimed(archive, "乙")
    assert answered(archive, "乙", record_id, CHALLENGED, "1", DOUBLE).settled


def test_a_first_entry_is_not_taken_back_once_a_second_is_there(archive: Archive, record_id: int) -> None:
    first = answered(archive, "甲", record_id, CHALLENGED, "1", DOUBLE)
    answered(archive, "乙", record_id, CHALLENGED, "2", DOUBLE)
    with pytest.raises(ConflictError, match="answered since"):
        undo(archive, "甲", first.correction_id, key())


def test_an_edit_after_two_entries_stands_above_them(archive: Archive, record_id: int) -> None:
    answered(archive, "甲", record_id, CHALLENGED, "1", DOUBLE)
    done = answered(archive, "乙", record_id, CHALLENGED, "1", DOUBLE)
    assert answered(archive, "甲", record_id, CHALLENGED, "5", DOUBLE, over=done.correction_id).settled
    assert contents(archive, CHALLENGED) == [(5, "corrected")]


def test_which_cells_two_people_enter_depends_on_the_cells_alone() -> None:
    cells = [(f"{n:064x}", CHALLENGED) for n in range(2000)]
    chosen = [DoubleEntry(share=0.1).asks_for(*cell, 0.9) for cell in cells]
    assert 150 < sum(chosen) < 250
    assert chosen == [DoubleEntry(share=0.1).asks_for(*cell, 0.5) for cell in cells]
    assert not any(DoubleEntry().asks_for(*cell, 0.0) for cell in cells)
    assert DoubleEntry(below=0.6).asks_for(*cells[0], 0.5)
    assert not DoubleEntry(below=0.6).asks_for(*cells[0], 0.6)


def test_cells_of_low_confidence_need_two_people(archive: Archive, record_id: int) -> None:
    assert not answered(archive, "甲", record_id, CHALLENGED, "1", DoubleEntry(below=0.6)).settled
    assert answered(archive, "甲", record_id, PENALTIES, "208", DoubleEntry(below=0.3)).settled


def test_history_does_not_tell_what_a_blind_look_is_to_find(archive: Archive, record_id: int) -> None:
    answered(archive, "甲", record_id, CHALLENGED, "1", DOUBLE)
    assert history(archive, record_id, CHALLENGED) == ()
    answered(archive, "乙", record_id, CHALLENGED, "2", DOUBLE)
    assert history(archive, record_id, CHALLENGED) == ()
    answered(archive, "丙", record_id, CHALLENGED, "1", DOUBLE)
    assert [entry.person for entry in history(archive, record_id, CHALLENGED)] == ["甲", "乙", "丙"]


def test_an_answer_to_a_cell_that_was_shown_for_another_look_is_refused(
    archive: Archive, record_id: int
) -> None:
    answered(archive, "甲", record_id, CHALLENGED, "1", DOUBLE, step="first")
    with pytest.raises(ConflictError, match="in the meantime"):
        answered(archive, "乙", record_id, CHALLENGED, "1", DOUBLE, step="first")
    assert answered(archive, "乙", record_id, CHALLENGED, "1", DOUBLE, step="second").settled


def test_a_blind_look_has_to_be_named(archive: Archive, record_id: int) -> None:
    answered(archive, "甲", record_id, CHALLENGED, "1", DOUBLE)
    with pytest.raises(ConflictError, match="in the meantime"):
        answered(archive, "乙", record_id, CHALLENGED, "1", DOUBLE, step=None)


def test_the_third_is_shown_both_entries_also_where_one_is_no_number(
    archive: Archive, record_id: int
) -> None:
    answered(archive, "甲", record_id, CHALLENGED, "1", DOUBLE)
    answered(archive, "乙", record_id, CHALLENGED, None, DOUBLE, kind="blank")
    offered = [(a.kind, a.value) for a in shown(archive, record_id, CHALLENGED).alternatives]
    assert offered == [("number", "1"), ("blank", None)]

"""The queue is kept with every record and answer, and agrees with what the views say."""

from __future__ import annotations

from gouji.store.archive import Archive
from gouji.store.desk.answers import undo

from .conftest import (
    CHALLENGED,
    DOUBLE,
    DOUBTS,
    PENALTIES,
    SUM_OF_ALL,
    UPHELD,
    Save,
    answered,
    key,
    made_record,
    rows,
    waiting,
)

QUEUED = "SELECT record_id, cell_id FROM {} ORDER BY record_id, cell_id"


def agree(archive: Archive) -> bool:
    """Whether the view and the table hold the same cells of the same records."""
    return rows(archive, QUEUED.format("waiting")) == rows(archive, QUEUED.format("review_queue"))


def test_the_view_and_the_table_agree_whatever_people_do(
    archive: Archive, record_id: int, save: Save
) -> None:
    assert agree(archive)
    other = save(made_record(DOUBTS, 2), path="/archive/2.pdf")
    assert agree(archive)
    first = answered(archive, "甲", record_id, CHALLENGED, "1")
    answered(archive, "甲", other, UPHELD, "2")
    assert agree(archive)
    save(made_record({**DOUBTS, UPHELD: {}}), "second")
    assert agree(archive)
    undo(archive, "甲", first.correction_id, key())
    assert agree(archive)
    assert len(waiting(archive)) == 4
    save(made_record({}, 2), "second", path="/archive/2.pdf")
    assert agree(archive)


def test_a_cell_in_its_second_look_is_in_review_still(archive: Archive, record_id: int) -> None:
    answered(archive, "甲", record_id, CHALLENGED, "1", DOUBLE)
    assert agree(archive)


def test_only_the_newest_record_of_a_document_waits(archive: Archive, save: Save) -> None:
    save(made_record(DOUBTS))
    newer = save(made_record({PENALTIES: {}}), "second")
    assert waiting(archive) == {PENALTIES: ("first", 0)}
    assert {row.record_id for row in rows(archive, "SELECT record_id FROM waiting")} == {newer}
    assert agree(archive)


def test_a_record_that_is_there_already_leaves_the_queue_as_it_is(
    archive: Archive, record_id: int, save: Save
) -> None:
    answered(archive, "甲", record_id, CHALLENGED, "1")
    before = waiting(archive)
    assert save(made_record(DOUBTS)) == record_id
    assert waiting(archive) == before


def test_an_answer_that_mends_a_check_lowers_what_others_are_worth(archive: Archive, save: Save) -> None:
    record_id = save(made_record({**DOUBTS, UPHELD: {}}))
    assert waiting(archive)[UPHELD] == ("first", 1)
    answered(archive, "甲", record_id, CHALLENGED, "1")
    assert waiting(archive) == {UPHELD: ("first", 0), SUM_OF_ALL: ("first", 3), PENALTIES: ("first", 0)}


def test_an_answer_that_breaks_a_check_raises_what_others_are_worth(archive: Archive, save: Save) -> None:
    record_id = save(made_record({UPHELD: {}}))
    assert waiting(archive) == {UPHELD: ("first", 0)}
    done = answered(archive, "甲", record_id, CHALLENGED, "9")
    assert waiting(archive) == {UPHELD: ("first", 1)}
    undo(archive, "甲", done.correction_id, key())
    assert waiting(archive) == {UPHELD: ("first", 0)}


def test_when_all_suspects_were_looked_at_every_cell_of_the_check_is_one(
    archive: Archive, save: Save
) -> None:
    record_id = save(made_record({CHALLENGED: {"value": 7}, UPHELD: {}}))
    save(made_record({}, 2), path="/archive/2.pdf")
    answered(archive, "甲", record_id, CHALLENGED, "8")
    assert waiting(archive) == {UPHELD: ("first", 1)}


def test_a_new_record_is_weighed_with_what_people_entered(
    archive: Archive, record_id: int, save: Save
) -> None:
    answered(archive, "甲", record_id, SUM_OF_ALL, "0")
    save(made_record({**DOUBTS, "applications.granted.total": {}}), "second")
    assert waiting(archive) == {
        "applications.granted.total": ("first", 0),
        CHALLENGED: ("first", 1),
        PENALTIES: ("first", 0),
    }


def test_an_answer_to_an_older_record_weighs_the_newer_one(
    archive: Archive, record_id: int, save: Save
) -> None:
    save(made_record({**DOUBTS, UPHELD: {}}), "second")
    answered(archive, "甲", record_id, CHALLENGED, "1")
    assert waiting(archive)[UPHELD] == ("first", 0)

"""A failing check: what is shown of it, what would mend it, what people answer to it."""

from __future__ import annotations

from typing import Any

import pytest
from gouji.document.record import CheckState
from gouji.store.archive import Archive
from gouji.store.connect import reading
from gouji.store.desk.answers import ConflictError, NotThereError
from gouji.store.desk.checks import CheckAnswer, Mend, answer_check, check_view, violated_checks

from .conftest import (
    CHALLENGED,
    CHECK,
    DOUBLE,
    PENALTIES,
    SINGLE,
    SUM_OF_ALL,
    UPHELD,
    Save,
    answered,
    contents,
    key,
    made_record,
    rows,
    waiting,
)

INTAKE = "applications.intake_equals_outcome.total"


def verdict(*terms: tuple[str, str], answer: str = "source_inconsistent", **more: Any) -> CheckAnswer:
    return CheckAnswer.model_validate(
        {
            "key": key(),
            "answer": answer,
            "terms": [{"cell_id": i, "kind": "number", "value": v, "key": key(), **more} for i, v in terms],
        }
    )


def judged(archive: Archive, record_id: int, given: CheckAnswer, person: str = "甲") -> CheckState:
    return answer_check(archive, person, record_id, CHECK, given, SINGLE)


def test_both_sides_are_shown_with_every_term(archive: Archive, record_id: int) -> None:
    view = check_view(archive, record_id, CHECK)
    assert (view.state, view.agency, view.year, view.answer) == ("violated", "甲市", 2022, None)
    assert [cell.value for cell in (*view.left, *view.right)] == ["1", "0", "0", "0", "7"]
    assert [cell.cell_id for cell in view.right] == [CHALLENGED]
    assert (view.left_sum, view.right_sum, view.residual) == ("1", "7", "-6")
    assert view.text
    assert view.source
    assert {name.check_id for name in view.violated} >= {CHECK, INTAKE}
    assert len(view.violated) == 4


def test_mends_that_the_picture_supports_come_first(archive: Archive, record_id: int) -> None:
    mends = check_view(archive, record_id, CHECK).mends
    assert mends[0] == Mend(cell_id=CHALLENGED, value="1", probability=0.3, violated_after=3)
    assert {(m.cell_id, m.value) for m in mends} >= {(UPHELD, "7")}
    assert [m.probability for m in mends[1:]] == [None] * (len(mends) - 1)
    first = check_view(archive, record_id, INTAKE).mends[0]
    assert (first.cell_id, first.value, first.violated_after) == (SUM_OF_ALL, "0", 1)


def test_a_mend_is_never_negative(archive: Archive, save: Save) -> None:
    record_id = save(made_record({UPHELD: {"value": 9}}))
    mends = check_view(archive, record_id, CHECK).mends
    assert {(m.cell_id, m.value) for m in mends} == {(UPHELD, "1"), (CHALLENGED, "9")}


def test_a_check_that_holds_has_nothing_to_mend(archive: Archive, record_id: int) -> None:
    answered(archive, "甲", record_id, CHALLENGED, "1")
    view = check_view(archive, record_id, CHECK)
    assert (view.state, view.residual, view.mends) == ("holds", "0", ())
    with reading(archive.engine) as connection:
        assert CHECK not in {name.check_id for name in violated_checks(connection, record_id)}


def test_a_side_without_a_number_has_no_residual(archive: Archive, record_id: int) -> None:
    answered(archive, "甲", record_id, CHALLENGED, None, kind="illegible")
    view = check_view(archive, record_id, CHECK)
    assert (view.state, view.right_sum, view.residual) == ("not_assessable", None, None)


def test_what_is_not_there_is_told(archive: Archive, record_id: int) -> None:
    for record, check in ((record_id, "challenges.nothing"), (record_id + 7, CHECK)):
        with pytest.raises(NotThereError):
            check_view(archive, record, check)
        with pytest.raises(NotThereError):
            answer_check(archive, "甲", record, check, verdict(), SINGLE)
    with pytest.raises(NotThereError, match=f"no term {PENALTIES}"):
        judged(archive, record_id, verdict((CHALLENGED, "7"), (PENALTIES, "1")))
    assert waiting(archive)[CHALLENGED] == ("first", 1)


def test_terms_and_answer_are_written_together(archive: Archive, record_id: int) -> None:
    given = verdict((CHALLENGED, "8"), (UPHELD, "1"))
    assert judged(archive, record_id, given) == "violated"
    assert contents(archive, CHALLENGED) == [(8, "corrected")]
    assert CHALLENGED not in waiting(archive)
    purposes = rows(archive, "SELECT cell_id, purpose FROM corrections ORDER BY correction_id")
    assert [(row.cell_id, row.purpose) for row in purposes] == [(CHALLENGED, "check"), (UPHELD, "edit")]
    assert check_view(archive, record_id, CHECK).answer == "source_inconsistent"


def test_an_answer_sent_twice_is_written_once(archive: Archive, record_id: int) -> None:
    given = verdict((CHALLENGED, "8"))
    assert judged(archive, record_id, given) == judged(archive, record_id, given) == "violated"
    assert len(rows(archive, "SELECT 1 FROM check_answers")) == 1
    assert len(rows(archive, "SELECT 1 FROM corrections")) == 1


def test_a_report_that_adds_up_is_not_called_inconsistent(archive: Archive, record_id: int) -> None:
    with pytest.raises(ConflictError, match="it is holds, not violated"):
        judged(archive, record_id, verdict((CHALLENGED, "1")))
    assert rows(archive, "SELECT 1 FROM check_answers") == []
    assert contents(archive, CHALLENGED) == [(7, "review")]
    assert CHALLENGED in waiting(archive)


def test_a_conflict_in_one_term_leaves_nothing(archive: Archive, record_id: int) -> None:
    answered(archive, "乙", record_id, UPHELD, "2")
    with pytest.raises(ConflictError, match="乙 has changed it"):
        judged(archive, record_id, verdict((CHALLENGED, "8"), (UPHELD, "1")))
    assert contents(archive, CHALLENGED) == [(7, "review")]
    assert len(rows(archive, "SELECT 1 FROM corrections")) == 1
    assert rows(archive, "SELECT 1 FROM check_answers") == []


def test_an_answer_is_withdrawn_by_another(archive: Archive, record_id: int) -> None:
    judged(archive, record_id, verdict((CHALLENGED, "7")))
    judged(archive, record_id, verdict(answer="withdrawn"))
    assert check_view(archive, record_id, CHECK).answer is None
    assert contents(archive, CHALLENGED) == [(7, "corrected")]
    judged(archive, record_id, verdict(), "乙")
    assert check_view(archive, record_id, CHECK).answer == "source_inconsistent"


def test_terms_that_need_two_people_wait_for_the_second(archive: Archive, record_id: int) -> None:
    answer_check(archive, "甲", record_id, CHECK, verdict((CHALLENGED, "8")), DOUBLE)
    assert waiting(archive)[CHALLENGED][0] == "second"
    view = check_view(archive, record_id, CHECK)
    assert [cell.value for cell in view.right] == [None]
    assert (view.right_sum, view.residual, view.mends) == (None, None, ())

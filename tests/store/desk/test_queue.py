"""Who gets which cell: those that settle most first, and none to two people."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from gouji.store.archive import Archive
from gouji.store.desk.answers import ConflictError
from gouji.store.desk.progress import Choice, choices, progress
from gouji.store.desk.queue import CellKey, QueueFilter, claim, lease_again, queued_reports, release
from pydantic import ValidationError

from .conftest import (
    CHALLENGED,
    CHECK,
    DATA,
    DOUBTS,
    PENALTIES,
    SUM_OF_ALL,
    Save,
    answered,
    claimed,
    made_record,
    rows,
    run_out,
    sha,
    waiting,
)

BY_WORTH = [SUM_OF_ALL, CHALLENGED, PENALTIES]


def keys(*cell_ids: str, n: int = 1) -> list[CellKey]:
    return [CellKey(sha256=sha(n), cell_id=i) for i in cell_ids]


@pytest.mark.usefixtures("record_id")
def test_cells_that_settle_most_come_first(archive: Archive) -> None:
    assert claimed(archive, "甲") == BY_WORTH
    assert waiting(archive) == {SUM_OF_ALL: ("first", 3), CHALLENGED: ("first", 1), PENALTIES: ("first", 0)}


def test_a_cell_of_the_queue_tells_its_report_and_its_violated_checks(
    archive: Archive, record_id: int
) -> None:
    cells = claim(archive, "甲", QueueFilter(), 2)
    cell = cells[1]
    assert (cell.record_id, cell.agency, cell.year, cell.path) == (record_id, "甲市", 2022, "1.pdf")
    assert (cell.value, cell.read_value, cell.status, cell.over) == ("7", "7", "review", None)
    assert [(a.value, a.probability) for a in cell.alternatives] == [("1", 0.3)]
    assert [check.check_id for check in cell.checks] == [CHECK]
    assert cell.checks[0].text
    assert len(cells[0].checks) == 3


@pytest.mark.usefixtures("record_id")
def test_reports_with_the_same_worth_come_one_after_the_other(archive: Archive, save: Save) -> None:
    save(made_record(DOUBTS, 2), path="/archive/2.pdf")
    got = claim(archive, "甲", QueueFilter(), 6)
    assert [cell.worth for cell in got] == [3, 3, 1, 1, 0, 0]
    assert [cell.sha256 for cell in got] == [sha(1), sha(2)] * 3


@pytest.mark.usefixtures("record_id")
def test_no_cell_is_given_to_two_people(archive: Archive) -> None:
    assert claimed(archive, "甲", 1) == [SUM_OF_ALL]
    assert claimed(archive, "乙", 1) == [CHALLENGED]
    assert claimed(archive, "丙") == [PENALTIES]
    assert claimed(archive, "丁") == []
    assert claimed(archive, "甲") == [SUM_OF_ALL]


@pytest.mark.usefixtures("record_id")
def test_cells_that_a_person_has_already_are_left_out(archive: Archive) -> None:
    assert claimed(archive, "甲", 1) == [SUM_OF_ALL]
    more = claim(archive, "甲", QueueFilter(), 1, keys(SUM_OF_ALL))
    assert [cell.cell_id for cell in more] == [CHALLENGED]
    assert claimed(archive, "乙") == [PENALTIES]


@pytest.mark.usefixtures("record_id")
def test_leases_that_have_run_out_go_to_others(archive: Archive) -> None:
    claimed(archive, "甲")
    run_out(archive)
    assert claimed(archive, "乙") == BY_WORTH
    assert claimed(archive, "甲") == []


@pytest.mark.usefixtures("record_id")
def test_a_sign_of_life_renews_all_leases(archive: Archive) -> None:
    claimed(archive, "甲", 2)
    run_out(archive)
    assert lease_again(archive, "甲") == 2
    assert claimed(archive, "乙") == [PENALTIES]
    run_out(archive)
    claim(archive, "甲", QueueFilter(), 1, keys(*BY_WORTH))
    assert claimed(archive, "丙") == [PENALTIES]


def test_an_answer_renews_all_leases(archive: Archive, record_id: int) -> None:
    claimed(archive, "甲", 2)
    run_out(archive)
    answered(archive, "甲", record_id, SUM_OF_ALL, "1")
    assert claimed(archive, "乙") == [PENALTIES]


@pytest.mark.usefixtures("record_id")
def test_what_is_given_back_goes_to_others(archive: Archive) -> None:
    claimed(archive, "甲")
    assert release(archive, "乙", keys(SUM_OF_ALL)) == 0
    assert release(archive, "甲", keys(SUM_OF_ALL)) == 1
    assert claimed(archive, "乙") == [SUM_OF_ALL]
    assert release(archive, "甲", []) == 2
    assert claimed(archive, "乙") == BY_WORTH


@pytest.mark.usefixtures("record_id")
def test_what_is_skipped_comes_last(archive: Archive) -> None:
    claimed(archive, "甲", 1)
    assert release(archive, "甲", keys(SUM_OF_ALL), skipped=True) == 1
    assert claimed(archive, "甲") == [CHALLENGED, PENALTIES, SUM_OF_ALL]


def test_every_filter_gives_what_it_names(archive: Archive, save: Save) -> None:
    save(made_record(DOUBTS), path="/archive/east/1.pdf")
    other = save(made_record(DOUBTS, 2, agency="乙市", year=2021), path="/archive/west/2.pdf")
    assert len(claimed(archive, "甲")) == 6
    wanted: list[tuple[dict[str, Any], int]] = [
        ({"agency": "乙市"}, 3),
        ({"agency": "丙市"}, 0),
        ({"year": 2021}, 3),
        ({"year": 2021, "agency": "甲市"}, 0),
        ({"folder": "/archive/west"}, 3),
        ({"folder": "/archive"}, 0),
        ({"record_id": other}, 3),
        ({"reason": "low_confidence"}, 2),
        ({"reason": "check_violated"}, 4),
        ({"reason": "confidence"}, 0),
        ({"table": "challenges"}, 2),
        ({"table": "challenge"}, 0),
        ({"table": "disclosure", "record_id": other}, 1),
    ]
    for wishes, cells in wanted:
        got = claim(archive, "甲", QueueFilter(**wishes), 100)
        assert len(got) == cells, wishes
        if "reason" not in wishes and "table" not in wishes:
            assert {cell.record_id for cell in got} <= {other}, wishes
    assert set(claimed(archive, "甲", reason="low_confidence")) == {PENALTIES}
    assert set(claimed(archive, "甲", table="challenges")) == {CHALLENGED}


@pytest.mark.parametrize(
    "wishes", [{"reason": "%"}, {"table": "Challenges"}, {"year": 1}, {"record_id": 0}, {"person": "甲"}]
)
def test_filters_that_mean_nothing_are_refused(wishes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        QueueFilter(**wishes)


def test_reports_are_listed_by_what_their_cells_are_worth(archive: Archive, save: Save) -> None:
    save(made_record({PENALTIES: {}}), path="/archive/1.pdf")
    best = save(made_record(DOUBTS, 2, year=2021), path="/archive/2.pdf")
    listed = queued_reports(archive, QueueFilter())
    assert [(r.record_id == best, r.cells, r.worth, r.year) for r in listed] == [
        (True, 3, 3, 2021),
        (False, 1, 0, 2022),
    ]
    assert [r.record_id for r in queued_reports(archive, QueueFilter(year=2021))] == [best]
    assert [r.cells for r in queued_reports(archive, QueueFilter(reason="low_confidence"))] == [1]
    assert queued_reports(archive, QueueFilter(reason="low_confidence"), limit=0) == ()


@pytest.mark.usefixtures("record_id")
def test_all_that_the_queue_can_be_filtered_by_is_counted(archive: Archive, save: Save) -> None:
    save(made_record({PENALTIES: {}}, 2, agency="乙市"), path="/elsewhere/2.pdf")
    found = choices(archive)
    assert found.agencies == (Choice(name="乙市", cells=1), Choice(name="甲市", cells=3))
    assert found.years == (Choice(name="2022", cells=4),)
    assert found.folders == (Choice(name="/archive", cells=3), Choice(name="/elsewhere", cells=1))
    assert found.reasons == (Choice(name="check_violated", cells=3), Choice(name="low_confidence", cells=1))


def test_progress_tells_what_is_done_and_how_long_the_rest_takes(archive: Archive, record_id: int) -> None:
    before = progress(archive, "甲", QueueFilter())
    assert (before.left, before.leased, before.done, before.mine, before.seconds_left) == (3, 0, 0, 0, None)
    claimed(archive, "甲", 2)
    answered(archive, "甲", record_id, SUM_OF_ALL, "0", seconds=4.0)
    after = progress(archive, "甲", QueueFilter())
    assert (after.left, after.leased, after.done, after.mine) == (2, 1, 1, 1)
    assert (after.seconds_per_cell, after.seconds_left) == (4.0, 8.0)
    others = progress(archive, "乙", QueueFilter(table="challenges"))
    assert (others.left, others.mine, others.seconds_left) == (1, 0, 4.0)


def test_leases_are_for_some_minutes(archive: Archive, record_id: int) -> None:
    claimed(archive, "甲", 1)
    (row,) = rows(archive, "SELECT leased_by, leased_until FROM waiting WHERE leased_by IS NOT NULL")
    assert row.leased_by == "甲"
    assert datetime.fromisoformat(str(row.leased_until))
    with pytest.raises(ConflictError, match="甲 has it"):
        answered(archive, "乙", record_id, SUM_OF_ALL, "0")


def in_threads(people: int, work: Any) -> list[BaseException]:
    """What went wrong while as many people did the same at once."""
    failed: list[BaseException] = []
    start = threading.Barrier(people)

    def one(person: str) -> None:
        start.wait()
        try:
            work(person)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=one, args=(f"p{n}",)) for n in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def test_people_who_ask_at_once_get_every_cell_and_none_twice(archive: Archive, save: Save) -> None:
    doubted = [c["id"] for c in DATA["cells"]][:100]
    save(made_record({i: {} for i in doubted}))
    got: dict[str, list[str]] = {}

    def take_all(person: str) -> None:
        mine = got.setdefault(person, [])
        while True:
            more = claim(archive, person, QueueFilter(), 3, keys(*mine))
            if not more:
                return
            mine.extend(cell.cell_id for cell in more)

    assert in_threads(8, take_all) == []
    assert Counter(i for mine in got.values() for i in mine) == Counter(doubted)


def test_people_who_take_and_answer_at_once_settle_every_cell_once(archive: Archive, save: Save) -> None:
    wrong: dict[str, dict[str, Any]] = {
        c["id"]: {"value": 3} for c in DATA["cells"] if c["id"].startswith("applications.denied.")
    }
    record_id = save(made_record(wrong))

    def work(person: str) -> None:
        while True:
            mine = claimed(archive, person, 4)
            if not mine:
                return
            for cell_id in mine[:2]:
                answered(archive, person, record_id, cell_id, "0")

    assert in_threads(6, work) == []
    assert waiting(archive) == {}
    entered = rows(archive, "SELECT cell_id FROM corrections")
    assert Counter(row.cell_id for row in entered) == Counter(list(wrong))

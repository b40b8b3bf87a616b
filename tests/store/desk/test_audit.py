"""The share of accepted cells that are wrong, measured by entering a random sample of them blindly."""

from __future__ import annotations

import pytest
from gouji.store.archive import Archive
from gouji.store.desk.answers import undo
from gouji.store.desk.audit import Share, audit_figures, sample_accepted
from gouji.store.desk.queue import QueueFilter, claim

from .conftest import (
    DATA,
    DOUBTS,
    Save,
    answered,
    claimed,
    contents,
    key,
    made_record,
    rows,
    shown,
    waiting,
)

ACCEPTED = len(DATA["cells"]) - len(DOUBTS)
OTHERS = "SELECT cell_id FROM waiting WHERE step = 'audit' ORDER BY record_id, position"


def sampled(archive: Archive) -> list[str]:
    return [row.cell_id for row in rows(archive, OTHERS)]


def test_only_accepted_cells_are_drawn_and_none_twice(archive: Archive, save: Save) -> None:
    save(made_record(DOUBTS))
    save(made_record(DOUBTS, 2), path="/archive/2.pdf")
    assert sample_accepted(archive, 50, seed=1) == 50
    assert not set(sampled(archive)) & set(DOUBTS)
    assert sample_accepted(archive, 50, seed=1) == 0
    rest = 2 * ACCEPTED - 50
    assert sample_accepted(archive, 10_000, seed=2) == rest
    assert sample_accepted(archive, 10_000) == 0
    assert audit_figures(archive).waiting == 2 * ACCEPTED
    steps = [step for step, _ in waiting(archive).values()]
    assert steps.count("first") == len(DOUBTS)


def test_an_empty_archive_has_nothing_to_draw(archive: Archive) -> None:
    assert sample_accepted(archive, 10) == 0
    figures = audit_figures(archive)
    nothing = Share(cells=0, hits=0, low=None, high=None)
    assert (figures.wrong, figures.agreed, figures.waiting) == (nothing, nothing, 0)
    assert figures.promised == 0.0005


def test_the_sample_is_of_all_reports(archive: Archive, save: Save) -> None:
    ids = {save(made_record({}, n), path=f"/archive/{n}.pdf") for n in range(1, 5)}
    sample_accepted(archive, 80, seed=3)
    counted = rows(archive, "SELECT record_id, COUNT(*) AS cells FROM waiting GROUP BY record_id")
    assert {row.record_id for row in counted} == ids
    assert all(8 < row.cells < 40 for row in counted)


def test_cells_of_a_sample_are_entered_blindly(archive: Archive, save: Save) -> None:
    save(made_record({}))
    sample_accepted(archive, 5, seed=1)
    for cell in claim(archive, "甲", QueueFilter(), 10):
        assert (cell.step, cell.value, cell.kind) == ("audit", None, None)
        assert (cell.read_value, cell.raw_text, cell.confidence) == (None, None, None)


def test_wrong_cells_are_counted_and_corrected(archive: Archive, save: Save) -> None:
    record_id = save(made_record({}))
    sample_accepted(archive, 20, seed=1)
    ids = claimed(archive, "甲")
    printed = {c["id"]: str(c["value"]) for c in DATA["cells"]}
    answered(archive, "甲", record_id, ids[0], "99999")
    answered(archive, "甲", record_id, ids[1], None, kind="blank")
    for cell_id in ids[2:]:
        assert answered(archive, "甲", record_id, cell_id, printed[cell_id]).settled
    wrong = audit_figures(archive).wrong
    assert (wrong.cells, wrong.hits) == (20, 2)
    # Clopper and Pearson, 2 of 20
    assert (wrong.low, wrong.high) == (pytest.approx(0.0123, abs=1e-4), pytest.approx(0.3170, abs=1e-4))
    assert contents(archive, ids[0]) == [(99999, "corrected")]
    assert waiting(archive) == {}
    assert sample_accepted(archive, 10_000) == len(DATA["cells"]) - 20


def test_an_audit_without_errors_has_an_upper_end(archive: Archive, save: Save) -> None:
    record_id = save(made_record({}))
    sample_accepted(archive, 1, seed=1)
    (cell_id,) = claimed(archive, "甲")
    printed = {c["id"]: str(c["value"]) for c in DATA["cells"]}
    answered(archive, "甲", record_id, cell_id, printed[cell_id])
    wrong = audit_figures(archive).wrong
    assert (wrong.cells, wrong.hits, wrong.low, wrong.high) == (1, 0, 0.0, pytest.approx(0.975))


def test_an_audit_taken_back_is_not_counted_and_waits_again(archive: Archive, save: Save) -> None:
    record_id = save(made_record({}))
    sample_accepted(archive, 1, seed=1)
    (cell_id,) = claimed(archive, "甲")
    done = answered(archive, "甲", record_id, cell_id, "99999")
    undo(archive, "甲", done.correction_id, key())
    assert audit_figures(archive).wrong.cells == 0
    assert waiting(archive)[cell_id][0] == "audit"
    assert shown(archive, record_id, cell_id).value is None
    assert claimed(archive, "乙") == []
    assert claimed(archive, "甲") == [cell_id]

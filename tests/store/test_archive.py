"""What is saved comes out as it went in, once, whole or not at all: on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from gouji.document.errors import DamagedFileError, StoreError
from gouji.document.record import Failure, Record
from gouji.store import tables as t
from gouji.store.archive import Archive, open_archive
from gouji.store.connect import reading, writing
from gouji.store.state import SourceFile
from gouji.store.views import cell_ids, wide_column
from sqlalchemy import Row, insert, text

from fixtures.scanmaker.committed import FIXTURES_DIR
from fixtures.scanmaker.truth import load_truth
from fixtures.synthetic.records import record_data

DATA = record_data(load_truth(FIXTURES_DIR / "truth" / "made-2019.json"))
RECORD = Record.model_validate(DATA)
FILE = SourceFile(Path("/archive/made.pdf"), 1000, 1_700_000_000_000_000_001)
CELL = "applications.granted.total"


@pytest.fixture
def archive(db: str) -> Iterator[Archive]:
    opened = open_archive(db)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def run_id(archive: Archive) -> int:
    return int(archive.start_run("first", {"threads": 2}))


def rows(archive: Archive, query: str, **values: Any) -> list[Row[Any]]:
    with reading(archive.engine) as connection:
        return list(connection.execute(text(query), values))


def count(archive: Archive, table: str) -> int:
    return int(rows(archive, f"SELECT COUNT(*) FROM {table}")[0][0])


def other(sha256: str = "1" * 64, **changes: Any) -> Record:
    return Record.model_validate({**DATA, "source": {**DATA["source"], "sha256": sha256}, **changes})


def test_a_record_comes_out_as_it_went_in(archive: Archive, run_id: int) -> None:
    assert archive.save_record(run_id, FILE, "first", RECORD, evidence='{"a": 1}') == "done"
    (kept,) = rows(archive, "SELECT * FROM records")
    assert Record.model_validate_json(kept.record_json) == RECORD
    assert (kept.agency, kept.year, kept.pages) == (RECORD.agency.text, RECORD.year.value, 1)
    with reading(archive.engine) as connection:
        cells = {row.cell_id: row for row in connection.execute(t.cells.select())}
        checks = {row.check_id: row for row in connection.execute(t.checks.select())}
    assert {i: (c.value, c.kind, c.raw_text) for i, c in cells.items()} == {
        c.id: (c.value, c.kind, c.raw_text) for c in RECORD.cells
    }
    assert {type(c.value) for c in cells.values()} <= {int, Decimal, type(None)}
    assert all(".".join((c.table_id, c.row_id, c.column_id)) == i for i, c in cells.items())
    assert all(
        list(checks[c.id].cells) == list(c.cells) and checks[c.id].state == c.state for c in RECORD.checks
    )
    assert rows(archive, "SELECT text FROM sections")[0].text == "甲\n乙"


@pytest.mark.parametrize(
    "value", [0, -3, 10**15, Decimal("251.5"), Decimal("0.01"), Decimal("123456789.25"), Decimal("-7.5")]
)
def test_numbers_are_exact(archive: Archive, run_id: int, value: int | Decimal) -> None:
    cell = RECORD.cells[0].model_copy(update={"value": value, "kind": "number"})
    archive.save_record(run_id, FILE, "first", RECORD.model_copy(update={"cells": (cell,)}))
    with reading(archive.engine) as connection:
        (found,) = connection.execute(t.cells.select())
    assert found.value == value
    assert type(found.value) is type(value)


def test_the_same_again_changes_nothing(archive: Archive, run_id: int) -> None:
    archive.save_record(run_id, FILE, "first", RECORD)
    archive.save_record(run_id, FILE, "first", RECORD)
    assert (count(archive, "records"), count(archive, "cells")) == (1, len(RECORD.cells))
    moved = SourceFile(Path("/elsewhere/copy.pdf"), FILE.bytes, 7)
    found = archive.find_record(RECORD.source.sha256, "first")
    assert found is not None
    assert found.state == "done"
    assert archive.find_record(RECORD.source.sha256, "second") is None
    assert archive.save_link(run_id, moved, found.record_id) == "done"
    assert (count(archive, "records"), count(archive, "sources")) == (1, 2)
    known = archive.known([FILE.path, moved.path, Path("/not/there")])
    assert {k.file for k in known.values()} == {FILE, moved}
    assert {(k.sha256, k.pipeline, k.state) for k in known.values()} == {("0" * 64, "first", "done")}


def correct(archive: Archive, record_id: int, value: int, person: str = "甲") -> None:
    row = {
        "record_id": record_id, "cell_id": CELL, "person": person, "at": datetime.now(UTC),
        "old_value": None, "old_kind": "blank", "value": value, "kind": "number", "reason": "misread",
    }  # fmt: skip
    with writing(archive.engine) as connection:
        connection.execute(insert(t.corrections).values(row))


def test_another_pipeline_adds_a_record_and_keeps_the_old_one_and_its_corrections(
    archive: Archive, run_id: int
) -> None:
    archive.save_record(run_id, FILE, "first", RECORD)
    first = archive.find_record("0" * 64, "first")
    assert first is not None
    correct(archive, first.record_id, 41)
    correct(archive, first.record_id, 42, "乙")
    archive.save_record(archive.start_run("second", {}), FILE, "second", RECORD)
    assert count(archive, "records") == 2
    current = rows(archive, "SELECT * FROM current_cells WHERE cell_id = :cell", cell=CELL)
    assert [(c.record_id != first.record_id, int(c.value), c.status, c.person) for c in current] == [
        (True, 42, "corrected", "乙")
    ]
    assert count(archive, "current_cells") == len(RECORD.cells)
    (wide,) = rows(archive, "SELECT * FROM wide_applications")
    assert int(wide.granted__total) == 42
    assert count(archive, "corrections") == 2


@pytest.mark.parametrize("statement", ["UPDATE corrections SET value = 1", "DELETE FROM corrections"])
def test_corrections_are_never_changed(archive: Archive, run_id: int, statement: str) -> None:
    archive.save_record(run_id, FILE, "first", RECORD)
    found = archive.find_record("0" * 64, "first")
    assert found is not None
    correct(archive, found.record_id, 41)
    with pytest.raises(StoreError, match="never changed"), writing(archive.engine) as connection:
        connection.execute(text(statement))
    assert count(archive, "corrections") == 1


def test_a_record_is_there_whole_or_not_at_all(archive: Archive, run_id: int) -> None:
    doubled = RECORD.model_copy(update={"checks": (*RECORD.checks, RECORD.checks[0])})
    with pytest.raises(StoreError, match=r"(?i)unique"):
        archive.save_record(run_id, FILE, "first", doubled)
    for table in ("records", "cells", "checks", "sections", "sources"):
        assert count(archive, table) == 0


def test_what_failed_is_told_and_may_succeed_later(archive: Archive, run_id: int) -> None:
    error = DamagedFileError("made.pdf: cut off.", "Scan it again.")
    archive.save_failure(run_id, FILE, "first", None, error)
    assert archive.known([FILE.path])[FILE.path].state == "failed"
    (failure,) = rows(archive, "SELECT * FROM failures")
    assert (failure.category, failure.message, failure.remedy) == (
        "damaged_file",
        error.message,
        error.remedy,
    )
    page = Failure(where="page 2", what="page", why="It is torn.")
    torn = RECORD.model_copy(update={"failures": (page,)})
    assert archive.save_record(run_id, FILE, "first", torn) == "incomplete"
    assert archive.known([FILE.path])[FILE.path].state == "incomplete"
    assert [f.place for f in rows(archive, "SELECT place FROM failures ORDER BY failure_id")] == [
        "document",
        "page 2",
    ]


def test_runs_tell_when_and_why_they_ended(archive: Archive, run_id: int) -> None:
    killed = archive.start_run("first", {})
    archive.end_run(run_id, "interrupted")
    with reading(archive.engine) as connection:
        runs = {row.run_id: row for row in connection.execute(t.runs.select())}
    assert (runs[run_id].end_reason, runs[killed].end_reason) == ("interrupted", None)
    assert runs[run_id].options == {"threads": 2}
    assert datetime.now(UTC) >= runs[run_id].ended_at >= runs[run_id].started_at


def test_many_paths_are_asked_for(archive: Archive, run_id: int) -> None:
    paths = [Path(f"/archive/{n}.pdf") for n in range(1200)]
    archive.save_record(run_id, SourceFile(paths[1111], 1, 1), "first", RECORD)
    assert list(archive.known(paths)) == [paths[1111]]


def test_cells_in_doubt_wait_in_the_queue(archive: Archive, run_id: int) -> None:
    doubtful = RECORD.cells[5].model_copy(update={"status": "review", "reasons": ("low_confidence",)})
    record = other(cells=[c.model_dump() for c in (*RECORD.cells[:5], doubtful, *RECORD.cells[6:])])
    archive.save_record(run_id, FILE, "first", record)
    assert [row.cell_id for row in rows(archive, "SELECT * FROM review_queue")] == [doubtful.id]


def test_wide_views_have_a_column_for_every_cell_of_every_edition(archive: Archive, run_id: int) -> None:
    archive.save_record(run_id, FILE, "first", RECORD)
    values = {c.id: c.value for c in RECORD.cells}
    assert set(values) <= set(cell_ids())
    seen: dict[str, Any] = {}
    for table in ("disclosure", "applications", "challenges"):
        (wide,) = rows(archive, f"SELECT * FROM wide_{table}")
        seen |= {i: wide._mapping[wide_column(i)] for i in cell_ids() if i.startswith(f"{table}.")}
    assert {i: None if v is None else Decimal(str(v)) for i, v in seen.items()} == {
        i: None if values.get(i) is None else Decimal(str(values[i])) for i in cell_ids()
    }
    assert all(len(wide_column(i)) < 64 for i in cell_ids())

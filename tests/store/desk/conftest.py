"""Reports with cells in doubt, in a database of either kind, and people who answer them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from gouji.document.record import Record
from gouji.mapping.checks import CheckResult, evaluate_checks
from gouji.mapping.form import load_forms
from gouji.mapping.number import Value
from gouji.store.archive import Archive, open_archive
from gouji.store.connect import reading, writing
from gouji.store.desk.answers import DoubleEntry, answer
from gouji.store.desk.parts import Answer, Answered, DeskCell, Purpose
from gouji.store.desk.queue import QueueFilter, claim
from gouji.store.desk.show import desk_cells
from gouji.store.state import SourceFile
from sqlalchemy import Row, text

from fixtures.scanmaker.committed import FIXTURES_DIR
from fixtures.scanmaker.truth import load_truth
from fixtures.synthetic.records import record_data

DATA = record_data(load_truth(FIXTURES_DIR / "truth" / "seed-001.json"))

SUM_OF_ALL = "applications.processed_total.total"
"""Prints 0 and takes part in three checks."""

CHALLENGED = "challenges.reconsideration.total"
"""Prints 1, as does `UPHELD`; both take part in `CHECK`."""

UPHELD = "challenges.reconsideration.upheld"
CHECK = "challenges.challenge_sum.reconsideration"
PENALTIES = "disclosure.penalties.decisions"
"""Prints 208 and takes part in no check."""

DOUBTS: dict[str, dict[str, Any]] = {
    PENALTIES: {"reasons": ["low_confidence"]},
    CHALLENGED: {"value": 7, "alternatives": [{"value": 1, "confidence": 0.3}]},
    SUM_OF_ALL: {"value": 5, "alternatives": [{"value": 0, "confidence": 0.4}]},
}
"""By their worth they are to be looked at the other way round."""

SINGLE = DoubleEntry()
DOUBLE = DoubleEntry(share=1.0)

_KEYS = count(1)


def sha(n: int) -> str:
    return f"{n:064x}"


def made_record(
    doubts: Mapping[str, Mapping[str, Any]], n: int = 1, agency: str = "甲市", year: int = 2022
) -> Record:
    """A report whose cells are accepted as printed, except those in doubt; its checks are as these make them."""
    cells = [{**c, **_doubt(doubts[c["id"]])} if c["id"] in doubts else c for c in DATA["cells"]]
    plain = Record.model_validate({**DATA, "cells": cells})
    values = {c.id: Value(c.kind, c.value) for c in plain.cells}
    known = {i.id: i for form in load_forms() if form.id == DATA["form"]["id"] for i in _identities(form)}
    results = evaluate_checks([known[check.id] for check in plain.checks], values)
    return Record.model_validate(
        {
            **DATA,
            "source": {**DATA["source"], "sha256": sha(n), "path": f"{n}.pdf"},
            "agency": {**DATA["agency"], "text": agency},
            "year": {**DATA["year"], "value": year},
            "cells": cells,
            "checks": [_check(result, doubts) for result in results],
        }
    )


def _identities(form: Any) -> list[Any]:
    return [identity for table in form.tables for identity in table.identities]


def _doubt(changes: Mapping[str, Any]) -> dict[str, Any]:
    return {"status": "review", "reasons": ["check_violated"], "confidence": 0.5, **changes}


def _check(result: CheckResult, doubts: Mapping[str, object]) -> dict[str, Any]:
    cells = [*result.identity.left, *result.identity.right]
    violated = result.state == "violated"
    return {
        "id": result.identity.id,
        "state": result.state,
        "left": result.left,
        "right": result.right,
        "cells": cells,
        "cause": "suspect_reading" if violated else None,
        "suspect_cells": [i for i in cells if i in doubts] if violated else [],
    }


@pytest.fixture
def archive(db: str) -> Iterator[Archive]:
    opened = open_archive(db)
    yield opened
    opened.engine.dispose()


Save = Callable[..., int]


@pytest.fixture
def save(archive: Archive) -> Save:
    """Saves a record, `pipeline` and `path` as given; its id."""

    def saved(record: Record, pipeline: str = "first", path: str = "/archive/made.pdf") -> int:
        run_id = archive.start_run(pipeline, {})
        archive.save_record(run_id, SourceFile(Path(path), 1, 1), pipeline, record)
        found = archive.find_record(record.source.sha256, pipeline)
        assert found is not None
        return int(found.record_id)

    return saved


@pytest.fixture
def record_id(save: Save) -> int:
    """One report with `DOUBTS`."""
    return save(made_record(DOUBTS))


def key() -> str:
    return f"key-{next(_KEYS):08}"


def says(value: str | None, kind: str = "number", **more: Any) -> Answer:
    """An answer with a key of its own."""
    return Answer.model_validate({"kind": kind, "value": value, "key": key(), **more})


def answered(
    archive: Archive,
    person: str,
    record_id: int,
    cell_id: str,
    value: str | None,
    double: DoubleEntry = SINGLE,
    purpose: Purpose = "review",
    **more: Any,
) -> Answered:
    """What became of an answer; it is given to the look that the cell waits for, unless `more` says to which."""
    more.setdefault("step", _step(archive, record_id, cell_id))
    return answer(archive, person, record_id, cell_id, says(value, **more), double, purpose)


def _step(archive: Archive, record_id: int, cell_id: str) -> str | None:
    with reading(archive.engine) as connection:
        cells = desk_cells(connection, record_id, [cell_id])
    return cells[0].step if cells else None


def claimed(archive: Archive, person: str, count: int = 200, **wanted: Any) -> list[str]:
    """The ids of the cells that a person gets."""
    return [cell.cell_id for cell in claim(archive, person, QueueFilter(**wanted), count)]


def shown(archive: Archive, record_id: int, cell_id: str) -> DeskCell:
    """A cell as the desk shows it."""
    with reading(archive.engine) as connection:
        (cell,) = desk_cells(connection, record_id, [cell_id])
    return cell


def rows(archive: Archive, query: str, **values: Any) -> list[Row[Any]]:
    with reading(archive.engine) as connection:
        return list(connection.execute(text(query), values))


def run(archive: Archive, statement: str, **values: Any) -> None:
    with writing(archive.engine) as connection:
        connection.execute(text(statement), values)


def run_out(archive: Archive) -> None:
    """All leases end."""
    run(archive, "UPDATE waiting SET leased_until = '2020-01-01 00:00:00' WHERE leased_by IS NOT NULL")


def waiting(archive: Archive) -> dict[str, tuple[str, int]]:
    """Step and worth of each cell that waits."""
    return {row.cell_id: (row.step, row.worth) for row in rows(archive, "SELECT * FROM waiting")}


def contents(archive: Archive, cell_id: str) -> list[tuple[int | None, str]]:
    """What `current_cells` say of a cell: its value and status in each report."""
    query = "SELECT value, status FROM current_cells WHERE cell_id = :cell ORDER BY record_id"
    return [
        (None if row.value is None else int(row.value), row.status)
        for row in rows(archive, query, cell=cell_id)
    ]

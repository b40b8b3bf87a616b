"""How far an archive has come, counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from gouji.document.errors import DamagedFileError, LimitError
from gouji.document.record import Record
from gouji.show.status import print_status
from gouji.store.archive import open_archive
from gouji.store.state import SourceFile
from gouji.store.status import FailureStatus, Gap, status_of

from fixtures.scanmaker.committed import FIXTURES_DIR
from fixtures.scanmaker.truth import load_truth
from fixtures.synthetic.records import record_data

DATA = record_data(load_truth(FIXTURES_DIR / "truth" / "seed-001.json"))


def report(n: int, agency: str, year: int, doubtful: int = 0) -> Record:
    record = Record.model_validate({**DATA, "source": {**DATA["source"], "sha256": f"{n:064d}"}})
    cells = [
        c.model_copy(update={"status": "review", "reasons": ("low_confidence",)}) if k < doubtful else c
        for k, c in enumerate(record.cells)
    ]
    assert record.agency is not None
    assert record.year is not None
    return record.model_copy(
        update={
            "agency": record.agency.model_copy(update={"text": agency}),
            "year": record.year.model_copy(update={"value": year}),
            "cells": tuple(cells),
        }
    )


def test_everything_is_counted_once(db: str, capsys: pytest.CaptureFixture[str]) -> None:
    archive = open_archive(db)
    run_id = archive.start_run("first", {})
    reports = [("甲县", 2019), ("甲县", 2022), ("甲县", 2023), ("乙区", 2022)]
    for n, (agency, year) in enumerate(reports):
        file = SourceFile(Path(f"/archive/{agency}/{year}.pdf"), 1, 1)
        archive.save_record(run_id, file, "first", report(n, agency, year, doubtful=n))
    bad = SourceFile(Path("/archive/乙区/[red]2023.pdf"), 1, 1)
    for error in (LimitError("late", "wait"), DamagedFileError("[red]2023.pdf: cut off.", "Scan it again.")):
        archive.save_failure(run_id, bad, "first", None, error)
    status = status_of(archive)
    assert status.files == {"done": 4, "failed": 1}
    assert status.cells == {"accepted": 4 * len(DATA["cells"]) - 6, "review": 6}
    assert [(f.name, f.files, f.failed, f.review) for f in status.folders] == [
        ("/archive/乙区", 2, 1, 3), ("/archive/甲县", 3, 0, 3),
    ]  # fmt: skip
    assert [(y.year, y.reports, y.review) for y in status.years] == [(2019, 1, 0), (2022, 2, 4), (2023, 1, 2)]
    assert status.failures == (
        FailureStatus(
            category="damaged_file", files=1, example="[red]2023.pdf: cut off.", remedy="Scan it again."
        ),
    )
    assert status.gaps == (Gap(agency="甲县", years=(2020, 2021)),)
    assert status.open_runs == (run_id,)
    print_status(status)
    shown = capsys.readouterr().out
    assert "[red]2023.pdf: cut off." in shown
    assert "2020, 2021" in shown
    archive.end_run(run_id, "finished")
    assert status_of(archive).open_runs == ()
    archive.engine.dispose()

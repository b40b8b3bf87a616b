"""Golden accuracy: committed scans come out with every cell right, and so does one that is drawn afresh."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gouji.document.record import Record
from gouji.evaluation.score import score_document
from gouji.evaluation.truth import load_truth

from fixtures.scanmaker import fonts
from fixtures.scanmaker.committed import FIXTURES_DIR
from fixtures.scanmaker.documents import Recipe, make_document
from fixtures.scanmaker.truth import load_truth as load_drawn_truth
from fixtures.scanmaker.truth import save_json

MIN_ACCEPTED = 0.7
"""Share of cells that no person needs to look at: scans with wrong totals put whole rows and columns into review."""


def assert_right(name: str, truth_file: Path, record: Record, *, with_title: bool) -> None:
    found = score_document(name, "", load_truth(truth_file), record)
    assert found.wrong == ()
    assert found.fully_right
    assert found.checks_right
    assert found.accepted >= MIN_ACCEPTED * found.cells
    if with_title:
        assert (found.title_right, found.agency_right, found.year_right) == (True, True, True)


def test_the_demo_comes_out_right(mixed_run: Any, scans: Path) -> None:
    text = (mixed_run.folder / "out" / "good" / "demo.json").read_text("utf-8")
    record = Record.model_validate_json(text)
    assert_right("demo", scans / "demo.truth.json", record, with_title=True)
    assert [s.number for s in record.sections] == list("一二三四五六")
    assert record.failures == ()


SLASHES_LOST = pytest.mark.xfail(
    strict=True, reason="thin / and - at 150 dpi come out as 1 and blank, all in review"
)


@pytest.mark.parametrize(
    "name",
    [
        "edition-2019",
        "fax",
        pytest.param("pages", marks=SLASHES_LOST),
    ],
)
def test_a_committed_scan_comes_out_right(whole_reports: Any, scans: Path, name: str) -> None:
    records = [Record.model_validate_json(line) for line in whole_reports.out.splitlines()]
    (record,) = [r for r in records if Path(r.source.path).stem == name]
    assert_right(name, scans / f"{name}.truth.json", record, with_title=False)


def test_a_report_drawn_in_office_quality_comes_out_right(gouji: Any, tmp_path: Path) -> None:
    try:
        fonts.find_cjk_face("song")
    except fonts.MissingFontError as error:
        pytest.skip(str(error))
    truth = load_drawn_truth(FIXTURES_DIR / "truth" / "seed-004.json")
    document = make_document(truth, Recipe("word-kai", "office", 9, "pdf", paragraphs=1), tmp_path, "drawn")
    save_json(document.truth, tmp_path / "drawn.truth.json")
    run = gouji(tmp_path, "digitize", document.files[0], "--no-sections", "--threads", "1")
    assert (run.code, run.err) == (0, "")
    assert_right(
        "drawn", tmp_path / "drawn.truth.json", Record.model_validate_json(run.out), with_title=False
    )

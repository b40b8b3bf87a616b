"""From scans to what a confidence model is trained on, by the commands themselves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from gouji.cli import app
from gouji.document.errors import UsageError
from gouji.evaluation.labelled import labelled_documents
from gouji.models.drift import MEASURES
from typer.testing import CliRunner

from fixtures.scanmaker.committed import FIXTURES_DIR

SCANS = FIXTURES_DIR / "scans"


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("records")
    args = ["digitize", str(SCANS / "demo.pdf"), "--out", str(out), "--evidence", "--no-sections"]
    run = CliRunner().invoke(app, args)
    assert run.exit_code == 0, run.output
    return out


def test_evidence_lies_beside_the_record_and_is_labelled_by_the_truth(records: Path) -> None:
    assert sorted(p.name for p in records.iterdir()) == ["demo.evidence.json", "demo.json"]
    (document,) = labelled_documents(SCANS / "demo.truth.json", records)
    assert set(document.measures) == set(MEASURES)
    assert len(document.evidence) == len(document.right) == 200
    assert all(document.right.values())


def test_a_wrong_cell_is_labelled_wrong(records: Path, tmp_path: Path) -> None:
    truth = json.loads((SCANS / "demo.truth.json").read_text("utf-8"))
    cell = next(i for i, value in truth["cells"].items() if value)
    truth["cells"][cell] += 1
    (tmp_path / "demo.truth.json").write_text(json.dumps(truth), "utf-8")
    (document,) = labelled_documents(tmp_path, records)
    assert [i for i, right in document.right.items() if not right] == [cell]


def test_the_record_states_what_is_promised(records: Path) -> None:
    made = json.loads((records / "demo.json").read_text("utf-8"))["provenance"]
    assert made["risk"] == 0.0005
    assert 0.9 < made["threshold"] < 1
    assert made["confidence_model"].startswith("trees-")


def test_one_document_is_too_few_to_calibrate_on(records: Path, tmp_path: Path) -> None:
    args = ["calibrate", str(SCANS / "demo.truth.json"), str(records), "--out", str(tmp_path / "model.json")]
    run = CliRunner().invoke(app, args)
    assert isinstance(run.exception, UsageError)
    assert "1 documents" in str(run.exception)
    assert not (tmp_path / "model.json").exists()


def test_records_without_evidence_are_named(records: Path, tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_bytes((records / "demo.json").read_bytes())
    with pytest.raises(UsageError, match=r"demo\.evidence\.json"):
        list(labelled_documents(SCANS / "demo.truth.json", tmp_path))


def test_evidence_of_another_record_is_refused(records: Path, tmp_path: Path) -> None:
    evidence = json.loads((records / "demo.evidence.json").read_text("utf-8"))
    next(iter(evidence.values()))["kind"] = "illegible"
    (tmp_path / "demo.json").write_bytes((records / "demo.json").read_bytes())
    (tmp_path / "demo.evidence.json").write_text(json.dumps(evidence), "utf-8")
    with pytest.raises(UsageError, match="not the evidence of the record"):
        list(labelled_documents(SCANS / "demo.truth.json", tmp_path))


def test_digitizing_again_without_evidence_leaves_none_behind(tmp_path: Path) -> None:
    args = ["digitize", str(SCANS / "demo.pdf"), "--out", str(tmp_path), "--no-sections"]
    CliRunner().invoke(app, [*args, "--evidence"])
    assert (tmp_path / "demo.evidence.json").exists()
    CliRunner().invoke(app, args)
    assert [p.name for p in tmp_path.iterdir()] == ["demo.json"]

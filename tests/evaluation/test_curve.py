"""Risk against coverage and reliability: what is printed is what the cells are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from gouji.cli import app
from gouji.document.errors import OutputError, UsageError
from gouji.evaluation.curve import Curve, curve_of, reliability_of
from gouji.show.curves import draw_curve
from typer.testing import CliRunner

from fixtures.scanmaker.committed import FIXTURES_DIR
from fixtures.scanmaker.truth import load_truth
from fixtures.synthetic.records import record_data

TRUTHS = sorted((FIXTURES_DIR / "truth").glob("seed-*.json"))


def honest(cells: int = 40_000, seed: int = 1) -> Curve:
    """Cells that are right as often as their confidence says."""
    rng = np.random.default_rng(seed)
    said = 1 - 10 ** -rng.uniform(0.3, 5, cells)
    return curve_of(said, rng.uniform(size=cells) < said, np.arange(cells) // 200)


def test_honest_confidences_lie_in_their_intervals() -> None:
    curve = honest()
    assert len(curve.bins) >= 9
    assert sum(b.low <= b.said <= b.high for b in curve.bins) >= len(curve.bins) - 1
    assert sum(b.cells for b in curve.bins) == curve.cells == 40_000


def test_boasting_confidences_do_not() -> None:
    rng = np.random.default_rng(2)
    said = 1 - 10 ** -rng.uniform(1, 4, 40_000)
    curve = curve_of(said, rng.uniform(size=40_000) < said - 0.05, np.arange(40_000))
    assert all(b.said > b.high for b in curve.bins if b.cells > 500)


def test_the_surest_cells_come_first() -> None:
    curve = honest()
    assert [p.coverage for p in curve.points] == sorted(p.coverage for p in curve.points)
    assert [p.threshold for p in curve.points] == sorted((p.threshold for p in curve.points), reverse=True)
    assert curve.points[-1].wrong == curve.wrong
    assert curve.points[0].wrong / curve.points[0].cells < 0.002
    assert all(p.bound >= p.wrong / p.cells for p in curve.points)


def test_the_brier_score_is_the_mean_square() -> None:
    curve = curve_of(np.array([0.9, 0.6]), np.array([True, False]), np.array([0, 1]))
    assert curve.brier == pytest.approx((0.01 + 0.36) / 2)


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """Records of the five founding reports, one cell of one of them wrong and doubted, one report absent."""
    for k, path in enumerate(TRUTHS[:-1]):
        data = record_data(load_truth(path))
        if k == 0:
            cell = next(c for c in data["cells"] if c["kind"] == "number")
            cell.update(value=cell["value"] + 1, confidence=0.3)
        (tmp_path / path.name).write_text(json.dumps(data), "utf-8")
    return tmp_path


def test_records_and_truths_make_a_curve(records: Path) -> None:
    curve = reliability_of(FIXTURES_DIR / "truth", records)
    absent = sum(len(load_truth(p).cells) for p in (FIXTURES_DIR / "truth").glob("*.json")) - sum(
        len(load_truth(p).cells) for p in TRUTHS[:-1]
    )
    assert curve.wrong == 1 + absent
    low = curve.bins[0]
    assert (low.cells, low.seen) == (1 + absent, 0.0)


def test_one_record_belongs_to_one_truth_whatever_it_is_called(records: Path, tmp_path: Path) -> None:
    other = tmp_path / "another-name.json"
    other.write_bytes((records / TRUTHS[1].name).read_bytes())
    assert reliability_of(TRUTHS[1], other).wrong == 0


def test_the_command_prints_and_draws(records: Path, tmp_path: Path) -> None:
    for ending, start in ((".svg", b"<?xml"), (".png", b"\x89PNG")):
        picture = tmp_path / f"curve{ending}"
        run = CliRunner().invoke(
            app, ["evaluate", str(FIXTURES_DIR / "truth"), str(records), "--curve", str(picture)]
        )
        assert run.exit_code == 0, run.output
        assert "Brier score" in run.output
        assert picture.read_bytes().startswith(start)


def test_json_holds_both(records: Path, tmp_path: Path) -> None:
    args = [
        "evaluate", str(FIXTURES_DIR / "truth"), str(records), "--format", "json", "--curve", str(tmp_path / "c.png"),
    ]  # fmt: skip
    run = CliRunner().invoke(app, args)
    parts = json.loads(run.stdout)
    assert set(parts) == {"evaluation", "curve"}


def test_another_kind_of_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"curve\.gif"):
        draw_curve(honest(2000), tmp_path / "curve.gif")


def test_a_curve_that_cannot_be_written_is_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"none/curve\.svg"):
        draw_curve(honest(2000), tmp_path / "none" / "curve.svg")

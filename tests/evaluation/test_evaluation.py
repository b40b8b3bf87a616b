"""The comparer must catch wrong records: each kind of error is put into a right one and counted."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from gouji.document.errors import UnreadableFileError, UsageError
from gouji.document.record import Record, record_to_json
from gouji.evaluation.report import evaluate
from gouji.evaluation.score import DocumentScore, score_document, summarize, summarize_profiles
from gouji.evaluation.truth import Truth, load_truth

from fixtures.scanmaker.committed import FIXTURES_DIR
from fixtures.scanmaker.truth import load_truth as load_drawn_truth
from fixtures.synthetic.records import record_data, record_of

HYBRID = FIXTURES_DIR / "truth" / "made-hybrid.json"
TRUTH = load_truth(HYBRID)
DATA: dict[str, Any] = record_data(load_drawn_truth(HYBRID))

SLASH = next(i for i, kind in TRUTH.kinds.items() if kind == "not_applicable")
ZERO = next(i for i, value in TRUTH.cells.items() if value == 0)
COUNT = next(i for i, value in TRUTH.cells.items() if value)
NONZERO = sum(bool(v) for v in TRUTH.cells.values())
CELLS = len(TRUTH.cells)


def score(record: dict[str, Any] | None) -> DocumentScore:
    return score_document("made", "office", TRUTH, None if record is None else Record.model_validate(record))


def spoilt(spoil: Callable[[dict[str, Any]], None]) -> DocumentScore:
    data = copy.deepcopy(DATA)
    spoil(data)
    return score(data)


def cell(data: dict[str, Any], cell_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(c for c in data["cells"] if c["id"] == cell_id)
    return found


def counts(s: DocumentScore) -> tuple[int, int, int, int, int]:
    return s.right, s.nonzero_right, s.missing, s.wrong_accepted, s.surplus


def test_a_right_record_is_right() -> None:
    found = score(DATA)
    assert counts(found) == (CELLS, NONZERO, 0, 0, 0)
    assert (found.cells, found.nonzero, found.accepted) == (CELLS, NONZERO, CELLS)
    assert (found.title_right, found.agency_right, found.year_right, found.checks_right) == (True,) * 4
    assert found.wrong == ()
    assert found.fully_right


def test_a_number_that_is_one_off() -> None:
    found = spoilt(lambda d: cell(d, COUNT).update(value=int(TRUTH.cells[COUNT] or 0) + 1))
    assert counts(found) == (CELLS - 1, NONZERO - 1, 0, 1, 0)
    (wrong,) = found.wrong
    assert (wrong.id, wrong.printed, wrong.status) == (COUNT, str(TRUTH.cells[COUNT]), "accepted")
    assert not found.fully_right


def test_a_wrong_number_in_review_is_wrong_but_not_accepted() -> None:
    found = spoilt(lambda d: cell(d, COUNT).update(value=0, status="review", reasons=["low_confidence"]))
    assert counts(found) == (CELLS - 1, NONZERO - 1, 0, 0, 0)
    assert found.accepted == CELLS - 1


@pytest.mark.parametrize(
    ("cell_id", "change"),
    [
        (ZERO, {"value": None, "kind": "blank"}),
        (SLASH, {"value": 0, "kind": "number"}),
        (SLASH, {"value": None, "kind": "blank"}),
        (SLASH, {"value": None, "kind": "illegible"}),
        (ZERO, {"value": None, "kind": "not_applicable"}),
        (ZERO, {"value": 0, "kind": "blank"}),
    ],
)
def test_kinds_of_nothing_are_not_mixed_up(cell_id: str, change: dict[str, Any]) -> None:
    found = spoilt(lambda d: cell(d, cell_id).update(change))
    assert counts(found) == (CELLS - 1, NONZERO, 0, 1, 0)
    assert [w.id for w in found.wrong] == [cell_id]


def test_a_blank_that_reads_as_zero() -> None:
    truth = TRUTH.model_copy(
        update={"cells": {**TRUTH.cells, ZERO: None}, "kinds": {**TRUTH.kinds, ZERO: "blank"}}
    )
    found = score_document("made", "", truth, Record.model_validate(DATA))
    assert [(w.id, w.printed, w.read.split()[0]) for w in found.wrong] == [(ZERO, "blank", "0")]


def test_a_missing_cell_and_one_that_is_not_there() -> None:
    gone = {"value": None, "kind": "missing", "status": "review", "raw_text": None}
    assert counts(spoilt(lambda d: cell(d, COUNT).update(gone))) == (CELLS - 1, NONZERO - 1, 1, 0, 0)
    found = spoilt(lambda d: d["cells"].remove(cell(d, COUNT)))
    assert counts(found) == (CELLS - 1, NONZERO - 1, 1, 0, 0)
    assert found.wrong[0].read == "no such cell"


def test_an_invented_cell_is_surplus() -> None:
    found = spoilt(lambda d: d["cells"].append(cell(d, COUNT) | {"id": "applications.other.other.total"}))
    assert counts(found) == (CELLS, NONZERO, 0, 1, 1)
    assert not found.fully_right


def test_two_values_swapped_are_two_errors() -> None:
    def swap(data: dict[str, Any]) -> None:
        a, b = cell(data, ZERO), cell(data, COUNT)
        a["value"], b["value"] = b["value"], a["value"]

    assert counts(spoilt(swap)) == (CELLS - 2, NONZERO - 1, 0, 2, 0)


def test_no_record_counts_every_cell_wrong() -> None:
    found = score(None)
    assert counts(found) == (0, 0, CELLS, 0, 0)
    assert (found.has_record, found.accepted, len(found.wrong)) == (False, 0, CELLS)
    assert (found.title_right, found.agency_right, found.year_right) == (False, False, False)
    assert found.checks_right is None


@pytest.mark.parametrize(
    ("field", "change", "attribute"),
    [
        ("title", {"text": "某县2023年年度报告"}, "title_right"),
        ("agency", {"text": "某县"}, "agency_right"),
        ("year", {"value": 2022}, "year_right"),
    ],
)
def test_wrong_front_matter(field: str, change: dict[str, Any], attribute: str) -> None:
    assert getattr(spoilt(lambda d: d[field].update(change)), attribute) is False
    assert getattr(spoilt(lambda d: d.update({field: None})), attribute) is False
    assert spoilt(lambda d: d[field].update(change)).fully_right


def test_spaces_in_a_title_do_not_count_and_other_names_do() -> None:
    assert spoilt(lambda d: d["title"].update(text=" ".join(TRUTH.title or ""))).title_right
    truth = TRUTH.model_copy(update={"agency_accept": ("某县",)})
    data = DATA | {"agency": DATA["agency"] | {"text": "某县"}}
    assert score_document("made", "", truth, Record.model_validate(data)).agency_right


def test_a_check_that_is_balanced_or_wrongly_accused() -> None:
    def balance(data: dict[str, Any]) -> None:
        next(c for c in data["checks"] if c["state"] == "violated")["state"] = "holds"

    def accuse(data: dict[str, Any]) -> None:
        next(c for c in data["checks"] if c["state"] == "holds")["state"] = "violated"

    assert spoilt(balance).checks_right is False
    assert spoilt(accuse).checks_right is False


@pytest.mark.parametrize(
    ("read", "right"), [(1208.64, True), (1208.6, False), (120864, False), (1208, False)]
)
def test_amounts_are_compared_as_decimals(read: float, right: bool) -> None:
    truth = Truth(cells={COUNT: Decimal("1208.64")})
    data = DATA | {"cells": [cell(DATA, COUNT) | {"value": read}]}
    found = score_document("made", "", truth, Record.model_validate(data))
    assert (found.right == 1) is right
    assert (found.title_right, found.agency_right, found.year_right) == (None, None, None)


def test_summaries_add_up_and_shares_of_nothing_are_none() -> None:
    scores = [score(DATA), score(None), spoilt(lambda d: cell(d, COUNT).update(value=99999))]
    whole = summarize("all", scores)
    assert (whole.documents, whole.fully_right, whole.without_record, whole.wrong_accepted) == (3, 1, 1, 1)
    assert whole.cell_accuracy == pytest.approx((2 * CELLS - 1) / (3 * CELLS))
    assert whole.nonzero_accuracy == pytest.approx((2 * NONZERO - 1) / (3 * NONZERO))
    assert whole.untouched == 2
    assert [s.name for s in summarize_profiles(scores)] == ["office"]
    nothing = summarize("none", [])
    assert (nothing.cell_accuracy, nothing.nonzero_accuracy, nothing.accepted_share) == (None, None, None)


@pytest.fixture
def records(tmp_path: Path) -> Path:
    folder = tmp_path / "records"
    (folder / "below").mkdir(parents=True)
    for name in ("seed-000", "seed-001"):
        truth = load_drawn_truth(FIXTURES_DIR / "truth" / f"{name}.json")
        place = folder / ("below" if name == "seed-001" else ".") / f"{name}.json"
        place.write_text(record_to_json(record_of(truth)), "utf-8")
    return folder


def test_a_folder_of_truths(records: Path) -> None:
    found = evaluate(FIXTURES_DIR / "truth", records)
    by_id = {s.id: s for s in found.documents}
    assert set(by_id) == {p.stem for p in (FIXTURES_DIR / "truth").glob("*.json")}
    assert {i for i, s in by_id.items() if s.has_record} == {"seed-000", "seed-001"}
    assert by_id["seed-000"].fully_right
    assert by_id["seed-001"].fully_right
    assert (found.overall.without_record, found.profiles) == (len(by_id) - 2, ())


def test_a_manifest_names_profiles(records: Path, tmp_path: Path) -> None:
    entries = [
        {"id": f"seed-00{k}", "truth": f"seed-00{k}", "profile": p} for k, p in ((0, "fax"), (1, "office"))
    ]
    made = tmp_path / "set"
    (made / "truth").mkdir(parents=True)
    (made / "manifest.json").write_text(json.dumps(entries), "utf-8")
    for k in (0, 1):
        text = (FIXTURES_DIR / "truth" / f"seed-00{k}.json").read_text("utf-8")
        (made / "truth" / f"seed-00{k}.json").write_text(text, "utf-8")
    for place in (made, made / "manifest.json"):
        found = evaluate(place, records)
        assert [(s.name, s.documents, s.fully_right) for s in found.profiles] == [
            ("fax", 1, 1),
            ("office", 1, 1),
        ]


def test_a_record_may_have_the_name_of_its_document(records: Path, tmp_path: Path) -> None:
    made = tmp_path / "set"
    (made / "truth").mkdir(parents=True)
    entries = [{"id": "a", "path": "docs/seed-000.pdf", "truth": "a"}, {"id": "b", "path": "x", "truth": "a"}]
    (made / "manifest.json").write_text(json.dumps(entries), "utf-8")
    text = (FIXTURES_DIR / "truth" / "seed-000.json").read_text("utf-8")
    (made / "truth" / "a.json").write_text(text, "utf-8")
    found = evaluate(made, records)
    assert [(s.id, s.has_record) for s in found.documents] == [("a", True), ("b", False)]
    assert found.documents[0].fully_right


def test_records_of_other_documents_are_said_not_counted_as_missing(records: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.truth.json"
    other.write_text((FIXTURES_DIR / "truth" / "seed-000.json").read_text("utf-8"), "utf-8")
    with pytest.raises(UsageError, match="none of its 2 records .* expected other.json"):
        evaluate(tmp_path, records)
    entry = {"id": "a", "path": "docs/other.pdf", "truth": "other.truth.json"}
    (tmp_path / "manifest.json").write_text(json.dumps([entry]), "utf-8")
    with pytest.raises(UsageError, match="expected other.json"):
        evaluate(tmp_path, records)


def test_one_truth_and_one_record_of_any_name(records: Path, tmp_path: Path) -> None:
    other = tmp_path / "renamed.json"
    other.write_text((records / "seed-000.json").read_text("utf-8"), "utf-8")
    found = evaluate(FIXTURES_DIR / "truth" / "seed-000.json", other)
    assert (found.overall.documents, found.overall.fully_right) == (1, 1)


def test_what_cannot_be_compared_is_said(records: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    truth = FIXTURES_DIR / "truth" / "seed-000.json"
    with pytest.raises(UsageError, match="no record in it"):
        evaluate(truth, empty)
    with pytest.raises(UsageError, match="no truth file in it"):
        evaluate(empty, records)
    with pytest.raises(UsageError, match="not a record"):
        evaluate(truth, truth)
    with pytest.raises(UsageError, match="not a truth file"):
        evaluate(records / "seed-000.json", records)
    with pytest.raises(UnreadableFileError, match="absent"):
        load_truth(tmp_path / "absent.json")

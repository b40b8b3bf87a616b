"""The record: its fields, its numbers, its way through JSON."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from gouji.document.record import Alternative, Record, record_to_json
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from fixtures.scanmaker.committed import FIXTURES_DIR
from fixtures.scanmaker.truth import load_truth
from fixtures.synthetic.records import record_data

CONTRACT = {
    "Record": "schema_version source form title agency year cells extra_rows checks sections pages failures provenance",
    "SourceInfo": "path sha256 media_type pages",
    "FormInfo": "id tables confidence",
    "TextField": "text confidence page bbox",
    "YearField": "value confidence page bbox",
    "Cell": "id value kind raw_text note row_label row_label_read column_label confidence status reasons alternatives page bbox",
    "Alternative": "value confidence",
    "ExtraRowInfo": "table label_read values",
    "ExtraValue": "raw_text value page bbox",
    "Check": "id state left right cells cause suspect_cells",
    "Section": "number heading text pages",
    "PageInfo": "number width height rotation skew_degrees",
    "Failure": "where what why",
    "Provenance": "gouji_version ocr_model confidence_model seconds risk threshold measures",
}
"""Fields of each part as the contract of records lists them, and those added since: a violated check's cause, the promise made."""


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    """A record's JSON data with something in every list."""
    data: dict[str, Any] = record_data(load_truth(FIXTURES_DIR / "truth" / "seed-000.json"))
    data["extra_rows"] = [
        {"table": "disclosure", "label_read": "其他", "values": [
            {"raw_text": "12", "value": 12, "page": 3, "bbox": [0, 0, 9, 9]}]}]  # fmt: skip
    data["cells"][0]["alternatives"] = [{"value": 146, "confidence": 0.0004}]
    data["failures"] = [{"where": "page 2", "what": "page", "why": "torn"}]
    return data


def test_the_schema_has_every_field_of_the_contract_and_no_other() -> None:
    schema = Record.model_json_schema(mode="serialization")
    found = {"Record": schema, **schema["$defs"]}
    assert {name: list(part["properties"]) for name, part in found.items()} == {
        name: fields.split() for name, fields in CONTRACT.items()
    }
    assert all(part["additionalProperties"] is False for part in found.values())


def test_a_record_survives_its_json(data: dict[str, Any]) -> None:
    record = Record.model_validate(data)
    text = record_to_json(record)
    assert Record.model_validate_json(text) == record
    assert json.loads(text) == data
    assert "总体情况" in text
    assert text.endswith("}\n")


def with_value(data: dict[str, Any], value: Any) -> dict[str, Any]:
    return data | {"cells": [data["cells"][0] | {"value": value}, *data["cells"][1:]]}


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (0, "0"),
        (746, "746"),
        (-8, "-8"),
        (99999999, "99999999"),
        (12345678901234567890, "12345678901234567890"),
        (Decimal("1208.64"), "1208.64"),
        (Decimal("0.1"), "0.1"),
        (Decimal("-3.0625"), "-3.0625"),
        (None, "null"),
    ],
)
def test_a_number_prints_as_it_was_printed(data: dict[str, Any], value: Any, printed: str) -> None:
    record = Record.model_validate(with_value(data, value))
    assert f'"value": {printed},' in record_to_json(record).partition('"kind"')[0]
    again = Record.model_validate_json(record_to_json(record)).cells[0].value
    assert again == value
    assert type(again) is type(value)


@given(st.one_of(st.integers(-(10**12), 10**12), st.decimals(-(10**9), 10**9, places=4)))
@example(Decimal("251.5000"))
def test_no_number_changes_on_its_way_through_json(number: int | Decimal) -> None:
    alternative = Alternative(value=number, confidence=0.5)
    assert Alternative.model_validate_json(alternative.model_dump_json()).value == number


def parts(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Paths of one object of each kind in a record."""
    if isinstance(data, dict):
        below = [
            p
            for key, part in data.items()
            if key not in ("tables", "measures")
            for p in parts(part, (*path, key))
        ]
        return [path, *below]
    return parts(data[0], (*path, 0)) if isinstance(data, list) and data else []


OPTIONAL = {
    "schema_version", "note", "reasons", "alternatives", "cause", "suspect_cells", "risk", "threshold", "measures",
}  # fmt: skip
"""Fields with a default: the contract's version, and what most cells do not have."""


def test_a_record_that_lacks_a_field_or_has_a_strange_one_is_refused(data: dict[str, Any]) -> None:
    whole = json.dumps(data)
    tried = 0
    for path in parts(data):
        names = list(_at(json.loads(whole), path))
        for name in [n for n in names if n not in OPTIONAL]:
            broken = json.loads(whole)
            del _at(broken, path)[name]
            with pytest.raises(ValidationError, match=name):
                Record.model_validate(broken)
            tried += 1
        strange = json.loads(whole)
        _at(strange, path)["surprise"] = 1
        with pytest.raises(ValidationError, match="surprise"):
            Record.model_validate(strange)
    assert tried > 50


def _at(data: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        data = data[step]
    return data


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("cells", 0, "kind"), "zero"),
        (("cells", 0, "status"), "fine"),
        (("cells", 0, "confidence"), 1.01),
        (("cells", 0, "confidence"), -0.01),
        (("cells", 0, "value"), "many"),
        (("cells", 0, "bbox"), [1, 2, 3]),
        (("checks", 0, "state"), "balanced"),
        (("pages", 0, "rotation"), 45),
        (("pages", 0, "number"), 0),
        (("source", "pages"), -1),
        (("schema_version",), 2),
    ],
)
def test_a_value_out_of_its_range_is_refused(
    data: dict[str, Any], path: tuple[str | int, ...], value: Any
) -> None:
    broken = json.loads(json.dumps(data))
    _at(broken, path[:-1])[path[-1]] = value
    with pytest.raises(ValidationError, match=str(path[-1])):
        Record.model_validate(broken)


def test_a_record_cannot_be_changed(data: dict[str, Any]) -> None:
    record = Record.model_validate(data)
    with pytest.raises(ValidationError, match="frozen"):
        record.cells[0].value = 3

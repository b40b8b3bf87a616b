"""Which readings to look at first where checks are violated."""

from __future__ import annotations

import time

import pytest
from gouji.mapping.checks import evaluate_checks
from gouji.mapping.decode.suspects import suspect_cells
from gouji.mapping.form import load_forms
from gouji.mapping.number import BLANK, Value
from hypothesis import given, settings
from hypothesis import strategies as st

FORM = load_forms()[0]
IDENTITIES = [i for table in FORM.tables for i in table.identities]
CHECKED = sorted({c for i in IDENTITIES for c in (*i.left, *i.right)})


def consistent_values() -> dict[str, Value]:
    """All zeros, but for one column of table 三 and one group of table 四."""
    values = {c.id: Value("number", 0) for t in FORM.tables for c in t.cells}
    for column in ("natural_person", "total"):
        for row, n in {
            "new_received": 40, "granted": 25, "denied.state_secret": 15, "processed_total": 40,
        }.items():  # fmt: skip
            values[f"applications.{row}.{column}"] = Value("number", n)
    return values


CONSISTENT = consistent_values()


def suspects_of(values: dict[str, Value], doubt: dict[str, float] | None = None) -> set[str]:
    results = evaluate_checks(IDENTITIES, values)
    found = suspect_cells(results, values, doubt or {})
    return {cell for cells in found.values() for cell in cells}


def test_nothing_is_suspect_where_all_checks_hold() -> None:
    assert all(r.state == "holds" for r in evaluate_checks(IDENTITIES, CONSISTENT))
    assert suspects_of(CONSISTENT) == set()


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([c for c in CHECKED if c.startswith("applications.")]), st.integers(1, 900))
def test_a_misprint_in_table_three_is_found_to_the_cell(cell: str, wrong: int) -> None:
    """Its row and its column fail, and it alone is in both."""
    if CONSISTENT[cell].number == wrong:
        return
    values = {**CONSISTENT, cell: Value("number", wrong)}
    assert suspects_of(values) == {cell}


def test_of_equal_explanations_the_most_doubtful_reading_is_suspect() -> None:
    group = [f"challenges.reconsideration.{c}" for c in ("upheld", "overturned", "other", "pending", "total")]
    values = {**CONSISTENT, group[4]: Value("number", 7)}
    doubt = dict.fromkeys(group, 0.001)
    assert suspects_of(values, {**doubt, group[2]: 0.2}) == {group[2]}
    assert suspects_of(values, {**doubt, group[4]: 0.2}) == {group[4]}
    assert suspects_of(values, doubt) == set(group), "nothing tells them apart"


def test_no_change_makes_a_count_negative() -> None:
    group = [f"challenges.reconsideration.{c}" for c in ("upheld", "overturned", "other", "pending", "total")]
    values = {**CONSISTENT, group[0]: Value("number", 7)}
    doubt = {**dict.fromkeys(group, 0.001), group[1]: 0.9}  # 7 + x = 0 has no x
    assert suspects_of(values, doubt) <= {group[0], group[4]}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from([c for c in CHECKED if c.startswith("applications.")]),
        min_size=2,
        max_size=2,
        unique=True,
    ),
    st.integers(1, 900),
    st.integers(1, 900),
)
def test_two_misreads_of_table_three_are_explained_and_never_by_three(
    cells: list[str], one: int, other: int
) -> None:
    values = dict(CONSISTENT)
    for cell, wrong in zip(cells, (one, other), strict=True):
        values[cell] = Value("number", int(CONSISTENT[cell].number or 0) + wrong)
    results = evaluate_checks(IDENTITIES, values)
    found = suspect_cells(results, values, dict.fromkeys(cells, 0.1))
    violated = {r.identity.id for r in results if r.state == "violated"}
    assert set(found) == violated, "each violated check has suspects"
    assert all(1 <= len(suspects) <= 2 for suspects in found.values())


def test_where_nothing_explains_it_all_cells_that_no_check_confirms_are_suspect() -> None:
    rows = ["granted", "denied.state_secret", "unable.not_held", "other.other", "processed_total"]
    columns = ["natural_person", "business", "research", "public_welfare", "other_org"]
    values = dict(CONSISTENT)
    for k, (row, column) in enumerate(zip(rows, columns, strict=True)):
        values[f"applications.{row}.{column}"] = Value("number", 100 + 7 * k)
    results = evaluate_checks(IDENTITIES, values)
    found = suspect_cells(results, values, {})
    wrong = {f"applications.{row}.{column}" for row, column in zip(rows, columns, strict=True)}
    crossed = {f"applications.{row}.{column}" for row in rows for column in (*columns, "total")}
    for r in results:
        if r.state == "violated":
            assert found[r.identity.id]
            assert set(found[r.identity.id]) & wrong or set(found[r.identity.id]) <= crossed
    suspects = {c for cells in found.values() for c in cells}
    assert wrong <= suspects
    assert "applications.denied.state_secret.legal_service" not in suspects, "its column's sum holds"
    # A sum that the checks have made hold says nothing.
    summed = {"applications.granted.legal_service"}
    doubted = suspect_cells(results, values, {}, summed)
    assert "applications.denied.state_secret.legal_service" in {c for v in doubted.values() for c in v}


def test_the_sum_of_a_shifted_row_confirms_none_of_its_cells() -> None:
    """All its numbers are wrong and their sum is right; a misprint beside them must not make the row's sum speak for them."""
    columns = ["natural_person", "business", "research", "public_welfare", "legal_service", "other_org"]
    values = {**CONSISTENT, "applications.granted.total": Value("number", 988)}
    for row, numbers in {
        "granted": [0, 3, 15, 70, 900, 0],  # 3, 15, 70, 900 shifted by a column
        "denied.state_secret": [15, 0, 0, 0, 0, 0],
        "processed_total": [18, 15, 70, 900, 0, 0],
        "new_received": [18, 15, 70, 900, 0, 0],
    }.items():
        values |= {
            f"applications.{row}.{c}": Value("number", n) for c, n in zip(columns, numbers, strict=True)
        }
        values[f"applications.{row}.total"] = Value("number", sum(numbers))
    values["applications.unable.not_held.total"] = Value("number", 7)
    found = suspect_cells(evaluate_checks(IDENTITIES, values), values, {})
    suspects = {cell for cells in found.values() for cell in cells}
    assert {f"applications.granted.{column}" for column in columns[:5]} <= suspects


def test_checks_that_cannot_be_assessed_are_left_out() -> None:
    values = dict.fromkeys(CONSISTENT, BLANK)
    assert suspects_of(values) == set()


@pytest.mark.parametrize("shift", [1, 3])
def test_a_page_full_of_errors_takes_no_time(shift: int) -> None:
    values = {i: Value("number", (k * 37 + shift) % 101) for k, i in enumerate(CONSISTENT)}
    results = evaluate_checks(IDENTITIES, values)
    started = time.perf_counter()
    suspect_cells(results, values, {})
    assert time.perf_counter() - started < 1.0

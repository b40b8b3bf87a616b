"""勾稽 evaluated: holds, violated, or not to be told; nothing is ever repaired."""

from __future__ import annotations

from decimal import Decimal

import pytest
from gouji.mapping.checks import CheckResult, evaluate_checks
from gouji.mapping.form import Identity, load_forms
from gouji.mapping.number import BLANK, ILLEGIBLE, NOT_APPLICABLE, Value
from hypothesis import given
from hypothesis import strategies as st

from fixtures.scanmaker.checks import list_checks
from fixtures.scanmaker.defects.profiles import seeded
from fixtures.scanmaker.sampler import sample_truth

MISSING = Value("missing")
SIGNS = {"": BLANK, "/": NOT_APPLICABLE, "?": ILLEGIBLE, "x": MISSING}


def check(left: str, right: str) -> CheckResult:
    """The check of two sides, cells parted by spaces; `_` blank, `/`, `?` illegible, `x` missing."""
    sides = []
    values: dict[str, Value] = {}
    for name, side in (("l", left), ("r", right)):
        ids = []
        for k, text in enumerate(side.split()):
            ids.append(f"{name}{k}")
            text = text.replace("_", "")
            values[ids[-1]] = SIGNS[text] if text in SIGNS else Value("number", int(text))
        sides.append(tuple(ids))
    (result,) = evaluate_checks([Identity("c", sides[0], sides[1], "", "")], values)
    return result


@pytest.mark.parametrize(
    ("left", "right", "state"),
    [
        ("3 4", "7", "holds"),
        ("0 0", "0", "holds"),
        ("10 1", "0", "violated"),
        ("3 4", "8", "violated"),
        ("3 4", "6", "violated"),
        # blank or / stands for nothing to count
        ("3 _ 4", "7", "holds"),
        ("3 / 4", "7", "holds"),
        ("_ 7", "7 _", "holds"),
        # a side that falls short may be short because of its blank
        ("3 _", "7", "not_assessable"),
        ("7", "3 _", "not_assessable"),
        # but a side that is too large stays so
        ("8 _", "7", "violated"),
        ("7", "8 _", "violated"),
        # a slash says that there is nothing
        ("3 /", "7", "violated"),
        # a side without any number
        ("_ _", "7", "not_assessable"),
        ("/ /", "0", "not_assessable"),
        ("3 4", "_", "not_assessable"),
        ("_", "_", "not_assessable"),
        ("3 4", "x", "not_assessable"),
        ("3 4", "?", "not_assessable"),
        # what was not read may be anything
        ("3 ? 4", "7", "not_assessable"),
        ("3 x 4", "7", "not_assessable"),
        ("3 ?", "7", "not_assessable"),
        ("3 x", "7", "not_assessable"),
        # unless it could only make it worse
        ("8 ?", "7", "violated"),
        ("8 x", "7", "violated"),
    ],
)
def test_states(left: str, right: str, state: str) -> None:
    assert check(left, right).state == state
    assert check(right, left).state == state


def test_sums_are_of_what_is_printed() -> None:
    result = check("3 _ 4", "/ 9")
    assert (result.left, result.right) == (7, 9)
    assert (check("_ /", "9").left, check("_ /", "9").right) == (None, 9)


def test_decimals_are_added_exactly() -> None:
    values = {
        "a": Value("number", Decimal("0.1")),
        "b": Value("number", Decimal("0.2")),
        "c": Value("number", Decimal("0.3")),
    }
    (result,) = evaluate_checks([Identity("c", ("a", "b"), ("c",), "", "")], values)
    assert result.state == "holds"


@given(st.lists(st.integers(0, 999), min_size=1, max_size=8), st.integers(-3, 3))
def test_full_numbers_are_always_told(numbers: list[int], error: int) -> None:
    total = max(0, sum(numbers) + error)
    result = check(" ".join(map(str, numbers)), str(total))
    assert result.state == ("holds" if sum(numbers) == total else "violated")
    assert (result.left, result.right) == (sum(numbers), total)


@pytest.mark.parametrize("seed", range(30))
def test_sampled_reports_violate_exactly_what_they_declare(seed: int) -> None:
    truth = sample_truth("sampled", seeded(seed, "checks"))
    forms = {form.id: form for form in load_forms()}
    tables = [forms[truth.form_tables.get(t.id, truth.form)].table(t.id) for t in truth.tables()]
    values = {
        i: Value("number", n)
        if n is not None
        else {"blank": BLANK, "not_applicable": NOT_APPLICABLE}[truth.kinds[i]]
        for i, n in truth.cells.items()
    }
    before = dict(values)
    results = evaluate_checks([i for t in tables for i in t.identities], values)
    assert values == before
    assert [r.identity.id for r in results] == [c.id for c in list_checks(truth.tables())]
    violated = {r.identity.id for r in results if r.state == "violated"}
    assert set(truth.inconsistent_checks) <= violated
    by_slash = {
        r.identity.id
        for r in results
        if any(values[i] == NOT_APPLICABLE for i in (*r.identity.left, *r.identity.right))
    }
    assert violated - by_slash == set(truth.inconsistent_checks) - by_slash

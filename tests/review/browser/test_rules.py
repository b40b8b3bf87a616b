"""What the pages work out for themselves is what the server works out."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from gouji.mapping.checks import evaluate_checks
from gouji.mapping.form import Identity
from gouji.mapping.number import Value
from gouji.store.desk.parts import to_number
from playwright.sync_api import Browser, Page

from .conftest import make_archive, running_desk, visitor

KINDS = ["number"] * 12 + ["blank", "not_applicable", "illegible", "missing"]


@pytest.fixture(scope="module")
def page(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory, scans: Path, read_record: dict[str, Any]
) -> Iterator[Page]:
    """Any page of a desk."""
    folder = tmp_path_factory.mktemp("rules")
    db = make_archive(folder, scans / "demo.pdf", read_record, 1, lambda _data, _n: None)
    with running_desk(db, folder) as desk, visitor(chromium, desk, "林一") as page:
        yield page


def term(chance: random.Random) -> dict[str, str | None]:
    kind = chance.choice(KINDS)
    number = (
        str(chance.randrange(4))
        if chance.random() < 0.7
        else f"{chance.randrange(10**9)}.{chance.randrange(1, 100):02d}"
    )
    return {"kind": kind, "value": number if kind == "number" else None}


def server_says(
    left: list[dict[str, Any]], right: list[dict[str, Any]]
) -> tuple[str, Decimal | None, Decimal | None]:
    values = {
        f"{side}{n}": Value(t["kind"], None if t["value"] is None else to_number(t["value"]))
        for side, terms in (("l", left), ("r", right))
        for n, t in enumerate(terms)
    }
    sides = [tuple(i for i in values if i[0] == side) for side in "lr"]
    found = evaluate_checks([Identity("any", *sides, "", "")], values)[0]
    return found.state, *(None if s is None else Decimal(s) for s in (found.left, found.right))


def test_checks_come_out_as_on_the_server(page: Page) -> None:
    chance = random.Random(7)
    cases = [[[term(chance) for _ in range(chance.randint(1, 4))] for _ in range(2)] for _ in range(2000)]
    for left, _ in list(cases[:200]):
        cases.append([left, left[::-1]])
    script = "async (cases) => { const m = await import('/static/sums.js'); return cases.map(([l, r]) => m.evaluate(l, r)); }"
    told = page.evaluate(script, cases)
    assert {one["state"] for one in told} == {"holds", "violated", "not_assessable"}
    for (left, right), one in zip(cases, told, strict=True):
        sums = [None if one[side] is None else Decimal(one[side]) for side in ("left", "right")]
        assert (one["state"], *sums) == server_says(left, right), (left, right)


@pytest.mark.parametrize(
    ("typed", "content"),
    [
        ("746", ("number", "746")),
        ("１２", ("number", "12")),
        ("2,750,936", ("number", "2750936")),
        ("2，750", ("number", "2750")),
        ("007", ("number", "7")),
        ("251.50", ("number", "251.50")),
        ("-4", ("number", "-4")),
        ("/", ("not_applicable", None)),
        ("／", ("not_applicable", None)),
        ("无", ("not_applicable", None)),
        ("", None),
        ("12o", None),
        ("1 2,34", None),
        ("1.2.3", None),
        ("空白", None),
    ],
)
def test_what_is_typed_is_a_number_or_is_refused(
    page: Page, typed: str, content: tuple[str, str | None] | None
) -> None:
    found = page.evaluate("async (typed) => (await import('/static/entry.js')).parse(typed)", typed)
    assert (None if found is None else (found["kind"], found["value"])) == content

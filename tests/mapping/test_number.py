"""What a cell prints, as a value."""

from __future__ import annotations

from decimal import Decimal

import pytest
from gouji.mapping.number import BLANK, ILLEGIBLE, NOT_APPLICABLE, Value, parse_value
from hypothesis import example, given
from hypothesis import strategies as st

NUMBERS: dict[str, int | Decimal] = {
    "0": 0,
    "7": 7,
    "746": 746,
    "00": 0,
    "12345678": 12345678,
    "2,750,936": 2750936,
    "2，750，936": 2750936,
    "1,234": 1234,
    "1 234": 1234,
    "7 46\n": 746,
    "７４６": 746,
    "+1036": 1036,
    "＋94": 94,
    "增12": 12,
    "减4": -4,
    "减少6": -6,
    "增加10": 10,
    "-8": -8,
    "－8": -8,
    "−8": -8,
    "–8": -8,
    "—8": -8,
    "1208.64": Decimal("1208.64"),
    "1208．64": Decimal("1208.64"),
    "0.5": Decimal("0.5"),
    "251.50": Decimal("251.50"),
    "3.0625": Decimal("3.0625"),
    "-1,234.5": Decimal("-1234.5"),
}
NOTES: dict[str, tuple[int | Decimal, str]] = {
    "251000元": (251000, "元"),
    "25.1万元": (Decimal("25.1"), "万元"),
    "3件": (3, "件"),
    "22（其中修订16件）": (22, "其中修订16件"),
    "22\n（其中修订 16 件）": (22, "其中修订16件"),
    "22(其中修订16件)": (22, "其中修订16件"),
    "22，其中修订16件": (22, "其中修订16件"),
    "22其中修订16件": (22, "其中修订16件"),
    "22件（含上年度结转）": (22, "件 含上年度结转"),
    "1,036（含转办）": (1036, "含转办"),
}
NOTHING = ("/", "／", "//", "—", "——", "-", "－", "–", "―", "一", "无", " 无 ", "/ \n", "\\", "不适用")
BLANKS = ("", " ", "\n", "　", "\t \n")
ILLEGIBLES = (
    "abc", "规章", "1.2.3", "12-34", ",123", ".5", "5.", "--8", "+", "增", "减", "减少", "增加", "少6", "3/4", "/3",
    "7?", "O", "l2", "12件34", "第3", "3)", "2024-01-12", "元", "(5)", "无5", "12 个半",
)  # fmt: skip


@pytest.mark.parametrize(("text", "number"), NUMBERS.items())
def test_numbers(text: str, number: int | Decimal) -> None:
    value = parse_value(text)
    assert value == Value("number", number)
    assert type(value.number) is type(number)
    assert str(value.number) == str(number)


@pytest.mark.parametrize(("text", "expected"), NOTES.items())
def test_numbers_with_something_beside_them(text: str, expected: tuple[int | Decimal, str]) -> None:
    assert parse_value(text) == Value("number", *expected)


@pytest.mark.parametrize(
    "text", ["22", "22（其中修订16件）", "22件（含修订16件）", "1.5万元", "22，其中修订16件"]
)
def test_what_a_part_is_and_the_forms_own_units_change_no_meaning(text: str) -> None:
    assert parse_value(text).is_clear


@pytest.mark.parametrize("text", ["251000元", "3亿元", "40%", "22（预计）", "22（合计38）", "22件（上年数）"])
def test_other_units_and_remarks_may_change_what_a_number_means(text: str) -> None:
    assert not parse_value(text).is_clear


@pytest.mark.parametrize("text", NOTHING)
def test_what_says_that_nothing_applies(text: str) -> None:
    assert parse_value(text) == NOT_APPLICABLE


@pytest.mark.parametrize("text", BLANKS)
def test_blanks(text: str) -> None:
    assert parse_value(text) == BLANK


@pytest.mark.parametrize("text", ILLEGIBLES)
def test_what_is_no_value_is_illegible_and_never_a_number(text: str) -> None:
    assert parse_value(text) == ILLEGIBLE


@pytest.mark.parametrize("text", ["1,23", "12,3456", "1,234,56"])
def test_a_misplaced_separator_makes_no_number(text: str) -> None:
    assert parse_value(text) == ILLEGIBLE


def test_four_kinds_of_nothing_are_four() -> None:
    values = {parse_value(""), parse_value("/"), parse_value("0"), parse_value("口")}
    assert len(values) == 4


@st.composite
def printed_numbers(draw: st.DrawFn) -> tuple[str, int | Decimal]:
    """A number and one of the ways to print it."""
    whole = draw(st.integers(0, 10**9))
    sign = draw(st.sampled_from(("", "+", "-", "－", "—", "减", "增")))
    body = draw(st.sampled_from((f"{whole}", f"{whole:,}", f"{whole:,}".replace(",", "，"))))
    places = draw(st.integers(0, 4))
    factor = -1 if sign in ("-", "－", "—", "减") else 1
    if places == 0:
        return sign + body, factor * whole
    decimals = "".join(draw(st.lists(st.sampled_from("0123456789"), min_size=places, max_size=places)))
    number = Decimal(("-" if factor < 0 else "") + f"{whole}.{decimals}")
    return f"{sign}{body}.{decimals}", number


@given(printed_numbers(), st.booleans(), st.sampled_from(("", " ", "\n", "　")))
@example(("减0.50", Decimal("-0.50")), False, "")
def test_print_and_parse_lead_back(printed: tuple[str, int | Decimal], wide: bool, space: str) -> None:
    text, number = printed
    if wide:
        text = text.translate({ord("0") + k: ord("０") + k for k in range(10)})
    value = parse_value(space + space.join(text) + space)
    assert value == Value("number", number)
    assert str(value.number) == str(number)


@given(st.text(max_size=12))
def test_any_text_has_exactly_one_kind(text: str) -> None:
    value = parse_value(text)
    assert (value.kind == "number") == (value.number is not None)
    assert value.kind in ("number", "blank", "not_applicable", "illegible")
    if value.kind == "number":
        assert any(c.isdigit() for c in text)

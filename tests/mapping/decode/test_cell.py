"""From a cell's readings to its value: the likeliest, its rivals, and never one that was not read."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal

import pytest
from gouji.document.reading import Candidate, LineReading
from gouji.document.table import EMPTY_CELL, CellContent
from gouji.mapping.decode.cell import Decoded, decode_cell
from gouji.mapping.decode.graph import MIN_SHARE
from gouji.mapping.number import BLANK, ILLEGIBLE, NOT_APPLICABLE, Value, parse_value
from hypothesis import given
from hypothesis import strategies as st


def line(text: str, score: float, **shares: float) -> LineReading:
    """A reading whose candidates hold the given probabilities; a name begins with c, `p` stands for a point."""
    candidates = [Candidate(k[1:].replace("p", "."), math.log(p)) for k, p in shares.items()]
    return LineReading(text, score, tuple(sorted(candidates, key=lambda c: -c.log_prob)))


def decode(*lines: LineReading, coloured: bool = False) -> Decoded:
    return decode_cell(CellContent(lines, has_ink=True, coloured=coloured))


def test_a_cell_without_ink_is_blank() -> None:
    decoded = decode_cell(EMPTY_CELL)
    assert (decoded.value, decoded.raw_text, decoded.alternatives) == (BLANK, "", ())
    assert decoded.posterior > 0.95


def test_the_most_probable_value_wins_and_rivals_are_kept() -> None:
    decoded = decode(line("746", 0.97, c746=0.95, c146=0.03, c74=0.01))
    assert (decoded.value, decoded.raw_text) == (Value("number", 746), "746")
    assert decoded.posterior == pytest.approx(0.95, abs=0.02)
    assert [r.value.number for r in decoded.alternatives] == [146, 74]
    assert [r.posterior for r in decoded.alternatives] == pytest.approx([0.03, 0.01], abs=0.002)


def test_strings_that_print_one_value_are_one() -> None:
    shares = {"123": 0.4, "1234": 0.3, "1,234": 0.29}
    candidates = tuple(Candidate(text, math.log(p)) for text, p in shares.items())
    decoded = decode(LineReading("1234", 0.9, candidates))
    assert decoded.value == Value("number", 1234)
    assert decoded.posterior == pytest.approx(0.59, abs=0.02)


def test_a_lone_zero_that_reads_as_a_letter_is_zero() -> None:
    decoded = decode(line("O", 0.6, c0=0.35, c6=0.01))
    assert decoded.value == Value("number", 0)
    assert decoded.posterior > 0.8


def test_words_where_a_number_should_stand_are_illegible() -> None:
    decoded = decode(line("规章", 0.99, c1=0.0005))
    assert (decoded.value, decoded.raw_text, decoded.posterior) == (ILLEGIBLE, "规章", 0.0)


def test_a_number_with_words_around_it_comes_from_the_whole_alphabet() -> None:
    decoded = decode(line("22（其中修订16件）", 0.95, c22=0.001))
    assert decoded.value == Value("number", 22, "其中修订16件")
    assert decoded.posterior == pytest.approx(0.95)


@pytest.mark.parametrize(("overlaid", "value"), [(False, Value("number", 110)), (True, ILLEGIBLE)])
def test_a_number_on_two_lines_under_a_seal_may_be_two_marks(overlaid: bool, value: Value) -> None:
    content = CellContent((line("11", 0.98), line("0", 0.99)), has_ink=True, overlaid=overlaid)
    assert decode_cell(content).value == value


def test_a_note_on_a_second_line() -> None:
    decoded = decode(line("22", 0.99, c22=0.99), line("（其中修订16件）", 0.9))
    assert decoded.value == Value("number", 22, "其中修订16件")
    assert decoded.raw_text == "22\n（其中修订16件）"
    assert decoded.posterior == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("/", NOT_APPLICABLE),
        ("-", NOT_APPLICABLE),
        ("无", NOT_APPLICABLE),
        ("1208.64", Value("number", Decimal("1208.64"))),
    ],
)
def test_other_prints(text: str, value: Value) -> None:
    decoded = decode(LineReading(text, 0.98, (Candidate(text, math.log(0.97)),)))
    assert (decoded.value, decoded.raw_text) == (value, text)


def test_ink_that_reads_as_nothing_is_illegible_and_not_blank() -> None:
    assert decode(LineReading("", 0.0)).value == ILLEGIBLE
    assert decode().value == ILLEGIBLE
    assert decode(LineReading(" ", 0.3)).value == ILLEGIBLE


def test_a_seal_over_nothing_is_a_doubtful_blank_but_a_coloured_number_counts() -> None:
    seal = decode(LineReading("印章", 0.6), coloured=True)
    assert (seal.value, seal.raw_text) == (BLANK, "")
    assert seal.posterior <= 0.5
    assert decode(line("12", 0.99, c12=0.98), coloured=True).value == Value("number", 12)


def test_an_engine_without_a_posterior() -> None:
    decoded = decode(LineReading("746", 0.9))
    assert decoded.value == Value("number", 746)
    assert 0.6 < decoded.posterior < 1
    assert decode(LineReading("规章", 0.99)).value == ILLEGIBLE


TEXTS = st.text("0123456789.,-/无规O", max_size=6)


@st.composite
def readings(draw: st.DrawFn) -> LineReading:
    text, score = draw(TEXTS), draw(st.floats(0, 1))
    strings = draw(st.lists(TEXTS, max_size=5, unique=True))
    weights = [draw(st.floats(1e-6, 1)) for _ in strings]
    room = draw(st.floats(0.01, 1)) / max(1e-9, sum(weights))
    candidates = [Candidate(s, math.log(w * room)) for s, w in zip(strings, weights, strict=True)]
    return LineReading(text, score, tuple(sorted(candidates, key=lambda c: -c.log_prob)))


@given(st.lists(readings(), max_size=3))
def test_no_value_is_invented(lines: list[LineReading]) -> None:
    decoded = decode(*lines)
    supported = {parse_value(s) for ln in lines for s in (ln.text, *(c.text for c in ln.candidates))}
    supported |= {parse_value("\n".join(ln.text for ln in lines)), ILLEGIBLE}
    assert decoded.value in supported
    assert {r.value for r in decoded.alternatives} <= supported
    assert decoded.value != BLANK  # there is ink
    assert decoded.value not in {r.value for r in decoded.alternatives}


@given(readings())
def test_posteriors_are_probabilities(reading: LineReading) -> None:
    decoded = decode(reading)
    shares = [r.posterior for r in decoded.alternatives]
    assert 0 <= decoded.posterior <= 1 + 1e-9
    assert shares == sorted(shares, reverse=True)
    assert len(shares) <= 4
    if decoded.value.kind == "number" and reading.candidates and decoded.raw_text != reading.text:
        assert decoded.posterior + sum(shares) <= 1 + 1e-6


def test_a_mark_of_another_size_is_blank_and_its_readings_are_rivals() -> None:
    reading = line("4", 0.99, c4=0.9, c1=0.04, c7=0.02, c6=0.01, c9=0.01, c0=0.01)
    decoded = decode_cell(CellContent((reading,), has_ink=True, odd=True))
    assert (decoded.value, decoded.raw_text) == (BLANK, "")
    assert decoded.posterior < 0.95
    assert [r.value.number for r in decoded.alternatives[:3]] == [4, 1, 7]
    assert len(decoded.alternatives) == 4
    assert decoded.posterior + sum(r.posterior for r in decoded.alternatives) <= 1


def test_other_cuts_of_an_odd_mark_do_not_make_it_a_number() -> None:
    one = CellContent((line("4", 0.99, c4=0.99),), has_ink=True, odd=True)
    assert decode_cell(replace(one, again=(one, one))).value == BLANK


@pytest.mark.parametrize(("text", "posterior"), [("的", 0.995), ("", 0.995), ("4", 0.5), ("-", 0.5)])
def test_marks_of_the_other_side_are_blank_and_what_reads_as_a_value_is_a_rival(
    text: str, posterior: float
) -> None:
    read = LineReading(text, 0.9, (Candidate(text, -0.1),))
    decoded = decode_cell(CellContent((), has_ink=False, shining=CellContent((read,), has_ink=True)))
    assert (decoded.value, decoded.posterior) == (BLANK, posterior)
    assert [r.raw_text for r in decoded.alternatives] == ([text] if posterior < 0.9 else [])


def cut(*cuts: LineReading) -> CellContent:
    """A cell whose first cut left a doubt, and was followed by others."""
    first, *others = (CellContent((line,), has_ink=True) for line in cuts)
    return replace(first, again=tuple(others))


def test_cuts_that_agree_are_surer_than_cuts_that_differ() -> None:
    same = decode_cell(cut(*[line("7", 0.9, c7=0.9, c1=0.08)] * 4))
    differ = decode_cell(cut(line("7", 0.9, c7=0.9, c1=0.08), *[line("1", 0.9, c1=0.95)] * 3))
    assert same.posterior > 0.85
    assert differ.posterior < 0.6
    assert {same.value.number, differ.value.number} <= {7, 1}


def test_one_other_cut_is_a_rival_that_checks_may_choose() -> None:
    sure = line("13", 0.99, c13=0.99)
    decoded = decode_cell(cut(sure, sure, sure, line("113", 0.99, c113=0.99)))
    assert decoded.value.number == 13
    (rival,) = decoded.alternatives
    assert (rival.value.number, rival.raw_text) == (113, "113")
    assert rival.posterior >= MIN_SHARE * decoded.posterior


def test_what_no_cut_reads_stays_illegible() -> None:
    assert decode_cell(cut(*[line("规章", 0.99, c1=0.0005)] * 4)).value == ILLEGIBLE


def test_what_two_other_cuts_read_is_legible_and_in_doubt() -> None:
    word, seven = line("规章", 0.99, c1=0.0005), line("7", 0.99, c7=0.99)
    decoded = decode_cell(cut(word, seven, seven, word))
    assert decoded.value.number == 7
    assert decoded.posterior < 0.5


def test_a_mark_as_high_as_a_digit_is_no_dash() -> None:
    reading = LineReading("-", 0.9, (Candidate("-", math.log(0.87)), Candidate("0", math.log(0.12))))
    flat = decode_cell(CellContent((reading,), has_ink=True))
    assert flat.value == NOT_APPLICABLE
    high = decode_cell(CellContent((reading,), has_ink=True, upright=True))
    assert high.value.number == 0
    assert high.posterior < 0.2  # the reader's doubt does not go with the dash
    assert high.alternatives == ()


@pytest.mark.parametrize("candidates", [(), (Candidate("-", -0.001),)])
def test_a_high_mark_that_reads_as_nothing_but_a_dash_is_illegible(candidates: tuple[Candidate, ...]) -> None:
    decoded = decode_cell(CellContent((LineReading("-", 0.99, candidates),), has_ink=True, upright=True))
    assert (decoded.value, decoded.raw_text, decoded.posterior) == (ILLEGIBLE, "-", 0.0)

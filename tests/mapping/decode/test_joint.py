"""Cells decoded together: what the checks may settle, what they must leave alone, and brute force as the judge."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from gouji.mapping.checks import evaluate_checks
from gouji.mapping.decode.cell import Decoded, Reading
from gouji.mapping.decode.graph import MIN_REST, MIN_SHARE, MIN_SHARE_OF_NOTHING, build_graph
from gouji.mapping.decode.joint import decode_jointly
from gouji.mapping.decode.prior import CheckPrior, load_prior
from gouji.mapping.decode.solver import most_probable
from gouji.mapping.form import Identity
from gouji.mapping.number import BLANK, ILLEGIBLE, NOT_APPLICABLE, Value
from hypothesis import assume, given, settings
from hypothesis import strategies as st

PRIOR = load_prior()


def number(value: int, posterior: float, *rivals: tuple[int, float]) -> Decoded:
    others = tuple(Reading(Value("number", v), str(v), p) for v, p in rivals)
    return Decoded(Value("number", value), str(value), posterior, others)


def sum_of(total: str, *parts: str) -> Identity:
    return Identity(f"{total}_sum", parts, (total,), "", "")


ROW = sum_of("total", "a", "b")


def test_a_sum_settles_which_of_two_supported_readings_is_printed() -> None:
    cells = {"a": number(3, 0.999), "b": number(7, 0.7, (1, 0.29)), "total": number(4, 0.999)}
    joint = decode_jointly(cells, [ROW], PRIOR)
    b = joint["b"]
    assert (b.decoded.value.number, b.decoded.raw_text, b.chosen) == (1, "1", True)
    assert b.own == pytest.approx(0.29)
    assert b.decoded.posterior > 0.95
    assert b.decoded.alternatives[0].value.number == 7
    assert b.support == 0, "a check that the choice made hold is no evidence for it"
    assert joint["a"].support == 0


def test_a_check_that_holds_is_evidence_for_its_cells() -> None:
    cells = {"a": number(3, 0.97), "b": number(70, 0.97), "total": number(73, 0.97)}
    joint = decode_jointly(cells, [ROW], PRIOR)
    assert all(j.support > math.log(10) and j.decoded.posterior > 0.99 for j in joint.values())
    zeros = {k: number(0, 0.97) for k in cells}
    assert all(0 < j.support < 0.5 for j in decode_jointly(zeros, [ROW], PRIOR).values())


def test_a_sum_says_nothing_for_a_blank() -> None:
    cells = {"a": number(3, 0.97), "b": Decoded(BLANK, "", 0.9), "total": number(3, 0.97)}
    joint = decode_jointly(cells, [ROW], PRIOR)
    assert (joint["b"].support, joint["b"].decoded.posterior) == (0.0, 0.9)
    assert joint["a"].support > 1


def test_a_total_that_is_surely_printed_wrong_stays_as_printed() -> None:
    cells = {"a": number(10, 0.999), "b": number(1, 0.999, (0, 0.0005)), "total": number(0, 0.999)}
    joint = decode_jointly(cells, [ROW], PRIOR)
    assert {k: j.decoded.value.number for k, j in joint.items()} == {"a": 10, "b": 1, "total": 0}
    assert not any(j.chosen for j in joint.values())
    assert all(j.decoded.posterior < j.own for j in joint.values())


def test_what_is_not_read_is_not_made_up() -> None:
    cells = {"a": number(3, 0.999), "b": Decoded(ILLEGIBLE, "x", 0.0), "total": number(4, 0.999)}
    assert decode_jointly(cells, [ROW], PRIOR)["b"].decoded.value == ILLEGIBLE
    cells["b"] = Decoded(Value("missing"), "", 0.0)
    assert decode_jointly(cells, [ROW], PRIOR)["b"].decoded.value.kind == "missing"


def test_cells_without_a_check_keep_their_own_posterior() -> None:
    cells = {k: number(1, 0.9) for k in ("a", "b", "total", "alone")}
    assert decode_jointly(cells, [ROW], PRIOR)["alone"].decoded.posterior == 0.9


def test_a_large_component_is_solved_as_well_as_a_small_one() -> None:
    """Forty doubtful cells in a row: 2^40 combinations."""
    names = [f"c{k}" for k in range(40)]
    truth = {name: 3 + 7 * k for k, name in enumerate(names)}
    cells = {
        name: number(v + 10, 0.52, (v, 0.47)) if k % 5 == 0 else number(v, 0.6, (v + 10, 0.39))
        for k, (name, v) in enumerate(truth.items())
    }
    pairs = [sum_of(f"t{k}", names[k], names[k + 1]) for k in range(0, 39)]
    totals = {f"t{k}": number(truth[names[k]] + truth[names[k + 1]], 0.999) for k in range(0, 39)}
    joint = decode_jointly({**cells, **totals}, pairs, PRIOR, solver_seconds=10)
    assert {name: joint[name].decoded.value.number for name in names} == truth
    late = decode_jointly({**cells, **totals}, pairs, PRIOR, solver_seconds=0.0)
    assert not any(j.chosen for j in late.values()), "past its time the cells' own readings stand"


KINDS = st.sampled_from([BLANK, NOT_APPLICABLE, *(Value("number", n) for n in range(6))])


NUMBERS = st.sampled_from([Value("number", n) for n in range(6)])


@st.composite
def cells(draw: st.DrawFn, kinds: st.SearchStrategy[Value] = KINDS) -> Decoded:
    values = draw(st.lists(kinds, min_size=2, max_size=2, unique=True))
    weights = draw(st.lists(st.floats(0.3, 1.0), min_size=len(values), max_size=len(values)))
    scale = draw(st.floats(0.8, 1.0)) / sum(weights)
    readings = sorted(
        (Reading(v, str(v.number), w * scale) for v, w in zip(values, weights, strict=True)),
        key=lambda r: -r.posterior,
    )
    first, *rest = readings
    return Decoded(first.value, first.raw_text, first.posterior, tuple(rest))


GRID = [
    sum_of("r0", "a", "b"),
    sum_of("r1", "c", "d"),
    sum_of("s0", "a", "c"),
    Identity("both", ("r0", "b"), ("s0", "d"), "", ""),
]
NAMES = ("a", "b", "c", "d", "r0", "r1", "s0")


def brute_force(
    decoded: dict[str, Decoded], prior: CheckPrior
) -> tuple[list[float], dict[str, Value], dict[str, dict[Value, float]]]:
    """The best log-probability over the readings, and each cell's marginals with everything else as illegible."""
    options = {}
    for name, d in decoded.items():
        readings = [(d.value, max(d.posterior, MIN_REST))]
        likeliest = max(d.posterior, 1 - d.posterior)
        for r in d.alternatives:
            share = MIN_SHARE if r.value.number else MIN_SHARE_OF_NOTHING
            readings += [(r.value, r.posterior)] * (r.posterior >= share * likeliest)
        rest = max(MIN_REST, 1 - sum(p for _, p in readings))
        options[name] = [*readings, (ILLEGIBLE, rest)]
    logs: list[float] = []
    best_values: dict[str, Value] = {}
    marginals: dict[str, dict[Value, float]] = {name: {} for name in decoded}
    for combination in product(*options.values()):
        values = {name: v for name, (v, _) in zip(options, combination, strict=True)}
        log = sum(math.log(p) for _, p in combination)
        for result in evaluate_checks(GRID, values):
            if result.state == "violated":
                log += math.log(1 - prior.holds)
            elif result.state == "holds":
                assert result.left is not None
                log += prior.most if result.left else min(prior.most, math.log(prior.holds / prior.zeros))
        if ILLEGIBLE not in values.values():
            logs.append(log)
            best_values = values if log == max(logs) else best_values
        for name, value in values.items():
            marginals[name][value] = marginals[name].get(value, 0.0) + math.exp(log)
    totals = {name: sum(own.values()) for name, own in marginals.items()}
    shares = {n: {v: w / totals[n] for v, w in own.items()} for n, own in marginals.items()}
    return sorted(logs)[-2:], best_values, shares


@settings(max_examples=25, deadline=None)
@given(st.fixed_dictionaries({name: cells() for name in NAMES}))
def test_the_most_probable_values_and_their_posteriors_are_those_of_brute_force(
    decoded: dict[str, Decoded],
) -> None:
    assume(all(node.is_free for node in build_graph(decoded, GRID, PRIOR).nodes))
    joint = decode_jointly(decoded, GRID, PRIOR)
    (second, best), values, marginals = brute_force(decoded, PRIOR)
    assume(second < best - 1e-6)  # of two that are equal either will do
    found = {name: joint[name].decoded.value for name in NAMES}
    first = {name: decoded[name].value for name in NAMES}
    unlikely = [n for n in NAMES if marginals[n][first[n]] > marginals[n][values[n]] - 1e-9]
    assert found == values or (unlikely and found == first)
    for name in NAMES:
        d = joint[name].decoded
        for reading in (Reading(d.value, "", d.posterior), *d.alternatives):
            expected = marginals[name][reading.value]
            # No evidence for a cell: a sum in which a 0 would do as well, or that comes out because another cell was chosen.
            without = min(expected, joint[name].own) if reading.value == d.value else expected
            assert reading.posterior == pytest.approx(expected, abs=1e-6) or (
                reading.posterior == pytest.approx(without, abs=1e-6)
            )


def test_what_counts_for_nothing_needs_more_of_the_image_to_be_chosen() -> None:
    """A 1 too many is printed; that a reader half sees a `/` instead mends the sum, and must not."""
    slash = Reading(NOT_APPLICABLE, "/", 0.14)
    cells = {
        "a": number(3, 0.999),
        "b": Decoded(Value("number", 1), "1", 0.83, (slash,)),
        "total": number(3, 0.999),
    }
    joint = decode_jointly(cells, [ROW], PRIOR)
    assert joint["b"].decoded.value.number == 1
    cells["b"] = Decoded(Value("number", 1), "1", 0.55, (replace(slash, posterior=0.42),))
    assert decode_jointly(cells, [ROW], PRIOR)["b"].decoded.value == NOT_APPLICABLE


def test_every_rival_is_told_once_the_likeliest_first() -> None:
    """The `/` is too unlikely to be chosen but likelier than the 4, which the checks may choose."""
    slash, four = Reading(NOT_APPLICABLE, "/", 0.2), Reading(Value("number", 4), "4", 0.12)
    cells = {
        "a": number(3, 0.999),
        "b": Decoded(Value("number", 1), "1", 0.6, (slash, four)),
        "total": number(4, 0.999),
    }
    b = decode_jointly(cells, [ROW], PRIOR)["b"]
    assert [r.value for r in b.decoded.alternatives] == [slash.value, four.value]
    assert b.decoded.alternatives[0].posterior == slash.posterior
    assert b.rival == slash.posterior


def test_a_choice_is_no_evidence_for_the_cells_beside_it() -> None:
    """a is misread (12), b is right; bending b to 13 makes the sum come out."""
    cells = {"a": number(17, 0.9), "b": number(18, 0.7, (13, 0.25)), "total": number(30, 0.999)}
    joint = decode_jointly(cells, [ROW], PRIOR)
    assert joint["b"].chosen
    assert joint["a"].decoded.posterior <= 0.9
    assert joint["a"].support == 0


# What a check is worth depends on whether its total is 0, and the solver takes it at one total: so all worth the same here.
EVEN = replace(PRIOR, most=1.0, zeros=0.1)


@settings(max_examples=25, deadline=None)
@given(st.fixed_dictionaries({name: cells(NUMBERS) for name in NAMES}))
def test_the_solver_finds_what_brute_force_finds_among_numbers(decoded: dict[str, Decoded]) -> None:
    graph = build_graph(decoded, GRID, EVEN)
    free = [k for k, node in enumerate(graph.nodes) if node.is_free]
    found = most_probable(graph, free, [0] * len(graph.nodes), seconds=10)
    assert found is not None
    (_, best), _, _ = brute_force(decoded, EVEN)
    assert float(graph.log_probs(range(len(found)), np.array([found]), found)[0]) == pytest.approx(best)

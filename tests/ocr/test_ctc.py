"""Strings of frame-wise probabilities, held against the sum over all paths."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from gouji.document.reading import Candidate
from gouji.ocr import ctc
from gouji.ocr.ctc import BLANK, n_best, probability
from hypothesis import example, given
from hypothesis import strategies as st

SYMBOLS = "17/"


def collapse(path: tuple[int, ...]) -> str:
    """What a frame path says: repeats merged, then blanks dropped."""
    merged = [key for key, _ in itertools.groupby(path)]
    return "".join(SYMBOLS[i - 1] for i in merged if i != BLANK)


def all_strings(probs: np.ndarray) -> dict[str, float]:
    """Each string's probability, by walking every path."""
    total: dict[str, float] = {}
    for path in itertools.product(range(probs.shape[1]), repeat=len(probs)):
        text = collapse(path)
        total[text] = total.get(text, 0.0) + math.prod(probs[t, i] for t, i in enumerate(path))
    return total


FEW = 40
"""So many strings are all kept; of more the search may drop the least likely, so that it finds too little, never too much."""


def _possible(probs: np.ndarray) -> int:
    return sum(p > 0 for p in all_strings(probs).values())


@st.composite
def frames(draw: st.DrawFn) -> np.ndarray:
    """(T, 4) with T up to 5; rows sum to at most 1, the rest being other characters."""
    length = draw(st.integers(0, 5))
    shares = st.lists(st.sampled_from((0, 0, 0, 1, 3, 30)), min_size=5, max_size=5)
    weights = draw(st.lists(shares, min_size=length, max_size=length))
    rows = [[w / max(1, sum(row)) for w in row[:4]] for row in weights]
    return np.array(rows, dtype=np.float64).reshape(length, 4)


@given(frames())
@example(np.array([[0.4, 0.6, 0, 0], [0.4, 0.6, 0, 0], [0.4, 0.6, 0, 0]]))  # 1 against 11
@example(np.array([[0.0, 0.5, 0.5, 0.0]] * 3))  # no blank: no repeats
def test_n_best_sums_over_all_paths(probs: np.ndarray) -> None:
    expected = all_strings(probs)
    found = n_best(probs, SYMBOLS, count=1000)
    by_text = {c.text: math.exp(c.log_prob) for c in found}
    assert len(by_text) == len(found)
    assert all(p <= expected[text] * (1 + 1e-4) + 1e-6 for text, p in by_text.items())
    if all(_possible(probs[:t]) <= FEW for t in range(len(probs) + 1)):
        for text, p in expected.items():
            assert by_text.get(text, 0.0) == pytest.approx(p, rel=1e-4, abs=1e-6), text
    assert [c.log_prob for c in found] == sorted((c.log_prob for c in found), reverse=True)
    assert sum(by_text.values()) <= 1 + 1e-9


@given(frames())
def test_probability_sums_over_all_paths(probs: np.ndarray) -> None:
    if len(probs):
        for text, expected in all_strings(probs).items():
            assert probability(probs, [SYMBOLS.index(c) + 1 for c in text]) == pytest.approx(
                expected, abs=1e-9
            ), text


@given(frames(), st.integers(1, 4))
def test_n_best_gives_the_head_of_the_list(probs: np.ndarray, count: int) -> None:
    every = n_best(probs, SYMBOLS, count=1000)
    assert n_best(probs, SYMBOLS, count) == every[:count]


@given(frames())
def test_the_most_probable_string_comes_first(probs: np.ndarray) -> None:
    expected = all_strings(probs)
    (best, *_) = n_best(probs, SYMBOLS)
    # Too many equally likely strings may cost the best one a share.
    assert expected.get(best.text, 0.0) >= 0.9 * max(expected.values()) - 1e-6


def test_many_frames_keep_the_best_string() -> None:
    rng = np.random.default_rng(1)
    probs = np.full((40, 4), 0.01)
    for t, i in enumerate([1, 0, 2, 2, 0, 2, 3, 0] * 5):
        probs[t, i] = 0.95
    probs += rng.uniform(0, 0.003, probs.shape)
    best = n_best(probs / probs.sum(axis=1, keepdims=True), SYMBOLS)
    assert best[0].text == "177/" * 5
    assert math.exp(best[0].log_prob) > 0.1
    assert all(isinstance(c, Candidate) for c in best)


@given(frames().filter(len))
def test_collapse_is_the_string_of_the_best_path(probs: np.ndarray) -> None:
    path = tuple(int(i) for i in probs.argmax(axis=1))
    text, score, weakest = ctc.collapse(probs.argmax(axis=1), probs.max(axis=1, initial=0.0), SYMBOLS)
    assert text == collapse(path)
    firsts = [t for t, i in enumerate(path) if i != BLANK and (t == 0 or path[t - 1] != i)]
    shares = [probs[t, path[t]] for t in firsts] or [0.0]
    assert score == pytest.approx(np.mean(shares))
    assert weakest == pytest.approx(min(shares))


@pytest.mark.parametrize(
    ("path", "text"),
    [((1, 1, 2), "17"), ((1, 0, 1), "11"), ((1, 1, 1), "1"), ((0, 0), ""), ((0, 3, 0, 0, 3, 3), "//")],
)
def test_repeats_need_a_blank_between_them(path: tuple[int, ...], text: str) -> None:
    probs = np.full((len(path), 4), 0.02)
    probs[np.arange(len(path)), path] = 0.94
    assert ctc.collapse(probs.argmax(axis=1), probs.max(axis=1), SYMBOLS)[0] == text
    assert n_best(probs, SYMBOLS)[0].text == text

"""Strings out of the frame-wise probabilities of a CTC recognizer.

CTC (Graves et al., 2006, "Connectionist Temporal Classification"): a string's probability is the sum over all frame paths that
collapse to it, where a path collapses by merging repeats and then dropping blanks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..document.reading import Candidate

BLANK = 0
"""Index of the CTC blank among the recognizer's classes."""

NEGLIGIBLE = 1e-7
"""Frame probabilities below this start no new path: together they cannot move a posterior by 1e-4 over 40 frames × 25 symbols."""

_BEAM = 48
_ZERO = -math.inf


def greedy(probs: NDArray[np.floating], alphabet: Sequence[str]) -> tuple[str, float]:
    """The string of the best path and the mean probability of its characters.

    Args:
        probs: (T, V) frame-wise probabilities, class 0 the blank, class i the character `alphabet[i - 1]`.
        alphabet: V - 1 characters.
    """
    best = probs.argmax(axis=1)
    keep = best != BLANK
    keep[1:] &= best[1:] != best[:-1]
    if not keep.any():
        return "", 0.0
    text = "".join(alphabet[int(i) - 1] for i in best[keep])
    return text, float(probs[np.arange(len(best)), best][keep].mean())


def n_best(probs: NDArray[np.floating], symbols: Sequence[str], count: int = 5) -> tuple[Candidate, ...]:
    """The most probable strings over `symbols`, best first, with their log-probabilities.

    Prefix search (Graves et al., 2006, section 4; Hannun, 2017) over paths of the given columns only: what the other characters
    hold of each frame is simply not spent, so the probabilities are absolute and sum to at most 1.

    Args:
        probs: (T, 1 + len(symbols)); column 0 the blank, column i the symbol i - 1.
        symbols: one character each.
        count: how many strings at most.
    """
    # prefix -> (log-probability ending in blank, ending in the last symbol)
    beams: dict[tuple[int, ...], tuple[float, float]] = {(): (0.0, _ZERO)}
    for frame in probs:
        logs = np.log(np.maximum(frame, 1e-30))
        live = [int(i) for i in np.flatnonzero(frame > NEGLIGIBLE) if i != BLANK]
        beams = _prune(_extend(beams, logs, live))
    ranked = sorted(((_add(*ends), prefix) for prefix, ends in beams.items()), reverse=True)[:count]
    return tuple(
        Candidate("".join(symbols[i - 1] for i in prefix), log_prob)
        for log_prob, prefix in ranked
        if log_prob > _ZERO
    )


def _extend(
    beams: dict[tuple[int, ...], tuple[float, float]], logs: NDArray[np.floating], live: list[int]
) -> dict[tuple[int, ...], tuple[float, float]]:
    grown: dict[tuple[int, ...], tuple[float, float]] = {}

    def put(prefix: tuple[int, ...], blank: float, symbol: float) -> None:
        old = grown.get(prefix, (_ZERO, _ZERO))
        grown[prefix] = (_add(old[0], blank), _add(old[1], symbol))

    for prefix, (blank, symbol) in beams.items():
        both = _add(blank, symbol)
        put(prefix, both + logs[BLANK], symbol + logs[prefix[-1]] if prefix else _ZERO)
        for i in live:
            # A repeated character needs a blank between the two.
            start = blank if prefix and prefix[-1] == i else both
            put((*prefix, i), _ZERO, start + logs[i])
    return grown


def _prune(beams: dict[tuple[int, ...], tuple[float, float]]) -> dict[tuple[int, ...], tuple[float, float]]:
    if len(beams) <= _BEAM:
        return beams
    return dict(sorted(beams.items(), key=lambda item: _add(*item[1]), reverse=True)[:_BEAM])


def _add(a: float, b: float) -> float:
    """log(exp(a) + exp(b))."""
    if a < b:
        a, b = b, a
    return float(a if b == _ZERO else a + math.log1p(math.exp(b - a)))

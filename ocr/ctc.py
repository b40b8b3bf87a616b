"""Strings out of the frame-wise probabilities of a CTC recognizer.

CTC (Graves et al., 2006, "Connectionist Temporal Classification"): a string's probability is the sum over all frame paths that
collapse to it, where a path collapses by merging repeats and then dropping blanks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from heapq import nlargest

import numpy as np
from numpy.typing import NDArray

from ..document.reading import Candidate

BLANK = 0
"""Index of the CTC blank among the recognizer's classes."""

NEGLIGIBLE = 1e-6
"""Frame probabilities below this start no new path: together they cannot move a posterior by 1e-3 over 40 frames × 25 symbols."""

_BEAM = 48
_HOPELESS = 14.0  # a prefix e^14, a million times, less likely than the best one is given up
_ZERO = -math.inf
_LOST = -40.0  # exp of less adds nothing to a double of 53 bits


def collapse(
    classes: NDArray[np.integer], scores: NDArray[np.floating], alphabet: Sequence[str]
) -> tuple[str, float, float]:
    """The string of the best path, the mean probability of its characters and that of the least probable one.

    Args:
        classes: (T,) each frame's likeliest class, 0 the blank, i the character `alphabet[i - 1]`.
        scores: (T,) its probability.
        alphabet: one character each.
    """
    keep = classes != BLANK
    keep[1:] &= classes[1:] != classes[:-1]
    if not keep.any():
        return "", 0.0, 0.0
    text = "".join(alphabet[int(i) - 1] for i in classes[keep])
    return text, float(scores[keep].mean()), float(scores[keep].min())


def probability(probs: NDArray[np.floating], target: Sequence[int]) -> float:
    """The probability of one string: the sum over all paths that collapse to it (Graves et al., 2006, section 4.1).

    Args:
        probs: (T, classes); column 0 the blank.
        target: the string's classes, none of them 0.
    """
    states = np.zeros(2 * len(target) + 1, dtype=np.intp)  # a blank before, between and after
    states[1::2] = target
    # A symbol may follow the last but one state, skipping the blank, unless that is the same symbol.
    may_skip = np.zeros(len(states))
    may_skip[3::2] = states[3::2] != states[1:-2:2]
    emitted = probs[:, states].astype(np.float64)
    forward = np.zeros(len(states))
    forward[:2] = emitted[0, :2]
    for frame in emitted[1:]:
        before = forward.copy()
        before[1:] += forward[:-1]
        before[2:] += forward[:-2] * may_skip[2:]
        forward = before * frame
    return float(forward[-2:].sum())


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
    logs = np.log(np.maximum(probs, 1e-30)).tolist()
    for frame, log in zip(probs, logs, strict=True):
        live = [i for i in np.flatnonzero(frame > NEGLIGIBLE).tolist() if i != BLANK]
        beams = _prune(_extend(beams, log, live)) if live else _pause(beams, log[BLANK])
    ranked = sorted(((_add(*ends), prefix) for prefix, ends in beams.items()), reverse=True)[:count]
    return tuple(
        Candidate("".join(symbols[i - 1] for i in prefix), log_prob)
        for log_prob, prefix in ranked
        if log_prob > _ZERO
    )


def _pause(
    beams: dict[tuple[int, ...], tuple[float, float]], blank: float
) -> dict[tuple[int, ...], tuple[float, float]]:
    """The beams after a frame that can only be blank."""
    return {prefix: (_add(*ends) + blank, _ZERO) for prefix, ends in beams.items()}


def _extend(
    beams: dict[tuple[int, ...], tuple[float, float]], logs: Sequence[float], live: list[int]
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
    # The larger of a beam's two ends is within log 2 of their sum: near enough to choose by.
    least = max(max(ends) for ends in beams.values()) - _HOPELESS
    kept = {prefix: ends for prefix, ends in beams.items() if ends[0] >= least or ends[1] >= least}
    return kept if len(kept) <= _BEAM else dict(nlargest(_BEAM, kept.items(), key=lambda item: max(item[1])))


def _add(a: float, b: float) -> float:
    """log(exp(a) + exp(b))."""
    if a < b:
        a, b = b, a
    return a if b == _ZERO or b - a < _LOST else a + math.log1p(math.exp(b - a))

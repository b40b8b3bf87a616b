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
_ZERO = -math.inf
_LOST = -40.0  # exp of less adds nothing to a double of 53 bits


def collapse(
    classes: NDArray[np.integer], scores: NDArray[np.floating], alphabet: Sequence[str]
) -> tuple[str, float]:
    """The string of the best path and the mean probability of its characters.

    Args:
        classes: (T,) each frame's likeliest class, 0 the blank, i the character `alphabet[i - 1]`.
        scores: (T,) its probability.
        alphabet: one character each.
    """
    keep = classes != BLANK
    keep[1:] &= classes[1:] != classes[:-1]
    if not keep.any():
        return "", 0.0
    text = "".join(alphabet[int(i) - 1] for i in classes[keep])
    return text, float(scores[keep].mean())


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
    if len(beams) <= _BEAM:
        return beams
    # The larger of a beam's two ends is within log 2 of their sum: near enough to choose by.
    return dict(nlargest(_BEAM, beams.items(), key=lambda item: max(item[1])))


def _add(a: float, b: float) -> float:
    """log(exp(a) + exp(b))."""
    if a < b:
        a, b = b, a
    return a if b == _ZERO or b - a < _LOST else a + math.log1p(math.exp(b - a))

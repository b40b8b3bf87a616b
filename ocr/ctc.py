"""Strings out of the frame-wise probabilities of a CTC recognizer.

CTC (Graves et al., 2006, "Connectionist Temporal Classification"): a string's probability is the sum over all frame paths that
collapse to it, where a path collapses by merging repeats and then dropping blanks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..document.reading import Candidate

BLANK = 0
"""Index of the CTC blank among the recognizer's classes."""

NEGLIGIBLE = 1e-6
"""Frame probabilities below this start no new path: together they cannot move a posterior by 1e-3 over 40 frames × 25 symbols."""

_BEAM = 48
_HOPELESS = 1e-6  # a prefix so many times less likely than the best one is given up
_LEAST = 1e-30  # no probability is nought: what a search has begun it can go on with


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
    prefixes = _Prefixes()
    beams = _Beams(np.zeros(1, np.intp), np.ones(1), np.zeros(1), 0.0)
    for frame in np.maximum(probs, _LEAST).astype(np.float64):
        live = 1 + np.flatnonzero(frame[1:] > NEGLIGIBLE)
        beams = _extended(beams, frame, live, prefixes) if live.size else _paused(beams, frame[BLANK])
    totals = (beams.blank + beams.symbol).tolist()
    ranked = sorted(zip(totals, map(prefixes.spelled, beams.nodes.tolist()), strict=True), reverse=True)
    return tuple(
        Candidate("".join(symbols[i - 1] for i in prefix), math.log(total) + beams.log_scale)
        for total, prefix in ranked[:count]
        if total > 0
    )


class _Prefixes:
    """The prefixes met so far, as a tree: each is the one before it and one more symbol; 0 is the empty one."""

    def __init__(self) -> None:
        self.parents, self.last = [-1], [BLANK]
        self._numbers: dict[tuple[int, int], int] = {}

    def grown(self, parent: int, symbol: int) -> int:
        """The number of a prefix that goes on from another one."""
        number = self._numbers.setdefault((parent, symbol), len(self.last))
        if number == len(self.last):
            self.parents.append(parent)
            self.last.append(symbol)
        return number

    def spelled(self, number: int) -> tuple[int, ...]:
        """The symbols of a prefix."""
        symbols = []
        while number:
            symbols.append(self.last[number])
            number = self.parents[number]
        return tuple(reversed(symbols))


@dataclass(frozen=True, slots=True, eq=False)
class _Beams:
    """The likeliest prefixes after a frame.

    Attributes:
        nodes: (n,) their numbers.
        blank, symbol: (n,) probabilities that the paths so far spell them and end in a blank, and in their last symbol.
        log_scale: logarithm of what these are to be multiplied by.
    """

    nodes: NDArray[np.intp]
    blank: NDArray[np.float64]
    symbol: NDArray[np.float64]
    log_scale: float


def _paused(beams: _Beams, blank: float) -> _Beams:
    """The beams after a frame that can only be blank."""
    either = beams.blank + beams.symbol
    return _Beams(beams.nodes, either, np.zeros_like(either), beams.log_scale + math.log(blank))


def _extended(
    beams: _Beams, frame: NDArray[np.float64], live: NDArray[np.intp], prefixes: _Prefixes
) -> _Beams:
    """The beams after a frame that may be blank or one of the `live` classes."""
    last = np.array([prefixes.last[n] for n in beams.nodes.tolist()])
    either = beams.blank + beams.symbol
    blank, symbol = either * frame[BLANK], beams.symbol * frame[last]
    # A repeated character needs a blank between the two.
    grown = np.where(last[:, None] == live, beams.blank[:, None], either[:, None]) * frame[live]
    # A prefix that is a beam already is that beam.
    parents = np.array([prefixes.parents[n] for n in beams.nodes.tolist()])
    child, parent = np.nonzero(parents[:, None] == beams.nodes)
    place = np.searchsorted(live, last[child]).clip(max=live.size - 1)
    known = live[place] == last[child]
    child, parent, place = child[known], parent[known], place[known]
    symbol[child] += grown[parent, place]
    grown[parent, place] = 0.0
    # The larger of a beam's two ends is at least half of their sum: near enough to choose by.
    strengths = np.concatenate([np.maximum(blank, symbol), grown.ravel()])
    kept = np.flatnonzero(strengths >= strengths.max() * _HOPELESS)
    if kept.size > _BEAM:
        kept = np.sort(kept[np.argpartition(strengths[kept], -_BEAM)[-_BEAM:]])
    stay, fresh = kept[kept < len(last)], kept[kept >= len(last)] - len(last)
    rows, columns = np.divmod(fresh, live.size)
    grown_from = zip(beams.nodes[rows].tolist(), live[columns].tolist(), strict=True)
    nodes = np.array([prefixes.grown(n, i) for n, i in grown_from], np.intp)
    scale = float(strengths.max())
    return _Beams(
        np.concatenate([beams.nodes[stay], nodes]),
        np.concatenate([blank[stay], np.zeros(fresh.size)]) / scale,
        np.concatenate([symbol[stay], grown[rows, columns]]) / scale,
        beams.log_scale + math.log(scale),
    )

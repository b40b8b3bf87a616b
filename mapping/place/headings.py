"""Where the columns' headings stand on a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...document.geometry import BBox, mm_to_px
from ...document.text import TextLine
from ..normalize import normalize_label

MIN_COLUMN_MM = 3.5
"""Middles of neighbouring columns are further apart."""

USUAL_PITCH = (0.6, 1.6)
"""A heading that cannot be read is taken to stand in the middle between its neighbours where both halves are so wide, in shares of
the usual distance of two headings."""

STACK_GAP = 1.2
"""Characters of a heading that is printed downwards are less apart, in heights of a character."""


@dataclass(frozen=True, slots=True)
class _Fragment:
    """A part of a heading found on the page: the middle of its column, px, and the share of the heading that it is."""

    middle: float
    share: float


def place_headings(lines: Sequence[TextLine], labels: Sequence[str]) -> tuple[float, ...] | None:
    """The middles of the columns with these headings, px, from left to right; None where too few of them can be read.

    Args:
        lines: of the table's head, in any order.
        labels: of its columns.

    A heading may stand in several lines, run together with its neighbour's in one, or be printed downwards: what is looked for is
    the longest part of each, at least two characters, and of all places that which is in order and holds most.
    """
    pieces = [
        *_stacked(lines),
        *((line.text, line.upright, line.upright.height > line.upright.width) for line in lines),
    ]
    if not pieces:
        return None
    found = [sorted(_fragments(pieces, label), key=lambda f: f.middle) for label in labels]
    least = mm_to_px(MIN_COLUMN_MM, lines[0].dpi)
    return _with_unread(_best_in_order(found, least))


def _stacked(lines: Sequence[TextLine]) -> Iterator[tuple[str, BBox, bool]]:
    """Texts printed downwards, put together from lines of a character or two."""
    short = sorted(
        (line for line in lines if 1 <= len(normalize_label(line.text)) <= 2),
        key=lambda line: line.upright.y0,
    )
    used: set[int] = set()
    for k, line in enumerate(short):
        if k in used:
            continue
        text, box = line.text, line.upright
        for i in range(k + 1, len(short)):
            other = short[i].upright
            beside = min(box.x1, other.x1) - max(box.x0, other.x0)
            if beside >= 0.5 * min(box.width, other.width) and other.y0 - box.y1 <= STACK_GAP * other.height:
                text += short[i].text
                box = box.union(other)
                used.add(i)
        if len(text) > len(line.text):
            yield text, box, True


def _fragments(pieces: Sequence[tuple[str, BBox, bool]], label: str) -> Iterator[_Fragment]:
    """Where the longest parts of a heading stand."""
    for text, box, downwards in pieces:
        taken: list[range] = []
        for length in range(len(label), 1, -1):
            for start in range(len(label) - length + 1):
                at = text.find(label[start : start + length])
                if at < 0 or any(at in r or at + length - 1 in r for r in taken):
                    continue
                while at >= 0:
                    taken.append(range(at, at + length))
                    share = (at + length / 2) / len(text)
                    middle = box.center[0] if downwards else box.x0 + share * box.width
                    yield _Fragment(middle, length / len(label))
                    at = text.find(label[start : start + length], at + length)


def _best_in_order(found: Sequence[Sequence[_Fragment]], least: float) -> list[float | None]:
    """The middle of each heading, those not found None: of all choices that stand in order, `least` px apart, the fullest."""
    # states: (sum of shares, places so far, last middle); only the best one for each last middle is kept.
    states: dict[float, tuple[float, tuple[float | None, ...]]] = {-np.inf: (0.0, ())}
    for fragments in found:
        after = {last: (score, (*places, None)) for last, (score, places) in states.items()}
        for fragment in fragments:
            before = [s for last, s in states.items() if fragment.middle - last >= least]
            if not before:
                continue
            score, places = max(before, key=lambda s: s[0])
            new = (score + fragment.share, (*places, fragment.middle))
            if fragment.middle not in after or after[fragment.middle][0] < new[0]:
                after[fragment.middle] = new
        states = after
    return list(max(states.values(), key=lambda s: s[0])[1])


def _with_unread(middles: Sequence[float | None]) -> tuple[float, ...] | None:
    """The middles, single unread ones between their neighbours; None where that says nothing."""
    known = [x for x in middles if x is not None]
    steps = [b - a for a, b in pairwise(middles) if a is not None and b is not None]
    if len(known) < len(middles) and not steps:
        return None
    filled: list[float] = []
    for k, middle in enumerate(middles):
        if middle is None:
            left, right = (middles[i] if 0 <= i < len(middles) else None for i in (k - 1, k + 1))
            if left is None or right is None:
                return None
            half, usual = (right - left) / 2, float(np.median(steps))
            if not USUAL_PITCH[0] * usual <= half <= USUAL_PITCH[1] * usual:
                return None
            middle = left + half
        filled.append(middle)
    return tuple(filled)

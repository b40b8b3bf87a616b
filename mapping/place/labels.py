"""Which lines of a page are the labels of the form's rows, where no ruling says so."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ...document.geometry import BBox
from ...document.text import TextLine
from ..form import Form, FormRow, FormTable, RowKind
from ..match import whole_similarity
from ..normalize import is_wordy, normalize_label

MIN_SIMILARITY = 0.6
"""A line that is less like a label is none."""

SHORT, MIN_SHORT_SIMILARITY = 3, 0.85
"""A label of so few characters is like many words: `3.其他` is a row, the heading `其他` is none."""

MAX_LINES = 3
"""A label is printed in so many lines at the most."""

WRAP_GAP, WRAP_SHIFT = 1.0, 1.2
"""Lines of one label are less apart, and their left sides or middles are less askew, in heights of a line."""


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A data row of the form whose label stands on the page.

    Attributes:
        place: of the row among all data rows with labels of its form, from 0.
        label: box of the label, px of the frame that the lines are in.
    """

    table: FormTable
    row: FormRow
    place: int
    label: BBox


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What may be one label: its text, its box, and the middles of its first and its last line, px."""

    text: str
    box: BBox
    begin: float
    end: float


def place_rows(lines: Sequence[TextLine], form: Form) -> tuple[PlacedRow, ...]:
    """The rows whose labels the lines hold, from top to bottom.

    The assignment is the best one in the form's order (Needleman and Wunsch, 1970); what is left out on either side costs nothing.
    """
    rows = [(t, r) for t in form.tables for r in t.layouts[0] if r.kind is RowKind.DATA and r.labels]
    candidates = sorted(_candidates(lines), key=lambda c: c.end)
    gains = np.array([[_gain(c.text, row.labels[0]) for _, row in rows] for c in candidates])
    ends = [c.end for c in candidates]
    before = [bisect_left(ends, c.begin) for c in candidates]  # no line is part of two labels
    total = np.zeros((len(candidates) + 1, len(rows) + 1))
    for i in range(len(candidates)):
        for j in range(len(rows)):
            total[i + 1, j + 1] = max(total[i, j + 1], total[i + 1, j], total[before[i], j] + gains[i, j])
    placed: list[PlacedRow] = []
    i, j = len(candidates), len(rows)
    while i and j:
        if total[i, j] == total[i - 1, j]:
            i -= 1
        elif total[i, j] == total[i, j - 1]:
            j -= 1
        else:
            placed.append(PlacedRow(*rows[j - 1], j - 1, candidates[i - 1].box))
            i, j = before[i - 1], j - 1
    return tuple(placed[::-1])


def _gain(text: str, label: str) -> float:
    similarity = whole_similarity(text, label)
    least = MIN_SHORT_SIMILARITY if len(normalize_label(label)) <= SHORT else MIN_SIMILARITY
    return similarity - MIN_SIMILARITY / 2 if similarity >= least else -1.0


def _candidates(lines: Sequence[TextLine]) -> Iterator[_Candidate]:
    """Each line of words, alone and with those below it that could go on with it."""
    wordy = sorted((line for line in lines if is_wordy(line.text)), key=lambda line: line.upright.y0)
    for k, line in enumerate(wordy):
        last = line.upright
        found = _Candidate(line.text, last, last.center[1], last.center[1])
        yield found
        for _ in range(MAX_LINES - 1):
            under = next((other for other in wordy[k + 1 :] if _goes_on(last, other.upright)), None)
            if under is None:
                break
            last = under.upright
            found = _Candidate(found.text + under.text, found.box.union(last), found.begin, last.center[1])
            yield found


def _goes_on(upper: BBox, lower: BBox) -> bool:
    height, slack = upper.height, WRAP_SHIFT * upper.height
    apart = min(abs(upper.x0 - lower.x0), abs(upper.center[0] - lower.center[0]))
    # The label of a group may have run into the first line.
    under = upper.x0 - slack <= lower.x0 and lower.x1 <= upper.x1 + slack
    near = -0.5 * height <= lower.y0 - upper.y1 <= WRAP_GAP * height
    return near and lower.center[1] > upper.y1 and (under or apart <= slack)

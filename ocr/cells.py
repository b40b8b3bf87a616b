"""The lines of a table's cells read with no more work than they need.

Equal cells are read once. What the number reader is sure of, nobody else is asked about; a number that it doubts is read by the
engine too, and both opinions count. Labels are long, and half of their width is enough to tell them from each other; a quick
reader reads them, and the engine those that it is not sure of. A long number is not a label and is read again at its full width.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain

import cv2
import numpy as np

from ..document.page import RGB
from ..document.reading import Candidate, LineReading, is_words
from .alike import group_alike
from .engine import Engine
from .numbers import SURE, NumberReader, number_reader
from .quick import read_lines

LABEL_ASPECT = 3.6
"""Width over height from which a line may be squeezed; three characters of a label, seven digits."""

SQUEEZED = 0.55
"""Width of a squeezed line as a share of its own. Of 500 label lines squeezed to half, the 1st percentile of similarity to the
reading at full width was 0.80, the mean 0.99, and none was below 0.6."""

LIKELY = 0.5
"""Posterior of all its numbers together below which it has seen no number, and is no witness."""


def read_cell_lines(
    engine: Engine, crops: Sequence[RGB], numbers: NumberReader | None = None
) -> tuple[LineReading, ...]:
    """One reading a crop, in order; crops as `Engine.recognize` takes them.

    Args:
        engine: reads everything.
        crops: (h, w, 3) uint8 each.
        numbers: reads numbers; None for the reader that ships with gouji.
    """
    first = group_alike(crops)
    needed = sorted(set(first))
    reader = numbers or number_reader(engine.parallel)
    readings = dict(zip(needed, reader.read([crops[i] for i in needed]), strict=True))
    doubted = [i for i in needed if not _is_sure(readings[i])]
    for i, reading in zip(doubted, _read_all(engine, [crops[i] for i in doubted]), strict=True):
        readings[i] = _both(readings[i], reading)
    return tuple(readings[i] for i in first)


def _is_sure(reading: LineReading) -> bool:
    return any(c.text and math.exp(c.log_prob) >= SURE for c in reading.candidates[:1])


def _both(number: LineReading, reading: LineReading) -> LineReading:
    """The engine's reading; where the number reader sees a number too, with the mean of their probabilities."""
    opinions = ([c for c in number.candidates if c.text], reading.candidates)
    if sum(math.exp(c.log_prob) for c in opinions[0]) < LIKELY or not opinions[1]:
        return reading
    weights: dict[str, float] = {}
    for candidate in chain(*opinions):
        weights[candidate.text] = weights.get(candidate.text, 0.0) + math.exp(candidate.log_prob) / 2
    ranked = sorted(weights.items(), key=lambda item: -item[1])
    return LineReading(reading.text, reading.score, tuple(Candidate(t, math.log(p)) for t, p in ranked if p))


def _read_all(engine: Engine, crops: Sequence[RGB]) -> tuple[LineReading, ...]:
    """One reading a crop, in order."""
    wide = [i for i, crop in enumerate(crops) if crop.shape[1] >= LABEL_ASPECT * crop.shape[0] > 0]
    lines = list(crops)
    for i in wide:
        lines[i] = _squeeze(crops[i])
    readings = list(read_lines(engine, lines, labels=True))
    numbers = [i for i in wide if not is_words(readings[i].text)]
    again = engine.recognize([crops[i] for i in numbers], labels=True)
    for i, reading in zip(numbers, again, strict=True):
        readings[i] = reading
    return tuple(readings)


def _squeeze(crop: RGB) -> RGB:
    height, width = crop.shape[:2]
    size = (max(1, round(width * SQUEEZED)), height)
    return np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)

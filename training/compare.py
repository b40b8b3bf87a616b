"""The number reader beside the engine, on the same crops."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from gouji.document.reading import LineReading
from gouji.ocr.engine import Engine
from gouji.ocr.numbers import OTHER, SURE, NumberReader

from .crops import Example
from .strings import spell


@dataclass(frozen=True, slots=True)
class Score:
    """Of one reader: crops with a number on them, those it reads wrong, those it is sure of, those it is sure of and wrong."""

    crops: int
    wrong: int
    sure: int
    sure_wrong: int


def compare(examples: Sequence[Example], reader: NumberReader, engine: Engine) -> dict[str, Score]:
    """Both scores by name, on the crops that print a number, `/` or a dash."""
    numbers = [e for e in examples if e.text.strip() and OTHER not in spell(e.text)]
    crops = [np.repeat(e.crop[:, :, None], 3, axis=2) for e in numbers]
    return {
        "number reader": _score(numbers, reader.read(crops)),
        engine.name: _score(numbers, engine.recognize(crops, labels=True)),
    }


def _score(examples: Sequence[Example], readings: Sequence[LineReading]) -> Score:
    found = [r.candidates[0] if r.candidates else None for r in readings]
    right = [c is not None and spell(c.text) == spell(e.text) for c, e in zip(found, examples, strict=True)]
    sure = [c is not None and math.exp(c.log_prob) >= SURE for c in found]
    both = sum(s and not r for s, r in zip(sure, right, strict=True))
    return Score(len(examples), right.count(False), sure.count(True), both)

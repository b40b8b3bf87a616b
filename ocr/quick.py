"""A quick reader of words: PP-OCRv6 tiny, which has a tenth of the engine's weights and is heard only where it is sure.

See docs/quick-reader.md.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from ..document.page import RGB
from ..document.reading import LineReading
from .engine import Engine
from .recognizer import Recognizer
from .runtime import Runtime

WEIGHTS = Path(__file__).parents[1] / "models" / "quick.onnx"

SURE = 0.92
"""Mean probability of its characters from which a reading of words is taken."""

SURE_OF_EACH = 0.5
"""Probability of its least probable character from which it is. Of characters that the reader does not know, and puts others for,
some fall below, not all: see docs/quick-reader.md."""

MIN_CHARACTERS = 2
"""Chinese characters that words have at least: 其他."""

_COUNT = re.compile(r"^\s*\d{1,2}\s*[.．、,，]")

_STROKES = "一二三十丨口"
"""What a dash, a ruling or a speck is read as."""


class QuickReader:
    """The loaded weights; several threads may use them at the same time.

    Args:
        weights: path of the ONNX file; its metadata hold the alphabet under `character`.
        threads: threads of one inference.

    Raises:
        MissingPartError: when the file does not name its characters.
    """

    def __init__(self, weights: Path = WEIGHTS, threads: int = 1) -> None:
        self._recognizer = Recognizer(weights, Runtime(threads), words_only=True)
        self._name = f"quick-{hashlib.sha256(weights.read_bytes()).hexdigest()[:8]}"

    @property
    def name(self) -> str:
        """The reader and which weights it has, as the record's provenance states it."""
        return self._name

    def read(self, crops: Sequence[RGB], *, labels: bool = False) -> tuple[LineReading, ...]:
        """One reading a crop, in order, of (h, w, 3) uint8 crops with one line each; `labels` as `Engine.recognize` takes it.

        None has candidates: a line that may be a number is for others to read.
        """
        return self._recognizer.recognize(crops, labels=labels)


def read_lines(engine: Engine, crops: Sequence[RGB], *, labels: bool = False) -> tuple[LineReading, ...]:
    """One reading a crop, in order: the quick reader's where it is sure, the engine's of all others.

    Args:
        engine: reads everything.
        crops: (h, w, 3) uint8, one line each.
        labels: whether they are out of a form's cells. There a line with a number, `12万元` or `(其中修订3件)`, is the engine's.
    """
    readings = list(quick_reader(engine.parallel).read(crops, labels=labels))
    doubted = [
        i
        for i, reading in enumerate(readings)
        if not is_sure(reading) or (labels and holds_number(reading.text))
    ]
    rest = engine.recognize([crops[i] for i in doubted], labels=labels)
    for i, reading in zip(doubted, rest, strict=True):
        readings[i] = reading
    return tuple(readings)


def is_sure(reading: LineReading) -> bool:
    """Whether the quick reader's word is taken alone: it saw words, and was sure of every character."""
    return reading.score >= SURE and reading.weakest >= SURE_OF_EACH and _is_words(reading.text)


def holds_number(text: str) -> bool:
    """Whether a line has digits other than those that count a label: `1.属于国家秘密`."""
    return any(c.isdigit() for c in _COUNT.sub("", text))


def _is_words(text: str) -> bool:
    return sum("\u4e00" <= c <= "\u9fff" and c not in _STROKES for c in text) >= MIN_CHARACTERS


@cache
def quick_reader(threads: int) -> QuickReader:
    """The reader that ships with gouji, loaded once a process."""
    return QuickReader(WEIGHTS, threads)

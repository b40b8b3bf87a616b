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
from .engine import NUMERIC_ALPHABET, Engine
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

SURE_OF_ONE = 0.99
"""Probability from which a character that stands alone, as those of a label printed downwards do, is taken."""

_COUNT = re.compile(r"^\s*\d{1,2}\s*[.．、,，]|\d{1,2}月|\d{1,2}日")

_STROKES = "一二三十丨口"
"""What a dash, a ruling or a speck is read as."""

_SIMPLE = (
    "乙丁厂七卜八人入儿九几了力乃刀又于干亏士工土才下寸大丈万上小巾山千乞川亿个勺久凡及夕丸么广亡门义之尸弓己已子卫也女飞刃习叉马乡"
    "〇丿丶日曰目田回中五四六王兰旦元天夫尤开未"
)
"""Characters of three strokes and less, and those that look like a digit or several: alone, they may be a number."""


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
    """Whether the quick reader's word is taken alone: it saw words, or one character like no number, and was sure of each."""
    words = reading.score >= SURE and reading.weakest >= SURE_OF_EACH and _is_words(reading.text)
    return words or _is_lone_character(reading)


def holds_number(text: str) -> bool:
    """Whether a line has digits other than those that count a label, `1.属于国家秘密`, and those of a day: `1月1日至`."""
    return any(c.isdigit() for c in _COUNT.sub("", text))


def _is_words(text: str) -> bool:
    return sum(_is_character(c) for c in text) >= MIN_CHARACTERS


def _is_lone_character(reading: LineReading) -> bool:
    return (
        len(reading.text) == 1
        and reading.score >= SURE_OF_ONE
        and _is_character(reading.text)
        and reading.text not in _SIMPLE
        and reading.text not in NUMERIC_ALPHABET
    )


def _is_character(c: str) -> bool:
    return "\u4e00" <= c <= "\u9fff" and c not in _STROKES


@cache
def quick_reader(threads: int) -> QuickReader:
    """The reader that ships with gouji, loaded once a process."""
    return QuickReader(WEIGHTS, threads)

"""A quick reader of labels: PP-OCRv6 tiny, which has a tenth of the engine's weights and is heard only where it is sure.

See docs/label-reader.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from ..document.page import RGB
from ..document.reading import LineReading
from .recognizer import Recognizer
from .runtime import Runtime

WEIGHTS = Path(__file__).parents[1] / "models" / "labels.onnx"

SURE = 0.92
"""Mean probability of its characters from which a reading of words is taken."""

MIN_CHARACTERS = 2
"""Chinese characters that a label has at least: 其他."""

_STROKES = "一二三十丨口"
"""What a dash, a ruling or a speck is read as."""


class LabelReader:
    """The loaded weights; several threads may use them at the same time.

    Args:
        weights: path of the ONNX file; its metadata hold the alphabet under `character`.
        threads: threads of one inference.

    Raises:
        MissingPartError: when the file does not name its characters.
    """

    def __init__(self, weights: Path = WEIGHTS, threads: int = 1) -> None:
        self._recognizer = Recognizer(weights, Runtime(threads))
        self._name = f"labels-{hashlib.sha256(weights.read_bytes()).hexdigest()[:8]}"

    @property
    def name(self) -> str:
        """The reader and which weights it has, as the record's provenance states it."""
        return self._name

    def read(self, crops: Sequence[RGB]) -> tuple[LineReading, ...]:
        """One reading a crop, in order, of (h, w, 3) uint8 crops with one line each."""
        return self._recognizer.recognize(crops, labels=True)


def is_sure(reading: LineReading) -> bool:
    """Whether the label reader's word is taken alone: it saw a label, and was sure of it."""
    return reading.score >= SURE and _is_label(reading.text)


def _is_label(text: str) -> bool:
    return sum("\u4e00" <= c <= "\u9fff" and c not in _STROKES for c in text) >= MIN_CHARACTERS


@cache
def label_reader(threads: int) -> LabelReader:
    """The reader that ships with gouji, loaded once a process."""
    return LabelReader(WEIGHTS, threads)

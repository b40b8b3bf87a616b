"""gouji's own reader of numbers: a small network that knows digits, signs and strokes, and when it sees something else.

It was fitted to crops that gouji itself cut out of made-up pages (see docs/number-reader.md); it reads a cell in a fraction of the
time that a reader of all Chinese takes, and is an opinion of its own where the two are asked.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ..document.page import RGB
from ..document.reading import NOTHING_READ, Candidate, LineReading
from . import ctc
from .runtime import Batch, Runtime, group_by_width

WEIGHTS = Path(__file__).parents[1] / "models" / "numbers.onnx"

OTHER = "?"
"""Stands for any character that is none of the others: of words, units, brackets."""

CHARACTERS = "0123456789.,-/+" + OTHER
"""Class i + 1 is the character i, class 0 the CTC blank. Every dash is `-`, every slash `/`."""

LINE_HEIGHT = 32
"""Height in px of the lines that the network was fitted to."""

WIDTHS = (32, 48, 64, 80, 96, 128, 160, 208, 256)
"""Widths in px to which lines are padded on the right. Eight digits and two points set wide apart take 220."""

BATCH_WIDTH = 2048
"""Px of width that a batch may hold together."""

MIN_INK = 64.0
"""Grey levels between paper and the darkest ink from which ink counts as fully dark."""

SURE = 0.995
"""Posterior from which the reader's word is taken alone, and no rival is looked for."""

_EDGE = 6
"""Px of paper beside the print at the least, so that a stroke at the border is seen whole."""


class NumberReader:
    """The loaded network; several threads may use it at the same time.

    Args:
        weights: path of the ONNX file.
        threads: threads of one inference.
    """

    def __init__(self, weights: Path = WEIGHTS, threads: int = 1) -> None:
        runtime = Runtime(threads)
        self._network = runtime.compile(runtime.read(weights))
        self._name = f"numbers-{hashlib.sha256(weights.read_bytes()).hexdigest()[:8]}"

    @property
    def name(self) -> str:
        """The reader and which weights it has, as the record's provenance states it."""
        return self._name

    def read(self, crops: Sequence[RGB]) -> tuple[LineReading, ...]:
        """One reading a crop, in order, of (h, w, 3) uint8 crops with one line each.

        The text is over `CHARACTERS`, and without `OTHER` in it there are candidates, none of which has it either; `""` among them
        means that the line shows no print. A line too long to be a number reads as nothing.
        """
        lines = [to_line(crop[:, :, 1]) if _may_be_number(crop) else None for crop in crops]
        widths = [0 if line is None else line.shape[1] + _EDGE for line in lines]
        batches = group_by_width(widths, WIDTHS, BATCH_WIDTH)
        tensors = (_stack([lines[i] for i in batch.indices], batch) for batch in batches)
        readings = [NOTHING_READ] * len(crops)
        for batch, (probs,) in zip(batches, self._network.run(tensors), strict=True):
            for i, frames in zip(batch.indices, probs, strict=False):
                readings[i] = _decode(frames)
        return tuple(readings)


@cache
def number_reader(threads: int) -> NumberReader:
    """The reader that ships with gouji, loaded once a process."""
    return NumberReader(WEIGHTS, threads)


def to_line(gray: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(32, w) float32 of a (h, w) uint8 crop: 0 on paper, 1 on its darkest ink."""
    height, width = gray.shape
    size = (max(4, round(width * LINE_HEIGHT / height)), LINE_HEIGHT)
    how = cv2.INTER_AREA if height > LINE_HEIGHT else cv2.INTER_LINEAR
    ink = 255.0 - cv2.resize(gray, size, interpolation=how).astype(np.float32)
    return np.asarray(ink / max(MIN_INK, float(ink.max())), dtype=np.float32)


def _may_be_number(crop: RGB) -> bool:
    height, width = int(crop.shape[0]), int(crop.shape[1])
    return 0 < width * LINE_HEIGHT <= (WIDTHS[-1] - _EDGE - 1) * height


def _stack(lines: Sequence[NDArray[np.float32] | None], batch: Batch) -> NDArray[np.float32]:
    """(size, 1, 32, width) float32."""
    tensor = np.zeros((batch.size, 1, LINE_HEIGHT, batch.width), dtype=np.float32)
    for k, line in enumerate(lines):
        if line is not None:
            tensor[k, 0, :, : line.shape[1]] = line
    return tensor


def _decode(frames: NDArray[np.float32]) -> LineReading:
    text, score, _ = ctc.collapse(frames.argmax(axis=1), frames.max(axis=1), CHARACTERS)
    if OTHER in text:  # words: no number is worth a search
        return LineReading(text, score)
    alone = ctc.probability(frames, [CHARACTERS.index(c) + 1 for c in text])
    if alone >= SURE:
        return LineReading(text, score, (Candidate(text, math.log(min(1.0, alone))),))
    return LineReading(text, score, tuple(c for c in ctc.n_best(frames, CHARACTERS) if OTHER not in c.text))

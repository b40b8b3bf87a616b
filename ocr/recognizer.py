"""Lines of text read by a recognizer of the PP-OCR family, its last layer cut to the characters that are asked for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..document.page import RGB
from ..document.reading import NOTHING_READ, LineReading
from . import ctc
from .alphabet import read_alphabet, twins
from .engine import NUMERIC_ALPHABET
from .runtime import Batch, Network, Runtime, group_by_width, split_classifier

LINE_HEIGHT = 48
"""Height in px that the recognizer was trained on."""

WIDTHS = (64, 96, 128, 160, 192, 256, 320, 384, 512, 640, 800, 1024, 1280, 1600)
"""Widths in px to which crops are padded on the right. A network has code and memory for each shape that it has seen, so that
shapes are few; the least is wide enough for a digit to be read as surely as with more paper beside it."""

MAX_WIDTH = WIDTHS[-1]
"""Longer lines are squeezed to this width, in px; a printed line of A4 is shorter."""

BATCH_PIXELS = 4 * LINE_HEIGHT * 320
"""How many px a batch may hold; keeps the memory of the output (18 710 classes a frame) in bounds."""

FRAMES = (16, 32, 64, 128, 208)
"""Numbers of frames that the last layer takes; few, as the widths are. A frame is 8 px wide, a line 1600 px at the most."""

MOST_COMPLETE = 64
"""So many frames at a time are told apart among all 18,710 characters: that takes 5 MB, several times over."""

MAX_OTHER_CHARACTERS = 3
"""A line with more characters that no number has is words: its numeric strings all have a probability of nearly 0, and searching
for them takes a fifth of a page's time."""

SPACE = " "

_CHANNEL_MEAN = 127.5


class Recognizer:
    """Loaded weights; several threads may use them at the same time.

    Args:
        weights: path of the ONNX file; its metadata hold the alphabet under `character`.
        runtime: runs them.
        words_only: whether its readings are without candidates, what a numeric cell could hold. Then a character's probability is
            that of its wide and its narrow form together: `（` and `(` are one bracket.

    Raises:
        MissingPartError: when the file does not name its characters.
    """

    def __init__(self, weights: Path, runtime: Runtime, *, words_only: bool = False) -> None:
        self._words_only = words_only
        self._loading = Lock()
        self._runtime = runtime
        self._alphabet = (*read_alphabet(weights), SPACE)
        body, self._classifier = split_classifier(runtime.read(weights), len(self._alphabet) + 1)
        self._features = runtime.compile(body)
        # By whether all characters are known; made when asked for.
        self._heads: dict[bool, _NumericHead | _WordHead] = {}

    def recognize(self, crops: Sequence[RGB], *, labels: bool = False) -> tuple[LineReading, ...]:
        """One reading a crop, in order; an empty crop (no height or width) reads as nothing.

        With `labels` only `common_characters` are known.
        """
        head = self._load_head(complete=not labels)
        readings = [NOTHING_READ] * len(crops)
        batches = group_by_width([_line_width(crop) for crop in crops], WIDTHS, BATCH_PIXELS // LINE_HEIGHT)
        tensors = (_stack([crops[i] for i in batch.indices], batch) for batch in batches)
        features = [
            found[: len(batch.indices)]
            for batch, (found,) in zip(batches, self._features.run(tensors), strict=True)
        ]
        most = MOST_COMPLETE if len(head.alphabet) == len(self._alphabet) else FRAMES[-1]
        for batch, lines in zip(batches, _classify(head.network, features, most), strict=True):
            for i, line in zip(batch.indices, zip(*lines, strict=True), strict=True):
                readings[i] = head.decode(*line)
        return tuple(readings)

    def _load_head(self, *, complete: bool) -> _NumericHead | _WordHead:
        with self._loading:
            if complete not in self._heads:
                kept = self._alphabet if complete else common_characters(self._alphabet)
                self._heads[complete] = (
                    self._word_head(kept) if self._words_only else self._numeric_head(kept)
                )
            return self._heads[complete]

    def _numeric_head(self, kept: Sequence[str]) -> _NumericHead:
        symbols = [c for c in NUMERIC_ALPHABET if c in kept]
        return _NumericHead(self._last_layer(kept, [*symbols, SPACE]), kept, symbols)

    def _word_head(self, kept: Sequence[str]) -> _WordHead:
        other = twins(kept)
        own = sorted(other)
        column = np.zeros(len(kept) + 1, dtype=np.intp)
        for i, c in enumerate(own, 1):
            column[kept.index(other[c]) + 1] = i
        return _WordHead(self._last_layer(kept, own), kept, column)

    def _last_layer(self, kept: Sequence[str], columns: Sequence[str]) -> Network:
        """The last layer cut to the `kept` characters; it also gives the probabilities of the blank and of `columns`."""
        place = {c: i + 1 for i, c in enumerate(self._alphabet)}
        known = {c: i + 1 for i, c in enumerate(kept)}
        model = self._classifier.network(
            [ctc.BLANK, *(place[c] for c in kept)], [ctc.BLANK, *(known[c] for c in columns)]
        )
        # All 18,710 classes take much memory: one batch at a time.
        whole = len(kept) == len(self._alphabet)
        return self._runtime.compile_large(model) if whole else self._runtime.compile(model)


@dataclass(frozen=True, slots=True)
class _NumericHead:
    """A compiled last layer, the character of each of its classes but the blank, and those of its numeric columns.

    The first numeric column is the blank's, the last the space's.
    """

    network: Network
    alphabet: Sequence[str]
    symbols: Sequence[str]

    def decode(
        self, scores: NDArray[np.float32], classes: NDArray[np.int32], numeric: NDArray[np.float32]
    ) -> LineReading:
        text, score, weakest = ctc.collapse(classes, scores, self.alphabet)
        if sum(c not in NUMERIC_ALPHABET for c in text) > MAX_OTHER_CHARACTERS:
            return LineReading(text, score, weakest=weakest)
        # Digits set wide apart (１１) are read with spaces, which no number has: paper between them, as the blank is.
        frames = numeric[:, :-1].copy()
        frames[:, ctc.BLANK] += numeric[:, -1]
        return LineReading(text, score, ctc.n_best(frames, self.symbols), weakest)


@dataclass(frozen=True, slots=True)
class _WordHead:
    """A compiled last layer, the character of each of its classes but the blank, and by class the column of its other form.

    The column is 0 where there is none.
    """

    network: Network
    alphabet: Sequence[str]
    column: NDArray[np.intp]

    def decode(
        self, scores: NDArray[np.float32], classes: NDArray[np.int32], others: NDArray[np.float32]
    ) -> LineReading:
        column = self.column[classes]
        twin = np.take_along_axis(others, column[:, np.newaxis], axis=1)[:, 0]
        text, score, weakest = ctc.collapse(classes, scores + np.where(column > 0, twin, 0.0), self.alphabet)
        return LineReading(text, score, weakest=weakest)


def common_characters(alphabet: Sequence[str]) -> tuple[str, ...]:
    """Those of the alphabet that a form's cells are printed in: the 3755 usual Chinese characters, marks, letters and digits.

    The usual characters are those of GB 2312-80, level 1. Half of the network's time goes into telling 18 710 characters apart.
    """
    marks = {c for c in alphabet if not "\u3400" <= c <= "\u9fff" and len(c.encode("gb18030")) < 4}
    usual = bytes(b for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF) for b in (row, cell))
    kept = marks | set(usual.decode("gb2312", errors="ignore")) | set(NUMERIC_ALPHABET)
    return tuple(c for c in alphabet if c in kept)


def _classify(
    last: Network, features: Sequence[NDArray[np.float32]], most: int
) -> Iterator[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]:
    """What the last layer, which is given up to `most` frames at a time, says of batches of (N, T, depth) features.

    Of each batch: the likeliest class's probability and its number, (N, T) each, and the probabilities of the head's columns,
    (N, T, columns).
    """
    if not features:
        return
    shapes = [batch.shape[:2] for batch in features]
    frames = np.concatenate([batch.reshape(-1, batch.shape[2]) for batch in features])
    parts = (_padded(frames[start : start + most]) for start in range(0, len(frames), most))
    outputs = [np.concatenate(pieces) for pieces in zip(*last.run(parts), strict=True)]
    start = 0
    for lines, length in shapes:
        stop = start + lines * length
        scores, classes, columns = (output[start:stop].reshape(lines, length, -1) for output in outputs)
        yield scores[:, :, 0], classes[:, :, 0], columns
        start = stop


def _padded(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """The frames, (n, depth), filled up with empty ones to one of `FRAMES`."""
    empty = FRAMES[bisect_left(FRAMES, len(frames))] - len(frames)
    return np.pad(frames, ((0, empty), (0, 0)))


def _line_width(crop: RGB) -> int:
    """Width in px after scaling to the line height; 0 for an empty crop."""
    height, width = int(crop.shape[0]), int(crop.shape[1])
    if height == 0 or width == 0:
        return 0
    return min(MAX_WIDTH, max(1, round(width * LINE_HEIGHT / height)))


def _stack(crops: Sequence[RGB], batch: Batch) -> NDArray[np.float32]:
    """(size, 3, 48, width) float32 in -1 … 1, channels B, G, R, padded on the right with 0."""
    tensor = np.zeros((batch.size, 3, LINE_HEIGHT, batch.width), dtype=np.float32)
    for k, crop in enumerate(crops):
        scaled = cv2.resize(crop, (_line_width(crop), LINE_HEIGHT), interpolation=cv2.INTER_LINEAR)
        tensor[k, :, :, : scaled.shape[1]] = scaled[:, :, ::-1].transpose(2, 0, 1) / _CHANNEL_MEAN - 1.0
    return tensor

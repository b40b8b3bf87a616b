"""PP-OCRv6 small straight on ONNX Runtime: the default engine and the only file that imports onnxruntime or rapidocr."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..document.geometry import Quad
from ..document.page import RGB
from ..document.reading import NOTHING_READ, LineReading, TextBox
from . import ctc
from .engine import NUMERIC_ALPHABET

LINE_HEIGHT = 48
"""Height in px that the recognizer was trained on."""

WIDTH_STEP = 32
"""Crops are padded on the right to a multiple of this many px, so that a batch holds crops of one width."""

MIN_WIDTH = 96
"""Narrower crops are padded to this width, in px: a lone digit is read more surely with some paper beside it."""

MAX_WIDTH = 1600
"""Longer lines are squeezed to this width, in px; a printed line of A4 is shorter."""

BATCH_PIXELS = 32 * LINE_HEIGHT * 320
"""How many px a batch may hold; keeps the memory of the output (18 710 classes a frame) in bounds."""

MAX_OTHER_CHARACTERS = 3
"""A line with more characters that no number has is words: its numeric strings all have a probability of nearly 0, and searching
for them takes a fifth of a page's time."""

DETECTION_SIDE = 960
"""The longer side in px to which an image is scaled for detection."""

_CHANNEL_MEAN = 127.5
_DETECTION_MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32) * 255
_DETECTION_STD = np.array([0.229, 0.224, 0.225], dtype=np.float32) * 255


class OnnxEngine:
    """Loaded PP-OCRv6 weights.

    Args:
        detection: path of the detection model.
        recognition: path of the recognition model; its metadata hold the alphabet under `character`.
        threads: threads of one inference.
    """

    def __init__(self, detection: Path, recognition: Path, threads: int = 2) -> None:
        self._detection_path = detection
        self._threads = threads
        self._detector: tuple[Any, Any] | None = (
            None  # session and post-processing; loaded when first asked for
        )
        self._recognizer = _session(recognition, threads)
        characters = self._recognizer.get_modelmeta().custom_metadata_map["character"].split("\n")
        self._alphabet = [*characters, " "]
        known = {c: i + 1 for i, c in enumerate(self._alphabet)}
        self._symbols = [c for c in NUMERIC_ALPHABET if c in known]
        self._columns = np.array([ctc.BLANK, *(known[c] for c in self._symbols)])
        self._name = f"PP-OCRv6-small onnxruntime-{_onnxruntime_version()}"

    @property
    def name(self) -> str:
        """The model and what runs it."""
        return self._name

    def detect(self, pixels: RGB) -> tuple[TextBox, ...]:
        """The text lines of an upright (H, W, 3) uint8 RGB image."""
        session, postprocess = self._load_detector()
        height, width = pixels.shape[:2]
        scale = min(1.0, DETECTION_SIDE / max(height, width))
        size = (_round_up(width * scale), _round_up(height * scale))
        image = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)[:, :, ::-1].astype(np.float32)
        tensor = ((image - _DETECTION_MEAN) / _DETECTION_STD).transpose(2, 0, 1)[None]
        (heat,) = session.run(None, {session.get_inputs()[0].name: np.ascontiguousarray(tensor)})
        quads, scores = postprocess(heat, (height, width))
        return tuple(TextBox(_to_quad(quad), float(score)) for quad, score in zip(quads, scores, strict=True))

    def recognize(self, crops: Sequence[RGB]) -> tuple[LineReading, ...]:
        """One reading a crop, in order; an empty crop (no height or width) reads as nothing."""
        readings = [NOTHING_READ] * len(crops)
        for width, indices in _batches([_line_width(crop) for crop in crops]):
            batch = np.stack([_to_tensor(crops[i], width) for i in indices])
            (probs,) = self._recognizer.run(None, {self._recognizer.get_inputs()[0].name: batch})
            for i, frames in zip(indices, probs, strict=True):
                readings[i] = self._decode(frames)
        return tuple(readings)

    def _decode(self, frames: NDArray[np.float32]) -> LineReading:
        text, score = ctc.greedy(frames, self._alphabet)
        if sum(c not in NUMERIC_ALPHABET for c in text) > MAX_OTHER_CHARACTERS:
            return LineReading(text, score)
        return LineReading(text, score, ctc.n_best(frames[:, self._columns], self._symbols))

    def _load_detector(self) -> tuple[Any, Any]:
        if self._detector is None:
            from rapidocr.ch_ppocr_det.utils import DBPostProcess  # a second to import, so only when needed

            postprocess = DBPostProcess(thresh=0.3, box_thresh=0.5, unclip_ratio=1.6)
            self._detector = (_session(self._detection_path, self._threads), postprocess)
        return self._detector


def _onnxruntime() -> Any:  # onnxruntime ships no types
    """The library, its telemetry off: since 1.31 it is on by default, and gouji speaks to no network."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    return onnxruntime


def _session(path: Path, threads: int) -> Any:
    onnxruntime = _onnxruntime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # The arena keeps the memory of the widest batch ever seen; without it memory stays flat over a long run.
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _onnxruntime_version() -> str:
    return str(_onnxruntime().__version__)


def _round_up(length: float) -> int:
    return max(32, int(np.ceil(length / 32)) * 32)


def _to_quad(corners: NDArray[np.floating]) -> Quad:
    a, b, c, d = ((float(x), float(y)) for x, y in corners)
    return Quad((a, b, c, d))


def _line_width(crop: RGB) -> int:
    """Width in px after scaling to the line height; 0 for an empty crop."""
    height, width = int(crop.shape[0]), int(crop.shape[1])
    if height == 0 or width == 0:
        return 0
    return min(MAX_WIDTH, max(1, round(width * LINE_HEIGHT / height)))


def _batches(widths: list[int]) -> list[tuple[int, list[int]]]:
    """Groups of crop indices that share one padded width, each within `BATCH_PIXELS`; empty crops are left out."""
    groups: dict[int, list[int]] = {}
    for i, width in enumerate(widths):
        if width:
            padded = max(MIN_WIDTH, -(-width // WIDTH_STEP) * WIDTH_STEP)
            groups.setdefault(padded, []).append(i)
    batches = []
    for padded, indices in sorted(groups.items()):
        step = max(1, BATCH_PIXELS // (LINE_HEIGHT * padded))
        batches += [(padded, indices[k : k + step]) for k in range(0, len(indices), step)]
    return batches


def _to_tensor(crop: RGB, width: int) -> NDArray[np.float32]:
    """(3, 48, width) float32 in -1 … 1, channels B, G, R, padded on the right with 0."""
    scaled = cv2.resize(crop, (_line_width(crop), LINE_HEIGHT), interpolation=cv2.INTER_LINEAR)
    tensor = np.zeros((3, LINE_HEIGHT, width), dtype=np.float32)
    tensor[:, :, : scaled.shape[1]] = scaled[:, :, ::-1].transpose(2, 0, 1) / _CHANNEL_MEAN - 1.0
    return tensor

"""PP-OCRv6 small, as ONNX, on OpenVINO: the default engine and the only file that imports rapidocr."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..document.geometry import Quad
from ..document.page import RGB
from ..document.reading import LineReading, TextBox
from .recognizer import Recognizer
from .runtime import Network, Runtime

CANVASES = (256, 480, 704, 960)
"""Sides in px of the white canvases that pictures are laid on for detection; few, as the widths are."""

DETECTION_SIDE = CANVASES[-1]
"""The longer side in px to which an image is scaled for detection."""

_DETECTION_MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32) * 255
_DETECTION_STD = np.array([0.229, 0.224, 0.225], dtype=np.float32) * 255


class OnnxEngine:
    """Loaded PP-OCRv6 weights.

    Args:
        detection: path of the detection model.
        recognition: path of the recognition model; its metadata hold the alphabet under `character`.
        threads: threads of one inference.

    Raises:
        MissingPartError: when the recognition model does not name its characters.
    """

    def __init__(self, detection: Path, recognition: Path, threads: int = 2) -> None:
        self._detection_path = detection
        self._threads = threads
        self._loading = Lock()
        self._runtime = Runtime(threads)
        self._detector: tuple[Network, Any] | None = None  # with its post-processing; loaded when asked for
        self._recognizer = Recognizer(recognition, self._runtime)
        self._name = f"PP-OCRv6-small {self._runtime.name}"

    @property
    def name(self) -> str:
        """The model and what runs it, the precision included: results in bf16 and f32 differ in the last digits."""
        return self._name

    @property
    def parallel(self) -> int:
        """As many threads as one inference has."""
        return self._threads

    def detect(self, pixels: RGB) -> tuple[TextBox, ...]:
        """The text lines of an upright (H, W, 3) uint8 RGB image."""
        network, postprocess = self._load_detector()
        height, width = pixels.shape[:2]
        scale = min(1.0, DETECTION_SIDE / max(height, width))
        w, h = max(1, round(width * scale)), max(1, round(height * scale))
        image = np.full((_canvas(h), _canvas(w), 3), 255, dtype=np.float32)
        image[:h, :w] = cv2.resize(pixels, (w, h), interpolation=cv2.INTER_AREA)[:, :, ::-1]
        tensor = ((image - _DETECTION_MEAN) / _DETECTION_STD).transpose(2, 0, 1)[None]
        ((heat,),) = network.run([np.ascontiguousarray(tensor)])
        quads, scores = postprocess(np.ascontiguousarray(heat[:, :, :h, :w]), (height, width))
        return tuple(TextBox(_to_quad(quad), float(score)) for quad, score in zip(quads, scores, strict=True))

    def recognize(self, crops: Sequence[RGB], *, labels: bool = False) -> tuple[LineReading, ...]:
        """One reading a crop, in order; see `Recognizer.recognize`."""
        return self._recognizer.recognize(crops, labels=labels)

    def _load_detector(self) -> tuple[Network, Any]:
        with self._loading:
            if self._detector is None:
                from rapidocr.ch_ppocr_det.utils import DBPostProcess  # slow to import, so only when needed

                postprocess = DBPostProcess(thresh=0.3, box_thresh=0.5, unclip_ratio=1.6)
                network = self._runtime.compile_large(self._runtime.read(self._detection_path), seldom=True)
                self._detector = (network, postprocess)
            return self._detector


def _canvas(length: int) -> int:
    return CANVASES[bisect_left(CANVASES, length)]


def _to_quad(corners: NDArray[np.floating]) -> Quad:
    a, b, c, d = ((float(x), float(y)) for x, y in corners)
    return Quad((a, b, c, d))

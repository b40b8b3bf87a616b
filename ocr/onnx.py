"""PP-OCRv6 small, as ONNX, on OpenVINO: the default engine and the only file that imports openvino or rapidocr."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..document.geometry import Quad
from ..document.page import RGB
from ..document.reading import NOTHING_READ, LineReading, TextBox
from . import ctc
from .alphabet import read_alphabet
from .engine import NUMERIC_ALPHABET

LINE_HEIGHT = 48
"""Height in px that the recognizer was trained on."""

WIDTHS = (64, 96, 128, 160, 192, 256, 320, 384, 512, 640, 800, 1024, 1280, 1600)
"""Widths in px to which crops are padded on the right. A network has code and memory for each shape that it has seen, so that
shapes are few; the least is wide enough for a digit to be read as surely as with more paper beside it."""

MAX_WIDTH = WIDTHS[-1]
"""Longer lines are squeezed to this width, in px; a printed line of A4 is shorter."""

BATCH_PIXELS = 4 * LINE_HEIGHT * 320
"""How many px a batch may hold; keeps the memory of the output (18 710 classes a frame) in bounds."""

MAX_OTHER_CHARACTERS = 3
"""A line with more characters that no number has is words: its numeric strings all have a probability of nearly 0, and searching
for them takes a fifth of a page's time."""

CANVASES = (256, 480, 704, 960)
"""Sides in px of the white canvases that pictures are laid on for detection; few, as the widths are."""

DETECTION_SIDE = CANVASES[-1]
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

    Raises:
        MissingPartError: when the recognition model does not name its characters.
    """

    def __init__(self, detection: Path, recognition: Path, threads: int = 2) -> None:
        self._detection_path = detection
        self._threads = threads
        self._loading = Lock()
        self._runtime = _Runtime(threads)
        self._detector: tuple[_Network, Any] | None = None  # with its post-processing; loaded when asked for
        model = self._runtime.read(recognition)
        self._alphabet = [*read_alphabet(recognition), " "]
        known = {c: i + 1 for i, c in enumerate(self._alphabet)}
        self._symbols = [c for c in NUMERIC_ALPHABET if c in known]
        self._recognizer = self._runtime.compile(
            _with_narrow_head(model, [ctc.BLANK, *(known[c] for c in self._symbols)])
        )
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

    def recognize(self, crops: Sequence[RGB]) -> tuple[LineReading, ...]:
        """One reading a crop, in order; an empty crop (no height or width) reads as nothing."""
        readings = [NOTHING_READ] * len(crops)
        batches = _batches([_line_width(crop) for crop in crops])
        tensors = (np.stack([_to_tensor(crops[i], width) for i in indices]) for width, indices in batches)
        for (_, indices), outputs in zip(batches, self._recognizer.run(tensors), strict=True):
            for i, scores, classes, numeric in zip(indices, *outputs, strict=True):
                readings[i] = self._decode(scores[:, 0], classes[:, 0], numeric)
        return tuple(readings)

    def _decode(
        self, scores: NDArray[np.float32], classes: NDArray[np.int32], numeric: NDArray[np.float32]
    ) -> LineReading:
        text, score = ctc.collapse(classes, scores, self._alphabet)
        if sum(c not in NUMERIC_ALPHABET for c in text) > MAX_OTHER_CHARACTERS:
            return LineReading(text, score)
        return LineReading(text, score, ctc.n_best(numeric, self._symbols))

    def _load_detector(self) -> tuple[_Network, Any]:
        with self._loading:
            if self._detector is None:
                from rapidocr.ch_ppocr_det.utils import DBPostProcess  # slow to import, so only when needed

                postprocess = DBPostProcess(thresh=0.3, box_thresh=0.5, unclip_ratio=1.6)
                network = self._runtime.compile_large(self._runtime.read(self._detection_path))
                self._detector = (network, postprocess)
            return self._detector


class _Runtime:
    """OpenVINO on the CPU: f32 where the CPU knows no better, bf16 where it has matrix units for it."""

    def __init__(self, threads: int) -> None:
        openvino = _openvino()
        self._core = openvino.Core()
        self._threads = threads
        # A stream a thread: two small batches side by side are faster than one after the other on two threads.
        self._config = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": threads}
        precision = self._core.get_property("CPU", "INFERENCE_PRECISION_HINT").to_string()
        self.name = f"openvino-{openvino.get_version().split('-')[0]} {precision}"

    def read(self, path: Path) -> Any:
        return self._core.read_model(str(path))

    def compile(self, model: Any) -> _Network:
        return _Network(self._core.compile_model(model, "CPU", self._config), self._threads)

    def compile_large(self, model: Any) -> _Network:
        """For one large picture at a time, on all threads."""
        return _Network(self._core.compile_model(model, "CPU", self._config | {"NUM_STREAMS": 1}), 1)


def _openvino() -> Any:  # ships no types
    """The library, its converter's telemetry kept out: gouji converts nothing and speaks to no network."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # the library then takes its own stub
    import openvino

    return openvino


class _Network:
    """A compiled network; several threads may run it at the same time, and share its memory."""

    def __init__(self, compiled: Any, lanes: int) -> None:
        self._outputs = len(compiled.outputs)
        self._idle: SimpleQueue[Any] = SimpleQueue()
        for _ in range(lanes):
            self._idle.put(compiled.create_infer_request())

    def run(self, batches: Iterable[NDArray[np.float32]]) -> Iterator[tuple[NDArray[Any], ...]]:
        """The outputs of each batch, in order; the next batch is made ready while one is at work."""
        busy: deque[tuple[Any, NDArray[np.float32]]] = deque()  # a batch lives as long as it is read
        try:
            for batch in batches:
                try:
                    request = self._idle.get_nowait()
                except Empty:  # never wait for a lane while holding one
                    if busy:
                        yield self._finish(busy)
                    request = self._idle.get()
                busy.append((request, batch))
                request.start_async({0: batch}, share_inputs=True)
                if len(busy) > 1:
                    yield self._finish(busy)
            while busy:
                yield self._finish(busy)
        finally:  # whatever went wrong, no lane is lost
            while busy:
                request, _ = busy.popleft()
                with suppress(RuntimeError):
                    request.wait()
                self._idle.put(request)

    def _finish(self, busy: deque[tuple[Any, NDArray[np.float32]]]) -> tuple[NDArray[Any], ...]:
        request, _ = busy[0]
        request.wait()
        outputs = tuple(np.array(request.get_output_tensor(k).data) for k in range(self._outputs))
        busy.popleft()
        self._idle.put(request)
        return outputs


def _with_narrow_head(model: Any, columns: Sequence[int]) -> Any:
    """The model with three outputs in place of its 18 710 classes a frame.

    The likeliest class's probability and number, (N, T, 1) each, and the probabilities of `columns`, (N, T, len(columns)).
    """
    from openvino import Model, opset13

    probs = model.get_results()[0].input_value(0)
    best = opset13.topk(probs, np.int32(1), axis=2, mode="max", sort="none", index_element_type="i32")
    numeric = opset13.gather(probs, np.array(columns, dtype=np.int32), np.int32(2))
    return Model([best.output(0), best.output(1), numeric.output(0)], model.get_parameters(), "recognition")


def _canvas(length: int) -> int:
    return CANVASES[bisect_left(CANVASES, length)]


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
    """Groups of crop indices that share one padded width, each a power of two in number and within `BATCH_PIXELS`.

    Empty crops are left out.
    """
    groups: dict[int, list[int]] = {}
    for i, width in enumerate(widths):
        if width:
            groups.setdefault(WIDTHS[bisect_left(WIDTHS, width)], []).append(i)
    batches = []
    for padded, indices in sorted(groups.items()):
        most = max(1, BATCH_PIXELS // (LINE_HEIGHT * padded))
        while indices:
            count = 1 << (min(most, len(indices)).bit_length() - 1)
            batches.append((padded, indices[:count]))
            indices = indices[count:]
    return batches


def _to_tensor(crop: RGB, width: int) -> NDArray[np.float32]:
    """(3, 48, width) float32 in -1 … 1, channels B, G, R, padded on the right with 0."""
    scaled = cv2.resize(crop, (_line_width(crop), LINE_HEIGHT), interpolation=cv2.INTER_LINEAR)
    tensor = np.zeros((3, LINE_HEIGHT, width), dtype=np.float32)
    tensor[:, :, : scaled.shape[1]] = scaled[:, :, ::-1].transpose(2, 0, 1) / _CHANNEL_MEAN - 1.0
    return tensor

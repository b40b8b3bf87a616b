"""The same PP-OCRv6 small weights through PaddleOCR's own API: the second engine, and the only file that imports paddleocr.

PaddleOCR runs them on ONNX Runtime, so PaddlePaddle is not needed. It wants each model as a folder of `inference.onnx` and
`inference.yml`; both are made here from the weights that ship in the `rapidocr` wheel, and nothing is ever downloaded.

Its text recognition gives a line's best string and score but no posterior, hence no candidates: a cell then has no alternatives,
and its probability is the score of a character to the power of their number.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..document.errors import MissingPartError, OutputError
from ..document.geometry import Quad
from ..document.page import RGB
from ..document.reading import NOTHING_READ, LineReading, TextBox
from .alphabet import read_alphabet

DETECTION_NAME = "PP-OCRv6_small_det"
RECOGNITION_NAME = "PP-OCRv6_small_rec"
"""PaddleX's own names of the two models; it takes no others."""

DETECTION_SIDE = 960
"""The longer side in px to which an image is scaled for detection."""

LINE_HEIGHT = 48
"""Height in px that the recognizer was trained on."""

MIN_WIDTH = 320
"""Narrower crops are padded to this width in px; PaddleX does it, here it is only counted."""

BATCH_WIDTH = 32 * MIN_WIDTH
"""Sum of padded widths in px of one batch; keeps the memory of the output (18 710 classes a frame) in bounds."""

OFFLINE: Mapping[str, str] = {
    "PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK": "True",  # never look which model hubs can be reached
    "ORT_DISABLE_TELEMETRY": "1",  # ONNX Runtime 1.31 and later otherwise report to their maker
}
"""Environment variables under which nothing is sent or fetched."""

# Without the arena, which keeps the memory of the widest batch ever seen, memory stays flat over a long run.
_SESSION = {"inter_op_num_threads": 1, "enable_cpu_mem_arena": False, "log_severity_level": 3}
_INSTALL = "Install gouji[paddle] in an environment of its own, as docs/paddle.md says."

_DECODE = {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}}
_RESIZE = {"DetResizeForTest": {"resize_long": DETECTION_SIDE}}
_COLOURS = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "scale": 1 / 255, "order": "hwc"}
_DETECTION_CONFIG: Mapping[str, object] = {
    "Global": {"model_name": DETECTION_NAME},
    "PreProcess": {"transform_ops": [_DECODE, _RESIZE, {"NormalizeImage": _COLOURS}, {"ToCHWImage": None}]},
    "PostProcess": {"name": "DBPostProcess", "thresh": 0.3, "box_thresh": 0.5, "unclip_ratio": 1.6},
}


class PaddleEngine:
    """Weights loaded by PaddleOCR.

    PaddleX brings an OpenCV of its own; the caller makes sure that it is the only one (`models.opencv.check_single_opencv`).

    Args:
        detection: path of the detection model, ONNX.
        recognition: path of the recognition model, ONNX; its metadata hold the alphabet under `character`.
        threads: threads of one inference.
        cache: folder for the model folders that PaddleOCR loads; `default_cache()` when None.

    Raises:
        MissingPartError: when PaddleOCR or a part of it is not installed, or the weights are not those of PP-OCRv6.
        OutputError: when the cache cannot be written.
    """

    def __init__(
        self, detection: Path, recognition: Path, threads: int = 2, cache: Path | None = None
    ) -> None:
        cache = default_cache() if cache is None else cache
        module = _import_paddleocr(cache)
        options = {
            "device": "cpu",
            "engine": "onnxruntime",
            "engine_config": _SESSION | {"intra_op_num_threads": threads},
        }
        det, rec = write_model_folders(cache, detection, recognition)
        try:
            self._detector = module.TextDetection(
                model_name=DETECTION_NAME,
                model_dir=str(det),
                limit_side_len=DETECTION_SIDE,
                limit_type="max",
                **options,
            )
            self._recognizer = module.TextRecognition(
                model_name=RECOGNITION_NAME, model_dir=str(rec), **options
            )
        except RuntimeError as error:  # how PaddleOCR says that a package of its own is not there
            raise MissingPartError(f"PaddleOCR cannot load its models ({error}).", _INSTALL) from error
        self._name = f"PP-OCRv6-small paddleocr-{version('paddleocr')} onnxruntime-{version('onnxruntime')}"

    @property
    def name(self) -> str:
        """The model and what runs it."""
        return self._name

    @property
    def parallel(self) -> int:
        """One: PaddleOCR's predictors are not made for several threads."""
        return 1

    def detect(self, pixels: RGB) -> tuple[TextBox, ...]:
        """The text lines of an upright (H, W, 3) uint8 RGB image."""
        if pixels.size == 0:
            return ()
        (found,) = self._detector.predict(_to_bgr(pixels))
        pairs = zip(found["dt_polys"], found["dt_scores"], strict=True)
        return tuple(TextBox(_to_quad(corners), float(score)) for corners, score in pairs)

    def recognize(self, crops: Sequence[RGB], *, labels: bool = False) -> tuple[LineReading, ...]:
        """One reading a crop, in order; an empty crop (no height or width) reads as nothing."""
        readings = [NOTHING_READ] * len(crops)
        for indices in _batches([_padded_width(crop) for crop in crops]):
            found = self._recognizer.predict([_to_bgr(crops[i]) for i in indices], batch_size=len(indices))
            for i, result in zip(indices, found, strict=True):
                readings[i] = LineReading(str(result["rec_text"]), float(result["rec_score"]))
        return tuple(readings)


def default_cache() -> Path:
    """The user's folder for what can be made anew, as the system has it."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "gouji" / "paddle"


def write_model_folders(cache: Path, detection: Path, recognition: Path) -> tuple[Path, Path]:
    """The folders of the detection and of the recognition model, as PaddleOCR takes them.

    Raises:
        MissingPartError: when the recognition model does not name its characters.
    """
    alphabet = read_alphabet(recognition)
    return (
        write_model_folder(cache, detection, _DETECTION_CONFIG),
        write_model_folder(cache, recognition, _recognition_config(alphabet)),
    )


def write_model_folder(cache: Path, weights: Path, config: Mapping[str, object]) -> Path:
    """A folder that PaddleX loads: the weights as `inference.onnx`, `config` as `inference.yml`.

    Its name holds a digest of both, so that it never goes stale, and it appears under that name only when complete, so that
    processes that start together do not disturb each other.

    Raises:
        OutputError: when the cache cannot be written.
    """
    text = json.dumps(config, ensure_ascii=False)  # JSON is YAML
    with weights.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    digest.update(text.encode())
    folder = cache / f"{weights.stem}-{digest.hexdigest()[:16]}"
    if folder.is_dir():
        return folder
    try:
        cache.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=cache))
    except OSError as error:
        raise OutputError(
            f"{cache} cannot be written ({error}).", "Let XDG_CACHE_HOME be one that can."
        ) from error
    try:
        _link_or_copy(weights, draft / "inference.onnx")
        (draft / "inference.yml").write_text(text, encoding="utf-8")
        draft.rename(folder)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        if not folder.is_dir():  # otherwise another process was faster
            raise
    return folder


def _recognition_config(alphabet: Sequence[str]) -> Mapping[str, object]:
    resize = {"RecResizeImg": {"image_shape": [3, LINE_HEIGHT, MIN_WIDTH]}}
    return {
        "Global": {"model_name": RECOGNITION_NAME},
        "PreProcess": {"transform_ops": [_DECODE, resize]},
        "PostProcess": {"name": "CTCLabelDecode", "character_dict": list(alphabet)},
    }


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)


def _import_paddleocr(cache: Path) -> Any:  # paddleocr ships no types
    for variable, value in OFFLINE.items():  # read while it is imported
        os.environ.setdefault(variable, value)
    os.environ.setdefault("PADDLE_PDX_CACHE_HOME", str(cache / "paddlex"))  # otherwise the home folder
    try:
        import paddleocr
    except ImportError as error:
        raise MissingPartError(f"PaddleOCR cannot be imported ({error}).", _INSTALL) from error
    # It tells people on stderr what it loads; that is for the command line to do.
    logging.getLogger("paddlex").setLevel(logging.WARNING)
    return paddleocr


def _to_bgr(pixels: RGB) -> NDArray[np.uint8]:
    """In the order of channels that PaddleOCR expects."""
    return np.ascontiguousarray(pixels[:, :, ::-1])


def _to_quad(corners: NDArray[np.integer]) -> Quad:
    a, b, c, d = ((float(x), float(y)) for x, y in corners)
    return Quad((a, b, c, d))


def _padded_width(crop: RGB) -> int:
    """Width in px of a crop at the line height, as it is padded at least; 0 for an empty crop."""
    height, width = int(crop.shape[0]), int(crop.shape[1])
    if height == 0 or width == 0:
        return 0
    return max(MIN_WIDTH, round(width * LINE_HEIGHT / height))


def _batches(widths: Sequence[int]) -> list[list[int]]:
    """Crop indices in groups of like width, since a batch is padded to its widest; empty crops are left out."""
    batches: list[list[int]] = []
    for i in sorted((i for i, width in enumerate(widths) if width), key=lambda i: widths[i]):
        # Sorted, so the newcomer is the widest.
        if batches and widths[i] * (len(batches[-1]) + 1) <= BATCH_WIDTH:
            batches[-1].append(i)
        else:
            batches.append([i])
    return batches

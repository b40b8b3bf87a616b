"""Where the OCR weights lie and what they must hash to.

Those of PP-OCRv6 small ship inside the `rapidocr` wheel (Apache-2.0; by the PaddleOCR authors, converted to ONNX), those of the
number reader and of the quick reader (PP-OCRv6 tiny, Apache-2.0, by the PaddleOCR authors) with gouji. Nothing is ever downloaded.
"""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from ..document.errors import MissingPartError


@dataclass(frozen=True, slots=True)
class Weights:
    """One file of weights: where it ships, its sha256, and what to do when it is not there."""

    name: str
    package: str
    member: str
    sha256: str
    remedy: str


_REINSTALL = "Run `make setup`, or `pip install --force-reinstall --no-deps rapidocr==3.10.0`."
_RESTORE = "Install gouji again; in a checkout run `git restore models` and `make setup`."

DETECTION = Weights(
    "PP-OCRv6-small-det",
    "rapidocr",
    "models/PP-OCRv6_det_small.onnx",
    "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    _REINSTALL,
)
RECOGNITION = Weights(
    "PP-OCRv6-small-rec",
    "rapidocr",
    "models/PP-OCRv6_rec_small.onnx",
    "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
    _REINSTALL,
)
NUMBERS = Weights(
    "gouji-numbers",
    "gouji",
    "models/numbers.onnx",
    "12073c6f3696bcef986110ae0327a5f54e902b84c27cdd5eb39b4f9ff6fa99d4",
    _RESTORE,
)
QUICK = Weights(
    "PP-OCRv6-tiny-rec",
    "gouji",
    "models/quick.onnx",
    "5ce19b3020d402e353b2825baa183c21bc5eee48c672c647b7ff6441eb8ac3e7",
    _RESTORE,
)
DEFAULT_WEIGHTS = (DETECTION, RECOGNITION, NUMBERS, QUICK)


def find_weights(weights: Weights) -> Path:
    """The file's path, without importing the package that ships it.

    Raises:
        MissingPartError: when the package or the file is not there.
    """
    spec = importlib.util.find_spec(weights.package)
    if spec is None or not spec.submodule_search_locations:
        raise MissingPartError(
            f"{weights.name} ships inside the package {weights.package}, which is not installed.",
            weights.remedy,
        )
    path = Path(spec.submodule_search_locations[0]) / weights.member
    if not path.is_file():
        raise MissingPartError(
            f"{weights.name} was expected at {path}, and no file is there.", weights.remedy
        )
    return path


def verify_weights(weights: Weights) -> Path:
    """The file's path, after its content has been hashed.

    Raises:
        MissingPartError: when it is absent or hashes to something else.
    """
    path = find_weights(weights)
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != weights.sha256:
        raise MissingPartError(
            f"{path} hashes to {found[:12]}…, but {weights.name} is {weights.sha256[:12]}….", weights.remedy
        )
    return path

"""Where the OCR weights lie and what they must hash to.

The weights ship inside the `rapidocr` wheel (Apache-2.0; PP-OCRv6 by the PaddleOCR authors, converted to ONNX). Nothing is ever
downloaded.
"""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from ..document.errors import MissingPartError


@dataclass(frozen=True, slots=True)
class Weights:
    """One file of weights: where it ships and its sha256."""

    name: str
    package: str
    member: str
    sha256: str


DETECTION = Weights(
    "PP-OCRv6-small-det",
    "rapidocr",
    "models/PP-OCRv6_det_small.onnx",
    "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
)
RECOGNITION = Weights(
    "PP-OCRv6-small-rec",
    "rapidocr",
    "models/PP-OCRv6_rec_small.onnx",
    "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
)
DEFAULT_WEIGHTS = (DETECTION, RECOGNITION)

_REINSTALL = "Run `make setup`, or `pip install --force-reinstall --no-deps rapidocr==3.10.0`."


def find_weights(weights: Weights) -> Path:
    """The file's path, without importing the package that ships it.

    Raises:
        MissingPartError: when the package or the file is not there.
    """
    spec = importlib.util.find_spec(weights.package)
    if spec is None or not spec.submodule_search_locations:
        raise MissingPartError(
            f"{weights.name} ships inside the package {weights.package}, which is not installed.", _REINSTALL
        )
    path = Path(spec.submodule_search_locations[0]) / weights.member
    if not path.is_file():
        raise MissingPartError(f"{weights.name} was expected at {path}, and no file is there.", _REINSTALL)
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
            f"{path} hashes to {found[:12]}…, but {weights.name} is {weights.sha256[:12]}….", _REINSTALL
        )
    return path

"""Which OpenCV is installed, and whether it is the only one.

OpenCV ships as four distributions that write the same folder `cv2`. The one installed last wins, and removing one tears holes
into the other, so an environment with two of them holds a mixture that works by luck. Only the installed metadata are read here:
importing a broken `cv2` may take the process down.
"""

from __future__ import annotations

import hashlib
import sys
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from ..document.errors import MissingPartError

DISTRIBUTIONS = (
    "opencv-python",
    "opencv-python-headless",
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
)

_PROBE = "cv2/version.py"
"""Every distribution writes this file, and each release with other content."""

_SEPARATE = "Use an environment of its own for PaddleOCR, see docs/paddle.md; in this one leave one of them."


def check_single_opencv() -> str:
    """Name and version of the only OpenCV, such as `opencv-python-headless 5.0.0.93`.

    Raises:
        MissingPartError: when there is none, when several write the same files, or when one has lost files to another.
    """
    installed = {name: found for name in DISTRIBUTIONS if (found := _find(name)) is not None}
    if not installed:
        raise MissingPartError("No OpenCV is installed.", "Run `make setup`.")
    _refuse_collision(installed)
    # Where they lie in different folders the first one on the path is the one that is imported.
    name, first = min(installed.items(), key=lambda item: _rank(item[1]))
    if not _is_whole(first):
        raise MissingPartError(
            f"The files of {name} {first.version} are missing or come from another OpenCV.",
            f"Run `pip install --force-reinstall --no-deps {name}=={first.version}`.",
        )
    return f"{name} {first.version}"


def _find(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _place(found: Distribution) -> Path:
    return Path(str(found.locate_file(_PROBE))).resolve()


def _rank(found: Distribution) -> int:
    folders = [Path(entry).resolve() for entry in sys.path]
    folder = _place(found).parents[1]
    return folders.index(folder) if folder in folders else len(folders)


def _refuse_collision(installed: Mapping[str, Distribution]) -> None:
    owners: dict[Path, list[str]] = {}
    for name, found in installed.items():
        owners.setdefault(_place(found), []).append(f"{name} {found.version}")
    for place, names in owners.items():
        if len(names) > 1:
            raise MissingPartError(
                f"{' and '.join(names)} are installed together, and both write the folder {place.parent}: "
                "what is imported from there is a mixture of the two.",
                _SEPARATE,
            )


def _is_whole(found: Distribution) -> bool:
    """Whether the probe file is the one that this distribution brought; true where nothing was recorded."""
    recorded = next((f for f in found.files or () if f.as_posix() == _PROBE), None)
    if recorded is None or recorded.hash is None:
        return True
    place = _place(found)
    if not place.is_file():
        return False
    digest = hashlib.new(recorded.hash.mode, place.read_bytes()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode() == recorded.hash.value

"""Page pictures and crops of the documents of an archive, made from the scans when they are asked for.

The database holds no pictures. A page that was made once stays in a cache of bounded size on the disk.
"""

from __future__ import annotations

import os
import time
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from .document.errors import InputError, UnreadableFileError
from .document.limits import Limits
from .document.page import RGB, Source
from .document.record import Box
from .document.whole import draft_of
from .ocr.pages import open_pages, open_source
from .store.archive import Archive

CACHE_BYTES = 2 * 2**30
"""Of page pictures that are kept; about 2000 pages."""

QUALITY = 90
"""Of the JPEG pictures that are kept: what a person compares with a number."""

MARGIN = 0.25
"""Share of a cell's height that is shown around it."""


class Pictures:
    """The pictures of an archive's documents.

    Args:
        archive: knows where the scans lie.
        folder: of the cache; made when it is needed.
        limits: of each document.
        max_bytes: of the cache; the pages that have not been asked for longest go first.
    """

    def __init__(
        self, archive: Archive, folder: Path, limits: Limits | None = None, max_bytes: int = CACHE_BYTES
    ) -> None:
        self._archive = archive
        self._folder = folder
        self._limits = limits or Limits()
        self._max_bytes = max_bytes
        self._decoded = lru_cache(maxsize=2)(_read_picture)

    def page(self, sha256: str, number: int) -> Path:
        """A JPEG file of a page, at the scan's own pixels.

        Args:
            sha256: of the document.
            number: of the page, from 1.

        Raises:
            UnreadableFileError: when the scan lies nowhere where it was seen.
            InputError: when the page cannot be read.
            PageError: when the page is broken.
            OutputError: when the cache cannot be written.
        """
        path = page_file(self._folder, sha256, number)
        if path.exists():
            now = time.time_ns()  # finer than the file system's own clock
            os.utime(path, ns=(now, now))
            return path
        source = self._find(sha256)
        if not 1 <= number <= source.pages:
            raise UnreadableFileError(
                f"{source.path.name} has {source.pages} pages, asked for page {number}."
            )
        with open_pages(source, self._limits) as images:
            pixels = images.read(number - 1).pixels
        _write_picture(pixels, path)
        self._trim(path)
        return path

    def crop(self, sha256: str, number: int, bbox: Box) -> RGB:
        """(h, w, 3) uint8: a cell, its `bbox` as in the record, with a little of what surrounds it; otherwise as `page`."""
        pixels = self._decoded(self.page(sha256, number))
        height, width = pixels.shape[:2]
        x0, y0, x1, y1 = bbox
        margin = round(MARGIN * (y1 - y0))
        return pixels[
            max(0, y0 - margin) : min(height, y1 + margin), max(0, x0 - margin) : min(width, x1 + margin)
        ]

    def _find(self, sha256: str) -> Source:
        """The scan, by its content, wherever it was seen."""
        paths = self._archive.paths_of(sha256)
        for path in paths:
            try:
                source = open_source(path, self._limits, folder_is_report=path.is_dir())
            except InputError:
                continue
            if source.sha256 == sha256:
                return source
        seen = ", ".join(map(str, paths)) or "nowhere"
        raise UnreadableFileError(
            f"The scan with SHA-256 {sha256[:12]}… is not where it was seen ({seen}), or has changed.",
            "Put it back, or run `gouji digitize --db` over the folder where it lies now.",
        )

    def _trim(self, newest: Path) -> None:
        """Deletes the pages that have not been asked for longest, but not `newest`, until the rest is small enough."""
        files = [(path, path.stat()) for path in self._folder.rglob("page-*.jpg")]
        total = sum(stat.st_size for _, stat in files)
        for path, stat in sorted(files, key=lambda item: item[1].st_mtime_ns):
            if total <= self._max_bytes:
                return
            if path != newest:
                path.unlink(missing_ok=True)
                total -= stat.st_size


def page_file(folder: Path, sha256: str, number: int) -> Path:
    """Where the picture of a page lies, once it was made, in the folder of a cache."""
    return folder / sha256[:2] / sha256 / f"page-{number:03d}.jpg"


def _read_picture(path: Path) -> RGB:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def _write_picture(pixels: RGB, path: Path) -> None:
    with draft_of(path) as draft:
        Image.fromarray(pixels).save(draft, "JPEG", quality=QUALITY)

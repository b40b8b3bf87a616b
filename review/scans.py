"""Page pictures and crops for the browser. Pages are made from the scans in a process of their own: a scan is anybody's file."""

from __future__ import annotations

import io
import logging
import multiprocessing
from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor, TimeoutError
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from pathlib import Path
from threading import Lock

import numpy as np
from PIL import Image

from ..document.errors import GoujiError, LimitError, UnreadableFileError
from ..document.limits import Limits
from ..document.record import Box
from ..pictures import Pictures, page_file
from ..store.archive import open_existing

log = logging.getLogger(__name__)

PAGE_SECONDS = 60.0
"""So long a page may take; a usual one takes a fifth of a second."""

PAGES_KEPT = 6
"""Decoded pages, of some 12 MB each, from which crops are cut."""

CROP_MARGIN = 0.35
"""Share of a cell's height that is shown around it."""

CROP_QUALITY = 85

RIM, MOST_RIM = 0.1, 0.3
"""Shares of a cell's height along its upper and lower side in which its rulings may lie."""

SIDE = 0.2
"""The same for its left and right side; less than `CROP_MARGIN`, so that print beside a ruling is shown all the same."""

SKEW = 0.012
"""Tangent of the skew that a scan may have."""

DARKER = 16
"""So many grey levels darker than the cell's paper may be print. Too small a box would hide a pale digit; noise only widens it."""


class Scans:
    """The pictures of an archive's scans.

    Args:
        db: the database, which says where the scans lie.
        folder: of the pictures that are kept.
        limits: of each document.
    """

    def __init__(self, db: str, folder: Path, limits: Limits) -> None:
        self._folder = folder
        self._args = (db, folder, limits)
        self._lock = Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._decoded = lru_cache(maxsize=PAGES_KEPT)(_decode)

    def page(self, sha256: str, number: int) -> Path:
        """A JPEG file of a page, at the scan's own pixels; `number` from 1.

        Raises:
            InputError, PageError: when the scan is not where it was, or cannot be read.
            LimitError: when it takes too long.
        """
        path = page_file(self._folder, sha256, number)
        if path.exists():
            return path
        try:
            return self._submit(sha256, number).result(PAGE_SECONDS)
        except TimeoutError as error:
            self.close()
            raise LimitError(
                f"Page {number} of {sha256[:12]}… took longer than {PAGE_SECONDS:g} s.", "Look at the file."
            ) from error
        except BrokenProcessPool as error:
            self.close()
            raise UnreadableFileError(
                f"The process that read page {number} of {sha256[:12]}… died.", "Look at the file."
            ) from error

    def crop(self, sha256: str, number: int, bbox: Box, *, tight: bool = False) -> bytes:
        """A JPEG picture of a cell with a little of what surrounds it, or, `tight`, without the empty paper beside its print.

        Raises:
            InputError, PageError: as `page`.
        """
        picture = self._decoded(self.page(sha256, number))
        x0, y0, x1, y1 = _print_in(picture, bbox) if tight else bbox
        aside = round(CROP_MARGIN * (y1 - y0))
        above = 0 if tight else aside
        cut = picture.crop(
            (
                max(0, x0 - aside),
                max(0, y0 - above),
                min(picture.width, x1 + aside),
                min(picture.height, y1 + above),
            )
        )
        written = io.BytesIO()
        cut.save(written, "JPEG", quality=CROP_QUALITY)
        return written.getvalue()

    def prepare(self, pages: Iterable[tuple[str, int]]) -> None:
        """Has pages made that somebody is about to ask for; what fails is told to whoever asks."""
        for sha256, number in pages:
            if not page_file(self._folder, sha256, number).exists():
                try:
                    self._submit(sha256, number)
                except (GoujiError, BrokenProcessPool):
                    log.info("page %d of %s could not be prepared", number, sha256[:12])

    def close(self) -> None:
        """Ends the process; the next page starts another."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is None:
            return
        # A page that hangs would be waited for otherwise.
        for process in list(pool._processes.values()):
            process.kill()
        pool.shutdown(wait=True, cancel_futures=True)

    def _submit(self, sha256: str, number: int) -> Future[Path]:
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    1, multiprocessing.get_context("spawn"), initializer=_open, initargs=self._args
                )
            return self._pool.submit(_make, sha256, number)


_pictures: Pictures
"""Of this process: a pool's process holds one."""


def _open(db: str, folder: Path, limits: Limits) -> None:
    global _pictures
    _pictures = Pictures(open_existing(db), folder, limits)


def _make(sha256: str, number: int) -> Path:
    return _pictures.page(sha256, number)


def _print_in(picture: Image.Image, bbox: Box) -> Box:
    """A cell without the empty paper to the left and right of its print; the cell itself where nothing is printed."""
    x0, y0, x1, y1 = bbox
    height, width = y1 - y0, x1 - x0
    side = round(SIDE * height)
    if width <= 2 * side:
        return bbox
    # A page that lies a little askew brings the ruling above further down on one side.
    rim = round(min(RIM * height + SKEW * width, MOST_RIM * height))
    middle = picture.crop((x0 + side, y0 + rim, x1 - side, y1 - rim)).convert("L")
    pixels = np.asarray(middle, dtype=np.int16)
    if pixels.size == 0:
        return bbox
    columns = np.flatnonzero((pixels < np.median(pixels) - DARKER).any(axis=0))
    if columns.size == 0:
        return bbox
    return x0 + side + int(columns[0]), y0, x0 + side + int(columns[-1]) + 1, y1


def _decode(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        picture.load()
        return picture

"""Pages of PDF files: which are taken as scanned, which are drawn, and how finely.

A page that is one embedded scan is taken at the scan's own pixels, not drawn again: drawing costs sharpness
and time. What else lies on it (an invisible text layer of earlier OCR, a white ground below) does not show
and does not matter. A page of scans in pieces, or with a stamp or a signature over it, is drawn by pdfium at
the scan's own resolution; everything else, which is born-digital, at `RENDER_DPI` by Poppler where it is on
the PATH, otherwise by pdfium.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from ..document.errors import PageError
from ..document.limits import Limits
from ..document.page import RGB
from .media import measure_file
from .pdfium import (
    Handle,
    PageObject,
    draw,
    has_visible_annotation,
    is_whole,
    list_painted,
    open_document,
    opened_page,
    pdfium_lock,
    read_frame,
    read_stored_pixels,
)
from .picture import MAX_PIXEL_ASPECT, Raster, check_pixels
from .placement import Frame, Placement, cover, fills, hides, looks_like
from .poppler import draw_by_poppler, has_poppler

RENDER_DPI = 200
"""For pages that are drawn: text of 10 pt is 28 px high."""

MAX_NATIVE_DPI = 600
"""Pages are not drawn finer than this, however small a picture with many pixels is placed."""

MIN_SCAN_COVER = 0.5
"""From this share of the page covered by pictures on, it is drawn at their resolution."""

MIN_SPAN = 0.5
"""A picture, or a stripe of one, tells the resolution when it spans this share of the width or height."""

THUMBNAIL_PX = 400
"""Long side of the drawing that an embedded scan is compared with."""

RENDER_SECONDS = 60
"""Poppler's time for one page."""


@dataclass(frozen=True, slots=True)
class _Image:
    """A picture on a page."""

    item: Handle
    placement: Placement


@dataclass(frozen=True, slots=True)
class _Survey:
    """What lies on a page: its pictures, whether more shows, and the picture that is the page, if any."""

    frame: Frame
    images: tuple[_Image, ...]
    shows_more: bool
    scan: _Image | None

    @property
    def is_scanned(self) -> bool:
        """Whether pictures make up the page."""
        page = self.frame.shown_box
        return sum(cover(image.placement.box, page) for image in self.images) >= MIN_SCAN_COVER

    @property
    def dpi(self) -> float:
        """The resolution to draw the page at."""
        if not self.is_scanned:
            return RENDER_DPI
        width, height = self.frame.size
        native = [
            max(image.placement.dpi)
            for image in self.images
            if image.placement.box.width >= MIN_SPAN * width
            or image.placement.box.height >= MIN_SPAN * height
        ]
        if self.shows_more or not native:
            native.append(RENDER_DPI)
        return min(max(native), MAX_NATIVE_DPI)


class PdfFile:
    """An open PDF file.

    Raises:
        UnreadableFileError: when it is not there or may not be read.
        EncryptedFileError: when it asks for a password.
        DamagedFileError: when it cannot be opened.
        EmptyDocumentError: when it has no page.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        measure_file(path)
        self._path = path
        self._limits = limits
        with pdfium_lock:
            self._document = open_document(path)
            self._pages = len(self._document)

    def __len__(self) -> int:
        return self._pages

    def read(self, index: int) -> Raster:
        """The page at `index`, from 0.

        Raises:
            PageError: when the page is broken or takes too long to draw.
            LimitError: when the page, or a picture on it, has too many pixels.
            IndexError: when there is no such page.
        """
        if not 0 <= index < self._pages:
            raise IndexError(f"page index {index} of {self._pages} pages")
        where = f"Page {index + 1} of {self._path.name}"
        with pdfium_lock, opened_page(self._document, index, where) as page:
            survey = _survey(page)
            _check_images(survey, self._limits, where)
            scan = _extract(page, survey)
            if scan is not None:
                return scan
            size = survey.frame.size_px(survey.dpi)
            check_pixels(size, self._limits, where)
            if survey.is_scanned or not has_poppler():
                return Raster(draw(page, size), survey.dpi)
        return Raster(self._draw_digital(index, size, where), RENDER_DPI)

    def close(self) -> None:
        """Lets go of the file."""
        with pdfium_lock:
            self._document.close()

    def _draw_digital(self, index: int, size: tuple[int, int], where: str) -> RGB:
        seconds = min(RENDER_SECONDS, self._limits.max_seconds)
        pixels = draw_by_poppler(self._path, index, RENDER_DPI, size, seconds)
        if pixels is not None:
            return pixels
        with pdfium_lock, opened_page(self._document, index, where) as page:
            return draw(page, size)


def _survey(page: Handle) -> _Survey:
    frame = read_frame(page)
    painted = list_painted(page, frame)
    images = tuple(_Image(each.item, each.placement) for each in painted if each.placement is not None)
    scan = images[0] if len(images) == 1 else None
    shows_more = has_visible_annotation(page) or _shows_more(painted, frame)
    if shows_more or scan is None:
        return _Survey(frame, images, shows_more, None)
    is_scan = scan.placement.is_upright and fills(scan.placement.box, frame.shown_box)
    return _Survey(frame, images, shows_more, scan if is_scan else None)


def _shows_more(painted: tuple[PageObject, ...], frame: Frame) -> bool:
    """Whether something beside pictures shows, not painted over by the last picture."""
    cover_above: Placement | None = None
    for each in reversed(painted):
        if each.placement is not None:
            cover_above = cover_above or each.placement
        elif cover_above is None or each.box is None or not hides(cover_above, each.box, frame):
            return True
    return False


def _check_images(survey: _Survey, limits: Limits, where: str) -> None:
    """Refuses what would be decoded for nothing.

    Raises:
        LimitError: when a picture on the page has too many pixels.
        PageError: when a picture of a scanned page breaks off.
    """
    for image in survey.images:
        check_pixels(image.placement.size, limits, f"A picture on {where[0].lower()}{where[1:]}")
        if survey.is_scanned and not is_whole(image.item):
            raise PageError(f"{where} is damaged: its JPEG picture ends early.", "Scan or copy it again.")


def _extract(page: Handle, survey: _Survey) -> Raster | None:
    """The scan's own pixels as displayed; nothing where there is no single scan or it shows otherwise."""
    if survey.scan is None:
        return None
    placement = survey.scan.placement
    x_dpi, y_dpi = placement.dpi
    stored = read_stored_pixels(survey.scan.item)
    if stored is None or max(x_dpi / y_dpi, y_dpi / x_dpi) > MAX_PIXEL_ASPECT:
        return None
    pixels = placement.turn(stored)
    box = survey.frame.shown_box
    # Soft masks, clips, hidden layers and unusual colour spaces are not told by pdfium; they show here.
    if not looks_like(draw(page, survey.frame.thumbnail_px(THUMBNAIL_PX)), pixels, placement.box, box):
        return None
    return Raster(pixels, math.sqrt(x_dpi * y_dpi))

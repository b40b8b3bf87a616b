"""PDF pages drawn by Poppler: the only file that imports pdf2image."""

from __future__ import annotations

import logging
import math
import shutil
from pathlib import Path

import numpy as np
import pdf2image
from pdf2image.exceptions import PDFPageCountError, PDFPopplerTimeoutError, PopplerNotInstalledError

from ..document.errors import PageError
from ..document.page import RGB
from .picture import UNREADABLE_PICTURE, pillow_guard

log = logging.getLogger(__name__)


def has_poppler() -> bool:
    """Whether Poppler's programs are on the PATH now."""
    return shutil.which("pdftoppm") is not None and shutil.which("pdfinfo") is not None


def draw_by_poppler(path: Path, index: int, dpi: int, size: tuple[int, int], seconds: float) -> RGB | None:
    """The visible box of the page at `index`, from 0, drawn at `dpi`; (H, W, 3) uint8 RGB.

    Nothing, with a warning in the log, where Poppler cannot draw it or its frame differs from `size`, in px,
    by more than a pixel. `seconds` bounds the drawing; `pdfinfo`, which pdf2image runs first, has no bound of
    its own.

    Raises:
        PageError: when the time is up.
    """
    where = f"Page {index + 1} of {path.name}"
    try:
        # Pillow only unpacks raw pixels here, of a size that the caller has checked.
        with pillow_guard(None):
            images = pdf2image.convert_from_path(
                path.absolute(),
                dpi=dpi,
                first_page=index + 1,
                last_page=index + 1,
                use_cropbox=True,
                timeout=math.ceil(seconds),
            )
            if len(images) != 1:
                raise ValueError(f"{len(images)} pictures of one page")
            pixels = np.asarray(images[0].convert("RGB"))
    except PDFPopplerTimeoutError as error:
        raise PageError(
            f"{where} took longer than {math.ceil(seconds)} s to draw.", "Print it to PDF again."
        ) from error
    except (PDFPageCountError, PopplerNotInstalledError, *UNREADABLE_PICTURE) as error:
        log.warning("%s: Poppler failed: %s", where, error)
        return None
    if max(abs(pixels.shape[1] - size[0]), abs(pixels.shape[0] - size[1])) > 1:
        log.warning("%s: Poppler drew %s px, expected %s", where, pixels.shape[1::-1], size)
        return None
    return pixels

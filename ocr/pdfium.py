"""PDF files through pdfium: the only file that imports pypdfium2.

pdfium is not thread-safe: whatever is done with a document or a page of it is done inside `pdfium_lock`.
"""

from __future__ import annotations

import ctypes
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ..document.errors import (
    DamagedFileError,
    EmptyDocumentError,
    EncryptedFileError,
    InputError,
    PageError,
    UnreadableFileError,
)
from ..document.geometry import BBox, bbox_of_points
from ..document.page import RGB
from .placement import Frame, Placement, place

_JPEG_END = b"\xff\xd9"
_JPEG_TAIL_BYTES = 1024
"""The end marker is looked for in so many last bytes; some writers pad."""

log = logging.getLogger(__name__)

pdfium_lock = threading.RLock()

Handle = Any
"""A document, page or object of pypdfium2, which has no types."""


@dataclass(frozen=True, slots=True)
class PageObject:
    """One thing painted on a page, in the order of painting, inside forms too.

    Attributes:
        item: pdfium's handle, alive as long as the page is open.
        placement: where its pixels lie, of a picture.
        box: the displayed box around it, in points; unknown inside a form.
    """

    item: Handle
    placement: Placement | None
    box: BBox | None


def open_document(path: Path) -> Handle:
    """The document at `path`, to be closed with its `close()`.

    Raises:
        EncryptedFileError: when it asks for a password.
        DamagedFileError: when it cannot be opened.
        EmptyDocumentError: when it has no page.
        UnreadableFileError: when pdfium may not read it.
    """
    raw = pdfium_c.FPDF_LoadDocument(os.fsencode(path.absolute()) + b"\0", None)
    if not raw:
        raise _explain(pdfium_c.FPDF_GetLastError(), path.name)
    document = pdfium.PdfDocument(raw)
    try:
        # Filled-in fields and signatures are drawn only with forms on, which has to come before the pages.
        document.init_forms()
    except pdfium.PdfiumError as error:
        log.warning("%s: form fields are left out: %s", path.name, error)
    if len(document) < 1:
        document.close()
        raise EmptyDocumentError(
            f"{path.name} is a PDF with 0 pages, expected at least 1.", "Export it again."
        )
    if not pdfium_c.FPDF_DocumentHasValidCrossReferenceTable(document):
        log.warning("%s: damaged, opened after a repair; pages may be missing", path.name)
    return document


@contextmanager
def opened_page(document: Handle, index: int, where: str) -> Iterator[Handle]:
    """The page at `index`, from 0, open inside the block; `where` names it in messages.

    Raises:
        PageError: when pdfium fails on it, also later in the block.
    """
    try:
        page = document[index]
        try:
            yield page
        finally:
            page.close()
    except (pdfium.PdfiumError, UnicodeDecodeError) as error:
        # The second: pypdfium2 takes names in the file for UTF-8.
        raise PageError(
            f"{where} is damaged: the PDF library gives up on it ({error}).", "Scan or export it again."
        ) from error


def read_frame(page: Handle) -> Frame:
    """The page's visible box and its /Rotate."""
    left, bottom, right, top = page.get_bbox()
    return Frame((left, bottom, right, top), page.get_rotation())


def list_painted(page: Handle, frame: Frame) -> tuple[PageObject, ...]:
    """What is painted on the page, but invisible text, unpainted paths and pictures without area."""
    painted = []
    for item in page.get_objects():
        placement = None
        if item.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            placement = place(item.get_px_size(), _list_matrices(item), frame)
        if _is_painted(item) and (placement is None or not placement.is_flat):
            painted.append(PageObject(item, placement, _find_box(item, frame)))
    return tuple(painted)


def has_visible_annotation(page: Handle) -> bool:
    """Whether a stamp, note, field or signature lies on the page; links and pop-ups do not count."""
    hidden = pdfium_c.FPDF_ANNOT_FLAG_HIDDEN | pdfium_c.FPDF_ANNOT_FLAG_NOVIEW
    for place_in_list in range(pdfium_c.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, place_in_list)
        if not annotation:
            continue
        kind = pdfium_c.FPDFAnnot_GetSubtype(annotation)
        flags = pdfium_c.FPDFAnnot_GetFlags(annotation)
        pdfium_c.FPDFPage_CloseAnnot(annotation)
        if kind not in {pdfium_c.FPDF_ANNOT_LINK, pdfium_c.FPDF_ANNOT_POPUP} and not flags & hidden:
            return True
    return False


def is_whole(image: Handle) -> bool:
    """Whether a JPEG has its end; pdfium draws grey where one breaks off. Other kinds count as whole."""
    filters = image.get_filters()
    if not filters or filters[-1] != "DCTDecode":
        return True
    data = bytes(image.get_data(decode_simple=True))
    return _JPEG_END in data.rstrip(b"\0\r\n ")[-_JPEG_TAIL_BYTES:]


def read_stored_pixels(image: Handle) -> RGB | None:
    """A picture's pixels as stored, (H, W, 3) uint8 RGB; nothing where they cannot be had without drawing.

    Masks laid over it are not applied; a picture that is itself a mask comes as black ink on white.
    """
    try:
        values = image.get_bitmap(render=False).to_numpy()
    except pdfium.PdfiumError:
        return None
    if values.ndim == 3:
        # BGR; what a fourth channel means is uncertain.
        return np.array(values[:, :, ::-1]) if values.shape[2] == 3 else None
    metadata = image.get_metadata()
    is_mask = metadata.colorspace == pdfium_c.FPDF_COLORSPACE_UNKNOWN and metadata.bits_per_pixel == 1
    return np.repeat((255 - values if is_mask else values)[:, :, np.newaxis], 3, axis=2)


def draw(page: Handle, size: tuple[int, int]) -> RGB:
    """The page drawn to exactly `size`, (H, W, 3) uint8 RGB, with annotations and form fields."""
    width, height = size
    bitmap = pdfium.PdfBitmap.new_native(width, height, pdfium_c.FPDFBitmap_BGR, rev_byteorder=True)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
    how = (bitmap, page, 0, 0, width, height, 0, pdfium_c.FPDF_ANNOT | pdfium_c.FPDF_REVERSE_BYTE_ORDER)
    pdfium_c.FPDF_RenderPageBitmap(*how)
    if page.formenv:
        pdfium_c.FPDF_FFLDraw(page.formenv, *how)
    pixels: RGB = np.asarray(bitmap.to_numpy(), dtype=np.uint8)
    return pixels


def _explain(code: int, name: str) -> InputError:
    if code == pdfium_c.FPDF_ERR_PASSWORD:
        return EncryptedFileError(
            f"{name} is encrypted and asks for a password.", "Save it without a password."
        )
    if code == pdfium_c.FPDF_ERR_SECURITY:
        return EncryptedFileError(
            f"{name} is encrypted in an unsupported way.", "Save it without encryption."
        )
    if code == pdfium_c.FPDF_ERR_FILE:
        return UnreadableFileError(f"{name} cannot be read.", "Check that it is there and may be read.")
    return DamagedFileError(
        f"{name} starts as a PDF but is truncated or broken.",
        "Copy or download it again, or export it again.",
    )


def _list_matrices(item: Handle) -> list[tuple[float, ...]]:
    """The matrices from an object outwards through the forms that hold it."""
    matrices = []
    while item is not None:
        matrices.append(item.get_matrix().get())
        item = item.container
    return matrices


def _is_painted(item: Handle) -> bool:
    if item.type == pdfium_c.FPDF_PAGEOBJ_FORM:
        # What it holds is listed by itself.
        return False
    if item.type == pdfium_c.FPDF_PAGEOBJ_TEXT:
        return bool(pdfium_c.FPDFTextObj_GetTextRenderMode(item) != pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE)
    if item.type == pdfium_c.FPDF_PAGEOBJ_PATH:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        known = pdfium_c.FPDFPath_GetDrawMode(item, fill, stroke)
        return not known or bool(fill.value or stroke.value)
    return True


def _find_box(item: Handle, frame: Frame) -> BBox | None:
    if item.container is not None:
        return None
    left, bottom, right, top = item.get_bounds()
    return bbox_of_points([frame.show(left, bottom), frame.show(right, top)])

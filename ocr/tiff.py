"""Which images of a TIFF file are pages.

A file is a chain of directories, one an image (TIFF 6.0, section 2; BigTIFF: offsets of 8 bytes). The chain
is walked here and not by Pillow, which warns and goes on where it breaks off: pages would be lost without a
word.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..document.errors import DamagedFileError, EmptyDocumentError, InputError
from .media import translated_os_errors

_NEW_SUBFILE_TYPE = 254
_NO_PAGE = 0b101
"""Bits of NewSubfileType: 1 is a reduced copy of another image, 4 a transparency mask."""
_SHORT = 3
_BIG_VERSION = 43
_MOST_ENTRIES = 4096
"""A directory has some twenty entries; a damaged count would read the whole file."""
_MOST_IMAGES_A_PAGE = 10
"""Thumbnails and masks beside each page, so that a chain of those alone ends too."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """`struct` forms, and bytes, of what a chain is made of."""

    offset: str
    count: str
    entry_bytes: int
    value_at: int


def list_tiff_pages(path: Path, most: int) -> tuple[int, ...]:
    """The places in the chain, from 0, of the images that are pages; thumbnails and masks are not.

    The walk ends once more than `most` pages are found, so a longer result means "too many".

    Raises:
        UnreadableFileError: when the file cannot be read.
        DamagedFileError: when the chain leads out of the file.
        EmptyDocumentError: when there is no page in it.
    """
    with translated_os_errors(path), path.open("rb") as file:
        try:
            pages = _walk(file, most)
        except (struct.error, OverflowError) as error:
            raise DamagedFileError(
                f"{path.name} is a damaged TIFF: its list of pages leads beyond the end of the file.",
                "Scan or copy it again.",
            ) from error
    if not pages:
        raise EmptyDocumentError(f"{path.name} is a TIFF without a page.", "Scan or copy it again.")
    return pages


def is_document(path: Path) -> bool:
    """Whether a file is a TIFF of several pages: a document of its own, not one page picture of a folder."""
    try:
        return len(list_tiff_pages(path, 2)) > 1
    except (InputError, OSError):
        return False  # no TIFF, or a broken one: whoever reads it says so


def without_documents(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The page pictures of a folder; a TIFF of several pages counts as one only where nothing else is there."""
    return tuple(path for path in paths if not is_document(path)) or tuple(paths)


def _walk(file: BinaryIO, most: int) -> tuple[int, ...]:
    layout = _read_header(file)
    offset = _read_one(file, layout.offset)
    seen: dict[int, bool] = {}
    while offset and offset not in seen and sum(seen.values()) <= most:
        file.seek(offset)
        count = _read_one(file, layout.count)
        if count > _MOST_ENTRIES or len(seen) > _MOST_IMAGES_A_PAGE * (most + 1):
            raise OverflowError(f"{count} entries in directory {len(seen)}")
        seen[offset] = not _subfile_type(file.read(count * layout.entry_bytes), layout) & _NO_PAGE
        offset = _read_one(file, layout.offset)
    pages = tuple(place for place, is_page in enumerate(seen.values()) if is_page)
    # A file of nothing but "reduced copies" means them as its pages.
    return pages or tuple(range(len(seen)))


def _read_header(file: BinaryIO) -> _Layout:
    order = "<" if file.read(2) == b"II" else ">"
    if _read_one(file, order + "H") == _BIG_VERSION:
        file.seek(8)
        return _Layout(offset=order + "Q", count=order + "Q", entry_bytes=20, value_at=12)
    return _Layout(offset=order + "I", count=order + "H", entry_bytes=12, value_at=8)


def _read_one(file: BinaryIO, form: str) -> int:
    value: int = struct.unpack(form, file.read(struct.calcsize(form)))[0]
    return value


def _subfile_type(entries: bytes, layout: _Layout) -> int:
    order = layout.offset[0]
    for start in range(0, len(entries) - layout.entry_bytes + 1, layout.entry_bytes):
        tag, kind = struct.unpack_from(order + "HH", entries, start)
        if tag == _NEW_SUBFILE_TYPE:
            form = "H" if kind == _SHORT else "I"
            value: int = struct.unpack_from(order + form, entries, start + layout.value_at)[0]
            return value
    return 0

"""What a file is, by its first bytes and never by its name; a folder's page pictures in order; digests."""

from __future__ import annotations

import codecs
import hashlib
import re
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from ..document.errors import EmptyDocumentError, UnreadableFileError, UnsupportedMediaError

HEAD_BYTES = 4096
"""How much of a file is looked at; office formats name their parts within."""

PDF_HEADER_WITHIN = 1024
"""`%PDF-` may start this far into the file, in bytes (ISO 32000-1, annex H.3 implementation note 13)."""

PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".jpe", ".tif", ".tiff"})
"""Names that promise a page: in a folder such a file is never left out silently."""

_EXPECTED = "expected PDF, TIFF, PNG or JPEG"


class MediaType(StrEnum):
    """The kinds of source."""

    PDF = "application/pdf"
    TIFF = "image/tiff"
    PNG = "image/png"
    JPEG = "image/jpeg"
    FOLDER = "inode/directory"


_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
"""Bytes that no text has."""

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"II*\0", MediaType.TIFF),
    (b"MM\0*", MediaType.TIFF),
    (b"II+\0", MediaType.TIFF),
    (b"MM\0+", MediaType.TIFF),
)

_PICTURES = frozenset({MediaType.TIFF, MediaType.PNG, MediaType.JPEG})

_OTHER_MAGIC = (
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office document (DOC, XLS or PPT)"),
    (0, b"GIF8", "a GIF picture"),
    (0, b"BM", "a BMP picture"),
    (8, b"WEBP", "a WebP picture"),
    (4, b"ftypheic", "a HEIC photo"),
    (4, b"ftypheix", "a HEIC photo"),
    (4, b"ftypmif1", "a HEIF photo"),
    (4, b"ftypavif", "an AVIF picture"),
    (0, b"\0\0\0\x0cjP  \r\n", "a JPEG 2000 picture"),
    (0, b"AT&TFORM", "a DjVu document"),
    (0, b"%!PS", "a PostScript document"),
    (0, b"{\\rtf", "an RTF document"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
)

_ZIP_PARTS = (
    (b"OFD.xml", "an OFD document"),
    (b"word/", "a Word document (DOCX)"),
    (b"xl/", "an Excel workbook (XLSX)"),
    (b"ppt/", "a PowerPoint presentation (PPTX)"),
    (b"[Content_Types].xml", "a Microsoft Office document"),
)


@contextmanager
def translated_os_errors(path: Path) -> Iterator[None]:
    """Turns the operating system's refusals about `path` into ours.

    Raises:
        UnreadableFileError: for any `OSError` inside the block.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise UnreadableFileError(f"{path} does not exist.", "Check the path.") from error
    except PermissionError as error:
        raise UnreadableFileError(
            f"{path} may not be read: permission denied.", "Grant read access."
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnreadableFileError(
            f"{path} cannot be read: {reason}.", "Check the disk and the path."
        ) from error


def measure_file(path: Path) -> int:
    """The size of a regular file, in bytes.

    Raises:
        UnreadableFileError: when nothing is there or it is a folder, a pipe or a device.
    """
    with translated_os_errors(path):
        status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableFileError(
            f"{path} is a folder, expected a file.",
            "Give its files one by one, or say that the folder's pictures are one report.",
        )
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableFileError(f"{path} is not a regular file.", "Save it as a file first.")
    return status.st_size


def detect_media(path: Path) -> MediaType:
    """The media type of a file that can become pages, from its first bytes.

    Raises:
        UnreadableFileError: when the file cannot be read.
        EmptyDocumentError: when it has no byte.
        UnsupportedMediaError: when it is something else; the message says what.
    """
    head = _read_head(path)
    if not head:
        raise EmptyDocumentError(
            f"{path.name} is empty: it has 0 bytes, {_EXPECTED}.", "Scan or copy it again."
        )
    media = _match(head)
    if media is None:
        raise UnsupportedMediaError(
            f"{path.name} is {describe(head)}, {_EXPECTED}.", "Save it as PDF, or give the scan itself."
        )
    return media


def describe(head: bytes) -> str:
    """What a file that starts with `head` seems to be, in words with their article."""
    if head.startswith(b"PK\x03\x04"):
        return next((name for part, name in _ZIP_PARTS if part in head), "a ZIP archive")
    for offset, magic, name in _OTHER_MAGIC:
        if head.startswith(magic, offset):
            return name
    if not head.strip(b"\0"):
        return "nothing but zero bytes"
    if not _is_text(head):
        return "of an unknown kind"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "a web page (HTML)"
    return "an XML document" if start.startswith(b"<?xml") else "plain text"


def list_pictures(folder: Path) -> tuple[Path, ...]:
    """A folder's page pictures (PNG, JPEG, TIFF by content) in natural order of their names.

    Hidden files, folders and files of another kind are left out; but a file *named* like a picture that is
    none may be a lost page and is refused.

    Raises:
        UnreadableFileError: when the folder or a file in it cannot be read.
        EmptyDocumentError: when there is no picture, or one has 0 bytes.
        UnsupportedMediaError: when a file named like a picture is something else.
    """
    with translated_os_errors(folder):
        entries = sorted(folder.iterdir(), key=lambda path: natural_key(path.name))
    pictures = tuple(path for path in entries if not path.name.startswith(".") and _is_picture(path))
    if not pictures:
        raise EmptyDocumentError(
            f"The folder {folder.name or folder} has no page picture, expected PNG, JPEG or TIFF files.",
            "If it holds whole reports, give them one by one.",
        )
    return pictures


def natural_key(name: str) -> tuple[list[str | int], list[str | int], str]:
    """A sort key under which `page-2.png` comes before `page-10.png`; numbers may be full-width."""
    stem, dot, suffix = unicodedata.normalize("NFKC", name).casefold().rpartition(".")
    if not dot:
        stem, suffix = suffix, ""
    return _split_numbers(stem), _split_numbers(suffix), name


def hash_file(path: Path) -> bytes:
    """The SHA-256 of a file's bytes, 32 bytes, read piece by piece.

    Raises:
        UnreadableFileError: when the file cannot be read.
    """
    with translated_os_errors(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _read_head(path: Path) -> bytes:
    measure_file(path)
    with translated_os_errors(path), path.open("rb") as file:
        return file.read(HEAD_BYTES)


def _match(head: bytes) -> MediaType | None:
    for magic, media in _MAGIC:
        if head.startswith(magic):
            return media
    return MediaType.PDF if b"%PDF-" in head[: PDF_HEADER_WITHIN + len(b"%PDF-")] else None


def _is_picture(path: Path) -> bool:
    if path.suffix.lower() not in PICTURE_SUFFIXES:
        return path.is_file() and _match(_read_head(path)) in _PICTURES
    if detect_media(path) not in _PICTURES:
        raise UnsupportedMediaError(
            f"{path.name} is a PDF, expected a PNG, JPEG or TIFF page in this folder.",
            "Give the PDF by itself.",
        )
    return True


def _split_numbers(text: str) -> list[str | int]:
    # Odd places hold the numbers, so two keys always compare text with text and number with number.
    return [int(part) if place % 2 else part for place, part in enumerate(re.split(r"(\d+)", text))]


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if _CONTROL.search(head):
        return False
    return any(_decodes(head, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        # Not final: the head may end inside a character.
        codecs.getincrementaldecoder(encoding)().decode(head, final=False)
    except UnicodeDecodeError:
        return False
    return True

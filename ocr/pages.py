"""From a file, or a folder that is one report, to its page pictures.

A page's frame is the picture as a viewer shows it: after a PDF page's /Rotate and a photo's EXIF orientation.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from threading import Lock
from typing import Protocol

from ..document.errors import DamagedFileError, LimitError
from ..document.geometry import MM_PER_INCH, Homography
from ..document.limits import Limits
from ..document.page import PageImage, Source
from .identity import digest_files, files_of
from .media import MediaType, detect_media, measure_file, translated_os_errors
from .pdf import PdfFile
from .picture import PictureFile, Raster

A4_SHORT_SIDE_INCH = 8.27
"""National reports are on A4; assumed where the file gives no believable resolution."""

BELIEVABLE_DPI = (50.0, 1300.0)
"""Below is a screen preview, above no scanner for documents."""

BELIEVABLE_SHORT_SIDE_MM = (100.0, 450.0)
"""A6 to beyond A2: a page implied to be larger or smaller carries a made-up resolution (72 dpi on photos)."""


class Pages(Protocol):
    """A document's pages, each decoded when it is asked for."""

    def __len__(self) -> int:
        """The number of pages."""

    def read(self, index: int) -> PageImage:
        """The page at `index`, from 0.

        Raises:
            PageError: when this page is broken; others may be fine.
            LimitError: when this page has too many pixels.
            IndexError: when there is no such page.
        """


class _Rasters(Protocol):
    def __len__(self) -> int: ...
    def read(self, index: int) -> Raster: ...


def open_source(path: Path, limits: Limits, *, folder_is_report: bool = False) -> Source:
    """What `path` is: its kind by content, its digest, its number of pages.

    A folder's pages are those of its pictures in natural order of their names. Bytes are counted before
    anything is opened, pages before anything is decoded.

    Raises:
        UnreadableFileError: not there, no permission, or a folder without `folder_is_report`.
        UnsupportedMediaError: neither PDF, TIFF, PNG nor JPEG.
        EncryptedFileError: a PDF that asks for a password.
        DamagedFileError: truncated or broken.
        EmptyDocumentError: no byte, no page, or no picture in the folder.
        LimitError: too many bytes or pages, or a single picture of too many pixels.
    """
    with translated_os_errors(path):
        is_folder = folder_is_report and path.is_dir()
    files = files_of(path) if is_folder else (path,)
    _check_bytes(path, files, limits)
    media = MediaType.FOLDER if is_folder else detect_media(path)
    with _opened(files, limits) as parts:
        pages = sum(len(part) for part in parts)
    if pages > limits.max_pages:
        found = f"{_at_least(media)}{pages} pages"
        raise LimitError(
            f"{path.name or path} has {found}, expected at most {limits.max_pages}.",
            "Split it into single reports, or raise the limit with --max-pages.",
        )
    return Source(path, files, digest_files(files, is_folder=is_folder), str(media), pages)


@contextmanager
def open_pages(source: Source, limits: Limits) -> Iterator[Pages]:
    """A source's pages, open inside the block.

    Raises:
        InputError: as `open_source` does, when the files are not any more what they were.
    """
    _check_bytes(source.path, source.files, limits)
    with _opened(source.files, limits) as parts:
        pages = _Joined(parts)
        if len(pages) != source.pages:
            raise DamagedFileError(
                f"{source.path.name} has {len(pages)} pages, expected {source.pages} as at the first look.",
                "Leave the file alone while it is read.",
            )
        yield pages


class _Joined:
    """The pages of several files as one sequence."""

    def __init__(self, parts: Sequence[_Rasters]) -> None:
        self._parts = parts
        self._reading = Lock()  # PDFium works for one thread at a time
        self._ends = tuple(accumulate(len(part) for part in parts))

    def __len__(self) -> int:
        return self._ends[-1]

    def read(self, index: int) -> PageImage:
        """The page at `index`; see `Pages`."""
        if not 0 <= index < len(self):
            raise IndexError(f"page index {index} of {len(self)} pages")
        part = bisect_right(self._ends, index)
        first = self._ends[part - 1] if part else 0
        with self._reading:
            raster = self._parts[part].read(index - first)
        height, width = raster.pixels.shape[:2]
        dpi = choose_dpi(raster.dpi, (width, height))
        return PageImage(index, raster.pixels, dpi, Homography.identity(), (width, height))


def choose_dpi(claim: float | None, size: tuple[int, int]) -> float:
    """The claimed resolution where it is believable, otherwise that of an A4 page of `size`, in px."""
    short_side = min(size)
    if claim is not None and BELIEVABLE_DPI[0] <= claim <= BELIEVABLE_DPI[1]:
        low, high = BELIEVABLE_SHORT_SIDE_MM
        if low <= short_side / claim * MM_PER_INCH <= high:
            return claim
    return short_side / A4_SHORT_SIDE_INCH


def _check_bytes(path: Path, files: Sequence[Path], limits: Limits) -> None:
    total = sum(measure_file(file) for file in files)
    if total > limits.max_bytes:
        raise LimitError(
            f"{path.name or path} has {total} bytes, expected at most {limits.max_bytes}.",
            "Split it, or raise the limit with --max-bytes.",
        )


@contextmanager
def _opened(files: Sequence[Path], limits: Limits) -> Iterator[tuple[_Rasters, ...]]:
    media = [detect_media(file) for file in files]
    if media[0] is MediaType.PDF:
        pdf = PdfFile(files[0], limits)
        try:
            yield (pdf,)
        finally:
            pdf.close()
    else:
        yield tuple(PictureFile(file, kind, limits) for file, kind in zip(files, media, strict=True))


def _at_least(media: MediaType) -> str:
    # A TIFF's pages are counted until there are too many.
    return "at least " if media in {MediaType.TIFF, MediaType.FOLDER} else ""

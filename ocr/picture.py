"""Pixels of PNG, JPEG and TIFF files: the only file that decodes with Pillow.

What comes out is what a viewer shows: the EXIF orientation is applied, so the frame of a page is that of the
displayed image and not of the stored one; transparent pixels lie on white; 16 bits become 8. Colour profiles
are not applied.
"""

from __future__ import annotations

import math
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError
from PIL.TiffImagePlugin import TiffImageFile

from ..document.errors import DamagedFileError, GoujiError, LimitError, PageError
from ..document.limits import Limits
from ..document.page import RGB, Gray
from .media import MediaType, measure_file
from .tiff import list_tiff_pages

FORMATS = ("PNG", "JPEG", "TIFF")
"""The decoders that may be tried. The first picture of an MPO file, as phones make them, comes with JPEG."""

MAX_PIXEL_ASPECT = 1.2
"""Beyond this ratio of the two resolutions (204 × 98 dpi faxes) a page is stretched to square pixels."""

UNREADABLE_PICTURE = (
    OSError, SyntaxError, ValueError, KeyError, IndexError, TypeError, AttributeError, EOFError,
    ArithmeticError, struct.error, zlib.error,
)  # fmt: skip
"""What Pillow raises for broken files, by its plugins and by what they call."""

_MAX_STRETCH = 4.0
"""Beyond this ratio the resolutions are nonsense."""

_ORIENTATION, _BITS, _PHOTOMETRIC, _X_RESOLUTION = 274, 258, 262, 282
_SIDEWAYS = frozenset({5, 6, 7, 8})
_RIGHT_TO_LEFT = frozenset({2, 3, 6, 7})
_BOTTOM_UP = frozenset({3, 4, 7, 8})

_PILLOW = threading.RLock()


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """A page's pixels, (H, W, 3) uint8 RGB, and the resolution its file claims, in dpi, if any."""

    pixels: RGB
    dpi: float | None


@contextmanager
def pillow_guard(max_pixels: int | None) -> Iterator[None]:
    """Replaces Pillow's own bound on pixels inside the block and silences its warnings, one thread at a time.

    `None` takes the bound away, for blocks that only read headers. Pillow refuses what is over twice the
    bound.
    """
    with _PILLOW, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, max_pixels
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = before


def check_pixels(size: tuple[int, int], limits: Limits, where: str) -> None:
    """Refuses a page of more pixels than allowed.

    Raises:
        LimitError: naming `where`, the size and the bound.
    """
    width, height = size
    if width * height > limits.max_pixels:
        raise LimitError(
            f"{where} has {width} x {height} pixels, expected at most {limits.max_pixels} in all.",
            "Scan it at 300 dpi, or raise the limit with --max-pixels.",
        )


class PictureFile:
    """A PNG, JPEG or TIFF file; each read opens it anew, so that no page depends on those read before.

    Raises:
        UnreadableFileError: when it is not there or may not be read.
        DamagedFileError: when it cannot be opened.
        EmptyDocumentError: a TIFF without an image.
        LimitError: when its only picture has too many pixels.
    """

    def __init__(self, path: Path, media: MediaType, limits: Limits) -> None:
        measure_file(path)
        self._path = path
        self._limits = limits
        self._frames = list_tiff_pages(path, limits.max_pages) if media is MediaType.TIFF else (0,)
        with _translated_errors(DamagedFileError, path.name), _opened(path) as image:
            size = image.size
        if len(self._frames) == 1:
            check_pixels(size, limits, path.name)

    def __len__(self) -> int:
        return len(self._frames)

    def read(self, index: int) -> Raster:
        """The page at `index`, from 0.

        Raises:
            PageError: when the page is broken or cut off.
            LimitError: when it has too many pixels.
            IndexError: when there is no such page.
        """
        frame = self._frames[index]
        page = f"Page {index + 1} of {self._path.name}" if len(self) > 1 else self._path.name
        with _translated_errors(PageError, page), _opened(self._path) as image:
            if frame:
                image.seek(frame)
            check_pixels(image.size, self._limits, page)
            with pillow_guard(self._limits.max_pixels):
                return _decode(image)


def _opened(path: Path) -> Image.Image:
    return Image.open(path, formats=FORMATS)


@contextmanager
def _translated_errors(kind: type[GoujiError], where: str) -> Iterator[None]:
    try:
        with pillow_guard(None):
            yield
    except Image.DecompressionBombError as error:
        raise LimitError(f"{where} would unpack to too many pixels: {error}", "Scan it again.") from error
    except UNREADABLE_PICTURE as error:
        raise kind(
            f"{where} is damaged: its picture cannot be decoded ({_reason(error)}).", "Scan or copy it again."
        ) from error


def _reason(error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "broken header"
    return str(error) or type(error).__name__


def _decode(image: Image.Image) -> Raster:
    orientation = _read_orientation(image)
    x_dpi, y_dpi = _read_resolution(image)
    image.load()
    pixels = _to_rgb(image)
    # Pillow turns TIFF pages itself while it loads them.
    if image.format != "TIFF":
        pixels = _turn(pixels, orientation)
    if orientation in _SIDEWAYS:
        x_dpi, y_dpi = y_dpi, x_dpi
    if x_dpi <= 0 or y_dpi <= 0:
        return Raster(pixels, None)
    aspect = x_dpi / y_dpi
    if max(aspect, 1 / aspect) <= MAX_PIXEL_ASPECT:
        return Raster(pixels, math.sqrt(x_dpi * y_dpi))
    if max(aspect, 1 / aspect) > _MAX_STRETCH:
        return Raster(pixels, None)
    return Raster(_to_square_pixels(pixels, aspect), max(x_dpi, y_dpi))


def _read_orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except UNREADABLE_PICTURE:
        # Broken metadata does not make the picture unreadable; viewers show it as stored.
        return 1
    return value if isinstance(value, int) else 1


def _turn(pixels: RGB, orientation: int) -> RGB:
    """The pixels as the EXIF orientation wants them shown (Exif 2.32, table 6)."""
    if orientation in _SIDEWAYS:
        pixels = pixels.transpose(1, 0, 2)
    if orientation in _RIGHT_TO_LEFT:
        pixels = pixels[:, ::-1]
    if orientation in _BOTTOM_UP:
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def _read_resolution(image: Image.Image) -> tuple[float, float]:
    """Horizontal and vertical dpi of the stored picture; zeros where it states none."""
    if isinstance(image, TiffImageFile) and _X_RESOLUTION not in image.tag_v2:
        # `info` still holds what an earlier page said.
        return 0.0, 0.0
    try:
        x, y = (float(value) for value in image.info.get("dpi", (0, 0)))
    except UNREADABLE_PICTURE:
        return 0.0, 0.0
    return (x, y) if math.isfinite(x) and math.isfinite(y) else (0.0, 0.0)


def _to_rgb(image: Image.Image) -> RGB:
    """(H, W, 3) uint8 RGB on white, from any mode that the three formats give.

    Raises:
        ValueError: for pixels of 32 bits, whose range is unknown.
    """
    if image.mode.startswith("I;16"):
        return np.repeat(_to_eight_bits(image)[:, :, np.newaxis], 3, axis=2)
    if image.mode in {"I", "F"}:
        raise ValueError("32-bit pixels, expected 1 to 16 bits")
    if image.has_transparency_data:
        overlay = (image.convert("LA") if image.mode == "La" else image).convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, overlay)
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


def _to_eight_bits(image: Image.Image) -> Gray:
    values = np.asarray(image)
    bits, white_is_zero = 16, False
    if isinstance(image, TiffImageFile):
        bits = max(image.tag_v2.get(_BITS, (16,)))
        white_is_zero = image.tag_v2.get(_PHOTOMETRIC) == 0
    gray = (values >> max(bits - 8, 0)).astype(np.uint8)
    return ~gray if white_is_zero else gray


def _to_square_pixels(pixels: RGB, aspect: float) -> RGB:
    """The picture stretched along the axis of fewer dpi; `aspect` is horizontal over vertical resolution."""
    height, width = pixels.shape[:2]
    size = (width, round(height * aspect)) if aspect > 1 else (round(width / aspect), height)
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC))

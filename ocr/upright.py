"""The page as a person reads it: turned by quarters, its skew measured.

Skew is found from the page's own horizontal structure; which of the four ways is up is found by reading: a few text lines are
read each way, and the way that reads best is up. No angle classifier is asked, since on short lines it turns 98 into 86.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ..document.geometry import mm_to_px, quarter_turn
from ..document.levels import percentile
from ..document.page import RGB, PageImage
from ..document.reading import LineReading
from .fringes import without_fringes
from .quick import QuickReader
from .screen import without_screen

MAX_SKEW_DEGREES = 8.0
"""Feeders and careless hands stay below this; more is a photograph."""

SURE_SCORE = 0.86
"""Lines read the right way up score above this, lines on their head or side far below."""

SURE_EVIDENCE = 20.0
"""Characters of long lines read surely after which no other way is tried."""

LONG_LINE = 10
"""So many characters make a long line. A label printed downwards is shorter, and on a page that lies on its side it runs across
and reads as surely as text."""

LOOSE = 0.95
"""Line heights from one character to the next, margins of the crop included: text is set at about 0.75. On a page that lies on its
side the characters below each other in a column of labels read as surely as text, but stand as far apart as the rows."""

SAMPLES_MM = ((70.0, 2), (45.0, 4))
"""Lengths of sample lines, and how many of each. The first are a dozen characters of the usual 16 points; where lines are bent, as
on a photograph, shorter ones read better."""

_RULINGS = "一-|丨/"
"""What the rulings between the rows of a table are read as, on a page that lies on its side: 性一案一事一相."""

_WORK_DPI = 100.0
_TURNS = (0, 90, 270, 180)
_SKEW_SEARCH = ((MAX_SKEW_DEGREES, 0.5), (0.5, 0.1), (0.1, 0.02))
"""Reach and step in degrees of each round of the search; the first looks at a picture of half the size."""

_SKEW_PIXELS = 40_000
"""Of so many pixels of ink a round looks at. A quarter of them, drawn from a page of text, is noise: lines of text are not seen."""


Above = Callable[[RGB, float], RGB | None]
"""From a page's pixels, (H, W, 3) uint8, and its dpi to its sheet seen from above; None where it shows nothing but the sheet."""


@dataclass(frozen=True, slots=True, eq=False)
class UprightPage:
    """A page turned by quarters only, so that no pixel is resampled.

    Attributes:
        page: the turned page.
        skew: degrees by which its text lines climb to the right (positive = turned counter-clockwise).
    """

    page: PageImage
    skew: float


def make_upright(
    page: PageImage, reader: QuickReader, likely: int = 0, above: Above | None = None
) -> UprightPage:
    """The page the right way up, without a screen and without fringes of colour.

    Args:
        page: as scanned.
        reader: reads the sample lines.
        likely: the turn of the page before, in degrees clockwise; tried first.
        above: gives the sheet of a photograph as seen from above, where lines are straight; asked when the page itself reads badly.
    """
    page = _cleaned(page)
    way = _best_way(page, reader, likely)
    flat = above(page.pixels, page.dpi) if above is not None and not way.is_sure else None
    if flat is None:
        return way.page
    from_above = _best_way(replace(page, pixels=flat), reader, likely, level=True)
    if from_above.evidence < way.evidence:
        return way.page
    turned = turn_page(page, (from_above.page.page.rotation - page.rotation) % 360)
    return UprightPage(turned, estimate_skew(turned.pixels, turned.dpi))


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    """One way to turn a page.

    Attributes:
        evidence: that it is the right one, of its long lines and of all.
    """

    page: UprightPage
    evidence: tuple[float, float]

    @property
    def is_sure(self) -> bool:
        return self.evidence[0] >= SURE_EVIDENCE


def _best_way(page: PageImage, reader: QuickReader, likely: int, *, level: bool = False) -> _Way:
    """The first way that reads surely, or else the one that reads best; no skew is looked for where the page is `level`."""
    tried: list[_Way] = []
    for turn in sorted(_TURNS, key=lambda t: t != likely):
        turned = turn_page(page, turn)
        small = _shrink(turned.pixels, turned.dpi)
        skew = 0.0 if level else _skew_of(small)
        readings = _read_samples(turned, small, skew, reader)
        evidence = _evidence(readings, LONG_LINE), _evidence(readings)
        tried.append(_Way(UprightPage(turned, skew), evidence))
        if tried[-1].is_sure:
            return tried[-1]
    # The scan as it is where no way reads better than another.
    return max(tried, key=lambda way: (way.evidence, way.page.page.rotation == page.rotation))


def turn_upright(page: PageImage, rotation: int, skew: float) -> UprightPage:
    """The page as it was found upright before, at that rotation of the scan and with that skew, both in degrees."""
    return UprightPage(turn_page(_cleaned(page), (rotation - page.rotation) % 360), skew)


def _cleaned(page: PageImage) -> PageImage:
    return without_fringes(without_screen(page))


def _read_samples(
    page: PageImage, small: _Small, skew: float, reader: QuickReader
) -> tuple[LineReading, ...]:
    """The page's sample lines; the first of them where that is enough."""
    lines = _sample_lines(page.pixels, small, skew)
    long = SAMPLES_MM[0][1]
    first = _read(lines[:long], reader)
    if _evidence(first, LONG_LINE) >= SURE_EVIDENCE:
        return first
    return (*first, *_read(lines[long:], reader))


def _read(lines: Sequence[RGB], reader: QuickReader) -> tuple[LineReading, ...]:
    """Their readings; those whose characters stand apart are no lines of text."""
    readings = reader.read(lines, labels=True)
    return tuple(r for r, crop in zip(readings, lines, strict=True) if _is_set_closely(r.text, crop))


def _is_set_closely(text: str, crop: RGB) -> bool:
    height, width = int(crop.shape[0]), int(crop.shape[1])
    return width <= LOOSE * height * sum(c not in _RULINGS for c in text)


def _evidence(readings: Sequence[LineReading], shortest: int = 4) -> float:
    """Characters read surely in lines of `shortest` and more: lines on their head or side give few, and none of them sure."""
    legible = [r for r in readings if len(r.text) >= shortest and r.score >= SURE_SCORE]
    return sum(r.score * len(r.text) for r in legible)


def turn_page(page: PageImage, degrees: int) -> PageImage:
    """The page turned clockwise by 0, 90, 180 or 270 degrees, with its way back to the scan."""
    if degrees == 0:
        return page
    pixels = np.ascontiguousarray(np.rot90(page.pixels, k=-degrees // 90))
    back = page.to_scan.after(quarter_turn(*page.size, degrees))
    return PageImage(page.index, pixels, page.dpi, back, page.scan_size, (page.rotation + degrees) % 360)


def estimate_skew(pixels: RGB, dpi: float) -> float:
    """Degrees by which horizontal structure climbs to the right, within ±`MAX_SKEW_DEGREES`; 0 on an empty page.

    The angle at which the rows' ink changes most sharply from one row to the next (Postl, 1986), searched coarse to fine.
    """
    return _skew_of(_shrink(pixels, dpi))


def _skew_of(small: _Small) -> float:
    mask = _inner_mask(small)
    if not mask.any():
        return 0.0
    best = 0.0
    whole, half = np.nonzero(mask), np.nonzero(_halved(mask))
    for (reach, fine), (rows, cols) in zip(_SKEW_SEARCH, (half, whole, whole), strict=True):
        step = max(1, rows.size // _SKEW_PIXELS)
        angles = best + np.arange(-reach, reach + fine / 2, fine)
        sharpness = [_sharpness(rows[::step], cols[::step], float(angle)) for angle in angles]
        best = float(angles[int(np.argmax(sharpness))])
    return round(best, 2) + 0.0


def _halved(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h // 2, w // 2) uint8: whether anything is set in each square of two by two."""
    height, width = (length // 2 * 2 for length in mask.shape)
    upper, lower = mask[0:height:2, :width], mask[1:height:2, :width]
    either = upper | lower
    return np.asarray(either[:, 0::2] | either[:, 1::2], dtype=np.uint8)


def _inner_mask(small: _Small) -> NDArray[np.uint8]:
    """Its ink, (h, w) uint8 of 0 and 1, the outer margin left out, where shadows and desk edges lie."""
    mask = _dark_mask(small.gray, 41)
    margin = round(mm_to_px(6, small.dpi))
    inner = np.zeros_like(mask)
    inner[margin:-margin, margin:-margin] = mask[margin:-margin, margin:-margin]
    return inner


def _dark_mask(gray: NDArray[np.uint8], window: int) -> NDArray[np.uint8]:
    """(h, w) uint8, 1 where a pixel is darker than its surroundings by a third of the page's own contrast."""
    contrast = max(12.0, 0.33 * (percentile(gray, 60) - percentile(gray, 1)))
    mask = cv2.adaptiveThreshold(gray, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, contrast)
    return np.asarray(mask, dtype=np.uint8)


def _sharpness(rows: NDArray[np.intp], cols: NDArray[np.intp], degrees: float) -> float:
    """How sharply ink changes from row to row when its columns are shifted as a small turn would."""
    # Ink pixels are moved, not the image: an interpolated image would be softer at every angle but 0.
    shift = np.rint(np.tan(np.radians(degrees)) * np.arange(cols.max() + 1)).astype(np.intp)
    profile = np.bincount(rows + (shift - shift.min())[cols])
    return float(np.square(np.diff(profile)).sum())


def _sample_lines(pixels: RGB, small: _Small, skew: float) -> Sequence[RGB]:
    """A few likely text lines of a page, each (h, w, 3) uint8; none on a page without text."""
    height, width = small.gray.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -skew, 1.0)
    level = cv2.warpAffine(
        small.gray, turn, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    boxes = _line_boxes(np.asarray(level, dtype=np.uint8), small.dpi)
    # From the page itself to the level small picture: only the lines are cut out at full size.
    to_level = np.vstack([turn, [0, 0, 1]]) @ np.diag([small.scale, small.scale, 1.0])
    return [_cut_level(pixels, to_level, box, 1 / small.scale) for box in boxes]


def _cut_level(
    pixels: RGB, to_level: NDArray[np.float64], box: tuple[int, int, int, int], enlarge: float
) -> RGB:
    """A box of the level picture, cut out of the page at the page's own size, with some paper around it."""
    x, y, w, h = box
    pad = h * 0.15
    size = (max(1, round((w + 2 * pad) * enlarge)), max(1, round((h + 2 * pad) * enlarge)))
    to_crop = (
        np.diag([enlarge, enlarge, 1.0]) @ np.array([[1, 0, pad - x], [0, 1, pad - y], [0, 0, 1]]) @ to_level
    )
    crop = cv2.warpAffine(pixels, to_crop[:2], size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(crop, dtype=np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class _Small:
    """The brightest channel of a page, (h, w) uint8, the factor by which it was scaled, and its own pixels an inch."""

    gray: NDArray[np.uint8]
    scale: float
    dpi: float


def _shrink(pixels: RGB, dpi: float) -> _Small:
    """The page at `_WORK_DPI` or less."""
    scale = min(1.0, _WORK_DPI / dpi)
    small = (
        cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else pixels
    )
    red, green, blue = cv2.split(small)
    return _Small(np.asarray(cv2.max(cv2.max(red, green), blue), dtype=np.uint8), scale, dpi * scale)


def _line_boxes(gray: NDArray[np.uint8], dpi: float) -> list[tuple[int, int, int, int]]:
    """x, y, w, h of a few stretches of print 2 to 8 mm high and 15 to 120 mm long, those nearest to `SAMPLES_MM`."""
    mask = _dark_mask(gray, 51)
    long = max(3, round(mm_to_px(9, dpi)))
    across = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, long), np.uint8))
    down = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((long, 1), np.uint8))
    text = cv2.subtract(mask, cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8)))
    joined = cv2.morphologyEx(text, cv2.MORPH_CLOSE, np.ones((1, max(3, round(mm_to_px(3, dpi)))), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(np.asarray(joined, dtype=np.uint8), connectivity=8)
    boxes = [(int(x), int(y), int(w), int(h)) for x, y, w, h, _ in stats[1:]]
    low, high = mm_to_px(2.0, dpi), mm_to_px(8.0, dpi)
    short, far = mm_to_px(15.0, dpi), mm_to_px(120.0, dpi)
    left = [b for b in boxes if low <= b[3] <= high and short <= b[2] <= far]
    chosen: list[tuple[int, int, int, int]] = []
    for length_px, count in ((mm_to_px(mm, dpi), count) for mm, count in SAMPLES_MM):
        nearest = sorted(left, key=lambda b: abs(b[2] - length_px))
        chosen += nearest[:count]
        left = nearest[count:]
    return chosen

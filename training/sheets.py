"""Pages full of number cells in many typefaces, put through the scan conditions of the scan maker."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fixtures.scanmaker.defects.profiles import Profile, find_profile, scan_pages, seeded
from fixtures.scanmaker.fonts import CJK_FACES, FONT_DIRS, find_cjk_face
from fixtures.scanmaker.layout import CellBox, DrawnReport
from fixtures.scanmaker.outputs import to_picture
from fixtures.scanmaker.sheet import OVERSAMPLING, Pixels, Scale

from .strings import draw_string

FAMILIES = (
    "Arimo", "C059", "Caladea", "Carlito", "Cousine", "DejaVu", "FreeMono", "FreeS", "Lato-", "Liberation", "Nimbus",
    "NotoSans-", "NotoSerif-", "OpenSans-", "P052", "Roboto-", "Tinos", "URW", "lmmono10", "lmroman10", "lmsans10", "texgyre",
)  # fmt: skip
"""How the names of font files begin that a report's digits could be set in."""

ODD_CUTS = (
    "Black", "Hairline", "Light", "Narrow-Obl", "Thin", "adventor", "caps", "chorus", "demi", "dunh", "math", "slant", "unsl",
)  # fmt: skip
"""Cuts of those families that no report is set in."""

AGENCY = "某某市人民政府"
CHINESE_DIGITS = 0.3
"""Share of pages whose digits are those of a Chinese typeface."""

EMPTY = 0.04
"""Share of cells that print nothing: what is cut out of them is dirt."""


@dataclass(frozen=True, slots=True, eq=False)
class NumberSheet:
    """A scanned page with one table.

    Attributes:
        pixels: (H, W, 3) uint8 RGB.
        dpi: of the scan.
        texts: what its cells print, by row and column.
    """

    pixels: Pixels
    dpi: float
    texts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class _Style:
    """One page's typesetting, lengths in px of the drawing."""

    chinese: ImageFont.FreeTypeFont
    digits: ImageFont.FreeTypeFont
    align: str
    pad: float
    line: int

    def font(self, text: str) -> ImageFont.FreeTypeFont:
        return self.digits if text.isascii() else self.chinese


@cache
def digit_fonts() -> tuple[Path, ...]:
    """Font files with digits that a report could be set in, of all that are installed."""
    found = {p.name: p for folder in FONT_DIRS if folder.is_dir() for p in sorted(folder.rglob("*.[to]tf"))}
    fitting = (n for n in found if n.startswith(FAMILIES) and not any(cut in n for cut in ODD_CUTS))
    return tuple(found[name] for name in sorted(fitting))


def make_sheet(number: int, condition: str) -> NumberSheet:
    """A sheet drawn, and scanned in a condition of the scan maker; the number is its seed."""
    rng = seeded(number, "sheet")
    profile = find_profile(condition)
    front, texts, boxes = _draw(profile.dpi, rng)
    back, _, _ = _draw(profile.dpi, rng)
    report = DrawnReport((front, back), boxes, profile.dpi)
    scan = scan_pages(report, profile, AGENCY, boxes, number)[0]
    picture = _compress(to_picture(scan, profile.mode), profile, rng)
    return NumberSheet(np.asarray(picture.convert("RGB")), float(profile.dpi), texts)


def _compress(picture: Image.Image, profile: Profile, rng: np.random.Generator) -> Image.Image:
    if profile.mode == "1":
        return picture
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=int(rng.integers(profile.jpeg[0], profile.jpeg[1] + 1)))
    return Image.open(buffer)


def _draw(
    dpi: int, rng: np.random.Generator
) -> tuple[Pixels, tuple[tuple[str, ...], ...], dict[str, CellBox]]:
    """A clean page, what its cells print, and their boxes by `{row}.{column}`."""
    scale = Scale(dpi)
    width, height = scale.page_size()
    image = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(image)
    style = _draw_style(scale, rng)
    xs, ys = _draw_borders(width, height, style.digits.size, scale, rng)
    texts, boxes = [], {}
    for r, (top, bottom) in enumerate(pairwise(ys)):
        row = []
        for c, (left, right) in enumerate(pairwise(xs)):
            text = "" if rng.random() < EMPTY else draw_string(rng)
            while style.font(text).getlength(text) > right - left - 2 * style.pad:
                text = draw_string(rng)
            _put(pen, text, (left, top, right, bottom), style)
            row.append(text)
            boxes[f"{r}.{c}"] = CellBox(1, *(round(v / OVERSAMPLING) for v in (left, top, right, bottom)))
        texts.append(tuple(row))
    for y in ys:
        pen.rectangle((xs[0], y, xs[-1] + style.line - 1, y + style.line - 1), fill="black")
    for x in xs:
        pen.rectangle((x, ys[0], x + style.line - 1, ys[-1] + style.line - 1), fill="black")
    return np.asarray(image.reduce(OVERSAMPLING)), tuple(texts), boxes


def _draw_style(scale: Scale, rng: np.random.Generator) -> _Style:
    size = round(scale.pt(float(rng.uniform(7, 12))))
    face = find_cjk_face(str(rng.choice(list(CJK_FACES))))
    chinese = digits = ImageFont.truetype(str(face.path), size, index=face.index)
    if rng.random() >= CHINESE_DIGITS:
        digits = ImageFont.truetype(str(rng.choice([str(path) for path in digit_fonts()])), size)
    align = str(rng.choice(["center", "center", "left", "right"]))
    line = max(1, round(scale.pt(float(rng.uniform(0.4, 1.4)))))
    return _Style(chinese, digits, align, scale.pt(2), line)


def _draw_borders(
    width: int, height: int, size: float, scale: Scale, rng: np.random.Generator
) -> tuple[list[int], list[int]]:
    """X of the column borders and y of the row borders, px of the drawing."""
    x0, y0 = scale.mm(float(rng.uniform(14, 30))), scale.mm(float(rng.uniform(16, 40)))
    pitch = float(rng.uniform(1.35, 2.6)) * size
    rows = max(4, min(40, int((height - 2 * y0) / pitch)))
    shares = rng.uniform(0.6, 1.6, int(rng.integers(4, 11)))
    xs = x0 + np.concatenate([[0], np.cumsum(shares / shares.sum())]) * (width - 2 * x0)
    return [round(x) for x in xs], [round(y0 + r * pitch) for r in range(rows + 1)]


def _put(pen: ImageDraw.ImageDraw, text: str, place: tuple[int, int, int, int], style: _Style) -> None:
    left, top, right, bottom = place
    font = style.font(text)
    length = font.getlength(text)
    x = {"left": left + style.pad, "right": right - style.pad - length, "center": (left + right - length) / 2}
    pen.text(
        (x[style.align], (top + bottom) / 2 + 0.36 * font.size), text, font=font, fill="black", anchor="ls"
    )

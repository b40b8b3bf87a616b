"""Black print told from coloured ink, as a JPEG has kept both."""

from __future__ import annotations

import io

import numpy as np
import pytest
from gouji.document.page import RGB, Gray
from gouji.layout.ink import black_channel, chroma_of, measure_ink
from PIL import Image

RED, BLUE, PAPER = (212, 70, 80), (60, 70, 160), 250
PRINT = slice(100, 130), slice(100, 103)
"""An upright stroke in the middle of the coloured area."""


def page(colour: tuple[int, int, int] | None, quality: int = 75) -> RGB:
    """Strokes of black print, one of them in a coloured area as of a seal, through a JPEG."""
    pixels = np.full((400, 400, 3), PAPER, np.uint8)
    if colour:
        pixels[80:150, 60:160] = colour
    for x in (20, 40, 100, 250, 300):
        pixels[100:130, x : x + 3] = pixels[100:130, x : x + 3] // 4
    kept = io.BytesIO()
    Image.fromarray(pixels).save(kept, "JPEG", quality=quality)
    return np.asarray(Image.open(kept).convert("RGB"), dtype=np.uint8)


def darkness(black: Gray, place: tuple[slice, slice]) -> float:
    return PAPER - float(black[place].mean())


@pytest.mark.parametrize("colour", [RED, BLUE])
def test_print_under_coloured_ink_stays_and_the_ink_goes(colour: tuple[int, int, int]) -> None:
    black = black_channel(page(colour), chroma_of(page(colour)))
    beside = slice(100, 130), slice(120, 150)
    assert darkness(black, beside) < 12
    free = darkness(black, (slice(100, 130), slice(250, 253)))
    assert darkness(black, PRINT) > 0.9 * free


def test_a_page_without_colour_stays_as_it_is() -> None:
    pixels = page(None)
    grey = np.repeat(pixels[..., :1], 3, axis=2)
    assert (black_channel(grey, chroma_of(grey)) == grey[..., 0]).all()


def test_a_page_that_is_all_noise_has_levels_that_a_pixel_can_have() -> None:
    gray = np.random.default_rng(3).choice(np.array([0, 255], np.uint8), (800, 600))
    ink = measure_ink(gray, 200.0)
    assert 0 < ink.faint <= ink.threshold <= 255

"""The colour of a lamp is none of the page's ink, and hairlines are found in the paper's grain."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from gouji.document.page import RGB
from gouji.layout.light import in_white_light
from gouji.layout.page import lay_out
from gouji.layout.rulings import detect_rulings

from .ruled import Ruled

DPI = 200.0
HEIGHT, WIDTH = 2339, 1654
TABLE = Ruled(left=220, top=700, row=60, column=200, rows=9, cols=6)
WARM = (1.0, 0.95, 0.88)


def lit(reflected: np.ndarray, light: tuple[float, float, float] = WARM) -> RGB:
    """(H, W, 3) uint8 of what reflects those shares of the light."""
    return np.clip(250.0 * reflected[..., None] * np.array(light), 0, 255).astype(np.uint8)


def test_the_paper_has_no_colour_in_white_light() -> None:
    reflected = np.ones((400, 300))
    reflected[100:200, 50:60] = 0.2
    white = in_white_light(lit(reflected), None).astype(int)
    assert np.ptp(white, axis=2).max() <= 1
    assert white[0, 0, 0] == 250
    assert white[150, 55, 0] == 50


def test_a_scan_stays_as_it_is() -> None:
    page = lit(np.ones((400, 300)), (1.0, 0.99, 0.98))
    assert in_white_light(page, None) is page


def test_a_page_that_is_all_colour_stays_as_it_is() -> None:
    page = lit(np.ones((400, 300)), (1.0, 0.5, 0.5))
    assert in_white_light(page, None) is page


def test_a_desk_has_no_say_in_the_light_on_the_sheet() -> None:
    page = lit(np.ones((400, 300)), (0.8, 0.5, 0.3))
    page[50:350, 100:200] = lit(np.ones((300, 100)))
    inside = np.zeros((400, 300), np.uint8)
    inside[60:340, 110:190] = 1
    assert np.ptp(in_white_light(page, inside)[200, 150].astype(int)) <= 1


def photograph(line: float) -> RGB:
    """A sheet in warm light on a desk of brown wood, with a table of hairlines that take away a share `line` of the light."""
    reflected = np.ones((HEIGHT, WIDTH))
    drawn = np.full((HEIGHT, WIDTH), 255, np.uint8)
    TABLE.draw(drawn, 0, 2)
    reflected[drawn == 0] = 1 - line
    grain = np.random.default_rng(3).normal(0, 0.012, reflected.shape)
    sheet = lit(np.clip(reflected * 0.99 + grain, 0, None))
    desk = np.full((HEIGHT + 400, WIDTH + 400, 3), (120, 75, 40), np.uint8)
    desk[200:-200, 200:-200] = sheet
    return desk


@pytest.mark.parametrize("line", [0.05, 0.2])
def test_hairlines_in_a_bright_warm_light_are_found(line: float) -> None:
    """Made brighter by its colour the paper was whiter than white, and its lines too: beside a lamp half a table was lost."""
    layout = lay_out(photograph(line), DPI, 0.0, with_outside=False)
    assert [(t.grid.rows, t.grid.cols) for t in layout.tables] == [(TABLE.rows, TABLE.cols)]


@pytest.mark.parametrize(
    ("dark", "thickness", "with_pale"), [(14, 3, False), (18, 1, False), (12, 1, True), (8, 2, True)]
)
def test_rulings_no_darker_than_grains_of_the_paper_are_whole(
    dark: int, thickness: int, with_pale: bool
) -> None:
    grain = cv2.blur(np.random.default_rng(11).normal(0, 9.0, (900, 1200)), (3, 3))
    contrast = np.clip(2 + grain, 0, None)
    ys, xs = range(100, 801, 50), range(100, 1101, 100)
    for y in ys:
        contrast[y : y + thickness, 100:1100] += dark
    for x in xs:
        contrast[100:802, x : x + thickness] += dark
    found = detect_rulings(contrast.astype(np.uint8), 16, 60, DPI, with_pale=with_pale)
    assert sorted(round(r.middle, -1) for r in found.horizontal if r.length > 950) == list(ys)
    assert sorted(round(r.middle, -1) for r in found.vertical if r.length > 650) == list(xs)

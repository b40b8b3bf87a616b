"""Running text outside the tables, and crops put back as tables."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from gouji.document.geometry import BBox, Homography, Quad
from gouji.document.reading import LineReading
from gouji.layout.crop import straighten
from gouji.layout.fill import fill_tables
from gouji.layout.page import flatten, lay_out

from fixtures.synthetic.grids import DPI, GridSpec, Sheet, disc, draw_on, scribble

SPEC = GridSpec((50, 50), (120, 120))


def page_of_table_and_text() -> Sheet:
    """A table between a title and a note; scribbles also inside the table."""
    sheet = Sheet(600, 500)
    draw_on(sheet, SPEC, 100, 200)
    for k in range(8):
        scribble(sheet, 150 + 30 * k, 60, 26)
    for k in range(4):
        scribble(sheet, 120 + 30 * k, 400, 26)
    scribble(sheet, 130, 212, 26)
    scribble(sheet, 250, 262, 26)
    return sheet


def test_text_outside_keeps_its_place_and_tables_are_painted_over() -> None:
    sheet = page_of_table_and_text()
    outside = lay_out(sheet.pixels, DPI, 0.0).outside
    assert outside is not None
    picture, place = outside.picture, outside.place
    assert picture.shape == (place.height, place.width, 3)
    assert place.x0 <= 120
    assert place.y0 <= 60
    assert place.x1 >= 386
    assert place.y1 >= 426
    x, y = round(place.x0), round(place.y0)
    seen = sheet.pixels[y : y + picture.shape[0], x : x + picture.shape[1]]
    in_table = np.zeros(seen.shape[:2], bool)
    in_table[190 - y : 310 - y, max(0, 90 - x) : 350 - x] = True
    assert picture[in_table].min() > 200
    assert np.array_equal(picture[~in_table], seen[~in_table])


RED = (200, 30, 40)


def test_a_title_in_colour_is_outside_too() -> None:
    sheet = page_of_table_and_text()
    title = sheet.pixels[20:46]
    for k in range(8):
        x = 150 + 30 * k
        title[:, x : x + 3] = title[:, x + 18 : x + 21] = title[:3, x : x + 20] = RED
    outside = lay_out(sheet.pixels, DPI, 0.0).outside
    assert outside is not None
    assert outside.place.y0 <= 20


def test_a_seal_beside_a_title_is_painted_over_and_the_print_under_it_kept() -> None:
    sheet = page_of_table_and_text()
    before = lay_out(sheet.pixels, DPI, 0.0).outside
    ring = np.zeros(sheet.pixels.shape[:2], np.uint8)
    cv2.circle(ring, (400, 90), 85, 1, 5)
    cv2.circle(ring, (400, 90), 20, 1, -1)
    black = sheet.pixels.max(axis=2) < 100
    sheet.pixels[(ring > 0) & ~black] = RED
    sealed = lay_out(sheet.pixels, DPI, 0.0).outside
    assert before is not None
    assert sealed is not None
    assert sealed.place == before.place
    differs = np.abs(sealed.picture.astype(int) - before.picture).max(axis=2) > 12
    assert differs.sum() <= 5  # where the ring meets black print


def test_a_title_in_colour_that_ends_in_a_seals_corner_stays() -> None:
    sheet = Sheet(900, 500)
    sheet.pixels[300:320, 200:600] = 0
    sheet.pixels[60:78, 120:516:3] = RED  # ends some px within the seal's box, clear of its ring
    ring = np.zeros(sheet.pixels.shape[:2], np.uint8)
    cv2.circle(ring, (595, 145), 85, 1, 5)
    sheet.pixels[ring > 0] = RED
    sealed = lay_out(sheet.pixels, DPI, 0.0).outside
    assert sealed is not None
    y, x = (round(v) for v in (sealed.place.y0, sealed.place.x0))
    title = sealed.picture[60 - y : 78 - y, 120 - x : 516 - x]
    assert np.array_equal(title, sheet.pixels[60:78, 120:516])


def test_a_rule_in_colour_is_no_line_of_print() -> None:
    """The red line under a letterhead."""
    sheet = page_of_table_and_text()
    before = lay_out(sheet.pixels, DPI, 0.0).outside
    sheet.pixels[12:15, 100:400] = RED
    ruled = lay_out(sheet.pixels, DPI, 0.0).outside
    assert before is not None
    assert ruled is not None
    assert ruled.place == before.place


@pytest.mark.parametrize("dirt", [False, True])
def test_nothing_outside_is_none(dirt: bool) -> None:
    sheet = Sheet(400, 300)
    draw_on(sheet, SPEC)
    if dirt:
        disc(sheet, 350, 270, 3)
    assert lay_out(sheet.pixels, DPI, 0.0).outside is None


def test_a_page_without_tables_is_all_outside() -> None:
    sheet = Sheet(600, 300)
    for k in range(8):
        scribble(sheet, 150 + 30 * k, 60, 26)
    layout = lay_out(sheet.pixels, DPI, 0.0)
    assert layout.tables == ()
    assert layout.outside is not None
    assert flatten(layout.tables) == []


def test_a_line_is_cut_straight() -> None:
    pixels = np.full((100, 200, 3), 255, np.uint8)
    pixels[40:60, 50:150] = np.arange(100, dtype=np.uint8)[None, :, None]
    level = straighten(pixels, BBox(50, 40, 150, 60).to_quad())
    assert level.shape == (20, 100, 3)
    assert np.abs(level.astype(int) - pixels[40:60, 50:150]).max() <= 2
    on_its_head = straighten(pixels, Quad(((149, 59), (50, 59), (50, 40), (149, 40))))
    assert on_its_head[10, 5, 0] > on_its_head[10, 90, 0]


def test_readings_go_back_to_their_cells_in_scan_px() -> None:
    sheet = page_of_table_and_text()
    tables = lay_out(sheet.pixels, DPI, 0.0).tables
    crops = flatten(tables)
    readings = [LineReading(f"line {n}", 0.9) for n in range(len(crops))]
    (table,) = fill_tables(tables, readings, 4, 200.0, Homography.shift(1000, 0))
    assert table.page_index == 4
    assert [c.text for c in table.contents] == ["line 0", "", "", "line 1"]
    assert [c.has_ink for c in table.contents] == [True, False, False, True]
    assert table.grid.bbox.x0 == pytest.approx(1100, abs=2)
    assert table.grid.bbox.y1 == pytest.approx(300, abs=2)


@pytest.mark.parametrize("count", [1, 3])
def test_too_few_or_too_many_readings_are_refused(count: int) -> None:
    tables = lay_out(page_of_table_and_text().pixels, DPI, 0.0).tables
    with pytest.raises(ValueError, match=f"2 line crops but {count} readings on page 1"):
        fill_tables(tables, [LineReading("7", 1.0)] * count, 0, 200.0, Homography.identity())

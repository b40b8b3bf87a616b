"""What a cell holds: lines cut from it, and whether there is print at all."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from gouji.document.geometry import BBox, Quad
from gouji.document.page import RGB
from gouji.layout.crop import CellCrop, cut_cell
from gouji.layout.ink import Ink
from gouji.layout.page import PageLayout, flatten, lay_out
from gouji.layout.stroke import is_dash, is_upright
from gouji.layout.textlines import stands_apart
from PIL import Image, ImageDraw, ImageFont

from fixtures.synthetic.grids import DPI, GridSpec, Sheet, borders, disc, draw_on, scribble

MM = DPI / 25.4
SPEC = GridSpec((90, 90, 90), (140, 140, 140))
PLACE = (1, 1)
"""The cell that is drawn into: the middle one of nine."""

Drawing = Callable[[Sheet, float, float], None]
"""Draws into a sheet around the middle (x, y) of the cell."""


def write(sheet: Sheet, x: float, y: float, text: str, colour: str = "black", size: float = 22) -> None:
    image = Image.fromarray(sheet.pixels)
    ImageDraw.Draw(image).text((x, y), text, colour, ImageFont.load_default(size), anchor="mm")
    sheet.pixels[:] = np.asarray(image)


def page_with(*drawings: Drawing) -> Sheet:
    sheet = Sheet(540, 390)
    xs, ys = borders(SPEC)
    row, col = PLACE
    for draw in drawings:
        draw(sheet, (xs[col] + xs[col + 1]) / 2, (ys[row] + ys[row + 1]) / 2)
    draw_on(sheet, SPEC)
    return sheet


def cell_of(layout: PageLayout, place: tuple[int, int] = PLACE) -> tuple[CellCrop, tuple[RGB, ...]]:
    (table,) = layout.tables
    for cell, crop, lines in zip(table.grid.cells, table.cells, table.lines, strict=True):
        if (cell.row, cell.col) == place:
            return crop, lines
    raise AssertionError(f"no cell at {place}")


def read_cell(*drawings: Drawing, skew: float = 0.0) -> tuple[CellCrop, tuple[RGB, ...]]:
    return cell_of(lay_out(page_with(*drawings).pixels, DPI, skew))


def ink_amount(pixels: RGB) -> float:
    """Black px; a grey one counts in part."""
    return float((255.0 - pixels.max(axis=2)).sum() / 255)


def number(sheet: Sheet, x: float, y: float) -> None:
    write(sheet, x, y, "746")


def wrapped(sheet: Sheet, x: float, y: float) -> None:
    for k in range(4):
        scribble(sheet, x - 50 + 25 * k, y - 28, 22)
    for k in range(3):
        scribble(sheet, x - 50 + 25 * k, y + 6, 22)


def vertical(sheet: Sheet, x: float, y: float) -> None:
    for k in range(3):
        scribble(sheet, x - 11, y - 39 + 27 * k, 21)


def hyphen(sheet: Sheet, x: float, y: float) -> None:
    sheet.fill(x - 0.7 * MM, y - 1, x + 0.7 * MM, y + 1)


def long_dash(sheet: Sheet, x: float, y: float) -> None:
    sheet.fill(x - 2 * MM, y - 1, x + 2 * MM, y + 1)


def slash(sheet: Sheet, x: float, y: float) -> None:
    cv2.line(sheet.pixels, (round(x - 4), round(y + 10)), (round(x + 4), round(y - 10)), (0, 0, 0), 2)


def speck(sheet: Sheet, x: float, y: float) -> None:
    disc(sheet, x, y, 0.6 * MM)


def dust(sheet: Sheet, x: float, y: float) -> None:
    rng = np.random.default_rng(5)
    for dx, dy in rng.integers(-30, 30, (12, 2)):
        disc(sheet, x + dx, y + dy, 0.35 * MM)


def red(sheet: Sheet, x: float, y: float) -> None:
    write(sheet, x, y, "2024", "#d01020", 30)


def faint_red_wash(sheet: Sheet, x: float, y: float) -> None:
    sheet.pixels[round(y) - 20 : round(y) + 20, round(x) - 30 : round(x) + 30] = (255, 235, 235)


def turned_cell(draw: Drawing, skew: float) -> tuple[CellCrop, tuple[RGB, ...]]:
    matrix = cv2.getRotationMatrix2D((270, 195), skew, 1.0)
    turned = cv2.warpAffine(page_with(draw).pixels, matrix, (540, 390), borderValue=(255, 255, 255))
    return cell_of(lay_out(np.asarray(turned, np.uint8), DPI, skew))


@pytest.mark.parametrize(
    ("draw", "has_ink", "lines"),
    [
        (number, True, 1),
        (wrapped, True, 2),
        (vertical, True, 1),
        (hyphen, True, 1),
        (long_dash, True, 1),
        (slash, True, 1),
        (faint_red_wash, False, 0),
    ],
)
@pytest.mark.parametrize("skew", [0.0, 0.6])
def test_what_counts_as_print(draw: Drawing, has_ink: bool, lines: int, skew: float) -> None:
    crop, found = turned_cell(draw, skew)
    assert (crop.has_ink, crop.coloured, crop.faint, len(found)) == (has_ink, False, False, lines)


@pytest.mark.parametrize("draw", [speck, dust])
@pytest.mark.parametrize("skew", [0.0, 0.6])
def test_a_dot_is_no_print_but_a_doubt(draw: Drawing, skew: float) -> None:
    """It may be dust, or a hyphen worn to a dot: the cell is neither surely blank nor surely printed."""
    crop, _ = turned_cell(draw, skew)
    assert (crop.has_ink, crop.coloured, crop.faint) == (True, False, True)


def test_every_other_cell_stays_blank() -> None:
    layout = lay_out(page_with(number).pixels, DPI, 0.0)
    for row in range(3):
        for col in range(3):
            crop, lines = cell_of(layout, (row, col))
            assert crop.has_ink == ((row, col) == PLACE)
            assert bool(lines) == crop.has_ink
    assert len(flatten(layout.tables)) == 1


def test_coloured_ink_alone_is_seen_and_marked() -> None:
    crop, lines = read_cell(red)
    assert (crop.has_ink, crop.coloured) == (True, True)
    assert len(lines) == 1


def test_print_under_coloured_ink_is_print_and_the_colour_vanishes() -> None:
    def seal(sheet: Sheet, x: float, y: float) -> None:
        cv2.circle(sheet.pixels, (round(x), round(y)), 34, (225, 40, 40), 4)

    crop, (line,) = read_cell(seal, number)
    assert (crop.has_ink, crop.coloured) == (True, False)
    _, (clean,) = read_cell(number)
    assert ink_amount(line) == pytest.approx(ink_amount(clean), rel=0.2)


def test_what_colour_leaves_in_the_black_channel_is_no_faint_print() -> None:
    pixels = np.full((200, 300, 3), 250, np.uint8)
    cv2.ellipse(pixels, (150, 100), (40, 60), 0.0, 0.0, 360.0, (215, 60, 70), 8)
    contrast = np.zeros((200, 300), np.uint8)
    contrast[90:112, 150:153] = 50  # a trace of one stroke
    quad = BBox(60, 60, 240, 140).to_quad()
    bare = cut_cell(np.full_like(pixels, 250), Ink(contrast, 20, 80), quad, 200.0)
    assert (bare.coloured, bare.faint) == (False, True)
    crop = cut_cell(pixels, Ink(contrast, 20, 80), quad, 200.0)
    assert (crop.coloured, crop.faint) == (True, False)


@pytest.mark.parametrize("trace", [0, 50])
def test_a_cell_from_which_a_seal_was_taken_is_never_simply_blank(trace: int) -> None:
    """The seal is too pale to be seen as colour, and may hide a mark."""
    pixels = np.full((200, 300, 3), 240, np.uint8)
    contrast, seal = np.zeros((200, 300), np.uint8), np.zeros((200, 300), np.uint8)
    contrast[90:112, 150:153] = trace
    seal[80:100, 100:110] = 1
    quad = BBox(60, 60, 240, 140).to_quad()
    crop = cut_cell(pixels, Ink(contrast, 20, 80, seal=seal), quad, 200.0)
    assert (crop.has_ink, crop.faint, crop.shines) == (False, True, trace > 0)
    assert not cut_cell(pixels, Ink(np.zeros_like(contrast), 20, 80), quad, 200.0).faint


def test_light_print_on_yellow_paper_is_no_coloured_ink() -> None:
    pixels = np.full((200, 300, 3), (230, 190, 130), np.uint8)
    contrast = np.zeros((200, 300), np.uint8)
    contrast[90:112, 150:153] = 50
    crop = cut_cell(pixels, Ink(contrast, 20, 80), BBox(60, 60, 240, 140).to_quad(), 200.0)
    assert (crop.has_ink, crop.faint, crop.coloured) == (True, True, False)


def test_lines_come_from_top_to_bottom_and_whole() -> None:
    _, (upper, lower) = read_cell(wrapped)
    assert upper.shape[1] > lower.shape[1]  # four characters over three
    one = Sheet(30, 30)
    scribble(one, 2, 2, 22)
    each = ink_amount(one.pixels)
    assert ink_amount(upper) == pytest.approx(4 * each, rel=0.1)
    assert ink_amount(lower) == pytest.approx(3 * each, rel=0.1)


def test_a_vertical_line_is_laid_down() -> None:
    _, (line,) = read_cell(vertical)
    height, width = line.shape[:2]
    assert width > 2 * height


def test_a_hyphen_keeps_its_size_beside_a_digit() -> None:
    _, (of_hyphen,) = read_cell(hyphen)
    _, (of_number,) = read_cell(number)
    assert of_hyphen.shape[0] >= 0.7 * of_number.shape[0]
    rows = np.flatnonzero((of_hyphen.max(axis=2) < 128).any(axis=1))
    assert abs(rows.mean() - of_hyphen.shape[0] / 2) < 3


def test_no_ruling_is_left_in_a_crop() -> None:
    _, (line,) = read_cell(number)
    edge = np.concatenate([line[0], line[-1], line[:, 0], line[:, -1]])
    assert edge.min() > 200


@pytest.mark.parametrize("ink", [0, 90, 140])
def test_a_thin_minus_sign_stays_with_its_number(ink: int) -> None:
    def minus(sheet: Sheet, x: float, y: float) -> None:
        number(sheet, x, y)
        sheet.fill(x - 32, y, x - 25, y + 1, ink)

    _, (signed,) = read_cell(minus)
    _, (plain,) = read_cell(number)
    assert signed.shape[1] >= plain.shape[1] + 7
    left = signed[:, : signed.shape[1] - plain.shape[1] + 4]
    assert left.min() < 200


@pytest.mark.parametrize(
    ("box", "dash"),
    [
        ((20, 30, 8, 3), True),  # a hyphen of 1 mm at 200 dpi
        ((10, 30, 30, 2), True),
        ((20, 30, 5, 5), False),  # dust
        ((20, 18, 4, 22), False),  # a 1
        ((5, 56, 60, 2), False),  # what is left of a ruling at the foot of the cell
    ],
)
def test_a_dash_is_flat_and_stands_in_the_middle(box: tuple[int, int, int, int], dash: bool) -> None:
    ink = np.zeros((60, 80), np.uint8)
    x, y, w, h = box
    ink[y : y + h, x : x + w] = 1
    assert is_dash(ink, 200.0) is dash
    assert not is_dash(np.zeros((60, 80), np.uint8), 200.0)


def test_the_largest_mark_tells_whether_print_stands_upright() -> None:
    zero = cv2.ellipse(np.zeros((60, 80), np.uint8), (40, 30), (6, 10), 0.0, 0.0, 360.0, (1,), 3)
    zero[15:45:4, 20:60:5] = 1  # grains around it
    dash = np.zeros((60, 80), np.uint8)
    dash[30:33, 20:40] = 1
    dash[12:15, 28:31] = 1  # dust above it
    assert is_upright(zero, 200.0)
    assert not is_upright(dash, 200.0)
    assert not is_upright(np.zeros((60, 80), np.uint8), 200.0)


def underlined(sheet: Sheet, x: float, y: float) -> None:
    write(sheet, x, y - 12, "746")
    sheet.fill(x - 40, y + 20, x + 40, y + 22)


def test_a_line_under_a_number_is_no_second_line() -> None:
    crop, lines = read_cell(underlined)
    assert crop.has_ink
    assert len(lines) == 1


def test_numbers_of_two_columns_stand_apart() -> None:
    together, _ = read_cell(number)
    assert not stands_apart(together.ink, DPI)
    apart, _ = read_cell(lambda s, x, y: write(s, x - 35, y, "0"), lambda s, x, y: write(s, x + 35, y, "3"))
    assert stands_apart(apart.ink, DPI)


@pytest.mark.parametrize(("top", "height", "cut"), [(36, 6, True), (4, 52, False), (2, 6, False)])
def test_a_slice_of_a_digit_at_a_border_is_no_rest_of_a_ruling(top: int, height: int, cut: bool) -> None:
    """The border was thought to stand where the last digit does; only what is in line with the others is a digit's."""
    contrast = np.zeros((200, 300), np.uint8)
    for x in (180, 196):
        contrast[70:92, x : x + 10] = 220
    contrast[40 + top : 40 + top + height, 217:220] = 220
    quad = Quad(((100.0, 40.0), (220.0, 40.0), (220.0, 100.0), (100.0, 100.0)))
    crop = cut_cell(np.full((200, 300, 3), 255, np.uint8), Ink(contrast, 20, 80), quad, 200.0)
    assert crop.has_ink
    assert crop.cut is cut


def thin_digit(contrast: np.ndarray, x: int, level: int) -> None:
    """A 7 of 11 x 16 px whose bar is as dark as print on a page in bold, and whose stem is not."""
    contrast[22:25, x : x + 11] = level
    for k in range(13):
        contrast[25 + k, x + 9 - k // 3 : x + 11 - k // 3] = 40


@pytest.mark.parametrize("levels", [(95, 95, 95, 95), (110, 60, 60, 60), (60, 60, 90, 60)])
def test_pale_digits_in_fine_lines_come_out_whole(levels: tuple[int, ...]) -> None:
    contrast = np.zeros((60, 200), np.uint8)
    for k, level in enumerate(levels):
        thin_digit(contrast, 70 + 14 * k, level)
    quad = Quad(((0.0, 0.0), (200.0, 0.0), (200.0, 60.0), (0.0, 60.0)))
    page = np.stack([255 - contrast] * 3, axis=2)
    crop = cut_cell(page, Ink(contrast, faint=16, threshold=73), quad, DPI)
    assert np.array_equal(crop.ink > 0, contrast[1:-1, 1:-1] > 0)


def test_what_runs_into_a_border_is_no_part_of_pale_print() -> None:
    contrast = np.zeros((60, 200), np.uint8)
    thin_digit(contrast, 90, 95)
    contrast[38:60, 95] = 40  # from the stem down to the border below
    page = np.stack([255 - contrast] * 3, axis=2)
    quad = Quad(((0.0, 0.0), (200.0, 0.0), (200.0, 60.0), (0.0, 60.0)))
    crop = cut_cell(page, Ink(contrast, faint=16, threshold=73), quad, DPI)
    assert crop.has_ink
    assert not crop.ink[40:].any()


def zero(contrast: np.ndarray, x: int, y: int, size: tuple[int, int] = (5, 7)) -> None:
    cv2.ellipse(contrast, (x, y), size, 0.0, 0.0, 360.0, (220,), 2)


@pytest.mark.parametrize("level", [220, 60])
@pytest.mark.parametrize("width", [2, 5])
def test_a_border_that_the_grid_does_not_have_is_no_1_beside_a_number(level: int, width: int) -> None:
    contrast = np.zeros((60, 200), np.uint8)
    zero(contrast, 90, 30)
    bare = contrast.copy()
    contrast[:, 74 : 74 + width] = level
    quad = Quad(((0.0, 0.0), (200.0, 0.0), (200.0, 60.0), (0.0, 60.0)))
    page = np.stack([255 - contrast] * 3, axis=2)
    crop = cut_cell(page, Ink(contrast, faint=16, threshold=80), quad, DPI)
    assert np.array_equal(crop.ink > 0, bare[1:-1, 1:-1] > 0)
    assert crop.cut is (level == 220)  # what print is as dark as


@pytest.mark.parametrize("width", [2, 5])
def test_a_line_alone_in_a_cell_makes_no_sure_blank(width: int) -> None:
    """It may be a 1 that fills a low row, or a border between two columns that hold something."""
    contrast = np.zeros((30, 115), np.uint8)
    contrast[:, 60 : 60 + width] = 220
    quad = Quad(((0.0, 0.0), (115.0, 0.0), (115.0, 30.0), (0.0, 30.0)))
    page = np.stack([255 - contrast] * 3, axis=2)
    crop = cut_cell(page, Ink(contrast, faint=16, threshold=80), quad, DPI)
    assert not crop.has_ink
    assert crop.cut


def test_a_digit_beside_the_border_of_a_low_row_is_no_border() -> None:
    """Its stroke is as long a part of the row's height as a broken ruling is."""
    contrast = np.zeros((25, 115), np.uint8)
    contrast[:2] = contrast[-1:] = 190
    zero(contrast, 108, 12, (4, 5))
    quad = Quad(((0.0, 0.0), (115.0, 0.0), (115.0, 25.0), (0.0, 25.0)))
    page = np.stack([255 - contrast] * 3, axis=2)
    crop = cut_cell(page, Ink(contrast, faint=16, threshold=92), quad, DPI)
    assert crop.has_ink
    assert np.count_nonzero(crop.ink) == np.count_nonzero(contrast[3:-2] > 90)


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        (slice(2, 17), 112),
        (slice(6, 20), 112),  # with paper at its ends, as a digit's stroke has
        (slice(0, 25), 112),
        (slice(2, 19), 108),  # as far from the side as a digit
    ],
)
def test_a_piece_of_a_border_is_one_in_a_low_row_too(rows: slice, left: int) -> None:
    contrast = np.zeros((25, 115), np.uint8)
    contrast[:2] = contrast[-1:] = 190
    contrast[rows, left : left + 2] = 190
    quad = Quad(((0.0, 0.0), (115.0, 0.0), (115.0, 25.0), (0.0, 25.0)))
    page = np.stack([255 - contrast] * 3, axis=2)
    assert not cut_cell(page, Ink(contrast, faint=16, threshold=92), quad, DPI).has_ink

"""Marks of the sheet's other side, told from print by there being many of them and all lighter."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from gouji.document.geometry import Quad
from gouji.layout.crop import CellCrop, cut_cell, doubt_blanks
from gouji.layout.dashes import trust_dashes
from gouji.layout.ghosts import ghost_level, shine_level
from gouji.layout.ink import Ink, measure_ink
from gouji.layout.ruling import Ruling
from gouji.layout.rulings import detect_rulings
from gouji.layout.stroke import is_dash
from gouji.layout.textlines import line_crops

DPI = 200.0
FAINT, PRINT = 20, 80
CELL = Quad(((100.0, 100.0), (220.0, 100.0), (220.0, 160.0), (100.0, 160.0)))


def page(light_marks: int, level: int = 45) -> np.ndarray:
    """(1000, 800) uint8 contrast: 60 marks of print, and lighter ones below them, each 2 × 3 mm."""
    contrast = np.zeros((1000, 800), np.uint8)
    for k in range(60):
        y, x = 200 + 40 * (k // 20), 20 + 38 * (k % 20)
        contrast[y : y + 22, x : x + 14] = 200
    for k in range(light_marks):
        y, x = 400 + 40 * (k // 20), 20 + 38 * (k % 20)
        contrast[y : y + 22, x : x + 14] = level
    contrast[120:142, 150:164] = level  # in the cell
    return contrast


def test_many_light_marks_shine_through() -> None:
    level = shine_level(page(240), FAINT, PRINT, DPI)
    assert 45 < level <= PRINT


def test_a_few_light_marks_are_this_sides() -> None:
    assert shine_level(page(30), FAINT, PRINT, DPI) == 0
    assert shine_level(np.zeros((500, 500), np.uint8), FAINT, PRINT, DPI) == 0


def test_many_pale_dashes_are_this_sides() -> None:
    contrast = page(0)
    for k in range(240):
        y, x = 400 + 40 * (k // 20), 20 + 38 * (k % 20)
        contrast[y : y + 3, x : x + 22] = 45
    assert shine_level(contrast, FAINT, PRINT, DPI) == 0


def dashes(widths: list[int]) -> list[CellCrop]:
    cells = []
    for width in widths:
        ink = np.zeros((60, 120), np.uint8)
        ink[29:32, 40 : 40 + width] = 1
        cells.append(CellCrop((255 - 40 * ink).astype(np.uint8), ink, faint=True))
    return cells


def test_pale_dashes_of_one_length_are_trusted_and_others_are_not() -> None:
    *alike, odd = trust_dashes(dashes([20, 21, 20, 19, 20, 20, 21, 20, 34]), DPI)
    assert not any(cell.faint for cell in alike)
    assert odd.faint


def test_a_few_pale_dashes_or_marks_of_any_length_are_not_trusted() -> None:
    assert all(cell.faint for cell in trust_dashes(dashes([20] * 7), DPI))
    assert all(cell.faint for cell in trust_dashes(dashes([8, 12, 16, 20, 24, 28, 32, 36, 40]), DPI))


def test_a_light_mark_alone_is_read_and_among_many_left_out() -> None:
    pixels = np.full((1000, 800, 3), 255, np.uint8)
    alone = cut_cell(pixels, Ink(page(0), FAINT, PRINT), CELL, DPI)
    assert alone.has_ink
    assert alone.faint
    contrast = page(240)
    among = cut_cell(pixels, Ink(contrast, FAINT, PRINT, shine_level(contrast, FAINT, PRINT, DPI)), CELL, DPI)
    assert not among.has_ink
    assert among.shines
    assert line_crops(among, DPI), "it is read all the same: a mark of the cell's own may hide among them"


def test_print_in_a_shadow_is_as_dark_as_in_the_light() -> None:
    reflectance = np.full((600, 800), 0.95)
    reflectance[100:130, 100:700:40] = reflectance[100:130, 101:700:40] = 0.3
    light = np.linspace(255, 110, 800)[None, :]
    ink = measure_ink((reflectance * light).astype(np.uint8), DPI)
    strokes = ink.contrast[115, 100:700:40].astype(float)
    assert strokes.min() > 0.9 * strokes.max()


def test_a_dash_worn_to_a_trace_makes_a_blank_cell_doubtful() -> None:
    rng = np.random.default_rng(5)
    contrast = np.clip(rng.normal(6, 1.5, (1000, 800)), 0, 255).astype(np.uint8)
    pixels = np.full((1000, 800, 3), 245, np.uint8)
    clean = cut_cell(pixels, Ink(contrast, FAINT, PRINT), CELL, DPI)
    contrast[130, 145:175] += 3
    worn = cut_cell(pixels, Ink(contrast, FAINT, PRINT), CELL, DPI)
    assert (clean.has_ink, clean.faint, clean.traced) == (False, False, False)
    assert (worn.has_ink, worn.faint, worn.traced) == (False, False, True)
    contrast[130, 145:175] += 9
    clearer = cut_cell(pixels, Ink(contrast, FAINT, PRINT), CELL, DPI)
    assert (clearer.has_ink, clearer.faint, is_dash(clearer.ink, DPI)) == (True, True, True)
    assert not any(cell.faint for cell in doubt_blanks([clean] * 20, DPI))
    assert all(cell.faint for cell in doubt_blanks([clean] * 5 + [worn] * 15, DPI))
    assert not any(cell.faint for cell in doubt_blanks([clean] * 18 + [worn] * 2, DPI)), "chance marks"
    assert [cell.faint for cell in doubt_blanks([clean] * 25 + [worn] * 5, DPI)] == [False] * 25 + [True] * 5


def test_a_level_trace_at_a_cells_edge_is_no_dash() -> None:
    """A ruling's rest, or the feet of the line above."""
    contrast = np.clip(np.random.default_rng(5).normal(6, 1.5, (1000, 800)), 0, 255).astype(np.uint8)
    pixels = np.full((1000, 800, 3), 245, np.uint8)
    contrast[148, 145:175] += 12
    cell = cut_cell(pixels, Ink(contrast, FAINT, PRINT), CELL, DPI)
    assert (cell.has_ink, cell.faint) == (False, False)


@pytest.mark.parametrize("in_level", [False, True])
def test_dashes_worn_to_single_dots_make_a_tables_blank_cells_doubtful(in_level: bool) -> None:
    """A dot or two a cell are dust; when those of all cells stand at one height, dashes have been lost."""
    rng = np.random.default_rng(7)
    pixels, cells = np.full((1000, 800, 3), 245, np.uint8), []
    for _ in range(20):
        contrast = np.zeros((1000, 800), np.uint8)
        for _ in range(2):
            y = 130 if in_level else int(rng.integers(108, 152))
            contrast[y, int(rng.integers(110, 190))] = 200
        cells.append(cut_cell(pixels, Ink(contrast, FAINT, PRINT), CELL, DPI))
    assert not any(cell.has_ink or cell.faint for cell in cells)
    assert [cell.faint for cell in doubt_blanks(cells, DPI)] == [in_level] * 20


def test_a_pale_block_is_no_worn_dash() -> None:
    """JPEG pictures have blocks of 8 px that are a little darker than the bare paper around them."""
    pixels = np.full((1000, 800, 3), 245, np.uint8)
    for height, is_dash_there in ((2, True), (4, True), (8, False), (12, False)):
        contrast = np.zeros((1000, 800), np.uint8)
        contrast[130 - height // 2 : 130 + height // 2, 145:175] = 8
        cell = cut_cell(pixels, Ink(contrast, FAINT, PRINT), CELL, DPI)
        assert (cell.has_ink, cell.faint, cell.traced) == (is_dash_there, is_dash_there, not is_dash_there)


@pytest.mark.parametrize(("thick", "crossed"), [(3, False), (9, False), (3, True), (9, True)])
def test_a_ruling_is_of_the_other_side_where_characters_run_across_it_and_not_for_being_thick(
    thick: int, crossed: bool
) -> None:
    """Half worn away, so that on the mean it is lighter than print."""
    contrast = np.zeros((200, 1400), np.uint8)
    contrast[100 - thick // 2 : 101 + thick // 2, 100:1300] = 60
    contrast[100 - thick // 2 : 101 + thick // 2, 100:500] = 120
    if crossed:
        for x in range(520, 1300, 30):
            contrast[85:115, x : x + 6] = 200
    ruling = Ruling(np.array([100.0, 1300.0]), np.array([100.0, 100.0]), 79.0)
    assert (ghost_level([ruling], contrast, PRINT, DPI) > 0) == crossed


@pytest.mark.parametrize(("others", "behind"), [(5, True), (80, False)])
def test_a_few_crossed_rulings_say_nothing_of_many_that_are_as_pale(others: int, behind: bool) -> None:
    """The strokes of three lines of text passed for rulings, and the pale blue ones of a whole table for those behind the page."""
    contrast = np.zeros((200, 1400), np.uint8)
    contrast[99:102, 100:1300] = 60
    for x in range(120, 1300, 30):
        contrast[85:115, x : x + 6] = 200
    along, across = np.array([100.0, 1300.0]), np.array([100.0, 100.0])
    rulings = [Ruling(along, across, 60.0)]
    rulings += [Ruling(along, across + 50.0, 30.0) for _ in range(others)]
    assert (ghost_level(rulings, contrast, PRINT, DPI) > 0) == behind


def test_digits_below_each_other_with_strokes_of_the_other_side_between_them_are_no_ruling() -> None:
    contrast = np.zeros((900, 800), np.uint8)
    for y in range(100, 701, 42):
        contrast[y, 100:700] = 35
    for x in range(100, 701, 100):
        contrast[100:701, x] = 35
    for y in range(100, 690, 42):
        for x in range(150, 700, 100):
            contrast[y + 2 : y + 40, x - 5] = 50
            cv2.ellipse(contrast, (x, y + 21), (6, 11), 0.0, 0.0, 360.0, (200,), 2)

    def verticals(*, shines_through: bool) -> list[int]:
        rulings = detect_rulings(contrast, FAINT, PRINT, DPI, shines_through=shines_through)
        return sorted({round(ruling.across.mean()) for ruling in rulings.vertical})

    assert verticals(shines_through=True) == list(range(100, 701, 100))
    assert len(verticals(shines_through=False)) > 7


@pytest.mark.parametrize("right", [True, False])
def test_a_stroke_of_the_other_side_at_a_border_takes_no_print_away(right: bool) -> None:
    contrast = np.zeros((400, 400), np.uint8)
    for x in (100, 220):
        contrast[90:170, x - 2 : x + 3] = 230
    for y in (100, 160):
        contrast[y - 2 : y + 3, 90:230] = 230
    x = 209 if right else 105
    contrast[105:156, x : x + 3] = 40  # within the reach of a ruling
    contrast[128:131, x - 1 : x + 7] = 200  # a hyphen on it
    ink = Ink(contrast, FAINT, PRINT, shine=60)
    crop = cut_cell(np.stack([255 - contrast] * 3, axis=2), ink, CELL, DPI)
    assert not crop.shines
    assert is_dash(crop.ink, DPI)
    assert cv2.boundingRect(crop.ink)[2] == 8


def two_tables(own: int, behind: int, *, rows_behind: int = 12) -> np.ndarray:
    """(1000, 1000) uint8 contrast: a table of 12 rows, and another of the sheet's other side in front of it, darker or paler."""
    contrast = np.zeros((1000, 1000), np.uint8)
    for k in range(rows_behind + 1):
        y = 125 + 60 * k
        contrast[y - 2 : y + 3, 130:930] = behind
    for x in range(130, 931, 100):
        contrast[125 : 125 + 60 * rows_behind, x - 2 : x + 3] = behind
    for k in range(13):
        contrast[100 + 60 * k : 102 + 60 * k, 100:900] = own
    for x in (100, 300, 899):
        contrast[100:822, x : x + 2] = own
    return contrast


@pytest.mark.parametrize("with_pale", [False, True])
def test_rulings_behind_a_page_are_none_of_it(with_pale: bool) -> None:
    found = detect_rulings(two_tables(90, 40), FAINT, PRINT, DPI, shines_through=True, with_pale=with_pale)
    rows = {round(r.middle) % 60 for r in found.horizontal if r.length > 300}
    assert rows == ({40, 5} if with_pale else {40})
    assert (len([r for r in found.vertical if r.length > 300]) == 3) != with_pale


def test_the_darkest_stretches_of_rulings_behind_a_page_are_none_of_it() -> None:
    contrast = two_tables(250, 50)
    for k in range(13):
        y = 125 + 60 * k
        own = contrast[y - 2 : y + 3, 500:700]
        own[own == 50] = 78
        for x in range(150, 880, 52):  # print of this side across them
            contrast[y - 12 : y + 13, x : x + 5] = 200
    found = detect_rulings(contrast, FAINT, PRINT, DPI)
    assert {round(r.middle) % 60 for r in found.horizontal if r.length > 100} == {40}
    assert len([r for r in found.horizontal if r.length > 700]) == 13


@pytest.mark.parametrize(
    ("own", "behind", "rows_behind", "shines_through"),
    [
        (75, 40, 12, False),  # nothing shines through: hairlines of this side
        (90, 50, 12, True),  # not far enough apart
        (40, 75, 1, True),  # the darker ones are the fewer: a frame around hairlines
    ],
)
def test_pale_rulings_that_may_be_of_this_side_stay(
    own: int, behind: int, rows_behind: int, shines_through: bool
) -> None:
    contrast = two_tables(own, behind, rows_behind=rows_behind)
    found = detect_rulings(contrast, FAINT, PRINT, DPI, shines_through=shines_through)
    assert len([r for r in found.horizontal if r.length > 300]) >= 13 + rows_behind


def test_a_landscape_page_behind_a_page_of_text_is_no_table() -> None:
    contrast = np.zeros((1400, 1000), np.uint8)
    for x in range(100, 900, 60):
        contrast[100:1300, x - 2 : x + 3] = 30
    for y in (100, 300, 1299):
        contrast[y - 2 : y + 3, 100:821] = 30
    table = detect_rulings(contrast, FAINT, PRINT, DPI)
    assert len([r for r in table.vertical if r.length > 600]) == 14
    for y in range(150, 1280, 50):
        for x in range(90, 900, 26):
            for dx, dy in ((18, 0), (0, 18)):
                cv2.line(contrast, (x + 9 - dx // 2, y + 1), (x + 9 + dx // 2, y + 1 + dy), (200,), 3)
            cv2.line(contrast, (x, y + 18), (x + 18, y + 18), (200,), 3)
    found = detect_rulings(contrast, FAINT, PRINT, DPI)
    assert not [r for r in found.vertical if r.length > 200]

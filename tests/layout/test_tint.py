"""Coloured rulings make a table; a pen, a seal, a banner and a letter's red lines do not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from gouji.document.page import RGB
from gouji.layout.ink import black_channel, chroma_of, measure_ink
from gouji.layout.page import PageLayout, lay_out
from gouji.layout.tint import is_print_coloured, tinted_contrast, whole_ink, with_coloured_rulings

from .ruled import Ruled

DPI = 200.0
TABLE = Ruled(left=150, top=300, row=60, column=140, rows=7, cols=6)
TEAL, PALE_BLUE, RED = (26, 140, 130), (170, 205, 235), (200, 30, 40)


def draw_page(colour: tuple[int, int, int] | None, *, columns: int = 6) -> RGB:
    """(1000, 1200, 3) uint8: a table of seven rows and six columns ruled in that colour, black numbers in the first `columns`."""
    mask = np.zeros((1000, 1200), np.uint8)
    page = np.full((1000, 1200, 3), 252, np.uint8)
    if colour is not None:
        TABLE.draw(mask, 1, 2)
        page[mask > 0] = colour
    for k, (x, y) in enumerate(TABLE.corners()):
        if k % TABLE.cols >= columns:
            continue
        cv2.putText(
            page, str(37 * k % 1000), (x + 50, y + 42), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (20, 20, 20), 2
        )
    return page


def laid_out(page: RGB, skew: float = 0.0) -> PageLayout:
    return lay_out(page, DPI, skew, with_outside=False)


@pytest.mark.parametrize("skew", [0.0, 1.2])
@pytest.mark.parametrize("colour", [TEAL, PALE_BLUE, RED])
def test_coloured_rulings_make_cells(colour: tuple[int, int, int], skew: float) -> None:
    turn = cv2.getRotationMatrix2D((600, 500), skew, 1.0)
    page = cv2.warpAffine(draw_page(colour), turn, (1200, 1000), borderValue=(252, 252, 252)).astype(np.uint8)
    (table,) = laid_out(page, skew).tables
    assert (table.grid.rows, table.grid.cols, table.grid.sound) == (TABLE.rows, TABLE.cols, True)
    assert all(cell.has_ink and not (cell.cut or cell.mixed or cell.coloured) for cell in table.cells)


def test_a_bare_cell_between_coloured_rulings_is_blank() -> None:
    (table,) = laid_out(draw_page(TEAL, columns=2)).tables
    bare = [cell for cell, place in zip(table.cells, table.grid.cells, strict=True) if place.col >= 2]
    assert len(bare) == TABLE.rows * (TABLE.cols - 2)
    assert not any(cell.has_ink for cell in bare)


def test_a_head_filled_with_colour_ends_where_the_rows_begin() -> None:
    page = draw_page(TEAL)
    page[TABLE.top : TABLE.top + 2 * TABLE.row, TABLE.left : TABLE.right] = TEAL
    (table,) = laid_out(page).tables
    assert table.grid.rows == TABLE.rows - 1
    below = [c for c, place in zip(table.cells, table.grid.cells, strict=True) if place.row > 0]
    assert len(below) == (TABLE.rows - 2) * TABLE.cols
    assert all(cell.has_ink for cell in below)


def draw_letter(page: RGB) -> None:
    for y in (120, 128):
        cv2.line(page, (100, y), (1100, y), RED, 3)


def draw_pen(page: RGB) -> None:
    for k, (x, y) in enumerate(TABLE.corners()):
        cv2.line(page, (x + 30, y + 48), (x + 120, y + 45 + k % 4), (30, 50, 180), 3)
        cv2.line(page, (x + 100, y + 30), (x + 115, y + 10), (30, 50, 180), 3)


def draw_seal(page: RGB) -> None:
    cv2.circle(page, (600, 500), 160, RED, 8)
    cv2.putText(page, "12345", (500, 520), cv2.FONT_HERSHEY_SIMPLEX, 2.5, RED, 8)


def draw_banner(page: RGB) -> None:
    page[100:200, 100:1100] = RED


@pytest.mark.parametrize("draw", [draw_letter, draw_pen, draw_seal, draw_banner])
def test_other_colour_is_no_table(draw) -> None:  # type: ignore[no-untyped-def]
    page = draw_page(None)
    draw(page)
    chroma = chroma_of(page)
    ink = measure_ink(black_channel(page, chroma), DPI)
    whole = whole_ink(page, chroma, DPI)
    assert whole is not None
    assert not is_print_coloured(ink, whole, DPI)
    tinted = tinted_contrast(whole, chroma, ink, DPI)
    assert with_coloured_rulings(ink.contrast, tinted, ink.faint, DPI) is ink.contrast


def test_a_page_without_colour_is_not_looked_at_for_it() -> None:
    page = draw_page((60, 60, 60))
    assert whole_ink(page, chroma_of(page), DPI) is None


def as_jpeg(page: RGB, quality: int) -> RGB:
    """As a scanner writes it, half of the colour's detail lost."""
    _, data = cv2.imencode(".jpg", page[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(
        cv2.cvtColor(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR)), cv2.COLOR_BGR2RGB), np.uint8
    )


@pytest.mark.parametrize("quality", [50, 70])
def test_brown_rulings_around_cells_filled_with_a_pale_colour(quality: int) -> None:
    """A JPEG's colour is coarse: around the text in a filled cell it is lost, which makes outlines as long as the text."""
    page = np.full((1000, 1200, 3), 252, np.uint8)
    for row in (0, 1, 4):
        y = TABLE.top + row * TABLE.row
        page[y : y + TABLE.row, TABLE.left : TABLE.right] = (252, 231, 219)
    mask = np.zeros(page.shape[:2], np.uint8)
    TABLE.draw(mask, 1, 2)
    page[mask > 0] = (139, 94, 60)
    for x, y in TABLE.corners():
        cv2.putText(page, "46738920", (x + 4, y + 42), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (20, 20, 20), 2)
    noise = np.random.default_rng(3).normal(0, 3, page.shape[:2])[..., None]
    page = (page + noise).clip(0, 255).astype(np.uint8)
    (table,) = laid_out(as_jpeg(page, quality)).tables
    assert (table.grid.rows, table.grid.cols, table.grid.sound) == (TABLE.rows, TABLE.cols, True)


@pytest.mark.parametrize("ink", [(62, 78, 140), (130, 40, 50), (40, 110, 60)])
def test_print_in_colour_is_print(ink: tuple[int, int, int]) -> None:
    """A carbon copy: rulings, labels and numbers are blue, on yellowish paper."""
    page = draw_page(None)
    mask = np.zeros(page.shape[:2], np.uint8)
    TABLE.draw(mask, 1, 2)
    printed = (page.max(axis=2) < 100) | (mask > 0)
    page[:] = (246, 243, 230)
    page[printed] = ink
    page = as_jpeg(cv2.GaussianBlur(page, (3, 3), 0.8).astype(np.uint8), 60)
    (table,) = laid_out(page).tables
    assert (table.grid.rows, table.grid.cols, table.grid.sound) == (TABLE.rows, TABLE.cols, True)
    for cell in table.cells:
        assert cell.has_ink
        assert not any((cell.coloured, cell.faint, cell.mixed, cell.cut))
        assert float(np.median(cell.gray[cell.ink > 0])) < 140  # as dark inside its strokes as at their sides


@pytest.mark.parametrize(("marks", "coloured"), [(60, False), (140, True)])
def test_a_seal_beside_a_line_of_print_does_not_make_it_coloured(marks: int, coloured: bool) -> None:
    """Where a report is signed there is more of the seal than of print, but of fewer marks than a page of print has."""
    page = np.full((1000, 1200, 3), 252, np.uint8)
    for k in range(marks):
        cv2.circle(page, (60 + 60 * (k % 18), 60 + 60 * (k // 18)), 12, RED, 4)
    cv2.putText(page, "2021", (400, 900), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (20, 20, 20), 3)
    chroma = chroma_of(page)
    whole = whole_ink(page, chroma, DPI)
    assert whole is not None
    assert is_print_coloured(measure_ink(black_channel(page, chroma), DPI), whole, DPI) == coloured


def test_what_is_filled_around_white_letters_is_no_ruling() -> None:
    """Beside them it looks as dark as print; a ruling is thin, also where others cross it."""
    tinted = np.zeros((1000, 1200), np.uint8)
    TABLE.draw(tinted, 150, 3)
    rulings = tinted > 0
    tinted[TABLE.top - 40 : TABLE.top - 10, TABLE.left : TABLE.right] = 120
    found = with_coloured_rulings(np.zeros_like(tinted), tinted, 16, DPI)
    assert (found[rulings] == 150).mean() > 0.99
    assert not found[TABLE.top - 38 : TABLE.top - 12].any()

"""Tables with broken rulings: every number in a cell of its own; the sheet's other side: no table."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest
from gouji.document.page import RGB
from gouji.layout.lines import find_lines
from gouji.layout.page import PageLayout, lay_out
from gouji.layout.rulings import RulingState

DPI = 200
LEFT, TOP, ROW = 160, 300, 56
COLUMNS = (0, 520, 620, 720, 820, 930, 1040, 1140, 1260)


def draw_table(
    sheet: np.ndarray, rows: int, rng: np.random.Generator, drawn: float = 1.0
) -> list[tuple[int, int]]:
    """A label column and seven of numbers; `drawn` is the share of each ruling that is left. Returns the numbers' middles."""
    height, width = rows * ROW, COLUMNS[-1]
    lines = [((0, r * ROW), (width, r * ROW)) for r in range(rows + 1)]
    lines += [((x, 0), (x, height)) for x in COLUMNS]
    for (x0, y0), (x1, y1) in lines if drawn else []:
        length = max(x1 - x0, y1 - y0)
        at = -int(rng.integers(0, 60))
        while at < length:
            piece = int(rng.integers(40, 120))
            a, b = max(0, at), min(length, at + piece)
            if b > a:
                start = (LEFT + x0 + a, TOP + y0) if x1 > x0 else (LEFT + x0, TOP + y0 + a)
                end = (LEFT + x0 + b, TOP + y0) if x1 > x0 else (LEFT + x0, TOP + y0 + b)
                cv2.line(sheet, start, end, 0, 2)
            at += piece + (round(piece * (1 / drawn - 1)) if drawn < 1 else 0)
    middles = []
    for r in range(rows):
        y = TOP + r * ROW + ROW // 2
        cv2.putText(sheet, "label of a row", (LEFT + 20, y + 10), cv2.FONT_HERSHEY_DUPLEX, 0.9, 0, 2)
        for x0, x1 in pairwise(COLUMNS[1:]):
            text = str(int(rng.integers(0, 400)))
            (w, h), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, 0.75, 2)
            x = LEFT + (x0 + x1) // 2
            cv2.putText(sheet, text, (x - w // 2, y + h // 2), cv2.FONT_HERSHEY_DUPLEX, 0.75, 0, 2)
            middles.append((x, y))
    return middles


def to_page(sheet: np.ndarray) -> RGB:
    return np.repeat(sheet[:, :, None], 3, axis=2)


def holders(layout: PageLayout, middle: tuple[int, int]) -> list[tuple[int, int, int]]:
    """Table, row and column of each cell around a point."""
    found = []
    for t, table in enumerate(layout.tables):
        for cell in table.grid.cells:
            box = cell.quad.to_bbox()
            if box.x0 <= middle[0] <= box.x1 and box.y0 <= middle[1] <= box.y1:
                found.append((t, cell.row, cell.col))
    return found


@pytest.mark.parametrize("drawn", [1.0, 0.75, 0.55])
@pytest.mark.parametrize("seed", range(4))
def test_every_number_has_a_cell_of_its_own(seed: int, drawn: float) -> None:
    sheet = np.full((2339, 1654), 255, np.uint8)
    middles = draw_table(sheet, 18, np.random.default_rng(seed), drawn)
    layout = lay_out(to_page(sheet), DPI, 0.0)
    cells = [holders(layout, middle) for middle in middles]
    assert all(len(own) == 1 for own in cells)
    assert len({own[0] for own in cells}) == len(middles)
    assert {table.grid.sound for table in layout.tables} == {drawn == 1.0}


def test_a_whole_table_stays_as_drawn_beside_one_in_pieces() -> None:
    """Its wide cells hold letter-spaced labels, through which a border would be inferred."""
    sheet = np.full((2339, 1654), 255, np.uint8)
    draw_table(sheet, 10, np.random.default_rng(1), drawn=0.5)
    top, bottom, middle = 1100, 1500, 700
    for y in range(top, bottom + 1, 100):
        cv2.line(sheet, (LEFT, y), (LEFT + COLUMNS[-1], y), 0, 2)
    for x in (LEFT, LEFT + middle, LEFT + COLUMNS[-1]):
        cv2.line(sheet, (x, top), (x, bottom), 0, 2)
    for y in range(top, bottom, 100):
        for k, text in enumerate(("ab", "cd", "ef")):
            cv2.putText(sheet, text, (LEFT + 20 + 190 * k, y + 60), cv2.FONT_HERSHEY_DUPLEX, 0.9, 0, 2)
        cv2.putText(sheet, "121", (LEFT + middle + 12, y + 60), cv2.FONT_HERSHEY_DUPLEX, 0.75, 0, 2)
    in_pieces, whole = lay_out(to_page(sheet), DPI, 0.0).tables
    assert (in_pieces.grid.sound, whole.grid.sound) == (False, True)
    assert (whole.grid.rows, len(whole.grid.cells)) == (4, 8)


def test_pale_borders_in_a_dark_frame_are_found_when_asked_for() -> None:
    """They may be marks of a stamp or of the other side; the form tells which."""
    sheet = np.full((2339, 1654), 245, np.uint8)
    width, height = 600, 300
    for k in range(1, 4):
        cv2.line(sheet, (LEFT + 150 * k, TOP), (LEFT + 150 * k, TOP + height), 205, 2)
        cv2.line(sheet, (LEFT, TOP + 75 * k), (LEFT + width, TOP + 75 * k), 205, 2)
    for k in range(2):  # a row and a column in the frame's own ink
        cv2.rectangle(sheet, (LEFT - 2 - k, TOP - 2 - k), (LEFT + width + 2 + k, TOP + height + 2 + k), 0, 2)
    assert lay_out(to_page(sheet), DPI, 0.0).tables == ()
    (pale,) = lay_out(to_page(sheet), DPI, 0.0, state=RulingState.PALE).tables
    assert (pale.grid.rows, pale.grid.cols) == (4, 4)


@pytest.mark.parametrize("seed", range(4))
def test_numbers_without_any_ruling_have_cells_of_their_own(seed: int) -> None:
    sheet = np.full((2339, 1654), 255, np.uint8)
    middles = draw_table(sheet, 18, np.random.default_rng(seed), drawn=0.0)
    cv2.putText(sheet, "a heading far below the table", (160, 1600), cv2.FONT_HERSHEY_DUPLEX, 1.2, 0, 2)
    layout = lay_out(to_page(sheet), DPI, 0.0, state=RulingState.LOST)
    cells = [holders(layout, middle) for middle in middles]
    assert all(len(own) == 1 for own in cells)
    assert len({own[0] for own in cells}) == len(middles)
    assert not holders(layout, (200, 1590))
    assert lay_out(to_page(sheet), DPI, 0.0).tables == ()


def test_a_label_printed_downwards_does_not_join_the_rows_beside_it() -> None:
    sheet = np.full((2339, 1654), 255, np.uint8)
    middles = draw_table(sheet, 18, np.random.default_rng(1), drawn=0.0)
    top, bottom = min(y for _, y in middles), max(y for _, y in middles)
    for y in range(top - 10, bottom, 24):
        cv2.rectangle(sheet, (100, y), (120, y + 21), 0, 2)
    layout = lay_out(to_page(sheet), DPI, 0.0, state=RulingState.LOST)
    cells = [holders(layout, middle) for middle in middles]
    assert all(len(own) == 1 for own in cells)
    assert len({own[0] for own in cells}) == len(middles)


def draw_words(sheet: np.ndarray, words: dict[int, str], y: int) -> None:
    for x, word in words.items():
        cv2.putText(sheet, word, (x, y), cv2.FONT_HERSHEY_DUPLEX, 0.75, 0, 2)


def without_rulings(blank: tuple[int, ...]) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Headers over seven columns, some of them blank but for that, and a row whose label takes three lines."""
    sheet = np.full((2339, 1654), 255, np.uint8)
    places = [LEFT + x for x in COLUMNS[1:-1]]
    draw_words(sheet, {LEFT + 20: "heading", **dict.fromkeys(places[::2], "head")}, TOP - 40)
    draw_words(sheet, {LEFT + 20: "heading", **dict.fromkeys(places[1::2], "head")}, TOP)
    middles, y = [], TOP
    for row in range(12):
        y += ROW + 30 if row in (6, 7) else ROW
        draw_words(sheet, {LEFT + 20: "label of a row"}, y)
        if row == 6:  # a high row: its label takes three lines, its numbers stand in the middle
            draw_words(sheet, {LEFT + 20: "label of a row"}, y - 30)
            draw_words(sheet, {LEFT + 20: "label of a row"}, y + 30)
        for k, x in enumerate(places):
            if k not in blank:
                draw_words(sheet, {x + 10: "12"}, y)
                middles.append((x + 22, y - 8))
    return sheet, middles


def test_where_no_ruling_is_left_a_header_tells_of_blank_columns() -> None:
    sheet, middles = without_rulings(blank=(2, 3, 5))
    layout = lay_out(to_page(sheet), DPI, 0.0, state=RulingState.LOST_BUT_HEADED)
    (table,) = layout.tables
    assert table.grid.cols == len(COLUMNS) - 1
    cells = [holders(layout, middle) for middle in middles]
    assert all(len(own) == 1 for own in cells)
    assert {own[0][2] for own in cells} == {1, 2, 5, 7}
    (by_rows,) = lay_out(to_page(sheet), DPI, 0.0, state=RulingState.LOST).tables
    assert by_rows.grid.cols < len(COLUMNS) - 1


def test_a_shadow_along_the_sheets_edge_is_no_print() -> None:
    sheet, middles = without_rulings(blank=())
    rng = np.random.default_rng(3)
    sheet[:, -20:] = np.where(rng.uniform(size=(2339, 20)) < 0.6, 0, 255)
    layout = lay_out(to_page(sheet), DPI, 0.0, state=RulingState.LOST)
    cells = [holders(layout, middle) for middle in middles]
    assert all(len(own) == 1 for own in cells)
    assert len({own[0] for own in cells}) == len(middles)


def ghost_page(level: int, *, with_text: bool) -> np.ndarray:
    """A table in a light grey, with dark text lines running over it or none."""
    sheet = np.full((2339, 1654), 255, np.uint8)
    for r in range(12):
        cv2.line(sheet, (160, 300 + 90 * r), (1420, 300 + 90 * r), level, 3)
    for x in (160, 500, 900, 1420):
        cv2.line(sheet, (x, 300), (x, 300 + 90 * 11), level, 3)
    if with_text:
        for k in range(24):
            for x in range(170, 1380, 150):
                cv2.putText(sheet, "text", (x, 312 + 43 * k), cv2.FONT_HERSHEY_DUPLEX, 0.9, 0, 2)
    return sheet


def test_rulings_that_text_runs_across_are_of_the_other_side() -> None:
    assert lay_out(to_page(ghost_page(190, with_text=True)), DPI, 0.0).tables == ()


def test_hairlines_that_nothing_runs_across_are_a_table() -> None:
    (table,) = lay_out(to_page(ghost_page(190, with_text=False)), DPI, 0.0).tables
    assert (table.grid.rows, table.grid.cols) == (11, 3)


@pytest.mark.parametrize("skew", [0.0, 0.8, -1.1])
def test_text_lines_are_found_one_by_one(skew: float) -> None:
    sheet = np.full((2339, 1654), 255, np.uint8)
    for k in range(30):
        cv2.putText(
            sheet, "a line of the report " * 2, (180, 300 + 60 * k), cv2.FONT_HERSHEY_DUPLEX, 1.0, 0, 2
        )
    turn = cv2.getRotationMatrix2D((827, 1170), skew, 1.0)
    turned = cv2.warpAffine(sheet, turn, (1654, 2339), borderValue=(255.0,))
    lines = find_lines(to_page(turned), DPI, skew)
    assert lines is not None
    assert len(lines) == 30
    slopes = [
        np.degrees(np.arctan2(q.points[0][1] - q.points[1][1], q.points[1][0] - q.points[0][0]))
        for q in lines
    ]
    assert np.abs(np.array(slopes) - skew).max() < 0.2


def test_lines_that_run_together_are_left_to_a_detector() -> None:
    sheet = np.full((2339, 1654), 255, np.uint8)
    for k in range(12):
        cv2.putText(
            sheet, "a line of the report " * 2, (180, 300 + 60 * k), cv2.FONT_HERSHEY_DUPLEX, 1.0, 0, 2
        )
    cv2.line(sheet, (300, 280), (340, 640), 0, 4)
    assert find_lines(to_page(sheet), DPI, 0.0) is None


@pytest.mark.parametrize("what", ["frame", "corner", "streak", "shadow"])
def test_lines_of_text_are_found_beside_frames_streaks_and_shadows(what: str) -> None:
    """A learned detector takes ten times the work, and 300 MB."""
    sheet = np.full((1200, 1600), 250, np.uint8)
    for k in range(6):
        cv2.putText(
            sheet, "running text of the report", (200, 150 + 90 * k), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (20,), 3
        )
    bare = find_lines(to_page(sheet), DPI, 0.0)
    assert bare is not None
    if what == "frame":
        cv2.rectangle(sheet, (150, 700), (1400, 790), (60,), 2)
    elif what == "corner":
        cv2.polylines(sheet, [np.array([(1300, 700), (150, 700), (150, 900)])], False, (60,), 3)
    elif what == "streak":
        cv2.line(sheet, (60, 100), (64, 1100), (60,), 3)
    else:
        sheet[:, 1480:] = np.linspace(250, 5, 120).astype(np.uint8)
    found = find_lines(to_page(sheet), DPI, 0.0)
    assert found is not None
    assert len(found) == len(bare) == 6


def test_headings_in_the_middle_of_their_columns_and_numbers_at_the_side_share_columns() -> None:
    """As a web page prints 表二 when its hairlines are lost, with the block's title above it."""
    rows = [
        [(220, 272), (346, 502), (725, 853)],
        [(240, 330), (579, 713), (939, 1075), (1300, 1436)],
        [(113, 156), (473, 490), (835, 852), (1196, 1219)],
        [(113, 271), (473, 490), (834, 852), (1197, 1218)],
    ]
    sheet = np.full((2339, 1654), 255, np.uint8)
    for k, row in enumerate(rows):
        for start, stop in row:
            draw_words(sheet, dict.fromkeys(range(start, stop, 16), "0"), TOP + 60 * k)
    layout = lay_out(to_page(sheet), DPI, 0.0, state=RulingState.LOST)
    (table,) = layout.tables
    cells = [holders(layout, (start + 8, TOP + 60 * k - 8)) for k in (2, 3) for start, _ in rows[k][1:]]
    assert table.grid.cols == 4
    assert [own[0][2] for own in cells] == [1, 2, 3] * 2


def test_a_heading_parts_two_tables_without_rulings() -> None:
    sheet, y = np.full((2339, 1654), 255, np.uint8), TOP
    for columns in (range(500, 1300, 100), range(450, 1250, 160)):
        draw_words(sheet, {140: "a heading that goes on over all the labels and some of the numbers"}, y)
        for _ in range(4):
            y += ROW
            draw_words(sheet, {120: "label", **dict.fromkeys(columns, "14")}, y)
        y += ROW
    tables = lay_out(to_page(sheet), DPI, 0.0, state=RulingState.LOST).tables
    assert [(table.grid.rows, table.grid.cols) for table in tables] == [(4, 9), (4, 6)]

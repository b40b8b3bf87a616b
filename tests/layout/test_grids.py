"""Rulings and grids on drawn pages: exactly the cells, and the nodes where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest
from gouji.document.table import Grid
from gouji.layout.page import lay_out
from gouji.layout.ruling import Ruling
from gouji.layout.rulings import Rulings, detect_rulings
from gouji.layout.tracks import gather_regions

from fixtures.synthetic.grids import (
    DPI,
    MARGIN,
    DrawnGrid,
    GridSpec,
    Sheet,
    borders,
    draw_grid,
    draw_on,
    random_spec,
    scan,
    scribble,
)

from .ruled import Ruled

NODE_TOLERANCE_PX = 2.0


def find_grids(pixels: np.ndarray) -> tuple[Grid, ...]:
    """The grids of a page whose skew nobody has measured."""
    return tuple(table.grid for table in lay_out(pixels, DPI, 0.0).tables)


def cells_of(grid: Grid) -> list[tuple[int, int, int, int]]:
    return [(c.row, c.col, c.row_span, c.col_span) for c in grid.cells]


def assert_found(grid: Grid, spec: GridSpec, drawn: DrawnGrid) -> None:
    assert cells_of(grid) == list(spec.cells)
    assert grid.nodes.shape == drawn.nodes.shape
    assert np.abs(grid.nodes - drawn.nodes).max() <= NODE_TOLERANCE_PX
    for cell in grid.cells:
        expected = drawn.nodes[
            [cell.row, cell.row, cell.row + cell.row_span, cell.row + cell.row_span],
            [cell.col, cell.col + cell.col_span, cell.col + cell.col_span, cell.col],
        ]
        assert np.abs(np.array(cell.quad.points) - expected).max() <= NODE_TOLERANCE_PX
        assert cell.support > 0.7


@pytest.mark.parametrize("seed", range(60))
def test_any_grid_is_found_exactly(seed: int) -> None:
    spec = random_spec(seed)
    drawn = draw_grid(spec)
    (grid,) = find_grids(drawn.pixels)
    assert_found(grid, spec, drawn)


SHORT_AND_THICK = GridSpec((60, 60), (120, 80), ((0, 0, 1, 2),), thickness=4, skew=1.0)
BROKEN = GridSpec((37, 57), (100, 90, 80), gap=5)


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param(
            SHORT_AND_THICK,
            marks=pytest.mark.xfail(
                strict=True, reason="a thick border drawn in one row of 10 mm only is lost on a skewed page"
            ),
        ),
        pytest.param(replace(SHORT_AND_THICK, skew=0.3)),
        pytest.param(replace(SHORT_AND_THICK, thickness=2)),
        pytest.param(BROKEN),
        pytest.param(replace(BROKEN, gap=3)),
    ],
)
def test_short_borders(spec: GridSpec) -> None:
    drawn = draw_grid(spec)
    (table,) = lay_out(drawn.pixels, DPI, spec.skew).tables
    assert_found(table.grid, spec, drawn)


PLAIN = GridSpec((40, 60, 30, 50), (120, 80, 60, 100))


@pytest.mark.parametrize("thickness", [1, 2, 3, 4])
@pytest.mark.parametrize("skew", [-1.5, -0.4, 0.0, 0.9, 1.5])
def test_thickness_and_skew(thickness: int, skew: float) -> None:
    spec = replace(PLAIN, thickness=thickness, skew=skew, noise=4.0, merged=((0, 1, 1, 3), (1, 0, 2, 1)))
    drawn = draw_grid(spec)
    (grid,) = find_grids(drawn.pixels)
    assert_found(grid, spec, drawn)


@pytest.mark.parametrize("ink", [0, 80, 140, 170])
def test_grey_hairlines(ink: int) -> None:
    spec = replace(PLAIN, thickness=1, ink=ink)
    (grid,) = find_grids(draw_grid(spec).pixels)
    assert_found(grid, spec, draw_grid(spec))


def test_a_skewed_page_is_levelled_and_its_grid_comes_back_in_page_px() -> None:
    spec = replace(PLAIN, skew=3.0)
    drawn = draw_grid(spec)
    (table,) = lay_out(drawn.pixels, DPI, 3.0).tables
    assert_found(table.grid, spec, drawn)


def test_two_tables_on_a_page_come_from_top_to_bottom() -> None:
    upper, lower = PLAIN, replace(PLAIN, widths=(90, 90), merged=((0, 0, 1, 2),))
    sheet = Sheet(500, 560)
    placed = [(lower, draw_on(sheet, lower, 100, 330)), (upper, draw_on(sheet, upper))]
    grids = find_grids(sheet.pixels)
    assert len(grids) == 2
    for grid, (spec, nodes) in zip(grids, reversed(placed), strict=True):
        assert_found(grid, spec, DrawnGrid(sheet.pixels, nodes))


@pytest.mark.parametrize("size", [22, 26])
@pytest.mark.parametrize("skew", [0.0, 0.8])
def test_strokes_of_text_in_tight_rows_are_no_rulings(size: int, skew: float) -> None:
    spec = GridSpec((size + 6,) * 6, (240, 80, 80), thickness=1, skew=skew)
    sheet = Sheet(sum(spec.widths) + 2 * MARGIN, sum(spec.heights) + 2 * MARGIN)
    xs, ys = borders(spec)
    for y in ys[:-1]:
        for k in range(6):
            scribble(sheet, xs[0] + 6 + k * (size + 3), y + 3, size)
        scribble(sheet, xs[1] + 20, y + 3, size)
    drawn = scan(sheet, draw_on(sheet, spec), spec)
    (grid,) = find_grids(drawn.pixels)
    assert cells_of(grid) == list(spec.cells)
    assert np.abs(grid.nodes - drawn.nodes).max() <= NODE_TOLERANCE_PX


@pytest.mark.parametrize("printed", [True, False])
@pytest.mark.parametrize("side", ["top", "bottom"])
def test_a_border_that_is_not_drawn_at_the_page_cut(side: str, printed: bool) -> None:
    """A row without any print there is no row: what it holds stands on the other page."""
    drawn = draw_grid(PLAIN)
    xs, ys = borders(PLAIN)
    pixels = drawn.pixels.copy()
    row = round(ys[0] if side == "top" else ys[-2])
    if printed:
        cv2.putText(pixels, "12", (round(xs[0]) + 20, row + 30), cv2.FONT_HERSHEY_DUPLEX, 0.7, (0, 0, 0), 2)
    y = round(ys[0] if side == "top" else ys[-1])
    for x0, x1 in pairwise(xs):
        pixels[y - 3 : y + 3, round(x0) + 3 : round(x1) - 3] = 255
    (grid,) = find_grids(pixels)
    assert grid.rows == len(ys) - 1 - (not printed)
    nodes = drawn.nodes if printed else drawn.nodes[1:] if side == "top" else drawn.nodes[:-1]
    assert np.abs(grid.nodes - nodes).max() <= NODE_TOLERANCE_PX + 2


def test_a_row_alone_behind_the_page_cut() -> None:
    spec = GridSpec((40,), (75,) * 15)
    drawn = draw_grid(spec)
    xs, ys = borders(spec)
    pixels = drawn.pixels.copy()
    for x0, x1 in pairwise(xs):
        pixels[round(ys[0]) - 3 : round(ys[0]) + 3, round(x0) + 3 : round(x1) - 3] = 255
    (grid,) = find_grids(pixels)
    assert cells_of(grid) == list(spec.cells)


@pytest.mark.parametrize("thickness", [1, 3, 5])
def test_the_lone_row_before_another_table_is_whole_however_thick_its_rulings(thickness: int) -> None:
    """Thick rulings hide the ends of those that they cross, and both where they meet at a corner."""
    page = np.full((1000, 1600), 255, np.uint8)
    row, table = Ruled(240, 230, 56, 600, 1, 2), Ruled(240, 400, 56, 200, 8, 6)
    for part in (row, table):
        part.draw(page, 60, thickness)
    grids = find_grids(np.stack([page] * 3, axis=2))
    assert [(grid.rows, grid.cols) for grid in grids] == [(1, 2), (8, 6)]
    assert all(grid.sound for grid in grids)


@pytest.mark.parametrize("thickness", [1, 2, 3, 4])
@pytest.mark.parametrize("height", [27, 34])
def test_the_lone_row_of_fifteen_cells_keeps_its_sides(thickness: int, height: int) -> None:
    """What a corner hides is a larger part of a low row: the left border of one was taken for a stroke, and its first cell lost."""
    page = np.full((1000, 1600), 255, np.uint8)
    Ruled(100, 120, height, 68, 1, 15).draw(page, 60, thickness)
    (grid,) = find_grids(cv2.GaussianBlur(np.stack([page] * 3, axis=2), (3, 3), 0.7))
    assert (grid.rows, grid.cols, grid.sound) == (1, 15, True)


@pytest.mark.parametrize(
    ("xs", "stroke", "columns"),
    [
        ((104.0, 500.0, 996.0), (104.8, 155.2), 4),  # level with the row's borders
        ((104.0, 500.0, 996.0), (107.2, 152.8), 3),
        ((130.0, 500.0, 996.0), None, 0),  # strokes of a line of text between two rulings
        ((104.0, 500.0, 970.0), None, 0),
    ],
)
def test_borders_that_thick_rulings_hide_the_ends_of_frame_their_row(
    xs: tuple[float, ...], stroke: tuple[float, float] | None, columns: int
) -> None:
    across = tuple(Ruling(np.array([100.0, 1000.0]), np.array([y, y]), 200.0, 7.0) for y in (102.0, 158.0))
    down = [Ruling(np.array([104.8, 155.2]), np.array([x, x]), 200.0, 7.0) for x in xs]
    if stroke is not None:
        down.append(Ruling(np.array(stroke), np.array([700.0, 700.0]), 200.0, 3.0))
    nothing = np.zeros((1, 1), np.uint8)
    regions = gather_regions(Rulings(across, tuple(down), nothing, nothing, DPI))
    assert [len(region.vertical) for region in regions] == ([columns] if columns else [])


def test_text_without_rulings_is_no_table() -> None:
    sheet = Sheet(600, 400)
    for row in range(8):
        for k in range(16):
            scribble(sheet, 40 + k * 30, 30 + row * 42, 26)
    assert find_grids(sheet.pixels) == ()


@pytest.mark.parametrize("paper", [255, 200])
def test_bare_paper_has_no_table(paper: int) -> None:
    assert find_grids(np.full((300, 400, 3), paper, np.uint8)) == ()


def test_a_lone_underline_is_no_table() -> None:
    sheet = Sheet(500, 300)
    sheet.rule((60, 60), (400, 60), PLAIN)
    sheet.rule((60, 120), (400, 120), PLAIN)
    assert find_grids(sheet.pixels) == ()


def test_uneven_light_does_not_hide_rulings() -> None:
    drawn = draw_grid(replace(PLAIN, ink=30))
    height, width = drawn.pixels.shape[:2]
    light = np.linspace(1.0, 0.55, width)[None, :, None] * np.linspace(0.8, 1.0, height)[:, None, None]
    (grid,) = find_grids((drawn.pixels * light).astype(np.uint8))
    assert_found(grid, PLAIN, drawn)


LABELLED = GridSpec((60, 90, 60), (200, 80, 80, 80, 80))


def with_line_in_label(*, along_text: bool) -> Sheet:
    """A line from side to side of the second row's label, with or without characters standing on it."""
    sheet = Sheet(700, 400)
    draw_on(sheet, LABELLED)
    xs, ys = borders(LABELLED)
    y = ys[1] + 40
    sheet.fill(xs[0], y, xs[1], y + 2)
    if along_text:
        for k in range(7):
            scribble(sheet, xs[0] + 10 + 26 * k, y + 1, 22)
    return sheet


@pytest.mark.parametrize(("along_text", "rows"), [(True, 3), (False, 4)])
def test_the_tops_of_a_labels_characters_are_no_row_border(along_text: bool, rows: int) -> None:
    (grid,) = find_grids(with_line_in_label(along_text=along_text).pixels)
    assert grid.rows == rows


@pytest.mark.parametrize(("cells", "rows"), [(2, 4), (7, 5)])
def test_an_arc_beside_two_cells_of_many_is_no_row_border(cells: int, rows: int) -> None:
    """The top of a seal's ring runs level for the width of a column or two."""
    spec = GridSpec((60, 60, 60, 60), (110,) * 8)
    sheet = Sheet(1000, 400)
    draw_on(sheet, spec)
    xs, ys = borders(spec)
    sheet.fill(xs[8 - cells], ys[1] + 30, xs[8], ys[1] + 33)
    (grid,) = find_grids(sheet.pixels)
    assert grid.rows == rows


def test_pale_rulings_are_found_whole_across_what_shines_through() -> None:
    contrast = np.zeros((700, 900), np.uint8)
    rows, columns = range(60, 660, 38), (60, 240, 420, 600, 840)
    for y in rows:
        contrast[y : y + 2, 60:842] = 33
    for x in columns:
        contrast[60:594, x : x + 2] = 33
    other_side = np.zeros_like(contrast)
    for y in range(75, 560, 57):  # every other line of it stands on a ruling
        for x in range(70, 820, 30):
            other_side[y : y + 29, x : x + 20 : 7] = other_side[y : y + 29, x + 1 : x + 20 : 7] = 30
            other_side[y : y + 29 : 9, x : x + 20] = 30
    found = detect_rulings(contrast + other_side, 16, 63, DPI, shines_through=True)
    long = {round(r.middle) for r in found.horizontal if r.length > 700}
    assert {y for y in rows if y in long or y + 1 in long} == set(rows)


@pytest.mark.parametrize("end", [289.0, 286.5])
def test_a_row_alone_behind_the_page_cut_may_climb(end: float) -> None:
    """Table 四's row on a photograph that is flattened but for a degree or two; a thick ruling hides the ends of those on it."""
    xs = np.linspace(220.0, 1420.0, 16)
    climb = 0.03 * (xs - xs[0])
    bottom = Ruling(xs, 290.0 + climb, 200.0)
    hanging = tuple(
        Ruling(np.array([236.0, end]) + y, np.array([x, x]), 200.0) for x, y in zip(xs, climb, strict=True)
    )
    nothing = np.zeros((1, 1), np.uint8)
    (region,) = gather_regions(Rulings((bottom,), hanging, nothing, nothing, DPI))
    assert len(region.vertical) == 16
    assert len(region.horizontal) == 2


def test_hairlines_count_though_lines_of_text_run_together_darker() -> None:
    contrast = np.zeros((700, 900), np.uint8)
    for y in (500, 540, 580):
        contrast[y : y + 2, 60:842] = 20
    for y in range(40, 440, 25):
        contrast[y : y + 2, 60:330] = 140
    found = detect_rulings(contrast, 16, 63, DPI)
    assert sum(r.length > 700 for r in found.horizontal) == 3


def test_a_ruling_beside_a_shaded_row_without_another_is_found() -> None:
    contrast = np.zeros((700, 900), np.uint8)
    contrast[100:146, 60:842] = 30
    for y in (146, 190, 234, 278):
        contrast[y : y + 2, 60:842] = 180
    found = detect_rulings(contrast, 16, 63, DPI)
    assert sorted(round(r.middle) for r in found.horizontal if r.length > 700)[0] in (146, 147)


def table_rulings(ys: np.ndarray, xs: Sequence[float]) -> tuple[list[Ruling], list[Ruling]]:
    """Those across and those down of a table whose borders are all drawn."""
    across = [Ruling(np.array([xs[0], xs[-1]]), np.array([y, y]), 200.0) for y in ys]
    return across, [Ruling(ys[[0, -1]], np.array([x, x]), 200.0) for x in xs]


def test_a_fold_through_a_table_is_no_column_border() -> None:
    across, down = table_rulings(np.arange(300.0, 700.0, 40.0), (100.0, 400.0, 700.0, 1000.0))
    fold = Ruling(np.array([310.0, 900.0]), np.array([520.0, 520.0]), 200.0)
    nothing = np.zeros((1, 1), np.uint8)
    (region,) = gather_regions(Rulings(tuple(across), (*down, fold), nothing, nothing, DPI))
    assert [round(track.at(400.0)) for track in region.vertical] == [100, 400, 700, 1000]


@pytest.mark.parametrize(("dark", "kept"), [(180.0, True), (100.0, False)])
def test_a_border_that_goes_on_in_a_fold_ends_with_its_table(dark: float, kept: bool) -> None:
    """The fold alone is as dark within the table as beyond: it is no border."""
    across, down = table_rulings(np.arange(300.0, 700.0, 40.0), (100.0, 400.0, 700.0, 1000.0))
    along = np.linspace(10.0, 1000.0, 100)
    shades = np.where(along < 100.0, 90.0, dark)
    across[4] = Ruling(along, np.full(100, 460.0), 170.0, shades=shades)
    nothing = np.zeros((1, 1), np.uint8)
    (region,) = gather_regions(Rulings(tuple(across), tuple(down), nothing, nothing, DPI))
    assert (460 in [round(track.at(400.0)) for track in region.horizontal]) == kept


@pytest.mark.parametrize(
    ("start", "gap", "kept"), [(240.0, 16.0, True), (240.0, 0.0, False), (150.0, 16.0, False)]
)
@pytest.mark.parametrize("below", [False, True])
def test_a_stroke_of_a_title_in_line_with_a_border_is_no_part_of_it(
    start: float, gap: float, kept: bool, below: bool
) -> None:
    """Put together with it the border goes on beyond its table, as a fold does that is drawn there or longer."""
    across, down = table_rulings(np.arange(300.0, 700.0, 40.0), (100.0, 400.0, 700.0, 1000.0))
    gaps = ((276.0, 276.0 + gap),) if gap else ()
    along = np.array([start, 276.0, 276.0 + gap, 660.0])
    if below:
        along, gaps = 960.0 - along[::-1], gaps and ((684.0 - gap, 684.0),)
    down[1] = Ruling(along, np.full(4, 400.0), 200.0, gaps=gaps)
    nothing = np.zeros((1, 1), np.uint8)
    (region,) = gather_regions(Rulings(tuple(across), tuple(down), nothing, nothing, DPI))
    assert (400 in [round(track.at(400.0)) for track in region.vertical]) == kept


def test_borders_lost_in_a_bad_light_go_on_as_the_others_do_on_a_curled_page() -> None:
    """Straight on they would leave their row: on a photograph one was 30 px off at the side, and 63 stood in the row below."""
    xs, ys = np.linspace(100.0, 1100.0, 41), np.arange(300.0, 700.0, 40.0)
    sag = 60 * ((xs - 100) / 1000) ** 3
    last = [41] * 7 + [27, 30, 27]
    across = [Ruling(xs[:n], (y + sag)[:n], 200.0) for y, n in zip(ys, last, strict=True)]
    down = [Ruling(ys[[0, -1]], np.array([x, x]), 200.0) for x in (100.0, 400.0, 700.0)]
    down.append(Ruling(np.array([360.0, 720.0]), np.array([1100.0, 1100.0]), 200.0))
    nothing = np.zeros((1, 1), np.uint8)
    (region,) = gather_regions(Rulings(tuple(across), tuple(down), nothing, nothing, DPI))
    assert [round(track.at(1100.0)) for track in region.horizontal] == [round(y + 60) for y in ys]


def test_a_fold_through_two_tables_does_not_make_them_one() -> None:
    upper = table_rulings(np.arange(300.0, 500.0, 40.0), (100.0, 400.0, 1000.0))
    lower = table_rulings(np.arange(700.0, 900.0, 40.0), (100.0, 300.0, 700.0, 1000.0))
    fold = Ruling(np.array([320.0, 880.0]), np.array([520.0, 520.0]), 200.0)
    nothing = np.zeros((1, 1), np.uint8)
    rulings = Rulings((*upper[0], *lower[0]), (*upper[1], *lower[1], fold), nothing, nothing, DPI)
    assert [len(region.vertical) for region in gather_regions(rulings)] == [3, 4]


def test_borders_of_a_row_that_the_page_cuts_go_on_beyond_the_last_ruling() -> None:
    xs = (100.0, 400.0, 700.0, 1000.0)
    across, down = table_rulings(np.arange(300.0, 700.0, 40.0), xs)
    longer = [Ruling(np.array([300.0, 740.0]), r.across, 200.0) for r in down]
    nothing = np.zeros((1, 1), np.uint8)
    (region,) = gather_regions(Rulings(tuple(across), tuple(longer), nothing, nothing, DPI))
    assert [round(track.at(400.0)) for track in region.vertical] == [100, 400, 700, 1000]


def test_the_longest_border_of_a_row_that_the_page_cuts_is_no_fold() -> None:
    """The row is about as high as a fold goes on beyond a table."""
    xs = (100.0, 400.0, 700.0, 1000.0)
    across, down = table_rulings(np.arange(300.0, 700.0, 40.0), xs)
    beyond = 5.0 / 25.4 * DPI
    ends = (660 + beyond - 1, 660 + beyond - 1, 660 + beyond + 1, 660 + beyond - 1)
    longer = [Ruling(np.array([300.0, end]), r.across, 200.0) for r, end in zip(down, ends, strict=True)]
    nothing = np.zeros((1, 1), np.uint8)
    (region,) = gather_regions(Rulings(tuple(across), tuple(longer), nothing, nothing, DPI))
    assert [round(track.at(400.0)) for track in region.vertical] == [100, 400, 700, 1000]


def test_strokes_of_text_that_are_of_one_length_make_no_table() -> None:
    """Each hangs on a stroke of its own character, here and there on the page."""
    places = [(200.0 + 90 * k, 300.0 + 41 * k) for k in range(8)]
    across = tuple(Ruling(np.array([x, x + 40]), np.array([y, y]), 200.0) for x, y in places)
    down = tuple(
        Ruling(np.array([y, y + 30]), np.array([x + aside, x + aside]), 200.0)
        for x, y in places
        for aside in (12.0, 28.0)
    )
    nothing = np.zeros((1, 1), np.uint8)
    assert gather_regions(Rulings(across, down, nothing, nothing, DPI)) == ()


@pytest.mark.parametrize("aside_mm", [1.5, 2.5, 4.2])
def test_a_border_of_other_rows_close_to_a_longer_one_stays(aside_mm: float) -> None:
    aside = aside_mm / 25.4 * DPI
    ys = np.arange(60.0, 520.0, 38.0)
    across = tuple(Ruling(np.array([60.0, 840.0]), np.array([y, y]), 200.0) for y in ys)
    sides = tuple(Ruling(ys[[0, -1]], np.array([x, x]), 200.0) for x in (60.0, 840.0))
    upper = Ruling(ys[[0, 9]], np.array([420.0, 420.0]), 200.0)
    lower = Ruling(ys[[9, -1]], np.array([420.0 + aside] * 2), 200.0)
    nothing = np.zeros((1, 1), np.uint8)
    (region,) = gather_regions(Rulings(across, (*sides, upper, lower), nothing, nothing, DPI))
    inner = [track.at((ys[9] + ys[-1]) / 2) for track in region.vertical[1:-1]]
    assert any(abs(x - lower.across[0]) < 1 for x in inner)


def test_a_stroke_beside_a_border_is_none() -> None:
    across = tuple(
        Ruling(np.array([60.0, 840.0]), np.array([y, y]), 200.0) for y in np.arange(60.0, 500.0, 38.0)
    )
    borders = tuple(
        Ruling(np.array([60.0, 478.0]), np.array([x, x]), 200.0) for x in (60.0, 240.0, 420.0, 840.0)
    )
    strokes = tuple(Ruling(np.array([170.0, 260.0]), np.array([x, x]), 200.0) for x in (250.0, 400.0, 630.0))
    nothing = np.zeros((1, 1), np.uint8)
    (region,) = gather_regions(Rulings(across, borders + strokes, nothing, nothing, DPI))
    assert [round(track.at(200.0)) for track in region.vertical] == [60, 240, 420, 630, 840]


@pytest.mark.parametrize("beside", [-0.9, 0.9])
def test_data_rows_that_stand_beside_their_headings_are_cut_along_their_own_rulings(beside: float) -> None:
    """Millimetres; cut from node to node the first row's cells would lean and hold a part of their border."""
    mm = 200 / 25.4
    paper = np.full((900, 1300, 3), 255, np.uint8)
    rows, columns = [100, 180, 260, 340, 420], [100, 300, 500, 700, 900, 1100]
    for y in rows:
        cv2.line(paper, (100, y), (1100, y), (0, 0, 0), 2)
    for x in columns:
        moved = x if x in (100, 1100) else round(x + beside * mm)
        cv2.line(paper, (x, 100), (x, 180), (0, 0, 0), 2)
        cv2.line(paper, (moved, 180), (moved, 420), (0, 0, 0), 2)
    (grid,) = find_grids(paper)
    for cell in grid.cells:
        if cell.row == 1 and 0 < cell.col < 5:
            (x0, _), _, _, (x3, _) = cell.quad.points
            own = columns[cell.col] + beside * mm
            assert (x0, x3) == pytest.approx((own, own), abs=0.1 * mm)

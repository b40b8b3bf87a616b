"""Tables without rulings are found by the form's own words, and no number comes into another's row or column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import pytest
from gouji.document.geometry import BBox
from gouji.document.table import Grid
from gouji.document.text import TextLine
from gouji.mapping.form import load_forms
from gouji.mapping.place.columns import column_of
from gouji.mapping.place.grids import Placed, place_tables
from gouji.mapping.place.headings import place_headings
from gouji.mapping.place.labels import place_rows

DPI = 200.0
NEW_FORM, OLD_FORM = load_forms()
HEADINGS = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")
MIDDLES = (800, 900, 1000, 1100, 1200, 1300, 1400)
CHARACTER = 22.0


def line(text: str, x: float, y: float, *, centred: bool = False) -> TextLine:
    """A line that begins at x, or whose middle it is; its middle is at y."""
    width = CHARACTER * sum(1.0 if ord(c) > 255 else 0.5 for c in text)
    x0 = x - width / 2 if centred else x
    box = BBox(x0, y - CHARACTER / 2, x0 + width, y + CHARACTER / 2)
    return TextLine(0, box, box, text, 1.0, DPI)


def head(y: float = 200) -> list[TextLine]:
    return [line(text, x, y, centred=True) for text, x in zip(HEADINGS, MIDDLES, strict=True)]


def nothing_before() -> Placed:
    return Placed()


def cell_at(grids: Sequence[Grid], x: float, y: float) -> tuple[int, int, int]:
    """Which cell of which grid holds a point: the grid's number, row and column."""
    (found,) = [
        (k, cell.row, cell.col)
        for k, grid in enumerate(grids)
        for cell in grid.cells
        if cell.quad.to_bbox().contains((x, y))
    ]
    return found


def test_labels_are_found_in_the_forms_order_and_wrapped_ones_whole() -> None:
    lines = [
        line("一、本年新收政府信息公开申请数量", 100, 300),
        line("（二）部分公开（区分处理的，只计这一情形，", 120, 360),
        line("不计其他情形）", 120, 386),
        line("全年受理的申请办结及时", 100, 420),
        line("其他", 700, 430),
        line("（三）不予 1.属于国家秘密", 150, 460),
        line("公开", 150, 486),
        line("四、结转下年度继续办理", 100, 700),
    ]
    rows = place_rows(lines, NEW_FORM)
    assert [r.row.labels[0][:4] for r in rows] == ["一、本年", "（二）部", "1.属于", "四、结转"]
    wrapped = rows[1].label
    assert (wrapped.y0, wrapped.y1) == (360 - CHARACTER / 2, 386 + CHARACTER / 2)


def test_a_label_with_guidance_in_brackets_is_one() -> None:
    lines = [
        line("四、结转下年度继续办理（截至12月31日尚未办结的", 100, 300),
        line("申请）", 100, 326),
        line("全年结转下年度的申请两件（均在期限内，尚未办结）", 100, 400),
    ]
    (placed,) = place_rows(lines, NEW_FORM)
    assert placed.row.labels == ("四、结转下年度继续办理",)
    assert placed.label.y1 < 350


def test_no_line_is_part_of_two_labels() -> None:
    lines = [line("二、上年结转政府信息公开申请数量", 100, 300), line("（一）予以公开", 110, 330)]
    first, second = place_rows(lines, NEW_FORM)
    assert first.label.y1 < second.label.y0


LINE_OF_HEADINGS = {
    "自然人": 800,
    "商业企业": 900,
    "科研机构": 1000,
    "社会公益": 1100,
    "法律服务": 1200,
    "其他": 1300,
    "总计": 1400,
}


def headings_without(*texts: str, **others: float) -> dict[str, float]:
    """The first line of the headings without some of them, and with other texts."""
    return {text: x for text, x in LINE_OF_HEADINGS.items() if text not in texts} | others


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (headings_without(), MIDDLES),
        (headings_without("商业企业", "科研机构", 商业企业科研机构=950), MIDDLES),
        # One that cannot be read stands between its neighbours.
        (headings_without("科研机构", 利妍=1000), MIDDLES),
        # The second line of a heading says where its column is as well.
        (headings_without("科研机构", "社会公益", "法律服务"), MIDDLES),
        (headings_without("商业企业", "科研机构", "社会公益", "法律服务"), None),
        ({}, None),
    ],
)
def test_headings(texts: dict[str, float], expected: tuple[float, ...] | None) -> None:
    lines = [line(text, x, 200, centred=True) for text, x in texts.items()]
    lines += [line("组织", 1100, 226, centred=True), line("机构", 1200, 226, centred=True)] if texts else []
    lines += [line("法人或其他组织", 1050, 150, centred=True)] if texts else []
    found = place_headings(lines, HEADINGS)
    assert found is None if expected is None else found == pytest.approx(expected, abs=CHARACTER / 2)


def test_headings_printed_downwards() -> None:
    lines = [
        line(character, x, 100 + 24 * k, centred=True)
        for text, x in zip(HEADINGS, MIDDLES, strict=True)
        for k, character in enumerate(text)
    ]
    assert place_headings(lines, HEADINGS) == pytest.approx(MIDDLES, abs=1)


@pytest.mark.parametrize("shift", [0, -38, 38], ids=["middle", "left", "right"])
def test_a_number_is_in_the_column_whose_heading_it_is_set_under(shift: int) -> None:
    texts = ["5", "1234", "7", "88"]
    columns = (0, 1, 4, 6)
    numbers = []
    for text, column in zip(texts, columns, strict=True):
        width = CHARACTER / 2 * len(text)
        middle = MIDDLES[column]
        x0 = middle + shift if shift < 0 else middle + shift - width if shift else middle - width / 2
        numbers.append(BBox(x0, 0, x0 + width, CHARACTER))
    assert column_of(numbers, MIDDLES) == columns


def applications(y: float) -> tuple[list[TextLine], Mapping[str, tuple[float, float]]]:
    """Five rows of table 三 from y on, with numbers, and where these stand."""
    labels = (
        "1.属于国家秘密",
        "2.其他法律行政法规禁止公开",
        "3.危及“三安全一稳定”",
        "4.保护第三方合法权益",
        "5.属于三类内部事务信息",
    )
    lines = [line(text, 200, y + 60 * k) for k, text in enumerate(labels)]
    places = {"11": (800.0, y), "22": (1400.0, y), "33": (1000.0, y + 120), "44": (1300.0, y + 240)}
    lines += [line(text, x, at, centred=True) for text, (x, at) in places.items()]
    return lines, places


def test_each_number_has_its_cell() -> None:
    lines, places = applications(300)
    placed = place_tables([*head(), *lines], (NEW_FORM, OLD_FORM), nothing_before)
    (grid,) = placed.grids
    assert (grid.rows, grid.cols, grid.sound) == (5, 8, False)
    assert {text: cell_at([grid], *at)[1:] for text, at in places.items()} == {
        "11": (0, 1),
        "22": (0, 7),
        "33": (2, 3),
        "44": (4, 6),
    }
    assert all(cell.support == 0 for cell in grid.cells)


def test_a_table_that_goes_on_has_the_headings_of_the_page_before() -> None:
    lines, places = applications(120)
    known = Placed(headings={HEADINGS: tuple(map(float, MIDDLES))})
    (grid,) = place_tables(lines, (NEW_FORM, OLD_FORM), lambda: known).grids
    assert cell_at([grid], *places["33"])[1:] == (2, 3)
    assert not place_tables(lines, (NEW_FORM, OLD_FORM), nothing_before).grids


def test_headings_at_the_foot_of_a_page_are_those_of_the_next() -> None:
    first = place_tables(head(1500), (NEW_FORM, OLD_FORM), nothing_before)
    assert not first.grids
    lines, places = applications(120)
    (grid,) = place_tables(lines, (NEW_FORM, OLD_FORM), lambda: first).grids
    assert cell_at([grid], *places["33"])[1:] == (2, 3)


def full_rows(columns: Sequence[float]) -> list[TextLine]:
    lines = [x for x in applications(120)[0] if x.text[0] in "12345" and len(x.text) > 2]
    return lines + [
        line(str(10 * k + c), x, 120 + 60 * k, centred=True) for k in range(5) for c, x in enumerate(columns)
    ]


def test_rows_with_a_number_in_each_column_need_no_headings() -> None:
    (grid,) = place_tables(full_rows(MIDDLES), (NEW_FORM, OLD_FORM), nothing_before).grids
    assert cell_at([grid], MIDDLES[3], 240)[1:] == (2, 4)
    # The page before was photographed from another place: a column and more to the right.
    known = Placed(headings={HEADINGS: tuple(x + 130.0 for x in MIDDLES)})
    (grid,) = place_tables(full_rows(MIDDLES), (NEW_FORM, OLD_FORM), lambda: known).grids
    assert cell_at([grid], MIDDLES[3], 240)[1:] == (2, 4)
    assert not place_tables(full_rows(MIDDLES[:-1]), (NEW_FORM, OLD_FORM), nothing_before).grids


def test_headings_hold_over_several_pages() -> None:
    first = place_tables([*head(), *applications(300)[0]], (NEW_FORM, OLD_FORM), nothing_before)
    second = place_tables(applications(120)[0], (NEW_FORM, OLD_FORM), lambda: first)
    (grid,) = place_tables(applications(120)[0], (NEW_FORM, OLD_FORM), lambda: second).grids
    assert grid.cols == 8


def test_lines_that_overlap_make_no_grid() -> None:
    lines, _ = applications(300)
    lines[0] = line("1.属于国家秘密" + " " * 120, 200, 300)  # run together with what stands in its row
    assert not place_tables([*head(), *lines], (NEW_FORM, OLD_FORM), nothing_before).grids


def test_a_row_whose_label_is_lost_keeps_its_place() -> None:
    lines, _ = applications(300)
    lines = [*head(), *(x for x in lines if "三安全" not in x.text)]
    (grid,) = place_tables(lines, (NEW_FORM, OLD_FORM), nothing_before).grids
    assert grid.rows == 5
    # The number of the lost row is in no other row's cells.
    assert cell_at([grid], 1000, 420)[1:] == (2, 3)


def test_blocks_of_other_columns_are_tables_of_their_own() -> None:
    lines = [
        line("信息内容", 150, 200),
        *(
            line(text, x, 200, centred=True)
            for text, x in (("本年制发件数", 600), ("本年废止件数", 900), ("现行有效件数", 1200))
        ),
        line("规章", 150, 260),
        line("4", 560, 260),
        line("行政规范性文件", 150, 320),
        line("12", 860, 320),
        line("本年处理决定数量", 900, 400, centred=True),
        line("行政许可", 150, 460),
        line("5601", 560, 460),
    ]
    upper, lower = place_tables(lines, (NEW_FORM, OLD_FORM), nothing_before).grids
    assert (upper.rows, upper.cols, lower.rows, lower.cols) == (2, 4, 1, 2)
    assert cell_at([upper], 565, 260)[1:] == (0, 1)
    assert cell_at([upper], 870, 320)[1:] == (1, 2)
    assert cell_at([lower], 580, 460)[1:] == (0, 1)
    assert lower.bbox.y0 > 400 + CHARACTER / 2  # the heading is no part of the number's cell


CHALLENGED = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")


def test_a_row_without_label_stands_under_its_headings() -> None:
    places = [150 + 90 * k for k in range(15)]
    lines = [
        *(line(text[:2], x, 200, centred=True) for text, x in zip(CHALLENGED * 3, places, strict=True)),
        *(
            line(text[2:], x, 226, centred=True)
            for text, x in zip(CHALLENGED * 3, places, strict=True)
            if text[2:]
        ),
        *(line("1", x, 280, centred=True) for x in places[1::3]),
        line("五、存在的主要问题及改进情况", 150, 360),
    ]
    (grid,) = place_tables(lines, (NEW_FORM, OLD_FORM), nothing_before).grids
    assert (grid.rows, grid.cols) == (1, 15)
    assert [cell_at([grid], x, 280)[2] for x in places] == list(range(15))


def test_the_row_in_three_pieces() -> None:
    places = [200 + 250 * k for k in range(5)]
    lines = [
        found
        for y in (200, 400, 600)
        for found in (
            *(line(text, x, y, centred=True) for text, x in zip(CHALLENGED, places, strict=True)),
            *(line("3", x, y + 50, centred=True) for x in places[::2]),
        )
    ]
    grids = place_tables(lines, (NEW_FORM, OLD_FORM), nothing_before).grids
    assert [(g.rows, g.cols) for g in grids] == [(1, 5)] * 3
    assert all(a.bbox.y1 < b.bbox.y0 for a, b in pairwise(grids))


def test_the_edition_is_that_of_the_labels() -> None:
    lines = [
        *(
            line(text, x, 200, centred=True)
            for text, x in (("上一年项目数量", 600), ("本年增/减", 900), ("处理决定数量", 1200))
        ),
        line("行政许可", 150, 260),
        line("其他对外管理服务事项", 150, 320),
    ]
    (grid,) = place_tables(lines, (NEW_FORM, OLD_FORM), nothing_before).grids
    assert (grid.rows, grid.cols) == (2, 4)


def test_a_page_of_running_text_has_no_table() -> None:
    lines = [
        line("全年办理行政许可12件，行政处罚3件，依法公开总计15件。", 150, 200 + 40 * k) for k in range(10)
    ]
    assert not place_tables(lines, (NEW_FORM, OLD_FORM), nothing_before).grids
    assert not place_tables([], (NEW_FORM, OLD_FORM), nothing_before).grids


def test_the_row_on_the_page_after_its_headings() -> None:
    places = [150 + 90 * k for k in range(15)]
    upper = [line(text[:2], x, 2000, centred=True) for text, x in zip(CHALLENGED * 3, places, strict=True)]
    before = place_tables(upper, (NEW_FORM, OLD_FORM), nothing_before)
    assert not before.grids
    lower = [
        line("第4页", 700, 2200),
        *(
            line(text[2:], x, 100, centred=True)
            for text, x in zip(CHALLENGED * 3, places, strict=True)
            if text[2:]
        ),
        *(line("1", x, 150, centred=True) for x in places[1::4]),
        line("五、存在的主要问题及改进情况", 150, 260),
        line("12", 400, 300),
        line("13", 600, 300),
    ]
    (grid,) = place_tables(lower, (NEW_FORM, OLD_FORM), lambda: before).grids
    assert (grid.rows, grid.cols) == (1, 15)
    assert [cell_at([grid], x, 150)[2] for x in places] == list(range(15))
    # Numbers of the text below are none of the table's.
    without = [x for x in lower if x.text != "1"]
    assert not place_tables(without, (NEW_FORM, OLD_FORM), lambda: before).grids

"""Title, agency and year from the lines above the first section."""

from __future__ import annotations

from dataclasses import replace

import pytest
from gouji.document.geometry import BBox
from gouji.document.text import TextLine
from gouji.mapping.title import find_title, find_year, reading_order

DPI = 150.0


def lines_of(
    *rows: tuple[str, float], page: int = 0, top: float = 100.0, score: float = 0.99
) -> list[TextLine]:
    """Lines below one another: text and height in px."""
    lines, y = [], top
    for text, height in rows:
        upright = BBox(300, y, 300 + height * len(text), y + height)
        scan = BBox(upright.x0 + 5, upright.y0 + 7, upright.x1 + 5, upright.y1 + 7)
        lines.append(TextLine(page, upright, scan, text, score, DPI))
        y += 1.5 * height
    return lines


def line_at(text: str, x: float, y: float, page: int = 0, height: float = 30.0) -> TextLine:
    box = BBox(x, y, x + 30 * len(text), y + height)
    return TextLine(page, box, box, text, 0.9, DPI)


BODY = ("根据《中华人民共和国政府信息公开条例》要求，现公布本年度报告。", 28.0)
TITLES = {
    "one line": ("某县教育局2023年政府信息公开工作年度报告",),
    "two lines": ("某县教育局", "2023年政府信息公开工作年度报告"),
    "spaces": ("某县教育局", "2023 年 政府信息公开工作 年度报告"),
    "split word": ("某县教育局2023年政府信息公开工作年度报", "告"),
    "split before report": ("某县教育局2023年政府信息公开工作年度", "报告"),
    "split year": ("某县教育局20", "23年政府信息公开工作年度报告"),
    "no 年": ("某县教育局", "2023年度政府信息公开工作年度报告"),
    "关于": ("某县教育局关于2023年政府信息公开工作年度报告",),
    "short": ("某县教育局2023年政府信息公开年报",),
}


@pytest.mark.parametrize("name", TITLES)
def test_ways_to_print_a_title(name: str) -> None:
    lines = lines_of(*((text, 44.0) for text in TITLES[name]), BODY)
    found = find_title(lines)
    assert found is not None
    assert found.title is not None
    assert found.agency is not None
    assert found.year is not None
    assert found.title.text == "".join(TITLES[name]).replace(" ", "")
    assert (found.agency.text, found.year.text) == ("某县教育局", "2023")
    first, last = lines[0], lines[len(TITLES[name]) - 1]
    assert found.title.bbox == first.bbox.union(last.bbox)
    assert found.title.page_index == 0
    assert found.title.score == 0.99


def test_the_path_of_a_web_page_is_no_part_of_the_title() -> None:
    title = "某县教育局2023年政府信息公开工作年度报告"
    found = find_title(lines_of(("当前位置：首页 > 政府信息公开 > 年度报告", 36.0), (title, 44.0), BODY))
    assert found is not None
    assert found.title is not None
    assert found.title.text == title


def test_the_title_is_the_largest_line_that_ends_as_one() -> None:
    small = "某县教育局2023年政府信息公开工作年度报告"
    lines = lines_of(
        ("当前位置：首页 > 年度报告", 20.0),
        (small, 20.0),
        ("某市财政局2022年政府信息公开工作年度报告", 50.0),
        BODY,
    )
    found = find_title(lines)
    assert found is not None
    assert found.agency is not None
    assert found.agency.text == "某市财政局"


def test_lines_of_another_size_or_far_away_are_no_part_of_it() -> None:
    lines = lines_of(
        ("政务公开专栏", 20.0), ("某县教育局", 44.0), ("2023年政府信息公开工作年度报告", 44.0), BODY
    )
    found = find_title(lines)
    assert found is not None
    assert found.title is not None
    assert found.title.text == "某县教育局2023年政府信息公开工作年度报告"
    far = [
        *lines_of(("政府文件选编", 44.0)),
        *lines_of(("某县2023年政府信息公开工作年度报告", 44.0), BODY, top=700),
    ]
    found = find_title(far)
    assert found is not None
    assert found.title is not None
    assert found.title.text == "某县2023年政府信息公开工作年度报告"


def beside(lines: list[TextLine], *rows: tuple[str, float, float, float]) -> list[TextLine]:
    """The lines and others at x and y with text and height, in reading order."""
    more = [line_at(text, x, y, height=height) for text, x, y, height in rows]
    return list(reading_order([*lines, *more]))


TITLE = "某县教育局2023年政府信息公开工作年度报告"


@pytest.mark.parametrize(
    "lines",
    [
        # the menu beside it, in larger type, and between it and what follows
        beside(
            lines_of((TITLE, 42.0), ("一、总体情况", 30.0), BODY),
            ("政府信息公开指南", 20, 90, 36),
            ("政府信息公开年报", 20, 150, 70),
        ),
        # what stands over it on a web page
        lines_of(("【打印本页】【关闭窗口】", 38.0), (TITLE, 42.0), BODY),
        lines_of(("相关链接", 40.0), (TITLE, 42.0), BODY),
        lines_of(("发布日期：2024-01-29 发布机构：某县教育局", 40.0), (TITLE, 42.0), BODY),
        # the site's own name, which the title's agency begins with
        lines_of(("某县", 44.0), (TITLE, 44.0), BODY),
        # its last character alone on a line, in a box as low as that is
        [line_at(TITLE[:-1], 300, 100, height=64), line_at("告", 300, 176, height=31)],
        # its first line is not set like the second
        beside(lines_of((TITLE, 42.0), BODY), ("热点推荐", 1400, 60, 42)),
        # a sentence of the narrative that ends like a title, of a report whose own has no year
        lines_of((TITLE, 44.0), ("现公布本局上年政府信息公开工作情况，并附", 28.0), (f"某市{TITLE}", 60.0)),
    ],
)
def test_what_a_web_page_prints_around_a_title_is_no_part_of_it(lines: list[TextLine]) -> None:
    found = find_title(lines)
    assert found is not None
    assert found.title is not None
    assert found.title.text == TITLE
    assert found.agency is not None
    assert found.agency.text == "某县教育局"


@pytest.mark.parametrize("head", ["某县教育局", "某县教育局文件"])
def test_the_agency_of_a_letterhead_is_the_titles(head: str) -> None:
    lines = [
        line_at(head, 300, 100, height=90),
        line_at("2023年政府信息公开工作年度报告", 300, 420, height=44),
    ]
    middle = lines[1].upright.center[0] - lines[0].upright.center[0]
    box = lines[0].upright
    lines[0] = replace(lines[0], upright=BBox(box.x0 + middle, box.y0, box.x1 + middle, box.y1))
    found = find_title(lines)
    assert found is not None
    assert found.agency is not None
    assert found.agency.text == "某县教育局"
    assert found.title is not None
    assert found.title.text == "2023年政府信息公开工作年度报告"


def test_a_title_of_which_a_part_was_not_read_is_doubted() -> None:
    lines = [line_at("某县教育", 100, 100), line_at("政府信息公开工作年度报告", 320, 100)]
    found = find_title(reading_order(lines))
    assert found is not None
    assert found.title is not None
    assert found.title.score == 0.5


def test_the_place_above_an_agency_belongs_to_it() -> None:
    found = find_title(lines_of(("某省某市", 44.0), (TITLE, 44.0), BODY))
    assert found is not None
    assert found.agency is not None
    assert found.agency.text == "某省某市某县教育局"


@pytest.mark.parametrize("page", [1, 2])
def test_a_title_behind_a_cover_and_a_table_of_contents(page: int) -> None:
    cover = lines_of(("政府信息公开工作", 80.0), ("年度报告", 80.0), ("（2023年）", 40.0))
    title = ("某县2023年政府信息公开工作年度报告", 44.0)
    found = find_title([*cover, *lines_of(title, BODY, page=page)])
    assert found is not None
    assert found.title is not None
    assert found.title.page_index == page
    assert found.agency is not None
    assert found.agency.text == "某县"


def test_no_title_is_looked_for_further_on() -> None:
    title = ("某县2023年政府信息公开工作年度报告", 44.0)
    assert find_title([*lines_of(("封面", 80.0)), *lines_of(title, BODY, page=3)]) is None


@pytest.mark.parametrize(
    ("foot", "agency"),
    [
        ([("某县教育局", 0.0)], "某县教育局"),
        ([("某县教育局", 400.0)], None),  # not in the middle
        ([("某县教育局", 0.0), ("某县财政局", 0.0)], None),  # which of them?
        ([("2024年1月", 0.0)], None),
    ],
)
def test_the_agency_below_the_title_of_a_cover(foot: list[tuple[str, float]], agency: str | None) -> None:
    title = line_at("政府信息公开工作年度报告", 300, 420, height=60)
    below = [
        line_at(text, title.upright.center[0] - 15 * len(text) + aside, 1500.0 + 100 * k)
        for k, (text, aside) in enumerate(foot)
    ]
    found = find_title([title, *below])
    assert found is not None
    assert (found.agency.text if found.agency else None) == agency
    body = [line_at("本年度工作", 300, 600.0 + 60 * k) for k in range(8)]
    found = find_title([title, *body, *below])
    assert found is not None
    assert found.agency is None, "no cover"


@pytest.mark.parametrize("texts", [(), ("某县教育局工作总结",), ("一、总体情况", BODY[0]), ("年度报告",)])
def test_no_title_is_none(texts: tuple[str, ...]) -> None:
    assert find_title(lines_of(*((text, 40.0) for text in texts))) is None


def test_a_title_without_a_year_leaves_it_to_the_narrative() -> None:
    lines = lines_of(("某县教育局政府信息公开工作年度报告", 44.0), ("2023年，本机关认真落实条例。", 28.0))
    found = find_title(lines)
    assert found is not None
    assert found.year is None
    year = find_year(lines)
    assert year is not None
    assert year.text == "2023"
    assert find_year(lines_of(("本机关认真落实条例。", 28.0))) is None


def test_reading_order_is_by_page_then_line_then_from_left_to_right() -> None:
    lines = [
        line_at("五", 100, 50, page=1),
        line_at("二", 400, 103),
        line_at("三", 100, 160),
        line_at("一", 100, 108),
        line_at("四", 400, 155),
    ]
    assert "".join(line.text for line in reading_order(lines)) == "一二三四五"
    assert reading_order([]) == ()


def test_of_two_pages_on_one_picture_the_left_one_is_read_first() -> None:
    """A booklet scanned open: an A3 sheet at 200 dpi is 3307 px wide."""
    left = [line_at(text, 300, y) for text, y in (("一", 200), ("二", 260), ("三", 320))]
    right = [line_at(text, 3000, y) for text, y in (("四", 180), ("五", 262))]
    assert "".join(line.text for line in reading_order([*right, *left])) == "一二三四五"
    across = line_at("零", 1655, 100)  # a heading over both: columns of one page
    assert "".join(line.text for line in reading_order([across, *right, *left])) == "零四一二五三"

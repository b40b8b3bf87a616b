"""The report's sections: headings with and without numerals, paragraphs, page furniture left out."""

from __future__ import annotations

import pytest
from gouji.document.geometry import BBox
from gouji.document.text import TextLine
from gouji.mapping.sections import SectionText, split_sections

DPI = 150.0
HEIGHT = 1754.0
LEFT = 150.0


def line(text: str, y: float, page: int = 0, indent: float = 0.0) -> TextLine:
    box = BBox(LEFT + indent, y, LEFT + indent + 20 * len(text), y + 24)
    return TextLine(page, box, box, text, 0.9, DPI)


def split(*lines: TextLine) -> tuple[SectionText, ...]:
    found: tuple[SectionText, ...] = split_sections(lines, {0: HEIGHT, 1: HEIGHT})
    return found


def test_sections_with_paragraphs_over_two_pages() -> None:
    sections = split(
        line("某县2023年政府信息公开工作年度报告", 200),
        line("一、总体情况", 300, indent=60),
        line("2023年，本机关认真落实条例，按时答复", 340, indent=60),
        line("申请。", 380),
        line("（一）主动公开。全年公开信息三百条，", 420, indent=60),
        line("覆盖各领域。", 200, page=1),
        line("二、主动公开政府信息情况", 300, page=1, indent=60),
        line("五、存在的主要问题及改进情况", 400, page=1, indent=60),
        line("无。", 440, page=1, indent=60),
    )
    assert [(s.number, s.heading) for s in sections] == [
        ("一", "总体情况"),
        ("二", "主动公开政府信息情况"),
        ("五", "存在的主要问题及改进情况"),
    ]
    assert (
        sections[0].text
        == "2023年，本机关认真落实条例，按时答复申请。\n（一）主动公开。全年公开信息三百条，覆盖各领域。"
    )
    assert sections[0].page_indices == (0, 1)
    assert (sections[1].text, sections[1].page_indices) == ("", (1,))
    assert sections[2].text == "无。"


@pytest.mark.parametrize(
    ("printed", "number", "heading"),
    [
        ("一、总体情况", "一", "总体情况"),
        ("一.总体情况", "一", "总体情况"),
        ("总体情况", "一", "总体情况"),
        ("五、问题及整改措施", "五", "问题及整改措施"),
        ("主动公开政府信息情况", "二", "主动公开政府信息情况"),
        ("其他需要报告的事项", "六", "其他需要报告的事项"),
        ("三、主动公开政府信息情况", "三", "主动公开政府信息情况"),
        ("四、政府信息公开行政复议、行政诉讼情况", "四", "政府信息公开行政复议、行政诉讼情况"),
    ],
)
def test_headings(printed: str, number: str, heading: str) -> None:
    (section,) = split(line(printed, 300), line("正文在此，有一句话。", 340))
    assert (section.number, section.heading, section.text) == (number, heading, "正文在此，有一句话。")


@pytest.mark.parametrize(
    "text",
    [
        "（一）主动公开方面",
        "一、这一年来我们认真落实各项要求并且取得了很好的成绩和进展情况如下",
        "一、本年度没有需要说明的事项。",
        "该部分以表格形式报告",
    ],
)
def test_running_text_is_no_heading(text: str) -> None:
    assert split(line(text, 300)) == ()


@pytest.mark.parametrize(
    ("text", "y"),
    [
        ("3", 1700),
        ("- 3 -", 1700),
        ("第3页共5页", 1700),
        pytest.param(
            "第3页 共5页",
            1700,
        ),
        ("3/5", 1700),
        ("https://www.example.gov.cn/a.html", 1710),
        ("2024/3/11 上午9:12", 30),
    ],
)
def test_page_numbers_and_addresses_are_left_out(text: str, y: float) -> None:
    (section,) = split(line("一、总体情况", 300), line("正文。", 340), line(text, y))
    assert section.text == "正文。"


def test_a_number_within_the_page_is_text() -> None:
    (section,) = split(line("一、总体情况", 300), line("2023", 800))
    assert section.text == "2023"


def test_nothing_is_nothing() -> None:
    assert split() == ()
    assert split(line("没有标题的一段话，后面也没有。", 300)) == ()

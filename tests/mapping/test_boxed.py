"""Text in borders that are no table of the form's: a web page laid out in one, a box around a page."""

from __future__ import annotations

from gouji.document.geometry import BBox
from gouji.document.reading import LineReading
from gouji.document.record import PageInfo
from gouji.document.table import CellContent
from gouji.mapping.boxed import boxed_lines
from gouji.mapping.rows import PrintedCell, PrintedRow

TEXT = ("某县教育局2023年政府信息公开工作年度报告", "2023年，本局认真落实条例，公开信息1232条。")
PAGE = PageInfo(number=1, width=1654, height=2339, rotation=0, skew_degrees=0.0)


def cell(*texts: str, x: float = 100.0) -> PrintedCell:
    content = CellContent(tuple(LineReading(text, 0.97) for text in texts), has_ink=True)
    return PrintedCell(0, 0, 1, BBox(x, 200, x + 800, 300).to_quad(), 1.0, content)


def row(*cells: PrintedCell) -> PrintedRow:
    return PrintedRow(0, 0, first=True, last=True, cells=cells)


def test_a_cell_of_running_text_gives_its_lines_one_below_the_other() -> None:
    lines = boxed_lines([row(cell(*TEXT))], {0: PAGE})
    assert [line.text for line in lines] == list(TEXT)
    assert [(line.upright.y0, line.upright.y1) for line in lines] == [(200, 250), (250, 300)]
    assert lines[0].bbox == lines[0].upright
    assert lines[0].score == 0.97


def test_boxes_of_a_turned_page_are_in_both_frames() -> None:
    page = PAGE.model_copy(update={"rotation": 180})
    (line,) = boxed_lines([row(cell(TEXT[0]))], {0: page})
    assert line.bbox == BBox(100, 200, 900, 300)
    assert line.upright == BBox(1653 - 900, 2338 - 300, 1653 - 100, 2338 - 200)


def test_labels_and_rows_with_values_are_no_running_text() -> None:
    assert not boxed_lines([row(cell("其他主动公开文件"))], {0: PAGE})
    assert not boxed_lines([row(cell(*TEXT), cell("12", x=900))], {0: PAGE})
    assert boxed_lines([row(cell("某局年度报告"))], {0: PAGE}), "the end of a title, however short"

"""The text beside the tables: titles are the engine's to read, since the quick reader does not know every place name."""

from __future__ import annotations

import pytest
from gouji.digitized import _read_text
from gouji.document.geometry import BBox
from gouji.ocr.onnx import OnnxEngine
from gouji.ocr.quick import is_sure, quick_reader

from .ocr.test_numbers import draw_line

TITLE = "浉河区司法局2024年政府信息公开工作年度报告"
LINES = (TITLE, "一、总体情况", "浉河区司法局认真贯彻落实条例")


def test_the_quick_reader_is_sure_of_a_name_that_it_does_not_know() -> None:
    (reading,) = quick_reader(2).read([draw_line(TITLE)])
    assert is_sure(reading)
    assert reading.text != TITLE


@pytest.mark.parametrize(("page", "is_the_engines"), [(0, True), (1, True), (2, True), (3, False)])
def test_the_title_is_the_engines(engine: OnnxEngine, page: int, is_the_engines: bool) -> None:
    crops = [draw_line(text) for text in LINES]
    quads = [BBox(100, 100 + 60 * k, 900, 140 + 60 * k).to_quad() for k in range(len(LINES))]
    title, heading, _ = _read_text(engine, crops, quads, page)
    assert heading.text == "一、总体情况"
    assert (title.text == TITLE) is is_the_engines

"""The quick reader of words, alone and before the engine."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import cast

import cv2
import numpy as np
import pytest
from gouji.document.page import RGB
from gouji.document.reading import LineReading
from gouji.models.weights import QUICK
from gouji.ocr.cells import read_cell_lines
from gouji.ocr.onnx import OnnxEngine
from gouji.ocr.quick import WEIGHTS, QuickReader, holds_number, is_sure, quick_reader
from gouji.ocr.recognizer import _WordHead
from gouji.ocr.runtime import Network

from .test_numbers import draw_line

PRINTED = ("本机关不掌握相关政府信息", "其他", "社会公益组织", "行政许可", "总计", "属于三类内部事务信息")


class _Counted:
    """An engine that remembers how many lines it was asked for."""

    def __init__(self, engine: OnnxEngine) -> None:
        self._engine, self.asked, self.parallel = engine, 0, engine.parallel

    def recognize(self, crops: Sequence[RGB], *, labels: bool = False) -> tuple[LineReading, ...]:
        self.asked += len(crops)
        readings: tuple[LineReading, ...] = self._engine.recognize(crops, labels=labels)
        return readings


@pytest.fixture(scope="module")
def reader() -> QuickReader:
    return quick_reader(2)


def test_reads_labels_and_is_sure_of_them(reader: QuickReader) -> None:
    readings = reader.read([draw_line(text) for text in PRINTED])
    assert tuple(r.text for r in readings) == PRINTED
    assert all(is_sure(r) for r in readings)


@pytest.mark.parametrize("text", ["12", "0", "—", "/", "一", "三", "12,345", "无", "1208.64"])
def test_a_number_is_no_label_however_it_reads(reader: QuickReader, text: str) -> None:
    (reading,) = reader.read([draw_line(text)])
    assert not is_sure(reading)


@pytest.mark.parametrize(
    ("score", "weakest", "sure"), [(0.97, 0.7, True), (0.9, 0.7, False), (0.95, 0.33, False)]
)
def test_one_doubtful_character_is_enough_to_doubt(score: float, weakest: float, sure: bool) -> None:
    assert is_sure(LineReading("际县人民政府", score, weakest=weakest)) is sure


def test_only_what_it_doubts_goes_to_the_engine(engine: OnnxEngine) -> None:
    clear = [draw_line(text) for text in PRINTED]
    counted = _Counted(engine)
    assert tuple(r.text for r in read_cell_lines(counted, clear)) == PRINTED
    assert counted.asked == 0
    small = cv2.resize(
        draw_line("本机关不掌握相关政府信息"), None, fx=0.16, fy=0.16, interpolation=cv2.INTER_AREA
    )
    assert not is_sure(quick_reader(2).read([small])[0])
    read_cell_lines(counted, [small])
    assert counted.asked == 1


@pytest.mark.parametrize("text", ["12万元", "共12件", "(其中修订39件)", "3.5万元整"])
def test_a_number_among_words_in_a_cell_is_the_engines(engine: OnnxEngine, text: str) -> None:
    counted = _Counted(engine)
    read_cell_lines(counted, [draw_line(text)])
    assert counted.asked >= 1


def test_the_count_of_a_label_is_no_number(engine: OnnxEngine) -> None:
    counted = _Counted(engine)
    (reading,) = read_cell_lines(counted, [draw_line("2.其他法律行政法规禁止公开")])
    assert (reading.text, counted.asked) == ("2.其他法律行政法规禁止公开", 0)


@pytest.mark.parametrize("text", ["度", "理", "果", "总", "计"])
def test_a_character_of_a_label_printed_downwards_is_taken_alone(reader: QuickReader, text: str) -> None:
    (reading,) = reader.read([draw_line(text)])
    assert reading.text == text
    assert is_sure(reading)


@pytest.mark.parametrize("text", ["无", "口", "日", "十", "工", "元", "八", "0", "A"])
def test_one_that_looks_like_a_number_is_not_however_sure(text: str) -> None:
    assert not is_sure(LineReading(text, 1.0, weakest=1.0))


def test_one_character_is_taken_only_when_it_is_sure() -> None:
    assert is_sure(LineReading("度", 0.995, weakest=0.995))
    assert not is_sure(LineReading("度", 0.95, weakest=0.95))


def test_a_bracket_counts_with_both_of_its_forms() -> None:
    """Which of them it is nobody can tell: each has half of the probability."""
    alphabet = ("第", "（", "(")
    head = _WordHead(cast("Network", None), alphabet, np.array([0, 0, 2, 1]))
    classes = np.array([1, 0, 2], np.int32)
    scores = np.array([0.98, 0.99, 0.5], np.float32)
    others = np.array([[0.99, 0.3, 0.3], [0.0, 0.3, 0.3], [0.0, 0.5, 0.49]], np.float32)
    reading = head.decode(scores, classes, others)
    assert reading.text == "第（"
    assert reading.weakest == pytest.approx(0.98)
    assert reading.score == pytest.approx((0.98 + 0.99) / 2)


def test_no_character_is_more_than_certain(reader: QuickReader) -> None:
    """Its other form's probability is added to its own, not its own once more."""
    readings = reader.read([draw_line(text) for text in ("第二十条第（一）项", "(七)总计", "总计：3")])
    assert all(0.9 < r.score <= 1.001 for r in readings)


def test_a_day_in_the_guidance_of_a_label_is_no_number() -> None:
    assert not holds_number("（指1月1日至12月31日收到的申请）")
    assert holds_number("12月报3件")


def test_the_weights_are_those_that_the_doctor_knows() -> None:
    assert sha256(WEIGHTS.read_bytes()).hexdigest() == QUICK.sha256


def test_an_empty_crop_reads_as_nothing(reader: QuickReader) -> None:
    assert [r.text for r in reader.read([np.zeros((0, 9, 3), np.uint8)])] == [""]

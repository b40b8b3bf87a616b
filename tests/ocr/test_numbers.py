"""The number reader on lines drawn here, beside the engine and alone."""

from __future__ import annotations

import json
import math
from hashlib import sha256

import numpy as np
import pytest
from gouji.document.page import RGB
from gouji.document.reading import NOTHING_READ, Candidate, LineReading
from gouji.models.weights import NUMBERS
from gouji.ocr.cells import read_cell_lines
from gouji.ocr.numbers import WEIGHTS, NumberReader
from gouji.ocr.onnx import OnnxEngine
from PIL import Image, ImageDraw

from fixtures.scanmaker.fonts import find_cjk_face, load_font


@pytest.fixture(scope="module")
def reader() -> NumberReader:
    return NumberReader()


def draw_line(text: str, family: str = "song", size: int = 30) -> RGB:
    """(1.4 × size, w, 3) uint8, the text in black on white as cells are cut."""
    font = load_font(find_cjk_face(family), size)
    image = Image.new("RGB", (round(font.getlength(text) + 0.5 * size), round(1.4 * size)), "white")
    ImageDraw.Draw(image).text((0.25 * size, 1.07 * size), text, "black", font, anchor="ls")
    return np.asarray(image)


def best(reading: LineReading) -> tuple[str, float]:
    """The most probable number and its probability."""
    (candidate, *_) = reading.candidates
    return candidate.text, math.exp(candidate.log_prob)


FAMILIES = ("song", "kai", "hei", "zenhei")
PRINTED = ("0", "7", "11", "1989", "2,750,936", "251000.47", "/", "-4", "20063")


def test_reads_numbers(reader: NumberReader) -> None:
    wanted = [(text, family) for text in PRINTED for family in FAMILIES]
    found = [best(r) for r in reader.read([draw_line(*w) for w in wanted])]
    assert [text for text, _ in found] == [text for text, _ in wanted]
    assert min(probability for _, probability in found) > 0.8  # drawn otherwise than cells are cut: less sure


@pytest.mark.parametrize("text", ["总计", "无", "3件", "1.属于国家秘密", "减4"])
def test_knows_what_is_no_number(reader: NumberReader, text: str) -> None:
    (reading,) = reader.read([draw_line(text)])
    assert not any(c.text and math.exp(c.log_prob) > 0.05 for c in reading.candidates)


def test_a_reading_does_not_depend_on_what_is_read_beside_it(reader: NumberReader) -> None:
    crops = [draw_line(text) for text in ("0", "1234567", "88", "/", "12.5", "401")]
    together = [best(r) for r in reader.read(crops)]
    alone = [best(reader.read([crop])[0]) for crop in crops]
    assert [t for t, _ in together] == [t for t, _ in alone]
    assert [p for _, p in together] == pytest.approx([p for _, p in alone], abs=0.02)


def test_empty_and_long_crops_read_as_nothing(reader: NumberReader) -> None:
    empty, long = np.zeros((0, 9, 3), np.uint8), np.full((20, 900, 3), 255, np.uint8)
    assert [r.text for r in reader.read([empty, long])] == ["", ""]
    assert reader.read([]) == ()


def test_the_card_belongs_to_the_weights() -> None:
    card = json.loads(WEIGHTS.with_suffix(".json").read_text(encoding="utf-8"))
    assert card["sha256"] == NUMBERS.sha256 == sha256(WEIGHTS.read_bytes()).hexdigest()


class _Fixed:
    """A reader of one opinion."""

    def __init__(self, *candidates: Candidate) -> None:
        self._reading = LineReading(candidates[0].text, 0.5, candidates)

    def read(self, crops: object) -> tuple[LineReading, ...]:
        return (self._reading,)


def test_what_the_reader_doubts_the_engine_reads_too(engine: OnnxEngine) -> None:
    crop = draw_line("8")
    (doubted,) = read_cell_lines(
        engine, [crop], _Fixed(Candidate("3", math.log(0.9)), Candidate("8", math.log(0.1)))
    )
    shares = {c.text: math.exp(c.log_prob) for c in doubted.candidates}
    assert shares["3"] == pytest.approx(0.45)
    assert 0.5 < shares["8"] < 0.56
    (sure,) = read_cell_lines(engine, [crop], _Fixed(Candidate("3", math.log(0.999))))
    assert [c.text for c in sure.candidates] == ["3"]
    (nothing,) = read_cell_lines(
        engine, [crop], _Fixed(Candidate("", math.log(0.9)), Candidate("3", math.log(0.1)))
    )
    assert best(nothing)[0] == "8"


def test_common_characters_read_labels_as_all_do(engine: OnnxEngine) -> None:
    crops = [
        draw_line(text)
        for text in ("本机关不掌握相关政府信息", "（七）总计", "社会公益组织", "3.危及“三安全一稳定”")
    ]
    assert [r.text for r in engine.recognize(crops, labels=True)] == [r.text for r in engine.recognize(crops)]


def test_a_rare_character_needs_all(engine: OnnxEngine) -> None:
    crop = draw_line("濮阳市人民政府")
    assert engine.recognize([crop])[0].text == "濮阳市人民政府"
    assert engine.recognize([crop], labels=True)[0].text != "濮阳市人民政府"


def test_numbers_set_wide_apart_are_short_enough_and_labels_are_not(reader: NumberReader) -> None:
    number, label = reader.read(
        [draw_line("１２３４５６．７８"), draw_line("二、上年结转政府信息公开申请数量")]
    )
    assert number != NOTHING_READ
    assert label == NOTHING_READ

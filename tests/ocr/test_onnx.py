"""The real engine on rendered digits and on crops of committed scans."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from gouji.document.page import RGB, PageImage
from gouji.document.reading import NOTHING_READ, LineReading
from gouji.ocr.engine import NUMERIC_ALPHABET, Engine
from gouji.ocr.onnx import OnnxEngine
from PIL import Image, ImageDraw, ImageFont

NUMBERS = ("0", "7", "11", "746", "1,234", "2750936", "1208.64", "-8", "3035", "98765432")


def draw_line(text: str, height: int = 34) -> RGB:
    """A line of black print on white, (h, w, 3) uint8."""
    font = ImageFont.load_default(height * 0.68)
    width = round(font.getlength(text)) + height
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).text((width / 2, height / 2), text, "black", font, anchor="mm")
    return np.asarray(image)


@pytest.fixture(scope="module")
def readings(engine: OnnxEngine) -> tuple[LineReading, ...]:
    return tuple(engine.recognize([draw_line(text) for text in NUMBERS]))


def test_rendered_numbers_are_read_in_order(readings: tuple[LineReading, ...]) -> None:
    assert tuple(r.text for r in readings) == NUMBERS
    assert all(r.score > 0.9 for r in readings)
    assert tuple(r.candidates[0].text for r in readings) == NUMBERS


def test_candidates_are_numeric_and_their_probabilities_sum_to_at_most_one(
    readings: tuple[LineReading, ...],
) -> None:
    for reading in readings:
        shares = [math.exp(c.log_prob) for c in reading.candidates]
        assert shares == sorted(shares, reverse=True)
        assert 0.8 < sum(shares) <= 1 + 1e-4
        assert all(set(c.text) <= set(NUMERIC_ALPHABET) for c in reading.candidates)


def test_order_and_result_do_not_depend_on_the_batch(
    engine: OnnxEngine, readings: tuple[LineReading, ...]
) -> None:
    backwards = engine.recognize([draw_line(text) for text in reversed(NUMBERS)])
    assert tuple(r.text for r in reversed(backwards)) == NUMBERS
    (alone,) = engine.recognize([draw_line(NUMBERS[3])])
    assert alone.text == NUMBERS[3]
    assert alone.candidates[0].log_prob == pytest.approx(readings[3].candidates[0].log_prob, abs=0.01)


@pytest.mark.parametrize("shape", [(0, 0, 3), (0, 40, 3), (30, 0, 3)])
def test_an_empty_crop_reads_as_nothing_and_keeps_its_place(
    engine: OnnxEngine, shape: tuple[int, int, int]
) -> None:
    empty = np.zeros(shape, np.uint8)
    first, second, third = engine.recognize([draw_line("746"), empty, draw_line("12")])
    assert (first.text, second, third.text) == ("746", NOTHING_READ, "12")
    assert engine.recognize([]) == ()


def test_it_reads_on_after_a_crop_that_cannot_be_read(engine: OnnxEngine) -> None:
    colourless = np.zeros((34, 400), np.uint8)
    read: list[str] = []

    def work() -> None:
        for _ in range(engine.parallel + 1):
            with suppress(Exception):  # whatever it is, no lane may be lost by it
                engine.recognize([draw_line("7"), colourless])
                read.append("a picture without colours")
        read.append(engine.recognize([draw_line("7")])[0].text)

    worker = Thread(target=work, daemon=True)
    worker.start()
    worker.join(60)
    assert read == ["7"]


def test_bare_paper_reads_as_no_number(engine: OnnxEngine) -> None:
    (reading,) = engine.recognize([np.full((34, 60, 3), 250, np.uint8)])
    assert reading.text.strip() == ""


@pytest.mark.parametrize("digits", ["11", "571", "60"])
def test_digits_set_wide_apart_are_a_number(engine: OnnxEngine, digits: str) -> None:
    """As 全角 digits stand, １１."""
    crop = np.hstack([draw_line(digit) for digit in digits])
    (reading,) = engine.recognize([crop])
    assert " " in reading.text
    assert reading.candidates[0].text == digits
    assert math.exp(reading.candidates[0].log_prob) > 0.9


def test_a_very_long_and_a_very_narrow_crop_are_read(engine: OnnxEngine) -> None:
    long, narrow = engine.recognize([np.full((20, 3000, 3), 255, np.uint8), draw_line("1")[:, 15:22]])
    assert long.text.strip() == ""
    assert len(narrow.text) <= 1


def test_values_of_a_committed_scan_are_read(
    engine: OnnxEngine, demo_pages: tuple[PageImage, ...], scans: Path
) -> None:
    truth = json.loads((scans / "demo.truth.json").read_text("utf-8"))
    page = np.array(truth["scan_from_clean"][0])
    crops, printed = [], []
    for cell_id, (number, *box) in truth["boxes"].items():
        if number == 1:
            x0, y0, x1, y1 = box
            corners = np.array([[x0, y0, 1], [x1, y1, 1]]) @ page.T
            (left, top), (right, bottom) = np.rint(corners[:, :2]).astype(int)
            crops.append(demo_pages[0].pixels[top + 14 : bottom - 12, left + 16 : right - 16])
            printed.append(str(truth["cells"][cell_id]))
    assert len(printed) > 10
    # A lone 0 may read as O over the whole alphabet; the numeric candidates tell.
    assert [r.candidates[0].text for r in engine.recognize(crops)] == printed


def test_text_lines_are_found_where_they_stand(engine: OnnxEngine) -> None:
    paper = np.full((300, 500, 3), 255, np.uint8)
    places = {"2750936": (60, 40), "1208.64": (250, 190)}
    for text, (x, y) in places.items():
        line = draw_line(text, 44)
        paper[y : y + line.shape[0], x : x + line.shape[1]] = line
    boxes = sorted((box.quad.to_bbox() for box in engine.detect(paper)), key=lambda b: b.y0)
    assert len(boxes) == 2
    for box, (text, (x, y)) in zip(boxes, places.items(), strict=True):
        width = draw_line(text, 44).shape[1]
        assert box.center == pytest.approx((x + width / 2, y + 22), abs=8)
        assert engine.recognize([paper[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)]])[0].text == text


def test_nothing_is_found_on_bare_paper(engine: OnnxEngine) -> None:
    assert engine.detect(np.full((200, 300, 3), 255, np.uint8)) == ()


def test_it_is_an_engine_and_says_its_name(engine: OnnxEngine) -> None:
    as_engine: Engine = engine
    assert as_engine.name.startswith("PP-OCRv6-small openvino-")


def test_lines_of_more_frames_than_are_told_apart_at_a_time_are_read_whole(engine: OnnxEngine) -> None:
    """Among all characters 64 frames at a time: of four short lines 96, of a long one 160."""
    texts = ("1208642750936", "98765432101234567890", "3035", "746", "11", "2750936")
    lines = [draw_line(text, 48) for text in texts]
    alone = [engine.recognize([line])[0] for line in lines]
    together = engine.recognize(lines)
    assert tuple(r.text for r in together) == tuple(r.text for r in alone) == texts
    assert [r.weakest for r in together] == pytest.approx([r.weakest for r in alone], abs=0.02)

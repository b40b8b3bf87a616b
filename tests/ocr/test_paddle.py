"""The PaddleOCR engine: what it prepares always, what it reads only where PaddleOCR is installed (`make test-paddle`)."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
from gouji.document.errors import MissingPartError, OutputError
from gouji.document.geometry import BBox, Homography
from gouji.document.limits import Limits
from gouji.document.page import RGB
from gouji.layout.crop import straighten
from gouji.models.opencv import check_single_opencv
from gouji.models.weights import DETECTION, RECOGNITION, find_weights
from gouji.ocr import paddle
from gouji.ocr.alphabet import read_alphabet
from gouji.ocr.paddle import PaddleEngine, default_cache, write_model_folder
from gouji.ocr.pages import open_pages, open_source
from gouji.pipeline import digitize

SCANS = Path(__file__).resolve().parents[2] / "fixtures" / "scans"


def needs_paddle(test: Any) -> Any:
    skip = pytest.mark.skipif(
        importlib.util.find_spec("paddleocr") is None,
        reason="PaddleOCR is not installed here; it needs an environment of its own: make test-paddle",
    )
    return pytest.mark.paddle(skip(test))


def test_the_alphabet_is_that_of_the_weights() -> None:
    alphabet = read_alphabet(find_weights(RECOGNITION))
    assert len(alphabet) == 18_708
    assert alphabet[:3] == ("!", '"', "#")
    assert all(len(character) == 1 for character in alphabet)
    assert set("0123456789无信息公开") <= set(alphabet)


def test_a_model_without_characters_is_refused() -> None:
    with pytest.raises(MissingPartError, match="det_small"):
        read_alphabet(find_weights(DETECTION))


@pytest.mark.parametrize("content", [b"\x72\xff", b"\x07", b"\x80", b"not a model at all", b""])
def test_a_damaged_model_is_refused(tmp_path: Path, content: bytes) -> None:
    model = tmp_path / "model.onnx"
    model.write_bytes(content)
    with pytest.raises(MissingPartError, match="model.onnx"):
        read_alphabet(model)


def test_a_model_folder_holds_weights_and_configuration(tmp_path: Path) -> None:
    weights = tmp_path / "weights.onnx"
    weights.write_bytes(b"weights")
    folder = write_model_folder(tmp_path / "cache", weights, {"characters": ["政", "'", "\u3000"]})
    assert (folder / "inference.onnx").read_bytes() == b"weights"
    assert json.loads((folder / "inference.yml").read_text(encoding="utf-8")) == {
        "characters": ["政", "'", "\u3000"]
    }
    assert [p.name for p in (tmp_path / "cache").iterdir()] == [folder.name], "no draft stays behind"


def test_a_model_folder_is_made_once_and_anew_for_other_content(tmp_path: Path) -> None:
    weights = tmp_path / "weights.onnx"
    weights.write_bytes(b"weights")
    first = write_model_folder(tmp_path, weights, {"a": 1})
    made = (first / "inference.yml").stat().st_mtime_ns
    assert write_model_folder(tmp_path, weights, {"a": 1}) == first
    assert (first / "inference.yml").stat().st_mtime_ns == made
    assert write_model_folder(tmp_path, weights, {"a": 2}) != first
    weights.write_bytes(b"others")
    assert write_model_folder(tmp_path, weights, {"a": 1}) != first


def test_where_links_are_impossible_the_weights_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> NoReturn:
        raise OSError("no links here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    weights = tmp_path / "weights.onnx"
    weights.write_bytes(b"weights")
    folder = write_model_folder(tmp_path, weights, {})
    assert (folder / "inference.onnx").read_bytes() == b"weights"


def test_a_process_that_was_slower_takes_the_folder_of_the_faster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def be_overtaken(draft: Path, folder: Path) -> Path:
        shutil.copytree(draft, folder)
        return rename(draft, folder)

    monkeypatch.setattr(Path, "rename", be_overtaken)
    weights = tmp_path / "weights.onnx"
    weights.write_bytes(b"weights")
    folder = write_model_folder(tmp_path / "cache", weights, {})
    assert (folder / "inference.onnx").read_bytes() == b"weights"
    assert [p.name for p in (tmp_path / "cache").iterdir()] == [folder.name]


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    weights = tmp_path / "weights.onnx"
    weights.write_bytes(b"weights")
    with pytest.raises(OutputError, match="XDG_CACHE_HOME"):
        write_model_folder(weights / "cache", weights, {})


def test_the_cache_follows_the_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache() == tmp_path / "gouji" / "paddle"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert default_cache() == Path.home() / ".cache" / "gouji" / "paddle"


def test_batches_are_of_like_width_and_bounded() -> None:
    widths = [320, 0, 3200, 400, 320, 10_000, 20_000]
    batches = paddle._batches(widths)
    assert sorted(i for batch in batches for i in batch) == [0, 2, 3, 4, 5, 6]
    assert batches[0] == [0, 4, 3]
    for batch in batches:
        widest = max(widths[i] for i in batch)
        assert len(batch) == 1 or widest * len(batch) <= paddle.BATCH_WIDTH


def test_without_paddleocr_the_message_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "paddleocr", None)
    for variable in paddle.OFFLINE:
        monkeypatch.setenv(variable, "kept")
    monkeypatch.setenv("PADDLE_PDX_CACHE_HOME", "kept")
    with pytest.raises(MissingPartError, match="docs/paddle.md"):
        PaddleEngine(find_weights(DETECTION), find_weights(RECOGNITION), cache=tmp_path)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaddleEngine]:
    """Loads and works without network: every attempt to reach one fails the test."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("the engine asked for the network")

    check_single_opencv()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        yield PaddleEngine(
            find_weights(DETECTION), find_weights(RECOGNITION), cache=tmp_path_factory.mktemp("cache")
        )


@pytest.fixture(scope="module")
def page() -> RGB:
    source = open_source(SCANS / "demo.pdf", Limits())
    with open_pages(source, Limits()) as pages:
        return pages.read(0).pixels


def truth() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((SCANS / "demo.truth.json").read_text(encoding="utf-8"))
    return data


@needs_paddle
def test_the_name_says_what_runs_the_model(engine: PaddleEngine) -> None:
    assert engine.name.startswith("PP-OCRv6-small paddleocr-3.")
    assert "onnxruntime-" in engine.name


@needs_paddle
def test_onnx_runtime_reports_to_nobody(engine: PaddleEngine) -> None:
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"


@needs_paddle
def test_finds_and_reads_the_lines_of_a_page(engine: PaddleEngine, page: RGB) -> None:
    boxes = engine.detect(page)
    texts = [r.text for r in engine.recognize([straighten(page, box.quad) for box in boxes])]
    assert len(boxes) > 40
    assert {"行政许可", "二、上年结转政府信息公开申请数量"} <= set(texts)
    assert any("年度报告" in text for text in texts)
    height, width = page.shape[:2]
    for box in boxes:
        assert 0 < box.score <= 1
        bbox = box.quad.to_bbox()
        assert 0 <= bbox.x0 < bbox.x1 <= width
        assert 0 <= bbox.y0 < bbox.y1 <= height
        (x0, y0), (x1, _), _, (_, y3) = box.quad.points
        assert x0 < x1, "the first corner is at the top left, the next ones clockwise"
        assert y0 < y3


@needs_paddle
def test_reads_cells_cut_out_where_the_truth_says(engine: PaddleEngine, page: RGB) -> None:
    known = truth()
    to_scan = Homography(np.array(known["scan_from_clean"][0]))
    crops, printed = [], []
    for cell_id, (number, x0, y0, x1, y1) in known["boxes"].items():
        value = known["cells"][cell_id]
        if number == 1 and value is not None:
            crops.append(straighten(page, to_scan.apply_quad(BBox(x0 + 5, y0 + 5, x1 - 5, y1 - 5).to_quad())))
            printed.append(str(value))
    readings = engine.recognize(crops)
    assert len(printed) > 20
    assert [r.text for r in readings] == printed
    assert all(0.5 < r.score <= 1 for r in readings)
    assert all(r.candidates == () for r in readings), "the public API gives no posterior"


@needs_paddle
def test_the_order_of_the_crops_is_kept(engine: PaddleEngine, page: RGB) -> None:
    crops = [straighten(page, box.quad) for box in engine.detect(page)[10:30]]
    texts = [r.text for r in engine.recognize(crops)]
    assert [r.text for r in engine.recognize(crops[::-1])] == texts[::-1]
    assert len(set(texts)) > 6


@needs_paddle
def test_nothing_is_read_where_nothing_is(engine: PaddleEngine) -> None:
    assert engine.recognize([]) == ()
    nothing = np.zeros((0, 40, 3), np.uint8)
    white = np.full((48, 200, 3), 255, np.uint8)
    readings = engine.recognize([nothing, white])
    assert [(r.text, r.score) for r in readings] == [("", 0.0), ("", 0.0)]
    assert engine.detect(nothing) == ()
    assert engine.detect(white) == ()


@needs_paddle
def test_a_report_is_read_as_it_is_printed(engine: PaddleEngine) -> None:
    record = digitize(open_source(SCANS / "demo.pdf", Limits()), engine, Limits()).record
    known = truth()
    assert {cell.id: cell.value for cell in record.cells} == known["cells"]
    assert record.title is not None
    assert record.title.text == known["title"]
    assert record.provenance.ocr_model.split(", ")[0] == engine.name
    assert record.failures == ()

"""Pages scanned on their side or head come upright, and skew is measured."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from gouji.document.geometry import Homography
from gouji.document.page import RGB, PageImage
from gouji.layout.page import sheet_from_above
from gouji.ocr.quick import QuickReader, quick_reader
from gouji.ocr.upright import _is_set_closely, estimate_skew, make_upright, turn_page, turn_upright

from .test_numbers import draw_line


def scanned(pixels: RGB, dpi: float) -> PageImage:
    """A page as it comes from a file."""
    height, width = pixels.shape[:2]
    return PageImage(0, pixels, dpi, Homography.identity(), (width, height))


@pytest.fixture(scope="module")
def reader() -> QuickReader:
    return quick_reader(2)


@pytest.fixture(scope="module")
def small_page(demo_pages: tuple[PageImage, ...]) -> RGB:
    """The demo's first page at 120 dpi, as scanned."""
    return cv2.resize(demo_pages[0].pixels, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_turned_page_comes_back_upright(reader: QuickReader, small_page: RGB, turn: int) -> None:
    lying = scanned(np.ascontiguousarray(np.rot90(small_page, k=turn // 90)), 120)  # counter-clockwise
    found = make_upright(lying, reader)
    assert found.page.rotation == turn
    assert np.array_equal(found.page.pixels, small_page)
    assert found.page.scan_size == lying.size
    width, height = found.page.size
    corners = [(0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1), (width // 3, height // 4)]
    for (x, y), (u, v) in zip(corners, found.page.to_scan.apply(corners), strict=True):
        assert np.array_equal(lying.pixels[round(v), round(u)], found.page.pixels[y, x])
    again = turn_upright(lying, found.page.rotation, found.skew)
    assert np.array_equal(again.page.pixels, small_page)
    assert (again.page.rotation, again.skew) == (turn, found.skew)
    placed = found.page.to_scan.apply(corners[:1])[0].tolist()
    right, bottom = lying.size[0] - 1, lying.size[1] - 1
    assert placed == {0: [0, 0], 90: [0, bottom], 180: [right, bottom], 270: [right, 0]}[turn]


def test_the_likely_turn_gives_the_same_page(reader: QuickReader, small_page: RGB) -> None:
    lying = scanned(np.ascontiguousarray(np.rot90(small_page, k=1)), 120)
    assert make_upright(lying, reader, likely=90).page.rotation == 90
    assert make_upright(lying, reader, likely=270).page.rotation == 90


def test_a_page_without_text_stays_as_it_is(reader: QuickReader) -> None:
    found = make_upright(scanned(np.full((400, 300, 3), 255, np.uint8), 50), reader)
    assert (found.page.rotation, found.skew) == (0, 0.0)


def test_four_quarter_turns_are_none(small_page: RGB) -> None:
    page = scanned(small_page, 120)
    for _ in range(4):
        page = turn_page(page, 90)
    assert np.array_equal(page.pixels, small_page)
    assert page.rotation == 0
    assert page.to_scan.apply([(3, 5)])[0] == pytest.approx((3, 5))


def turned_by(pixels: RGB, degrees: float) -> RGB:
    """The picture turned counter-clockwise on white paper."""
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    white = (255, 255, 255)
    return np.asarray(
        cv2.warpAffine(pixels, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=white)
    )


@pytest.mark.parametrize(
    "degrees",
    [
        -7.0,
        -2.3,
        -0.7,
        -0.2,
        0.18,
        0.0,
        0.35,
        1.1,
        4.5,
    ],
)
@pytest.mark.parametrize("index", [0, 2], ids=["tables", "text"])
def test_skew_is_measured(demo_pages: tuple[PageImage, ...], index: int, degrees: float) -> None:
    page = demo_pages[index]
    level = turned_by(page.pixels, -KNOWN_SKEW[index])
    assert estimate_skew(turned_by(level, degrees), page.dpi) == pytest.approx(degrees, abs=0.15)


KNOWN_SKEW = {0: -0.769, 2: -0.955}
"""Degrees counter-clockwise by which the demo's pages were turned when they were made: arcsin of the maps in its truth file."""


def photographed(pixels: RGB) -> RGB:
    """The page on a dark desk, seen from its lower left, its right side curled: (h, w, 3) uint8."""
    height, width = pixels.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    curled = cv2.remap(
        pixels, xs, ys - 0.09 * height * (xs / width) ** 2, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = np.array([[0.1, 0.03], [0.85, 0.38], [0.8, 0.97], [0.05, 0.7]], np.float32) * (width, height)
    matrix = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
    return np.asarray(cv2.warpPerspective(curled, matrix, (width, height), borderValue=(40, 35, 30)))


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_tables_photograph_comes_upright_by_its_sheet_seen_from_above(
    reader: QuickReader, demo_pages: tuple[PageImage, ...], turn: int
) -> None:
    """Lines that run apart give short samples, among them the table's label printed downwards."""
    photo = photographed(demo_pages[1].pixels)
    lying = scanned(np.ascontiguousarray(np.rot90(photo, k=turn // 90)), 200)
    found = make_upright(lying, reader, above=sheet_from_above)
    assert found.page.rotation == turn
    assert np.array_equal(found.page.pixels, photo)
    if turn == 0:
        assert make_upright(lying, reader).page.rotation != 0, "no photograph that needs it"


def test_the_skew_of_a_page_of_text_alone_is_seen_in_its_lines() -> None:
    """Set with so much space between the lines, the end of a line stands level with the next one's beginning at 7 degrees."""
    page = np.full((2339, 1654, 3), 255, np.uint8)
    text = "依申请公开政府信息的内容和统计期限由本机关负责解释"
    for k in range(28):
        line = draw_line(text[7 * k % 25 :] + text[: 7 * k % 25], size=46)
        page[200 + 70 * k : 200 + 70 * k + line.shape[0], 150 : 150 + line.shape[1]] = line
    for degrees in (-2.0, -0.5, 0.0, 0.5, 2.0):
        assert estimate_skew(turned_by(page, degrees), 200) == pytest.approx(degrees, abs=0.15)


def test_rulings_between_characters_are_no_text() -> None:
    """Of a table on its side each label's character stands between two rulings, 一 as it reads: a sure line, and none."""
    assert _is_set_closely("属于国家秘密其他法律", np.zeros((48, 400, 3), np.uint8))
    assert not _is_set_closely("性一案一事一相一需一容一类一", np.zeros((48, 560, 3), np.uint8))


def test_characters_below_each_other_are_no_line(reader: QuickReader) -> None:
    """Labels of a table whose rows stand close: on its side their characters line up, each of them turned, and are read surely."""
    page = np.full((1400, 1000, 3), 255, np.uint8)
    for k in range(34):
        line = draw_line("属于国家秘密其他法律", size=24)
        page[60 + 37 * k : 60 + 37 * k + line.shape[0], 80 : 80 + line.shape[1]] = line
    for turn in (0, 90, 180, 270):
        lying = scanned(np.ascontiguousarray(np.rot90(page, k=turn // 90)), 150)
        assert make_upright(lying, reader).page.rotation == turn

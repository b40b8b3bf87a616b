"""Pixels of PNG, JPEG and TIFF pages: modes, turns, pages of a TIFF, resolution."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from gouji.document.errors import (
    DamagedFileError,
    InputError,
    PageError,
)
from gouji.document.limits import Limits
from gouji.ocr.pages import choose_dpi, open_pages, open_source
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from fixtures.synthetic.pictures import LIMITS, difference, draw_page, encode, read_all


def save_modes(kind: str, mode: str) -> tuple[bytes, Image.Image]:
    image = draw_page(mode="L" if mode == "I;16" else mode)
    if mode == "I;16":
        wide = np.asarray(image).astype(np.uint16) * 257
        return encode(Image.fromarray(wide), kind), image
    return encode(image, kind), image


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        *(("PNG", mode) for mode in ("1", "L", "P", "RGB", "I;16")),
        *(("TIFF", mode) for mode in ("1", "L", "P", "RGB", "CMYK", "I;16")),
        *(("JPEG", mode) for mode in ("L", "RGB", "CMYK")),
    ],
)
def test_every_mode_becomes_rgb(tmp_path: Path, kind: str, mode: str) -> None:
    content, expected = save_modes(kind, mode)
    (tmp_path / "scan").write_bytes(content)
    [page] = read_all(tmp_path / "scan")
    assert difference(page, expected) < (2 if kind == "JPEG" else 0.01)


def test_sixteen_bits_with_white_as_zero(tmp_path: Path) -> None:
    wide = 65535 - np.asarray(draw_page(mode="L")).astype(np.uint16) * 257
    content = bytearray(encode(Image.fromarray(wide), "TIFF"))
    photometric = content.index(struct.pack("<HHI", 262, 3, 1))
    content[photometric + 8] = 0
    (tmp_path / "scan").write_bytes(bytes(content))
    [page] = read_all(tmp_path / "scan")
    assert difference(page, draw_page(mode="L")) < 1


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("PNG", "LA"), ("PNG", "P"), ("TIFF", "RGBA")])
def test_transparency_lies_on_white(tmp_path: Path, kind: str, mode: str) -> None:
    page = draw_page(mode="L")
    clear = Image.new("LA", page.size)  # black, and wholly transparent
    clear.paste(
        Image.merge("LA", [page, Image.new("L", page.size, 255)]),
        (0, 0),
        page.point(lambda v: 255 * (v < 200)),
    )
    if mode == "P":
        palette = page.point(lambda v: int(v > 200)).convert("P")
        palette.putpalette([0, 0, 0, 200, 0, 0])
        content = encode(palette, kind, transparency=1)
    else:
        content = encode(clear.convert(mode), kind)
    (tmp_path / "scan").write_bytes(content)
    [read] = read_all(tmp_path / "scan")
    assert read.pixels[0, 0].tolist() == [255, 255, 255]
    assert read.pixels[50, 60].tolist() == [0, 0, 0]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "PNG"])
def test_orientation_is_applied(tmp_path: Path, kind: str, orientation: int) -> None:
    upright = draw_page()
    undo: dict[int, Callable[[Image.Image], Image.Image]] = {
        2: lambda im: im.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: lambda im: im.transpose(Image.Transpose.ROTATE_180),
        4: lambda im: im.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: lambda im: im.transpose(Image.Transpose.TRANSPOSE),
        6: lambda im: im.transpose(Image.Transpose.ROTATE_90),
        7: lambda im: im.transpose(Image.Transpose.TRANSVERSE),
        8: lambda im: im.transpose(Image.Transpose.ROTATE_270),
    }
    stored = undo[orientation](upright) if orientation in undo else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    (tmp_path / "photo").write_bytes(encode(stored, kind, exif=exif, dpi=(50, 50)))
    [page] = read_all(tmp_path / "photo")
    assert difference(page, upright) < 2
    assert (page.scan_size, round(page.dpi)) == ((413, 585), 50)


def test_tiff_pages_without_thumbnails_and_masks(tmp_path: Path) -> None:
    sizes = [(413, 585), (41, 58), (412, 584), (410, 580)]
    images = [draw_page(size, "L") for size in sizes]
    for image, subfile_type in zip(images, (0, 1, 2, 4), strict=True):
        image.encoderinfo = {"tiffinfo": {254: subfile_type}}
    images[0].save(tmp_path / "a.tif", save_all=True, append_images=images[1:])
    pages = read_all(tmp_path / "a.tif")
    assert [(page.index, page.size) for page in pages] == [(0, sizes[0]), (1, sizes[2])]


def test_photo_with_a_preview_is_one_page(tmp_path: Path) -> None:
    content = encode(draw_page(), "MPO", save_all=True, append_images=[draw_page((100, 140))])
    (tmp_path / "a.jpg").write_bytes(content)
    [page] = read_all(tmp_path / "a.jpg")
    assert difference(page, draw_page()) < 3


def test_one_broken_page_of_a_tiff(tmp_path: Path) -> None:
    images = [draw_page(mode="L")] * 3
    images[0].save(tmp_path / "a.tif", save_all=True, append_images=images[1:], compression="tiff_deflate")
    content = bytearray((tmp_path / "a.tif").read_bytes())
    with Image.open(tmp_path / "a.tif") as tiff:
        assert isinstance(tiff, TiffImageFile)
        tiff.seek(1)
        start, *_ = tiff.tag_v2[273]
    content[start : start + 40] = b"\xff" * 40
    (tmp_path / "a.tif").write_bytes(bytes(content))
    source = open_source(tmp_path / "a.tif", LIMITS)
    with open_pages(source, LIMITS) as pages:
        assert difference(pages.read(0), images[0]) == 0
        with pytest.raises(PageError, match=r"Page 2 of a\.tif"):
            pages.read(1)
        assert difference(pages.read(2), images[0]) == 0


def test_tiff_whose_list_of_pages_breaks_off(tmp_path: Path) -> None:
    images = [draw_page(mode="L")] * 3
    images[0].save(tmp_path / "a.tif", save_all=True, append_images=images[1:])
    content = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "a.tif").write_bytes(content[: len(content) // 3 + 100])
    with pytest.raises(DamagedFileError, match=r"a\.tif"):
        open_source(tmp_path / "a.tif", LIMITS)


def test_big_tiff(tmp_path: Path) -> None:
    image = draw_page()
    image.save(tmp_path / "a.tif", big_tiff=True, save_all=True, append_images=[image])
    assert [difference(page, image) for page in read_all(tmp_path / "a.tif")] == [0, 0]


@pytest.mark.parametrize(
    ("claim", "size", "dpi"),
    [
        (300.0, (2480, 3508), 300.0),
        (300.0, (3508, 2480), 300.0),
        (None, (2480, 3508), 2480 / 8.27),
        (72.0, (2480, 3508), 2480 / 8.27),  # 875 mm wide
        (1200.0, (2480, 3508), 2480 / 8.27),  # 52 mm wide
        (1.0, (2480, 3508), 2480 / 8.27),
        (2400.0, (19840, 28064), 19840 / 8.27),
    ],
)
def test_dpi_is_taken_where_believable(claim: float | None, size: tuple[int, int], dpi: float) -> None:
    assert choose_dpi(claim, size) == pytest.approx(dpi)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_dpi_of_the_file(tmp_path: Path, kind: str) -> None:
    (tmp_path / "a").write_bytes(encode(draw_page((600, 800)), kind, dpi=(100, 100)))
    assert read_all(tmp_path / "a")[0].dpi == pytest.approx(100, abs=0.1)


def test_fax_pixels_become_square(tmp_path: Path) -> None:
    flat = draw_page((1728, 1100), "1")
    (tmp_path / "fax").write_bytes(encode(flat, "TIFF", compression="group4", dpi=(204, 98)))
    [page] = read_all(tmp_path / "fax")
    assert page.size == (1728, round(1100 * 204 / 98))
    assert page.dpi == pytest.approx(204, abs=0.1)


FILES = [
    *(encode(draw_page(), kind) for kind in ("PNG", "JPEG", "PDF")),
    encode(draw_page(), "TIFF", compression="tiff_lzw"),
]


@given(
    st.binary(max_size=200),
    st.sampled_from([encode(draw_page(), kind) for kind in ("PNG", "JPEG", "TIFF", "PDF")]),
    st.floats(0, 1),
)
def test_damaged_bytes_give_our_errors_only(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, content: bytes, where: float
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz"
    start = int(where * len(content))
    path.write_bytes(content[:start] + junk + content[start + len(junk) :])
    try:
        read_all(path, Limits(max_pages=5, max_pixels=3_000_000))
    except (InputError, PageError) as error:
        assert "fuzz" in error.message

"""Files and folders as sources: kinds, refusals, limits, order."""

from __future__ import annotations

import hashlib
import os
import shutil
import struct
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from gouji.document.errors import (
    DamagedFileError,
    EmptyDocumentError,
    EncryptedFileError,
    GoujiError,
    LimitError,
    PageError,
    UnreadableFileError,
    UnsupportedMediaError,
)
from gouji.document.limits import Limits
from gouji.ocr.media import natural_key
from gouji.ocr.pages import open_pages, open_source
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fixtures.synthetic.pictures import LIMITS, difference, draw_page, encode, read_all


def save_blank_pdf(path: Path, pages: int, **options: Any) -> None:
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
        pdf.save(path, **options)


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(width + 1) * 40)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("kind", "media"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("TIFF", "image/tiff"), ("PDF", "application/pdf")],
)
def test_kind_is_told_by_content_not_by_name(tmp_path: Path, kind: str, media: str) -> None:
    path = tmp_path / "报告.doc"
    path.write_bytes(encode(draw_page(), kind, resolution=50) if kind == "PDF" else encode(draw_page(), kind))
    source = open_source(path, LIMITS)
    assert (source.media_type, source.pages, source.files) == (media, 1, (path,))
    assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    [page] = read_all(path)
    assert difference(page, draw_page()) < 3
    assert (page.index, page.rotation, page.scan_size) == (0, 0, (413, 585))
    assert np.array_equal(page.to_scan.matrix, np.eye(3))
    assert not page.pixels.flags.writeable


def test_junk_before_the_pdf_header(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"mail header\r\n" + encode(draw_page(), "PDF"))
    assert open_source(path, LIMITS).pages == 1


ZIP = b"PK\x03\x04" + bytes(26)
PNG = encode(draw_page(), "PNG")
JPEG = encode(draw_page(), "JPEG")
TIFF = encode(draw_page(), "TIFF", compression="tiff_lzw")


@pytest.mark.parametrize(
    ("content", "error", "found"),
    [
        ("这是一份报告。\n".encode(), UnsupportedMediaError, "plain text"),
        ("这是一份报告。\n".encode("gb18030") * 500, UnsupportedMediaError, "plain text"),
        (b"<!DOCTYPE html><p>", UnsupportedMediaError, "HTML"),
        (ZIP + b"OFD.xml", UnsupportedMediaError, "OFD"),
        (ZIP + b"xl/workbook.xml", UnsupportedMediaError, "Excel"),
        (ZIP, UnsupportedMediaError, "ZIP"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), UnsupportedMediaError, "old Microsoft Office"),
        (b"\0\0\0\x18ftypheic" + bytes(9), UnsupportedMediaError, "HEIC"),
        (encode(draw_page(), "GIF"), UnsupportedMediaError, "GIF"),
        (bytes(5000), UnsupportedMediaError, "zero bytes"),
        (bytes(range(256)), UnsupportedMediaError, "unknown kind"),
        (b"", EmptyDocumentError, "0 bytes"),
        (b"%PDF-1.7\n", DamagedFileError, "truncated"),
        (encode(draw_page(), "PDF")[:4000], DamagedFileError, "truncated"),
        (PNG[:20], DamagedFileError, "cannot be decoded"),
        (JPEG[:100], DamagedFileError, "cannot be decoded"),
        (TIFF[: len(TIFF) // 2], DamagedFileError, "beyond the end"),
        (b"II*\0\0\0\0\0", EmptyDocumentError, "without a page"),
        (b"II*\0" + b"\xff" * 4, DamagedFileError, "beyond the end"),
    ],
)
def test_refused_content(tmp_path: Path, content: bytes, error: type[GoujiError], found: str) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(content)
    with pytest.raises(error, match=found) as caught:
        open_source(path, LIMITS)
    assert type(caught.value) is error
    assert "scan.pdf" in caught.value.message
    assert caught.value.remedy


def test_zero_pages_even_after_a_failure(tmp_path: Path) -> None:
    # pdfium keeps the code of the last failure; a PDF without pages must not inherit it.
    broken, empty = tmp_path / "broken.pdf", tmp_path / "empty.pdf"
    broken.write_bytes(b"%PDF-1.4\nnothing")
    save_blank_pdf(empty, 0)
    with pytest.raises(DamagedFileError):
        open_source(broken, LIMITS)
    with pytest.raises(EmptyDocumentError, match=r"empty\.pdf is a PDF with 0 pages"):
        open_source(empty, LIMITS)


def test_password(tmp_path: Path) -> None:
    locked, owned = tmp_path / "locked.pdf", tmp_path / "owned.pdf"
    save_blank_pdf(locked, 1, encryption=pikepdf.Encryption(owner="a", user="b"))
    save_blank_pdf(owned, 1, encryption=pikepdf.Encryption(owner="a", user=""))
    with pytest.raises(EncryptedFileError, match=r"locked\.pdf"):
        open_source(locked, LIMITS)
    assert read_all(owned)[0].pixels.min() == 255


def test_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="does not exist"):
        open_source(tmp_path / "nothing.pdf", LIMITS)
    with pytest.raises(UnreadableFileError, match="is a folder"):
        open_source(tmp_path, LIMITS)
    with pytest.raises(UnreadableFileError, match="does not exist"):
        open_source(tmp_path / "nothing", LIMITS, folder_is_report=True)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(UnreadableFileError, match="not a regular file"):
        open_source(pipe, LIMITS)
    (tmp_path / "page-1.png").symlink_to(tmp_path / "gone.png")
    with pytest.raises(UnreadableFileError, match="does not exist"):
        open_source(tmp_path, LIMITS, folder_is_report=True)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that even root cannot read")
def test_file_that_fails_while_it_is_read() -> None:
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        open_source(Path("/proc/self/mem"), LIMITS)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any user may enter, read as one to whom permission bits apply."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    was_root = os.geteuid() == 0
    yield folder
    if was_root:
        os.seteuid(0)
    shutil.rmtree(folder)


@pytest.mark.parametrize("is_folder", [False, True])
def test_no_permission(open_folder: Path, is_folder: bool) -> None:
    path = open_folder / "closed"
    if is_folder:
        path.mkdir()
    else:
        path.write_bytes(PNG)
    path.chmod(0)
    if os.geteuid() == 0:
        os.seteuid(65534)
    with pytest.raises(UnreadableFileError, match="permission denied"):
        open_source(path, LIMITS, folder_is_report=is_folder)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_cut_off_picture_fails_when_read(tmp_path: Path, kind: str) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (300, 200), dtype=np.uint8))
    content = encode(noise, kind)
    path = tmp_path / "scan"
    path.write_bytes(content[: len(content) * 2 // 3])
    with pytest.raises(PageError, match="scan is damaged"):
        read_all(path)


@pytest.mark.filterwarnings("error")
def test_bounds_on_pixels_hold_before_decoding(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_header(60_000, 60_000))
    with pytest.raises(LimitError, match="60000 x 60000"):
        open_source(path, LIMITS)
    path.write_bytes(png_header(10_000, 9_999))  # over Pillow's own bound, at which it warns
    assert open_source(path, LIMITS).pages == 1


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "JPEG"])
def test_only_our_bound_on_pixels_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    (tmp_path / "a").write_bytes(encode(draw_page(), kind))
    for bound in (200_000, 1000):  # Pillow warns at the first and refuses at the second
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", bound)
        assert len(read_all(tmp_path / "a")) == 1
        assert bound == Image.MAX_IMAGE_PIXELS


def test_bounds_on_bytes_and_pages(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(PNG)
    with pytest.raises(LimitError, match="expected at most 100"):
        open_source(path, Limits(max_bytes=100))
    save_blank_pdf(tmp_path / "book.pdf", 5000)
    with pytest.raises(LimitError, match="5000 pages, expected at most 500"):
        open_source(tmp_path / "book.pdf", LIMITS)
    tiny = Image.new("1", (8, 8))
    tiny.save(tmp_path / "book.tif", save_all=True, append_images=[tiny] * 20)
    with pytest.raises(LimitError, match=r"book\.tif has at least \d+ pages, expected at most 10"):
        open_source(tmp_path / "book.tif", Limits(max_pages=10))


@pytest.mark.parametrize("name", ["max_pages", "max_pixels", "max_bytes", "max_seconds"])
def test_bounds_are_positive(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Limits(**{name: 0})


def test_file_that_changes_between_looks(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(PNG)
    source = replace(open_source(path, LIMITS), pages=2)
    with pytest.raises(DamagedFileError, match="has 1 pages, expected 2"), open_pages(source, LIMITS):
        pass


# Folders


def test_folder_is_one_report_in_natural_order(tmp_path: Path) -> None:
    shades = {"page-10.png": 100, "page-2.jpg": 20, "Page-1.TIF": 10, "page-11": 110, "page-2a.png": 25}
    for name, shade in shades.items():
        kind = {"page-2.jpg": "JPEG", "Page-1.TIF": "TIFF"}.get(name, "PNG")
        (tmp_path / name).write_bytes(encode(Image.new("L", (64, 90), shade), kind))
    (tmp_path / ".page-0.png").write_bytes(PNG)
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "record.json").write_text("{}")
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "report.pdf").write_bytes(encode(draw_page(), "PDF"))
    (tmp_path / "thumbnails").mkdir()
    source = open_source(tmp_path, LIMITS, folder_is_report=True)
    names = ["Page-1.TIF", "page-2.jpg", "page-2a.png", "page-10.png", "page-11"]
    assert [file.name for file in source.files] == names
    assert (source.media_type, source.pages) == ("inode/directory", 5)
    digests = b"".join(hashlib.sha256(file.read_bytes()).digest() for file in source.files)
    assert source.sha256 == hashlib.sha256(digests).hexdigest()
    read = read_all(tmp_path, folder_is_report=True)
    assert [int(page.pixels[0, 0, 0]) for page in read] == [10, 20, 25, 100, 110]
    assert [page.index for page in read] == [0, 1, 2, 3, 4]


def test_folder_with_a_tiff_of_several_pages(tmp_path: Path) -> None:
    images = [Image.new("L", (64, 90), shade) for shade in (10, 20, 30)]
    images[0].save(tmp_path / "1.tif", save_all=True, append_images=images[1:])
    images[2].save(tmp_path / "2.tif", save_all=True, append_images=images[:1])
    source = open_source(tmp_path, LIMITS, folder_is_report=True)
    with open_pages(source, LIMITS) as pages:
        assert [int(pages.read(i).pixels[0, 0, 0]) for i in (3, 2, 0, 4, 1)] == [30, 30, 10, 10, 20]
        for outside in (-1, 5):
            with pytest.raises(IndexError):
                pages.read(outside)
    with pytest.raises(LimitError, match="5 pages"):
        open_source(tmp_path, Limits(max_pages=4), folder_is_report=True)
    with pytest.raises(LimitError, match="bytes"):
        open_source(tmp_path, Limits(max_bytes=6000), folder_is_report=True)


def test_folder_without_pictures_or_with_a_lost_page(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(EmptyDocumentError, match="no page picture"):
        open_source(tmp_path, LIMITS, folder_is_report=True)
    (tmp_path / "1.png").write_bytes(PNG)
    for content, error in ((b"", EmptyDocumentError), (b"text", UnsupportedMediaError)):
        (tmp_path / "2.png").write_bytes(content)
        with pytest.raises(error, match=r"2\.png"):
            open_source(tmp_path, LIMITS, folder_is_report=True)


@pytest.mark.parametrize(
    ("names"),
    [
        ["page-2.png", "page-10.png"],
        ["page-2.png", "page-10"],
        ["扫描1.jpg", "扫描2.jpg", "扫描12.jpg"],
        ["第２页.png", "第１０页.png"],
        ["1.png", "01b.png", "2.png"],
        ["a.png", "a-1.png", "a-1.b.png"],
    ],
)
def test_natural_order(names: list[str]) -> None:
    assert sorted(reversed(names), key=natural_key) == names


@given(st.lists(st.text(min_size=1), max_size=8))
def test_natural_order_is_total(names: list[str]) -> None:
    assert sorted(names, key=natural_key) == sorted(names[::-1], key=natural_key)

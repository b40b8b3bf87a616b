"""Pages of PDF files: embedded scans at their own pixels, everything else drawn."""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
from gouji.document.errors import LimitError, PageError
from gouji.document.geometry import BBox
from gouji.document.limits import Limits
from gouji.document.page import PageImage
from gouji.ocr.pages import open_pages, open_source
from gouji.ocr.placement import Frame, looks_like, place
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image, ImageDraw
from PIL.TiffImagePlugin import TiffImageFile

LIMITS = Limits()
DPI = 108
A4 = (596, 842)  # points
WIDTH, HEIGHT = 894, 1263  # px; exactly 108 dpi

FULL = "q 596 0 0 842 0 0 cm /I Do Q"


def draw_page(mode: str) -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((50, 50, 300, 200), fill="black")
    for y in range(250, 850, 30):
        pen.line((40, y, 790, y), fill="black", width=2)
        pen.text((60, y + 8), f"item {y} of the report: {y * 37}", fill="black")
    pen.line((0, 600, WIDTH, 1000), fill="red", width=5)
    pen.rectangle((600, 900, 780, 1080), fill="gray")
    return image.convert(mode)


def add_image(pdf: Pdf, data: bytes, **entries: Any) -> pikepdf.Object:
    entries = {"Width": WIDTH, "Height": HEIGHT, "BitsPerComponent": 8, **entries}
    return pdf.make_stream(data, Type=Name.XObject, Subtype=Name.Image, **entries)


def make_jpeg(pdf: Pdf, mode: str = "RGB") -> pikepdf.Object:
    buffer = io.BytesIO()
    draw_page(mode).save(buffer, "JPEG", quality=85)
    space = {"L": Name.DeviceGray, "RGB": Name.DeviceRGB, "CMYK": Name.DeviceCMYK}[mode]
    decode = {"Decode": Array([1, 0] * 4)} if mode == "CMYK" else {}
    return add_image(pdf, buffer.getvalue(), ColorSpace=space, Filter=Name.DCTDecode, **decode)


def make_ccitt(pdf: Pdf) -> pikepdf.Object:
    buffer = io.BytesIO()
    draw_page("1").save(buffer, "TIFF", compression="group4", tiffinfo={278: HEIGHT})
    with Image.open(buffer) as tiff:
        assert isinstance(tiff, TiffImageFile)
        [start], [length] = tiff.tag_v2[273], tiff.tag_v2[279]
        black_is_one = tiff.tag_v2[262] == 0
    parameters = Dictionary(K=-1, Columns=WIDTH, Rows=HEIGHT, BlackIs1=not black_is_one)
    return add_image(
        pdf,
        buffer.getvalue()[start : start + length],
        BitsPerComponent=1,
        ColorSpace=Name.DeviceGray,
        Filter=Name.CCITTFaxDecode,
        DecodeParms=parameters,
    )


def make_bits(pdf: Pdf, *, inverted: bool = False, **entries: Any) -> pikepdf.Object:
    data = draw_page("1").tobytes()
    if inverted:
        data, entries = bytes(255 - byte for byte in data), {"Decode": Array([1, 0]), **entries}
    return add_image(pdf, data, BitsPerComponent=1, **entries)


def make_palette(pdf: Pdf) -> pikepdf.Object:
    colors = bytes(value for i in range(256) for value in (i, i // 2, 255 - i))
    space = Array([Name.Indexed, Name.DeviceRGB, 255, pikepdf.String(colors)])
    return add_image(pdf, draw_page("L").tobytes(), ColorSpace=space)


def make_soft_masked(pdf: Pdf) -> pikepdf.Object:
    image = add_image(pdf, bytes([200, 0, 0]) * (WIDTH * HEIGHT), ColorSpace=Name.DeviceRGB)
    ink = bytes(255 - value for value in draw_page("L").tobytes())
    image.SMask = add_image(pdf, ink, ColorSpace=Name.DeviceGray)
    return image


def save(
    path: Path,
    make: Callable[[Pdf], pikepdf.Object] | None,
    content: str = FULL,
    *,
    rotate: int = 0,
    edit: Callable[[Pdf, pikepdf.Page], None] | None = None,
    size: tuple[float, float] = A4,
) -> Path:
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=size)
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        page.Resources = Dictionary(Font=Dictionary(F=font))
        if make is not None:
            page.Resources.XObject = Dictionary(I=make(pdf))
        page.Contents = pdf.make_stream(content.encode())
        page.Rotate = rotate
        if edit is not None:
            edit(pdf, page)
        pdf.save(path)
    return path


def read(path: Path, index: int = 0, limits: Limits = LIMITS) -> PageImage:
    with open_pages(open_source(path, limits), limits) as pages:
        return pages.read(index)


def viewer_difference(path: Path, page: PageImage) -> float:
    """Mean difference, in grey levels, from what pdfium draws at the page's resolution."""
    with pypdfium2.PdfDocument(path) as document:
        drawn = document[0]
        shown = drawn.render(scale=page.dpi / 72, rev_byteorder=True).to_numpy().astype(int)
        drawn.close()
    assert shown.shape == page.pixels.shape
    return float(np.abs(shown - page.pixels).mean())


SCANS = {
    "gray jpeg": lambda pdf: make_jpeg(pdf, "L"),
    "rgb jpeg": make_jpeg,
    "cmyk jpeg": lambda pdf: make_jpeg(pdf, "CMYK"),
    "ccitt": make_ccitt,
    "bits": lambda pdf: make_bits(pdf, ColorSpace=Name.DeviceGray),
    "inverted bits": lambda pdf: make_bits(pdf, inverted=True, ColorSpace=Name.DeviceGray),
    "stencil": lambda pdf: make_bits(pdf, ImageMask=True),
    "inverted stencil": lambda pdf: make_bits(pdf, inverted=True, ImageMask=True),
    "palette": make_palette,
    "soft mask": make_soft_masked,
}


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("kind", SCANS)
def test_scan_has_its_own_pixels_as_a_viewer_shows_them(tmp_path: Path, kind: str, rotate: int) -> None:
    path = save(tmp_path / "a.pdf", SCANS[kind], rotate=rotate)
    page = read(path)
    assert page.size == ((WIDTH, HEIGHT) if rotate in (0, 180) else (HEIGHT, WIDTH))
    assert page.dpi == pytest.approx(DPI)
    assert viewer_difference(path, page) < 1


@pytest.mark.parametrize("kind", ["stencil", "inverted stencil", "bits", "inverted bits", "ccitt"])
def test_ink_is_black_on_white(tmp_path: Path, kind: str) -> None:
    page = read(save(tmp_path / "a.pdf", SCANS[kind]))
    assert np.array_equal(page.pixels[:, :, 0], np.asarray(draw_page("L").convert("1").convert("L")))


def test_colored_stencil(tmp_path: Path) -> None:
    path = save(tmp_path / "a.pdf", SCANS["stencil"], "0 0 1 rg " + FULL)
    page = read(path)
    assert page.pixels[100, 100].tolist() == [0, 0, 255]
    assert page.size == (WIDTH, HEIGHT)


@pytest.mark.parametrize(
    "matrix",
    ["596 0 0 842 0 0", "-596 0 0 842 596 0", "596 0 0 -842 0 842", "-596 0 0 -842 596 842"],
)
@pytest.mark.parametrize("rotate", [0, 90])
def test_mirrored_scan(tmp_path: Path, matrix: str, rotate: int) -> None:
    path = save(tmp_path / "a.pdf", make_jpeg, f"q {matrix} cm /I Do Q", rotate=rotate)
    assert viewer_difference(path, read(path)) < 1


@pytest.mark.parametrize("matrix", ["0 596 -842 0 842 0", "0 -596 842 0 0 596", "0 596 842 0 0 0"])
def test_scan_placed_sideways(tmp_path: Path, matrix: str) -> None:
    path = save(tmp_path / "a.pdf", make_jpeg, f"q {matrix} cm /I Do Q", size=(A4[1], A4[0]))
    page = read(path)
    assert page.size == (HEIGHT, WIDTH)
    assert viewer_difference(path, page) < 1


def crop(pdf: Pdf, page: pikepdf.Page) -> None:
    page.MediaBox = Array([-100, -100, 900, 1000])
    page.CropBox = Array([0, 0, *A4])


def put_in_form(pdf: Pdf, page: pikepdf.Page) -> None:
    form = pdf.make_stream(b"q 2 0 0 2 0 0 cm /I Do Q", Type=Name.XObject, Subtype=Name.Form)
    form.BBox, form.Matrix = Array([0, 0, 2, 2]), Array([0.5, 0, 0, 0.5, 0, 0])
    form.Resources = Dictionary(XObject=Dictionary(I=page.Resources.XObject.I))
    page.Resources.XObject = Dictionary(I=form)


@pytest.mark.parametrize(
    ("content", "edit"),
    [
        (
            "BT 3 Tr /F 30 Tf 50 500 Td (earlier OCR) Tj ET " + FULL + " BT 3 Tr /F 9 Tf 9 9 Td (x) Tj ET",
            None,
        ),
        ("1 g 0 0 596 842 re f " + FULL, None),
        ("BT /F 30 Tf 50 500 Td (below the scan) Tj ET " + FULL, None),
        (FULL, crop),
        (FULL, put_in_form),
        ("q 590 0 0 833.5 3 5 cm /I Do Q", None),
    ],
    ids=["hidden text", "white ground", "text below", "crop box", "in a form", "white margin"],
)
def test_what_does_not_show_does_not_matter(
    tmp_path: Path, content: str, edit: Callable[[Pdf, pikepdf.Page], None] | None
) -> None:
    path = save(tmp_path / "a.pdf", make_jpeg, content, edit=edit)
    expected = read(save(tmp_path / "plain.pdf", make_jpeg)).pixels
    assert np.array_equal(read(path).pixels, expected)


def add_stamp(pdf: Pdf, page: pikepdf.Page) -> None:
    look = pdf.make_stream(
        b"1 0 0 rg 0 0 90 90 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 90, 90]
    )
    stamp = Dictionary(
        Type=Name.Annot, Subtype=Name.Stamp, Rect=[300, 30, 390, 120], F=4, AP=Dictionary(N=look)
    )
    page.Annots = Array([pdf.make_indirect(stamp)])


def add_signature(pdf: Pdf, page: pikepdf.Page) -> None:
    add_stamp(pdf, page)
    field = page.Annots[0]
    field.Subtype, field.FT, field.T = Name.Widget, Name.Sig, pikepdf.String("seal")
    pdf.Root.AcroForm = Dictionary(Fields=[field])


def add_link(pdf: Pdf, page: pikepdf.Page) -> None:
    page.Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[1, 1, 9, 9], Border=[0, 0, 0])])


@pytest.mark.parametrize("edit", [add_stamp, add_signature])
def test_stamps_and_signatures_show(tmp_path: Path, edit: Callable[[Pdf, pikepdf.Page], None]) -> None:
    path = save(tmp_path / "a.pdf", make_jpeg, edit=edit)
    page = read(path)
    assert page.dpi == 200  # other than the scan shows, so at least as fine as a page that is drawn
    assert page.pixels[(842 - 75) * 200 // 72, 345 * 200 // 72].tolist() == [255, 0, 0]


def test_links_do_not_matter(tmp_path: Path) -> None:
    assert read(save(tmp_path / "a.pdf", make_jpeg, edit=add_link)).size == (WIDTH, HEIGHT)


@pytest.mark.parametrize(
    "content",
    [
        "q 0 0 300 842 re W n 596 0 0 842 0 0 cm /I Do Q",
        "q 596 3 -4 842 0 0 cm /I Do Q",
        "q 700 0 0 987 -51 -72 cm /I Do Q",
    ],
    ids=["clipped", "leaning", "cut by the page"],
)
def test_scan_that_shows_otherwise_is_drawn(tmp_path: Path, content: str) -> None:
    path = save(tmp_path / "a.pdf", make_jpeg, content)
    page = read(path)
    assert 80 < page.dpi <= DPI
    assert viewer_difference(path, page) < 1


def test_scan_in_stripes_is_drawn_at_its_resolution(tmp_path: Path) -> None:
    def make(pdf: Pdf) -> pikepdf.Object:
        return add_image(pdf, bytes(1192 * 421), Width=1192, Height=421, ColorSpace=Name.DeviceGray)

    stripes = " ".join(f"q 596 0 0 210.5 0 {210.5 * n} cm /I Do Q" for n in range(4))
    path = save(tmp_path / "a.pdf", make, stripes)
    page = read(path)
    assert page.size == (1192, 1684)
    assert page.pixels.max() == 0


TEXT = "BT /F 40 Tf 100 400 Td (drawn, not scanned) Tj ET 50 50 200 100 re f"


def test_digital_page_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def edit(pdf: Pdf, page: pikepdf.Page) -> None:
        crop(pdf, page)
        page.CropBox = Array([40, 30, 500.5, 700.25])

    path = save(tmp_path / "-r 9.pdf", None, TEXT, rotate=90, edit=edit)
    pages = [read(path)]
    monkeypatch.setenv("PATH", str(tmp_path))
    pages.append(read(path))
    for page in pages:
        assert page.dpi == 200
        assert np.abs(np.subtract(page.size, (670.25 * 200 / 72, 460.5 * 200 / 72))).max() <= 1
        assert viewer_difference(path, page) < 4
        assert page.pixels.min() < 50


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="Poppler is not installed")
def test_poppler_that_fails_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("pdftoppm", "pdfinfo"):
        (programs / name).write_text("#!/bin/sh\nexit 3\n")
        (programs / name).chmod(0o755)
    path = save(tmp_path / "a.pdf", None, TEXT)
    monkeypatch.setenv("PATH", str(programs))
    assert read(path).pixels.min() < 50
    assert "Poppler failed" in caplog.text


def test_poppler_that_hangs_fails_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "pdfinfo").write_text("#!/bin/sh\necho Pages: 1\n")
    version = '[ "$1" = -v ] && { echo pdftoppm version 22.02.0 >&2; exit; }'
    (programs / "pdftoppm").write_text(f"#!/bin/sh\n{version}\nexec /bin/sleep 20\n")
    for name in ("pdftoppm", "pdfinfo"):
        (programs / name).chmod(0o755)
    path = save(tmp_path / "a.pdf", None, TEXT)
    monkeypatch.setenv("PATH", str(programs))
    started = time.monotonic()
    with pytest.raises(PageError, match=r"Page 1 of a\.pdf took longer than 1 s"):
        read(path, limits=Limits(max_seconds=0.5))
    assert time.monotonic() - started < 10


def test_bounds_on_pixels(tmp_path: Path) -> None:
    path = save(tmp_path / "poster.pdf", None, TEXT, size=(14000, 14000))
    with pytest.raises(LimitError, match=r"Page 1 of poster\.pdf has 38889 x 38889 pixels"):
        read(path)
    path = save(
        tmp_path / "bomb.pdf",
        lambda pdf: add_image(pdf, b"\0" * 100, Width=60_000, Height=60_000, ColorSpace=Name.DeviceGray),
    )
    with pytest.raises(LimitError, match=r"A picture on page 1 of bomb\.pdf has 60000 x 60000"):
        read(path)


def test_jpeg_that_breaks_off(tmp_path: Path) -> None:
    def make(pdf: Pdf) -> pikepdf.Object:
        whole = make_jpeg(pdf)
        whole.write(whole.read_raw_bytes()[:20_000], filter=Name.DCTDecode)
        return whole

    with pytest.raises(PageError, match=r"Page 1 of a\.pdf is damaged: its JPEG picture ends early"):
        read(save(tmp_path / "a.pdf", make))


def test_filter_with_a_broken_name_fails_the_page(tmp_path: Path) -> None:
    path = save(tmp_path / "a.pdf", make_jpeg)
    path.write_bytes(path.read_bytes().replace(b"/DCTDecode", b"/DCTDec\xf8de"))
    with pytest.raises(PageError, match=r"Page 1 of a\.pdf"):
        read(path)


def test_one_broken_page_of_a_pdf(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        for _ in range(3):
            pdf.add_blank_page(page_size=A4)
        pdf.Root.Pages.Kids[1] = pdf.make_indirect(Dictionary(Type=Name.Nonsense))
        pdf.save(tmp_path / "a.pdf")
    source = open_source(tmp_path / "a.pdf", LIMITS)
    with open_pages(source, LIMITS) as pages:
        assert len(pages) == 3
        assert pages.read(0).pixels.min() == 255
        with pytest.raises(PageError, match=r"Page 2 of a\.pdf is damaged"):
            pages.read(1)
        assert pages.read(2).index == 2


def test_unbelievable_page_size_gives_a4_dpi(tmp_path: Path) -> None:
    for factor, dpi in ((1, 72), (2, WIDTH / 8.27)):
        size = WIDTH * factor, HEIGHT * factor
        path = save(tmp_path / "a.pdf", make_jpeg, f"q {size[0]} 0 0 {size[1]} 0 0 cm /I Do Q", size=size)
        assert read(path).dpi == pytest.approx(dpi)


@pytest.mark.parametrize(
    ("rotation", "corner"), [(0, (0, 0)), (90, (200, 0)), (180, (100, 200)), (270, (0, 100))]
)
def test_placement_under_rotation(rotation: int, corner: tuple[float, float]) -> None:
    placement = place((50, 100), [(100, 0, 0, 200, 10, 20)], Frame((10, 20, 110, 220), rotation))
    assert placement.corner == pytest.approx(corner)
    assert placement.dpi == pytest.approx((36, 36))
    assert placement.is_upright
    assert placement.is_sideways == (rotation in (90, 270))


def test_comparison_sees_a_small_stamp() -> None:
    rng = np.random.default_rng(0)
    page = rng.integers(200, 255, (1170, 830, 3), dtype=np.uint8)
    thumbnail = np.asarray(Image.fromarray(page).resize((284, 400), Image.Resampling.BOX))
    box = BBox(0, 0, 596, 842)
    assert looks_like(thumbnail, page, box, box)
    stamped = thumbnail.copy()
    stamped[80:92, 160:172] = (255, 0, 0)
    assert not looks_like(stamped, page, box, box)
    assert not looks_like(255 - thumbnail, page, box, box)

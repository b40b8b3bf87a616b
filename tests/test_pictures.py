"""Pictures of pages and cells: of the right place, found again when the scan has moved, in a cache that stays small."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from gouji.document.errors import UnreadableFileError
from gouji.document.limits import Limits
from gouji.document.page import PageImage
from gouji.document.record import Record
from gouji.ocr.identity import digest_source, stat_source
from gouji.ocr.pages import open_pages, open_source
from gouji.pictures import Pictures
from gouji.show.crops import CropLinks
from gouji.store.archive import Archive, open_archive
from gouji.store.state import SourceFile
from PIL import Image

from fixtures.scanmaker.committed import FIXTURES_DIR
from fixtures.scanmaker.truth import load_truth
from fixtures.synthetic.records import record_data


@dataclass(frozen=True)
class Kept:
    """An archive that knows one scan."""

    archive: Archive
    scan: Path
    sha256: str
    folder: Path

    def know(self, path: Path) -> None:
        stat = stat_source(path)
        record = Record.model_validate(record_data(load_truth(FIXTURES_DIR / "truth" / "seed-000.json")))
        source = record.source.model_copy(update={"sha256": self.sha256, "path": str(path)})
        self.archive.save_record(
            self.archive.start_run("first", {}), SourceFile(path, stat.bytes, stat.modified_ns), "first",
            record.model_copy(update={"source": source}),
        )  # fmt: skip


@pytest.fixture
def kept(tmp_path: Path, scans: Path) -> Iterator[Kept]:
    scan = tmp_path / "in" / "demo.pdf"
    scan.parent.mkdir()
    shutil.copy(scans / "demo.pdf", scan)
    archive = open_archive(str(tmp_path / "archive.db"))
    found = Kept(archive, scan, digest_source(scan), tmp_path / "cache")
    found.know(scan)
    yield found
    archive.engine.dispose()


def test_a_page_is_the_scans_own(kept: Kept, demo_pages: tuple[PageImage, ...]) -> None:
    pictures = Pictures(kept.archive, kept.folder)
    for page in demo_pages:
        with Image.open(pictures.page(kept.sha256, page.number)) as picture:
            assert picture.size == page.scan_size
            difference = np.asarray(picture.convert("RGB"), np.int16) - page.pixels
        assert np.abs(difference).mean() < 2, "JPEG, but the same page"


def test_a_crop_is_the_cell_with_a_margin(kept: Kept, demo_pages: tuple[PageImage, ...]) -> None:
    crop = Pictures(kept.archive, kept.folder).crop(kept.sha256, 2, (400, 500, 500, 540))
    assert crop.shape == (60, 120, 3)
    expected = demo_pages[1].pixels[490:550, 390:510].astype(np.int16)
    assert np.abs(crop - expected).mean() < 4
    assert Pictures(kept.archive, kept.folder).crop(kept.sha256, 1, (0, 0, 30, 20)).shape == (25, 35, 3)


def test_a_scan_that_was_moved_is_found_where_it_was_seen_last(kept: Kept) -> None:
    moved = kept.scan.with_name("moved.pdf")
    kept.scan.rename(moved)
    pictures = Pictures(kept.archive, kept.folder)
    with pytest.raises(UnreadableFileError, match=r"is not where it was seen \(.*demo\.pdf\)"):
        pictures.page(kept.sha256, 1)
    kept.know(moved)
    assert pictures.page(kept.sha256, 1).exists()


def test_another_file_in_its_place_is_not_shown(kept: Kept, scans: Path) -> None:
    shutil.copy(scans / "edition-2019.pdf", kept.scan)
    with pytest.raises(UnreadableFileError, match="or has changed"):
        Pictures(kept.archive, kept.folder).page(kept.sha256, 1)


def test_a_page_that_is_not_there(kept: Kept) -> None:
    with pytest.raises(UnreadableFileError, match="has 3 pages, asked for page 4"):
        Pictures(kept.archive, kept.folder).page(kept.sha256, 4)


def test_the_cache_stays_small_and_what_is_asked_for_stays(kept: Kept) -> None:
    made = [Pictures(kept.archive, kept.folder / "all").page(kept.sha256, n) for n in (1, 2, 3)]
    sizes = [path.stat().st_size for path in made]
    pictures = Pictures(kept.archive, kept.folder / "few", max_bytes=sum(sizes) - 1)
    first, second = (pictures.page(kept.sha256, n) for n in (1, 2))
    pictures.page(kept.sha256, 1)  # asked for again
    third = pictures.page(kept.sha256, 3)
    assert [path.exists() for path in (first, second, third)] == [True, False, True]


def test_links_beside_a_workbook(kept: Kept, tmp_path: Path) -> None:
    @dataclass
    class Cell:
        sha256: str
        cell_id: str = "applications.granted.total"
        page: int = 2
        x0: int = 400
        y0: int = 500
        x1: int = 500
        y1: int = 540

    with CropLinks(kept.archive, tmp_path / "out.xlsx") as link:
        place = link(Cell(kept.sha256))
        assert link(Cell("f" * 64)) is None
        assert link(Cell("f" * 64)) is None
        assert len(link.problems) == 1
    assert place == f"external:out.crops/{kept.sha256[:16]}/applications.granted.total.png"
    with Image.open(tmp_path / place.removeprefix("external:")) as picture:
        assert picture.size == (120, 60)


def test_limits_hold_for_pictures_too(kept: Kept) -> None:
    with open_pages(open_source(kept.scan, Limits()), Limits()) as images:
        height, width = images.read(0).pixels.shape[:2]
    small = Pictures(kept.archive, kept.folder, Limits(max_pixels=width * height - 1))
    with pytest.raises(Exception, match="pixels"):
        small.page(kept.sha256, 1)

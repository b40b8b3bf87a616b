"""The pages that are read: drawn by the project's own generator, written as pictures that every program takes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from gouji.document.limits import Limits
from gouji.ocr.pages import open_pages, open_source
from PIL import Image

TABLE_PAGE_CELLS = 20
"""A page with so many cells of the form is a table page; fewer are the last rows of a table that broke."""

Item = tuple[str, ...]
"""Page pictures that are read at a time."""


@dataclass(frozen=True, slots=True)
class PageSets:
    """What is read.

    Attributes:
        tables: single pages with tables.
        reports: whole reports, narrative and tables, each alone in its folder.
        warm_up: another report, alone in its folder; read before the clock runs, since networks compile code for each shape of
            picture that they see first, and an archive has thousands of reports.
    """

    tables: tuple[Item, ...]
    reports: tuple[Item, ...]
    warm_up: Item


def make_pages(out: Path, documents: int, seed: int, most: int | None = None) -> PageSets:
    """Draw office scans and write their pages as PNG, without loss, so that all programs see the same pixels.

    Args:
        out: folder for documents and pages; what an earlier call left there is removed.
        documents: reports to draw.
        seed: the same seed gives the same pages.
        most: table pages and pages of a report at most; for a short run.

    Raises:
        CalledProcessError: when the generator fails, for want of a Chinese font for instance.
    """
    for part in ("set", "pages"):
        shutil.rmtree(out / part, ignore_errors=True)
    options = ["--out", str(out / "set"), "--count", str(documents + 1), "--seed", str(seed)]
    command = [sys.executable, "-m", "fixtures.scanmaker", "set", *options, "--profiles", "office"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    pages = out / "pages"
    tables: list[Item] = []
    reports: list[Item] = []
    *entries, spare = json.loads((out / "set" / "manifest.json").read_text(encoding="utf-8"))
    warm_up = write_pages(out / "set" / spare["path"], pages / "warm-up")
    for entry in entries:
        report = write_pages(out / "set" / entry["path"], pages / entry["id"])
        truth = json.loads((out / "set" / "truth" / f"{entry['id']}.json").read_text(encoding="utf-8"))
        cells = Counter(box[0] for box in truth["boxes"].values())
        with_table = [page for n, page in enumerate(report, 1) if cells[n] >= TABLE_PAGE_CELLS]
        tables += [
            (_copy(page, pages / "tables" / f"{entry['id']}-{Path(page).name}"),) for page in with_table
        ]
        reports.append(report if most is None else _keep(report, most))
    return PageSets(tuple(tables[:most]), tuple(reports), warm_up)


def write_pages(document: Path, folder: Path) -> Item:
    """A document's pages as PNG that state their dpi, in a new folder; their paths in order."""
    limits = Limits()
    folder.mkdir(parents=True)
    source = open_source(document, limits, folder_is_report=True)
    written = []
    with open_pages(source, limits) as pages:
        for index in range(len(pages)):
            page = pages.read(index)
            path = folder / f"page-{page.number:02d}.png"
            Image.fromarray(page.pixels).save(path, dpi=(page.dpi, page.dpi))
            written.append(str(path))
    return tuple(written)


def _copy(page: str, target: Path) -> str:
    target.parent.mkdir(exist_ok=True)
    return str(shutil.copy(page, target))


def _keep(report: Item, most: int) -> Item:
    """The last pages; the others are removed, since a program may read the whole folder."""
    for page in report[:-most]:
        Path(page).unlink()
    return report[-most:]

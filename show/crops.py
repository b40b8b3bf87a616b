"""Pictures of cells beside an exported workbook, each where the cell's link leads."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

from ..document.errors import InputError, PageError
from ..document.whole import draft_of
from ..pictures import Pictures
from ..store.archive import Archive


class CropLinks:
    """Makes the picture of a cell and says where it is, as a link relative to the workbook; a context manager.

    Args:
        archive: the database.
        workbook: beside which the pictures are put: those of `a.xlsx` into `a.crops/`.
    """

    def __init__(self, archive: Archive, workbook: Path) -> None:
        self._folder = workbook.with_suffix(".crops")
        self._cache = TemporaryDirectory(prefix="gouji-pages-")
        self._pictures = Pictures(archive, Path(self._cache.name))
        self._failed: dict[str, str] = {}

    def __enter__(self) -> CropLinks:
        return self

    def __exit__(self, *_error: object) -> None:
        self._cache.cleanup()

    @property
    def problems(self) -> tuple[str, ...]:
        """Why documents have no pictures, once each."""
        return tuple(self._failed.values())

    def __call__(self, cell: Any) -> str | None:
        """The link of a row of `current_cells` that has a place on a page; None where the scan is not to be had."""
        if cell.sha256 in self._failed:
            return None
        name = f"{cell.sha256[:16]}/{cell.cell_id}.png"
        try:
            crop = self._pictures.crop(cell.sha256, cell.page, (cell.x0, cell.y0, cell.x1, cell.y1))
        except (InputError, PageError) as error:
            self._failed[cell.sha256] = str(error)
            return None
        with draft_of(self._folder / name) as draft:
            Image.fromarray(crop).save(draft, "PNG")
        return f"external:{self._folder.name}/{name}"

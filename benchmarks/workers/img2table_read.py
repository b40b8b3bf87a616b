"""img2table: the tables of each page, its ruled ones, with RapidOCR as its reader.

`detect_rotation` is on, other than by default: without it no table is found on a page that was scanned a little askew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from .measure import Reader, main
from .rapidocr_read import parameters


def load(threads: int, options: Mapping[str, Any]) -> Reader:
    """Its reader, loaded once; img2table itself has no models."""
    chinese = {"Rec.lang_type": import_module("rapidocr").LangRec.CH}  # its own default is English
    ocr = import_module("img2table.ocr").RapidOCR(params=parameters(threads) | chinese)
    picture = import_module("img2table.document").Image

    def read(pages: Sequence[Path]) -> int:
        pictures = (picture(src=str(page), detect_rotation=True) for page in pages)
        return sum(_characters(table) for p in pictures for table in p.extract_tables(ocr=ocr))

    return read


def _characters(table: Any) -> int:
    """Characters of its cells; one that spans several is listed once for each of them and counts once."""
    cells = (cell for row in table.content.values() for cell in row)
    texts = {(c.bbox.x1, c.bbox.y1, c.bbox.x2, c.bbox.y2): c.value or "" for c in cells}
    return sum(map(len, texts.values()))


if __name__ == "__main__":
    main(load)

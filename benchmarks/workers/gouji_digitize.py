"""gouji: of whole reports the record, or of single pages the tables, cell by cell (option `whole`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gouji.batch.memory import share_heaps
from gouji.digitized import digitize_page
from gouji.document.limits import Limits
from gouji.models.weights import DETECTION, RECOGNITION, find_weights
from gouji.ocr.engine import Engine
from gouji.ocr.onnx import OnnxEngine
from gouji.ocr.pages import open_pages, open_source
from gouji.pipeline import digitize

from .measure import Reader, main

LIMITS = Limits()


def load(threads: int, options: Mapping[str, Any]) -> Reader:
    """The default engine, with what is to be read of an item."""
    share_heaps()  # as the workers of `gouji digitize` do
    engine = OnnxEngine(find_weights(DETECTION), find_weights(RECOGNITION), threads)
    if options["whole"]:
        return lambda pages: _read_report(pages, engine)
    return lambda pages: sum(_read_tables(page, engine) for page in pages)


def _read_report(pages: Sequence[Path], engine: Engine) -> int:
    source = open_source(pages[0].parent, LIMITS, folder_is_report=True)
    record = digitize(source, engine, LIMITS).record
    texts = [cell.raw_text or "" for cell in record.cells]
    texts += {cell.row_label_read or "" for cell in record.cells}
    texts += [section.heading + section.text for section in record.sections]
    return sum(map(len, texts))


def _read_tables(page: Path, engine: Engine) -> int:
    with open_pages(open_source(page, LIMITS), LIMITS) as images:
        digitized = digitize_page(images.read(0), engine, with_sections=False)
    return sum(len(content.text) for table in digitized.tables for content in table.contents)


if __name__ == "__main__":
    main(load)

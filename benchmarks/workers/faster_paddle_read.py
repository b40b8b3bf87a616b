"""faster-paddle: all text of each page; the models of its own wheel, of the size given as `size`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from .measure import Reader, main


def load(threads: int, options: Mapping[str, Any]) -> Reader:
    """Its engine with its defaults."""
    engine = import_module("faster_paddle").OcrEngine(model_size=options["size"], threads=threads)

    def read(pages: Sequence[Path]) -> int:
        results = (engine.ocr(page.read_bytes()) for page in pages)
        return sum(len(line["text"]) for result in results for line in result["bounds"].values())

    return read


if __name__ == "__main__":
    main(load)

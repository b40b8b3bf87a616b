"""RapidOCR: all text of each page; its defaults, without the classifier that turns lines on their head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from .measure import Reader, main


def parameters(threads: int) -> dict[str, Any]:
    """What RapidOCR is set to here; img2table reads with the same."""
    return {
        "Global.use_cls": False,
        "Global.log_level": "error",
        "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }


def load(threads: int, options: Mapping[str, Any]) -> Reader:
    """RapidOCR with the models of its own wheel: PP-OCRv6 small."""
    engine = import_module("rapidocr").RapidOCR(params=parameters(threads))

    def read(pages: Sequence[Path]) -> int:
        return sum(len(text) for page in pages for text in engine(str(page)).txts or ())

    return read


if __name__ == "__main__":
    main(load)

"""PaddleOCR on ONNX Runtime: all text of each page; its defaults, without the models that turn or flatten a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from .measure import Reader, main


def load(threads: int, options: Mapping[str, Any]) -> Reader:
    """PaddleOCR on the model folders given as `detection` and `recognition`."""
    engine = import_module("paddleocr").PaddleOCR(
        text_detection_model_name="PP-OCRv6_small_det",
        text_detection_model_dir=options["detection"],
        text_recognition_model_name="PP-OCRv6_small_rec",
        text_recognition_model_dir=options["recognition"],
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
        device="cpu",
        engine="onnxruntime",
        engine_config={"intra_op_num_threads": threads, "inter_op_num_threads": 1},
    )

    def read(pages: Sequence[Path]) -> int:
        results = (result for page in pages for result in engine.predict(str(page)))
        return sum(len(text) for result in results for text in result["rec_texts"])

    return read


if __name__ == "__main__":
    main(load)

"""What many tests share: the development package `fixtures` on the path, one loaded engine, repeatable properties."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from gouji.document.limits import Limits
from gouji.document.page import PageImage
from gouji.models.weights import DETECTION, RECOGNITION, find_weights
from gouji.ocr.onnx import OnnxEngine
from gouji.ocr.pages import open_pages, open_source
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))

# The same examples on every run and no time limit on one: a busy machine fails no test.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def scans() -> Path:
    """The folder of committed scans."""
    return ROOT / "fixtures" / "scans"


@pytest.fixture(scope="session")
def engine() -> OnnxEngine:
    """The default engine with its real weights."""
    return OnnxEngine(find_weights(DETECTION), find_weights(RECOGNITION))


@pytest.fixture(scope="session")
def demo_pages(scans: Path) -> tuple[PageImage, ...]:
    """The three pages of the demo: tables 二 and the head of 三; the rest of 三 and 四; text only. 200 dpi."""
    limits = Limits()
    with open_pages(open_source(scans / "demo.pdf", limits), limits) as pages:
        return tuple(pages.read(index) for index in range(len(pages)))

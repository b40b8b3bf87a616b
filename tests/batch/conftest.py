"""What the tests of runs share."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image


@pytest.fixture
def bare_page(tmp_path: Path) -> Path:
    """A page without a table: quick to digitize, and its own error."""
    path = tmp_path / "bare.png"
    Image.new("L", (300, 424), 255).save(path)
    return path

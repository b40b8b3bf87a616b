"""Sheets of numbers, and the crops that gouji cuts out of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gouji.ocr.numbers import CHARACTERS, NumberReader

from training.crops import Example, load, make_crops, save
from training.distort import distort
from training.sheets import make_sheet
from training.strings import draw_string, spell, to_classes


@pytest.mark.parametrize(
    ("text", "expected"), [("12,5", "12,5"), ("——", "--"), ("／", "/"), ("减 4", "?4"), ("无", "?"), ("", "")]
)
def test_classes(text: str, expected: str) -> None:
    assert spell(text) == expected
    assert [CHARACTERS[c - 1] for c in to_classes(text)] == list(expected)


def test_strings_are_of_many_kinds() -> None:
    rng = np.random.default_rng(1)
    drawn = [draw_string(rng) for _ in range(2000)]
    assert set("0123456789.,/") <= set("".join(drawn))
    assert 0.02 < sum("?" in spell(t) for t in drawn) / len(drawn) < 0.2


def test_a_sheet_depends_on_its_number_alone() -> None:
    one, again, other = make_sheet(5, "clean"), make_sheet(5, "clean"), make_sheet(6, "clean")
    assert (one.pixels == again.pixels).all()
    assert one.texts == again.texts != other.texts


def test_crops_show_what_the_sheet_prints(tmp_path: Path) -> None:
    examples = list(make_crops(range(40, 43), ("clean",), processes=1))
    assert len(examples) > 300
    save(examples, tmp_path / "crops.npz")
    kept = load(tmp_path / "crops.npz")
    assert [(e.text, e.sheet, e.crop.shape) for e in kept] == [
        (e.text, e.sheet, e.crop.shape) for e in examples
    ]
    read = NumberReader().read([np.repeat(e.crop[:, :, None], 3, axis=2) for e in kept])
    right = sum(r.text == spell(e.text) for r, e in zip(read, kept, strict=True))
    assert right >= 0.99 * len(kept)


def test_distorted_crops_stay_crops() -> None:
    rng = np.random.default_rng(2)
    crop = np.full((48, 60), 255, np.uint8)
    crop[10:38, 20:40] = 30
    for _ in range(300):
        found = distort(Example(crop, "1", 0).crop, rng)
        assert found.dtype == np.uint8
        assert found.ndim == 2
        assert found.min() < 200

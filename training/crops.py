"""The crops that gouji itself cuts out of sheets whose texts are known, and their file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from gouji.document.page import Gray
from gouji.layout.page import lay_out
from gouji.ocr.upright import estimate_skew

from fixtures.scanmaker.defects.profiles import PROFILES

from .sheets import NumberSheet, make_sheet

CROP_HEIGHT = 48
"""Px to which crops are scaled before they are kept: more than the reader's own height, so that they can still be distorted."""

MAX_WIDTH = 600
"""Px; wider crops are no numbers."""

TURNED = ("rotated",)
"""Conditions that turn pages, which tell a reader of upright lines nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A crop, (`CROP_HEIGHT`, w) uint8, and what it prints; the number of its sheet, by which sets are split."""

    crop: Gray
    text: str
    sheet: int


def make_crops(sheets: range, profiles: Sequence[str] | None = None, processes: int = 2) -> Iterator[Example]:
    """The examples of sheets by number, in their order; each sheet in one of `profiles`, by turns."""
    names = tuple(profiles or (name for name in PROFILES if name not in TURNED))
    make = partial(_sheet_examples, names)
    if processes == 1:
        yield from chain.from_iterable(map(make, sheets))
        return
    # Spawned, not forked: a process that has run a network cannot be copied.
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        yield from chain.from_iterable(pool.map(make, sheets, chunksize=4))


def _sheet_examples(profiles: Sequence[str], number: int) -> list[Example]:
    cv2.setNumThreads(1)
    sheet = make_sheet(number, profiles[number % len(profiles)])
    return [Example(crop, text, number) for crop, text in cut_crops(sheet)]


def cut_crops(sheet: NumberSheet) -> Iterator[tuple[Gray, str]]:
    """Crop and text of each cell, where the grid that was found is the one that was drawn."""
    skew = estimate_skew(sheet.pixels, sheet.dpi)
    for table in lay_out(sheet.pixels, sheet.dpi, skew, with_outside=False).tables:
        grid, drawn = table.grid, (len(sheet.texts), len(sheet.texts[0]))
        if (grid.rows, grid.cols) != drawn or len(grid.cells) != grid.rows * grid.cols:
            continue
        for cell, crop, lines in zip(grid.cells, table.cells, table.lines, strict=True):
            if len(lines) == 1 and not crop.cut:
                height, width = lines[0].shape[:2]
                size = max(4, round(width * CROP_HEIGHT / height)), CROP_HEIGHT
                if size[0] <= MAX_WIDTH:
                    gray = cv2.resize(lines[0][:, :, 1], size, interpolation=cv2.INTER_AREA)
                    yield np.asarray(gray, dtype=np.uint8), sheet.texts[cell.row][cell.col]


def save(examples: Sequence[Example], path: Path) -> None:
    """One file: the crops side by side, where each ends, its sheet and its text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    texts = json.dumps([e.text for e in examples], ensure_ascii=False).encode()
    np.savez_compressed(
        path,
        pixels=np.concatenate([e.crop for e in examples], axis=1),
        ends=np.cumsum([e.crop.shape[1] for e in examples]),
        sheets=np.array([e.sheet for e in examples]),
        texts=np.frombuffer(texts, dtype=np.uint8),
    )


def load(path: Path) -> list[Example]:
    """What `save` wrote; nothing in the file is executed."""
    with np.load(path, allow_pickle=False) as file:
        crops = np.split(file["pixels"], file["ends"][:-1], axis=1)
        texts = json.loads(file["texts"].tobytes())
        return [
            Example(crop, text, int(sheet))
            for crop, text, sheet in zip(crops, texts, file["sheets"], strict=True)
        ]

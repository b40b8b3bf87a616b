"""Broad marks lighter than print, such as those of a seal copied in grey."""

from __future__ import annotations

import numpy as np
from gouji.document.page import Gray
from gouji.layout.ink import Mask
from gouji.layout.pale import without_pale_marks

DPI = 200.0


def cell() -> Gray:
    """(60, 140) uint8 contrast: three digits' strokes, three px wide, with soft edges."""
    contrast = np.zeros((60, 140), np.uint8)
    for x in (50, 66, 82):
        contrast[20:42, x - 1 : x + 4] = 100
        contrast[20:42, x : x + 3] = 220
    return contrast


def kept(contrast: Gray) -> Mask:
    return without_pale_marks((contrast >= 80).astype(np.uint8), contrast, DPI)


def test_print_alone_keeps_its_soft_edges() -> None:
    assert (kept(cell()) == (cell() >= 80)).all()


def test_a_broad_light_mark_goes_and_the_print_that_it_crosses_stays() -> None:
    contrast = cell()
    sealed = np.maximum(contrast, np.where(np.indices(contrast.shape)[0] // 6 == 5, 95, 0).astype(np.uint8))
    ink = kept(sealed)
    assert (ink[contrast >= 200] == 1).all()
    assert not ink[:, :40].any()
    assert not ink[:, 100:].any()


def test_a_thin_light_sign_stays() -> None:
    contrast = cell()
    contrast[30:32, 30:40] = 90
    assert kept(contrast)[30:32, 30:40].all()


def test_a_cell_with_light_marks_only_keeps_them() -> None:
    contrast = np.zeros((60, 140), np.uint8)
    contrast[20:42, 50:58] = 95
    assert kept(contrast).sum() == 22 * 8


def test_the_darker_spots_of_an_uneven_seal_go_as_well() -> None:
    contrast = cell()
    rng = np.random.default_rng(3)
    seal = np.clip(rng.normal(115, 12, contrast.shape), 85, 150).astype(np.uint8)
    seal[:, 24:] = 0
    ink = kept(np.maximum(contrast, seal))
    assert not ink[:, :40].any()
    assert (ink[contrast >= 200] == 1).all()

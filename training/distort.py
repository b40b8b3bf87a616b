"""Crops as other scanners, printers and cuts would have made them: chance on top of the scan conditions of the sheets."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]


def distort(crop: Gray, rng: np.random.Generator) -> Gray:
    """The crop, (h, w) uint8, moved, sheared, thinned or thickened, blurred, faded, specked, coarsened; each by chance."""
    for chance, step in _STEPS:
        if rng.random() < chance:
            crop = step(crop, rng)
    return crop


def _warp(crop: Gray, rng: np.random.Generator) -> Gray:
    h, w = crop.shape
    sx, sy = rng.uniform(0.85, 1.15), rng.uniform(0.88, 1.1)
    shear, turn = rng.normal(0, 0.05), rng.normal(0, 0.02)
    width = max(8, round(w * sx))
    matrix = np.array([[sx, shear, 0], [turn * sx, sy, 0]], dtype=np.float64)
    centre = matrix[:, :2] @ [w / 2, h / 2]
    matrix[:, 2] = [
        width / 2 - centre[0] + rng.normal(0, 0.02 * h),
        h / 2 - centre[1] + rng.normal(0, 0.03 * h),
    ]
    warped = cv2.warpAffine(crop, matrix, (width, h), flags=cv2.INTER_LINEAR, borderValue=255)
    return np.asarray(warped, dtype=np.uint8)


def _weight(crop: Gray, rng: np.random.Generator) -> Gray:
    kernel = np.ones([(2, 2), (1, 2), (2, 1), (3, 3)][int(rng.integers(0, 4))], np.uint8)
    return np.asarray(
        cv2.erode(crop, kernel) if rng.random() < 0.5 else cv2.dilate(crop, kernel), dtype=np.uint8
    )


def _blur(crop: Gray, rng: np.random.Generator) -> Gray:
    return np.asarray(cv2.GaussianBlur(crop, (0, 0), float(rng.uniform(0.4, 2.2))), dtype=np.uint8)


def _coarsen(crop: Gray, rng: np.random.Generator) -> Gray:
    h, w = crop.shape
    share = rng.uniform(0.3, 0.7)
    small = cv2.resize(
        crop, (max(3, round(w * share)), max(8, round(h * share))), interpolation=cv2.INTER_AREA
    )
    return np.asarray(cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def _noise(crop: Gray, rng: np.random.Generator) -> Gray:
    noisy = crop + rng.normal(0, rng.uniform(2, 22), crop.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def _fade(crop: Gray, rng: np.random.Generator) -> Gray:
    return (255 - (255 - crop) * rng.uniform(0.25, 1.0)).astype(np.uint8)


def _threshold(crop: Gray, rng: np.random.Generator) -> Gray:
    return np.where(crop < rng.uniform(90, 190), 0, 255).astype(np.uint8)


def _jpeg(crop: Gray, rng: np.random.Generator) -> Gray:
    _, data = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 70))])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def _speck(crop: Gray, rng: np.random.Generator) -> Gray:
    crop = crop.copy()
    h, w = crop.shape
    for _ in range(int(rng.integers(1, 4))):
        centre = int(rng.integers(0, w)), int(rng.integers(0, h))
        cv2.circle(crop, centre, int(rng.integers(1, 3)), int(rng.integers(0, 200)), -1)
    return crop


def _streak(crop: Gray, rng: np.random.Generator) -> Gray:
    """A line of another's ink: a pen's, a stamp's, the other side's."""
    crop = crop.copy()
    h, w = crop.shape
    start, end = ((int(rng.integers(-5, w + 5)), int(rng.integers(0, h))) for _ in range(2))
    layer = crop.copy()
    cv2.line(layer, start, end, int(rng.integers(60, 230)), int(rng.integers(1, 3)), cv2.LINE_AA)
    return np.minimum(crop, layer)


def _margin(crop: Gray, rng: np.random.Generator) -> Gray:
    h = crop.shape[0]
    top, bottom, left, right = (int(rng.integers(-0.08 * h, 0.1 * h)) for _ in range(4))
    crop = crop[max(0, -top) : h - max(0, -bottom), max(0, -left) : crop.shape[1] - max(0, -right)]
    pads = ((max(0, top), max(0, bottom)), (max(0, left), max(0, right)))
    return np.pad(crop, pads, constant_values=255)


_STEPS = (
    (0.6, _warp),
    (0.4, _margin),
    (0.2, _weight),
    (0.06, _streak),
    (0.06, _speck),
    (0.3, _blur),
    (0.2, _coarsen),
    (0.3, _fade),
    (0.25, _noise),
    (0.06, _threshold),
    (0.15, _jpeg),
)

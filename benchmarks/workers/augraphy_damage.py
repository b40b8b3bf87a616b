"""Pages damaged by Augraphy, one of its augmentations a document, with its own settings but where these leave nothing to read.

    python -m benchmarks.workers.augraphy_damage < jobs.json

Runs in an environment of its own and knows nothing of gouji. A job has a `name` of DAMAGES, a `seed`, the `pages` (pictures that
state their dpi) and `out`, the PDF to write.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import numpy as np
from PIL import Image

DPI = 200

DAMAGES: Mapping[str, Mapping[str, Any]] = {
    "BadPhotoCopy": {"noise_type": -1, "noise_sparsity": (0.3, 0.6), "noise_concentration": (0.05, 0.3)},
    "BindingsAndFasteners": {},
    "BleedThrough": {},
    "Brightness": {},
    "BrightnessTexturize": {},
    "ColorPaper": {},
    "ColorShift": {
        "color_shift_offset_x_range": (1, 3),
        "color_shift_offset_y_range": (1, 3),
        "color_shift_iterations": (1, 2),
    },
    "DirtyRollers": {},
    "Dithering": {},
    "Faxify": {},
    "Geometric": {"rotate_range": (-4, 4)},
    "InkBleed": {},
    "InkMottling": {},
    "Jpeg": {"quality_range": (15, 35)},
    "Letterpress": {},
    "LightingGradient": {},
    "LinesDegradation": {},
    "LowInkPeriodicLines": {},
    "LowInkRandomLines": {},
    "Markup": {},
    "Moire": {},
    "NoiseTexturize": {},
    "NoisyLines": {},
    "PageBorder": {},
    "ShadowCast": {},
    "Stains": {},
    "SubtleNoise": {},
    "VoronoiTessellation": {},
}
"""Left out are those that take print away, print over it, or show two pages: Folding, DirtyDrum, ReflectedLight, WaterMark,
InkColorSwap, BookBinding."""


def damage(name: str, page: np.ndarray[Any, Any]) -> Image.Image:
    """A (H, W, 3) uint8 page, channels B, G, R, damaged."""
    augmentation = getattr(import_module("augraphy"), name)(p=1, **DAMAGES[name])
    damaged = augmentation(page)
    damaged = damaged[0] if isinstance(damaged, tuple) else damaged
    damaged = np.clip(page if damaged is None else damaged, 0, 255).astype(np.uint8)
    if damaged.ndim == 2:
        return Image.fromarray(damaged).convert("RGB")
    return Image.fromarray(np.ascontiguousarray(damaged[:, :, 2::-1]))


def read(path: str) -> np.ndarray[Any, Any]:
    """(H, W, 3) uint8 of 200 dpi, channels B, G, R."""
    with Image.open(path) as page:
        scale = DPI / page.info["dpi"][0]
        size = round(page.width * scale), round(page.height * scale)
        return np.ascontiguousarray(np.asarray(page.convert("RGB").resize(size))[:, :, ::-1])


def write(job: Mapping[str, Any]) -> None:
    """The damaged pages as a PDF; the same seed gives the same damage."""
    random.seed(job["seed"])
    np.random.seed(job["seed"])
    first, *others = (damage(job["name"], read(page)) for page in job["pages"])
    first.save(job["out"], save_all=True, append_images=others, resolution=DPI, quality=85)


def main() -> None:
    """One job after the other."""
    for job in json.load(sys.stdin):
        write(job)


if __name__ == "__main__":
    main()

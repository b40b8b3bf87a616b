"""Pages damaged by Augraphy, one of its augmentations a document, with its own settings but where these leave nothing to read.

    python -m benchmarks.workers.augraphy_damage NAME SEED OUT.pdf PAGE.png …

Runs in an environment of its own and knows nothing of gouji.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping, Sequence
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


def read(page: str) -> np.ndarray[Any, Any]:
    """(H, W, 3) uint8, channels B, G, R."""
    return np.ascontiguousarray(np.asarray(Image.open(page).convert("RGB"))[:, :, ::-1])


def main(arguments: Sequence[str]) -> None:
    """Write the damaged pages as a PDF."""
    name, seed, out, *pages = arguments
    random.seed(int(seed))
    np.random.seed(int(seed))
    first, *others = (damage(name, read(page)) for page in pages)
    first.save(out, save_all=True, append_images=others, resolution=DPI, quality=85)


if __name__ == "__main__":
    main(sys.argv[1:])

"""Crops that show the same thing: most cells of a report are the same 0, and reading one of them is enough."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ..document.page import RGB

HEIGHT = 24
"""Px to which crops are scaled before they are compared; about half of the recognizer's own."""

MAX_WIDTH = 60
"""Wider crops, in px at that height, hardly ever look alike and are not compared."""

MAX_DIFFERENCE = 36.0
"""Grey levels, of 255 between paper and ink, by which two crops of the same text may differ anywhere, averaged over 3 × 3 px.

Of 344 163 pairs out of 5 618 crops that read differently, from scans of many conditions, none differed by less than 115."""

MIN_CONTRAST = 48.0
"""Grey levels between paper and ink below which a crop is compared with no other: its noise would be blown up."""


def group_alike(crops: Sequence[RGB]) -> tuple[int, ...]:
    """For each crop the index of the first one that looks the same; its own index where none does.

    Args:
        crops: (h, w, 3) uint8 each, one line of print on white, with the same share of paper around it.
    """
    first: list[int] = []
    known: dict[int, tuple[list[int], list[NDArray[np.float32]]]] = {}
    for i, crop in enumerate(crops):
        shape = _shape(crop)
        first.append(i)
        if shape is None:
            continue
        indices, shapes = known.setdefault(shape.shape[1], ([], []))
        if shapes:
            worst = np.abs(np.stack(shapes) - shape).max(axis=(1, 2))
            nearest = int(worst.argmin())
            if worst[nearest] <= MAX_DIFFERENCE:
                first[i] = indices[nearest]
                continue
        indices.append(i)
        shapes.append(shape)
    return tuple(first)


def _shape(crop: RGB) -> NDArray[np.float32] | None:
    """(HEIGHT, w) float32, 0 on paper, 255 on the darkest ink, a little blurred; None for what is not to be compared."""
    height, width = crop.shape[:2]
    if not height or not width:
        return None
    scaled = max(4, round(width * HEIGHT / height))
    if scaled > MAX_WIDTH:
        return None
    small = cv2.resize(crop[:, :, 1], (scaled, HEIGHT), interpolation=cv2.INTER_AREA).astype(np.float32)
    soft = cv2.blur(small, (3, 3))
    paper, ink = float(soft.max()), float(soft.min())
    if paper - ink < MIN_CONTRAST:
        return None
    return np.asarray((paper - soft) * (255.0 / (paper - ink)), dtype=np.float32)

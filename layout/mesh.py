"""The mesh of a table: nodes where its tracks cross, and how much of each edge between two nodes is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..document.geometry import mm_to_px
from .ink import Mask
from .rulings import Rulings
from .tracks import Region, Track
from .walls import Walls

_TOLERANCE_MM = 0.4
"""How far beside a track its ruling may lie and still count as drawn."""

_INSIDE_MM = 1.0
"""How far inside a row a column's border is looked up."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Where a border may lie and count as drawn.

    Attributes:
        horizontal, vertical, any: (H, W) uint8, 1 on the rulings of that direction and as far beside them as the tolerance.
    """

    horizontal: Mask
    vertical: Mask
    any: Mask


def widen(rulings: Rulings) -> Drawn:
    """Where the page's rulings are drawn, with the tolerance around them."""
    side = 2 * max(1, round(mm_to_px(_TOLERANCE_MM, rulings.dpi))) + 1
    horizontal = np.asarray(cv2.dilate(rulings.horizontal_mask, np.ones((side, 1), np.uint8)), np.uint8)
    vertical = np.asarray(cv2.dilate(rulings.vertical_mask, np.ones((1, side), np.uint8)), np.uint8)
    return Drawn(horizontal, vertical, horizontal | vertical)


def cross(region: Region) -> NDArray[np.float64]:
    """(rows + 1, cols + 1, 2): where each horizontal track meets each vertical one."""
    xs = np.tile([v.across.mean() for v in region.vertical], (len(region.horizontal), 1))
    ys = np.zeros_like(xs)
    for _ in range(3):  # both are nearly straight: converges to below a px at once
        for h, x, y in zip(region.horizontal, xs, ys, strict=True):
            y[:] = np.interp(x, h.along, h.across)
        for v, x, y in zip(region.vertical, xs.T, ys.T, strict=True):
            x[:] = np.interp(y, v.along, v.across)
    return np.stack([xs, ys], axis=2)


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A table's tracks and where they cross.

    Attributes:
        region: the tracks.
        nodes: (rows + 1, cols + 1, 2) float64, where each horizontal track meets each vertical one, px.
        walls: drawn shares of the edges between them.
    """

    region: Region
    nodes: NDArray[np.float64]
    walls: Walls


def to_mesh(region: Region, drawn: Drawn) -> Mesh:
    """The mesh of a table on a page with those rulings."""
    nodes = cross(region)
    return Mesh(region, nodes, measure_walls(region, nodes, drawn))


def corners(region: Region, nodes: NDArray[np.float64], dpi: float) -> NDArray[np.float64]:
    """(2, rows + 1, cols + 1, 2): the corners of the cells below each node and of those above it.

    Data rows may stand beside their headings: the ruling between two columns then jumps where it crosses the rows' border. Seen
    from inside a row it is straight, so that its place a little inside the row is that of the corner.
    """
    placed = np.stack([nodes, nodes])
    heights = np.diff(nodes[..., 1], axis=0)
    inside = np.minimum(mm_to_px(_INSIDE_MM, dpi), heights / 4)
    for j, track in enumerate(region.vertical):
        placed[0, :-1, j, 0] = np.interp(nodes[:-1, j, 1] + inside[:, j], track.along, track.across)
        placed[1, 1:, j, 0] = np.interp(nodes[1:, j, 1] - inside[:, j], track.along, track.across)
    return placed


def measure_walls(region: Region, nodes: NDArray[np.float64], drawn: Drawn) -> Walls:
    """Drawn shares of the middle four fifths of all edges.

    Args:
        region: the table's tracks.
        nodes: (rows + 1, cols + 1, 2), where they meet, px.
        drawn: the page's rulings, in the same frame.
    """
    # Masks and nodes of rows are turned so that every track runs along the first axis.
    above = _drawn_shares(region.horizontal, nodes[..., 0], drawn.horizontal.T, trim=0.1)
    left = _drawn_shares(region.vertical, nodes[..., 1].T, drawn.vertical, trim=0.1).T
    return Walls(above, left)


def measure_whole_walls(
    region: Region, nodes: NDArray[np.float64], drawn: Drawn, usual_thickness: float
) -> Walls:
    """Drawn shares of all edges from node to node, with the crossing rulings.

    What crossing ones thicker than `usual_thickness`, in px, hide of the ends is left out, of a table's sides all that they hide:
    at its corners neither is seen.
    """

    def hidden(tracks: Sequence[Track], crossed: Sequence[Track]) -> NDArray[np.float64]:
        thickness = np.array([track.thickness for track in tracks])
        beside = np.tile(np.maximum(0.0, (thickness - usual_thickness) / 2), (len(crossed), 1))
        beside[[0, -1]] = thickness / 2 + 1  # and its soft edge
        return beside

    above = _drawn_shares(
        region.horizontal, nodes[..., 0], drawn.any.T, hidden=hidden(region.vertical, region.horizontal)
    )
    left = _drawn_shares(
        region.vertical, nodes[..., 1].T, drawn.any, hidden=hidden(region.horizontal, region.vertical)
    )
    return Walls(above, left.T)


def _drawn_shares(
    tracks: Sequence[Track],
    nodes: NDArray[np.float64],
    mask: Mask,
    *,
    trim: float = 0.0,
    hidden: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """(n, m): share of the way from each of a track's (n, m + 1) nodes to the next that lies on the mask.

    The way follows the track, whose pieces may lie a little beside one another. `trim` of it is left out at either end, and so many
    px beside each node as are `hidden` there, (n, m + 1).
    """
    if nodes.shape[1] < 2:  # no track crosses these
        return np.empty((nodes.shape[0], 0))
    longest = float(np.abs(np.diff(nodes, axis=1)).max(initial=2.0))
    t = np.linspace(trim, 1 - trim, max(2, round(longest)))[:, None]
    shares = np.empty((nodes.shape[0], nodes.shape[1] - 1))
    aside = np.zeros_like(nodes) if hidden is None else hidden
    first, last = nodes[:, :-1] + aside[:, :-1], nodes[:, 1:] - aside[:, 1:]
    for i, track in enumerate(tracks):
        along = first[i] * (1 - t) + last[i] * t
        across = np.interp(along, track.along, track.across)
        ys = np.clip(np.rint(along).astype(np.int32), 0, mask.shape[0] - 1)
        xs = np.clip(np.rint(across).astype(np.int32), 0, mask.shape[1] - 1)
        shares[i] = mask[ys, xs].mean(axis=0)
    return shares

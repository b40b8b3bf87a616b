"""A ruled table: its mesh of nodes, its cells with spans, and what was read in them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .geometry import BBox, Homography, Quad, bbox_of_points
from .reading import LineReading


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell, possibly merged from several elementary ones.

    Attributes:
        row, col: of its top-left elementary cell, from 0.
        row_span, col_span: in elementary cells, at least 1.
        quad: its corners, on the middle of the rulings, px of the frame the grid is in.
        support: share of its border that is drawn, 0 to 1.
    """

    row: int
    col: int
    row_span: int
    col_span: int
    quad: Quad
    support: float

    def __post_init__(self) -> None:
        if min(self.row, self.col) < 0 or min(self.row_span, self.col_span) < 1:
            raise ValueError(f"a grid cell needs row, col >= 0 and spans >= 1, got {self}")


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The cells of one ruled table on one page.

    Attributes:
        nodes: (rows + 1, cols + 1, 2) float64, read-only; where the rulings meet, px.
        cells: in reading order; together they cover the grid once.
        sound: whether the page's rulings are whole; where they are in pieces rows and columns are inferred.
    """

    nodes: NDArray[np.float64]
    cells: tuple[GridCell, ...]
    sound: bool = True

    def __post_init__(self) -> None:
        self.nodes.setflags(write=False)

    @property
    def rows(self) -> int:
        """Number of elementary rows."""
        return int(self.nodes.shape[0]) - 1

    @property
    def cols(self) -> int:
        """Number of elementary columns."""
        return int(self.nodes.shape[1]) - 1

    @property
    def bbox(self) -> BBox:
        """The smallest box around all nodes, px."""
        return bbox_of_points([(float(x), float(y)) for x, y in self.nodes.reshape(-1, 2)])

    def mapped(self, to_frame: Homography) -> Grid:
        """The same grid in another frame."""
        nodes = to_frame.apply(self.nodes.reshape(-1, 2)).reshape(self.nodes.shape)
        quads = to_frame.apply_quads([c.quad for c in self.cells])
        cells = tuple(
            GridCell(c.row, c.col, c.row_span, c.col_span, quad, c.support)
            for c, quad in zip(self.cells, quads, strict=True)
        )
        return Grid(nodes, cells, self.sound)


@dataclass(frozen=True, slots=True)
class CellContent:
    """What a grid cell holds.

    Attributes:
        lines: readings of its text lines, top to bottom (of a vertical cell: its characters joined to one line).
        has_ink: whether there is anything but paper inside the rulings.
        coloured: whether ink shows in colour only (a seal, a pen), not in black print.
        faint: whether all its ink is lighter than the page's print: a thin stroke in a bad light, or the other side of the sheet.
        cut: whether print runs into a side border, as it does where a ruling that is none goes through it.
        upright: whether its largest mark is higher than any dash.
        apart: whether its print stands in pieces further apart than those of one number: a ruling between may be lost.
        overlaid: whether broad marks lighter than its print, such as a copied seal's, are left out.
        dash: whether its only mark is flat and stands in the middle of its height, as a dash does and no digit.
        mixed: whether other marks stand in the line of its black print that may be a part of it, or none: coloured
            ones, pencil.
        stopped: whether a mark lighter than its print was taken for a full stop of it.
        crossed: whether a dark streak goes through its print.
        odd: whether its only text line is much lower or higher than the numbers of its table, so that it may be none.
        traced: whether there are traces or crumbs only that may be what is left of a mark.
        text_height: px of its highest text line; 0 without print.
        shining: what the cell would hold if the marks that are as light as the sheet's other side were its own; None without any.
        again: what other cuts of the cell hold; () where the first left no doubt.
        slant: degrees by which a lone straight stroke leans from the vertical, to the right positive; None for other content.
    """

    lines: tuple[LineReading, ...]
    has_ink: bool
    coloured: bool = False
    slant: float | None = None
    faint: bool = False
    cut: bool = False
    dash: bool = False
    apart: bool = False
    overlaid: bool = False
    odd: bool = False
    traced: bool = False
    text_height: float = 0.0
    upright: bool = False
    mixed: bool = False
    stopped: bool = False
    crossed: bool = False
    shining: CellContent | None = None
    again: tuple[CellContent, ...] = ()

    @property
    def text(self) -> str:
        """The lines' texts, joined by a line break."""
        return "\n".join(line.text for line in self.lines)

    @property
    def score(self) -> float:
        """The lowest score among the lines, 1 for a cell without any."""
        return min((line.score for line in self.lines), default=1.0)


EMPTY_CELL = CellContent((), has_ink=False)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A grid with its contents.

    Attributes:
        page_index: from 0.
        grid: in px of the scan's own page image.
        contents: one for each of `grid.cells`, in their order.
    """

    page_index: int
    grid: Grid
    contents: tuple[CellContent, ...]

    def __post_init__(self) -> None:
        if len(self.contents) != len(self.grid.cells):
            raise ValueError(f"{len(self.grid.cells)} cells but {len(self.contents)} contents")

    def part(self, first: int, stop: int) -> Table | None:
        """The cells that begin in the elementary rows from `first` to before `stop`, as a table of its own; None without any."""
        kept = [k for k, cell in enumerate(self.grid.cells) if first <= cell.row < stop]
        if not kept:
            return None
        cells = tuple(replace(self.grid.cells[k], row=self.grid.cells[k].row - first) for k in kept)
        grid = Grid(self.grid.nodes[first : stop + 1].copy(), cells, self.grid.sound)
        return Table(self.page_index, grid, tuple(self.contents[k] for k in kept))

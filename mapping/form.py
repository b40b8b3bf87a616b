"""The national form as data: rows to find, cells to fill, identities to check.

The files in `forms/` hold one edition each; a new edition is a new file. Everything is validated when it is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

ValueKind = Literal["count", "signed", "amount"]


class RowKind(StrEnum):
    """What a row of the form is there for."""

    TITLE = "title"
    HEADER = "header"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class CellSpec:
    """One cell of the form: its id, its canonical labels, and what kind of number it holds."""

    id: str
    row_label: str
    column_label: str
    kind: ValueKind
    unit: str = ""


@dataclass(frozen=True, slots=True)
class FormRow:
    """One printed row.

    Attributes:
        kind: title of a block, header of columns, or data.
        labels: a title's or data row's own label; all labels a header may print.
        cells: of a data row, from left to right.
    """

    kind: RowKind
    labels: tuple[str, ...]
    cells: tuple[CellSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """An equation that the form prescribes: the sum of `left` equals the sum of `right` (勾稽关系)."""

    id: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    text: str
    source: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The ids of all its cells, those on the left first."""
        return self.left + self.right


@dataclass(frozen=True, slots=True)
class FormTable:
    """One table of one edition.

    Attributes:
        layouts: the ways it is printed; each is its rows from top to bottom. All hold the same cells.
    """

    id: str
    form_id: str
    section: str
    layouts: tuple[tuple[FormRow, ...], ...]
    identities: tuple[Identity, ...]

    @property
    def cells(self) -> tuple[CellSpec, ...]:
        """Its cells in form order."""
        return tuple(cell for row in self.layouts[0] for cell in row.cells)


@dataclass(frozen=True, slots=True)
class Form:
    """One edition of the national form."""

    id: str
    title: str
    tables: tuple[FormTable, ...]

    def table(self, table_id: str) -> FormTable:
        """The table of that id.

        Raises:
            KeyError: when the form has no such table.
        """
        for table in self.tables:
            if table.id == table_id:
                return table
        raise KeyError(f"{self.id} has the tables {[t.id for t in self.tables]}, not {table_id!r}")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Item(_Strict):
    id: str
    label: str
    path: tuple[str, ...] = ()


class _Source(_Strict):
    document: str
    table: str
    basis: str


class _Check(_Strict):
    id: str
    per: Literal["row", "column", "group"]
    left: tuple[str, ...]
    right: tuple[str, ...]
    text: str
    source: _Source


class _Block(_Strict):
    id: str
    title: str
    header: str
    columns: tuple[_Item, ...]
    rows: tuple[_Item, ...]
    kind: ValueKind
    unit: str = ""


class _Table(_Strict):
    id: str
    section: str
    cell_id: str
    kind: ValueKind = "count"
    blocks: tuple[_Block, ...] = ()
    columns: tuple[_Item, ...] = ()
    groups: tuple[_Item, ...] = ()
    rows: tuple[_Item, ...] = ()
    checks: tuple[_Check, ...] = ()


class _Form(_Strict):
    id: str
    title: str
    years: str
    tables: tuple[_Table, ...]
    cell_ids: tuple[str, ...] = Field(min_length=1)


@cache
def load_forms() -> tuple[Form, ...]:
    """All editions that ship with gouji, the newest first.

    Raises:
        ValueError: when a file does not describe a form, or its tables do not give exactly the ids it lists.
    """
    folder = files(__package__) / "forms"
    names = sorted((f.name for f in folder.iterdir() if f.name.endswith(".json")), reverse=True)
    return tuple(parse_form((folder / name).read_text("utf-8")) for name in names)


def parse_form(text: str) -> Form:
    """The form that a JSON text describes.

    Raises:
        ValueError: as `load_forms`.
    """
    raw = _Form.model_validate_json(text)
    form = Form(raw.id, raw.title, tuple(_to_table(raw.id, table) for table in raw.tables))
    ids = tuple(cell.id for table in form.tables for cell in table.cells)
    if ids != raw.cell_ids:
        odd = sorted(set(ids) ^ set(raw.cell_ids))
        raise ValueError(f"{raw.id}: the tables give other cells than cell_ids lists: {odd or 'other order'}")
    for table in form.tables:
        for identity in table.identities:
            unknown = (set(identity.left) | set(identity.right)) - set(ids)
            if unknown:
                raise ValueError(f"{raw.id}: check {identity.id} names unknown cells {sorted(unknown)}")
    return form


def _to_table(form_id: str, raw: _Table) -> FormTable:
    layouts: tuple[tuple[FormRow, ...], ...]
    if raw.blocks:
        layouts = (tuple(row for block in raw.blocks for row in _block_rows(raw, block)),)
    elif raw.groups:
        layouts = tuple(_group_layouts(raw))
    else:
        layouts = (tuple(_headed_rows(raw)),)
    return FormTable(raw.id, form_id, raw.section, layouts, tuple(_identities(raw)))


def _block_rows(raw: _Table, block: _Block) -> Iterator[FormRow]:
    yield FormRow(RowKind.TITLE, (block.title,))
    yield FormRow(RowKind.HEADER, (block.header, *(c.label for c in block.columns)))
    for row in block.rows:
        cells = tuple(
            CellSpec(_cell_id(raw, row=row.id, column=c.id), row.label, c.label, block.kind, block.unit)
            for c in block.columns
        )
        yield FormRow(RowKind.DATA, (row.label,), cells)


def _headed_rows(raw: _Table) -> Iterator[FormRow]:
    labels = tuple(dict.fromkeys(label for c in raw.columns for label in (*c.path, c.label)))
    depth = 1 + max(len(c.path) for c in raw.columns)
    yield from [FormRow(RowKind.HEADER, labels)] * depth
    for row in raw.rows:
        cells = tuple(
            CellSpec(_cell_id(raw, row=row.id, column=c.id), row.label, c.label, raw.kind)
            for c in raw.columns
        )
        yield FormRow(RowKind.DATA, (row.label,), cells)


def _group_cells(raw: _Table, group: _Item) -> tuple[CellSpec, ...]:
    return tuple(
        CellSpec(_cell_id(raw, group=group.id, column=c.id), group.label, c.label, raw.kind)
        for c in raw.columns
    )


def _group_layouts(raw: _Table) -> Iterator[tuple[FormRow, ...]]:
    """The table in one piece, in one for each group, in one for groups under the same heading, and with a row for each group."""
    together = [tuple(piece) for _, piece in groupby(raw.groups, lambda group: group.path[:1])]
    ways = ((raw.groups,), tuple(together), tuple((group,) for group in raw.groups))
    for pieces in dict.fromkeys(ways):
        yield tuple(row for piece in pieces for row in _piece_rows(raw, piece))
    heading = FormRow(RowKind.HEADER, tuple(c.label for c in raw.columns))
    yield (heading, *(FormRow(RowKind.DATA, (g.label,), _group_cells(raw, g)) for g in raw.groups))


def _piece_rows(raw: _Table, groups: Sequence[_Item]) -> Iterator[FormRow]:
    """The headings and the row of a piece."""
    labels = tuple(dict.fromkeys(label for g in groups for label in (*g.path, g.label)))
    columns = tuple(c.label for c in raw.columns)
    if len(groups) == 1:
        yield FormRow(RowKind.HEADER, labels)
        yield FormRow(RowKind.HEADER, columns)
    else:
        depth = 2 + max(len(g.path) for g in groups)
        yield from [FormRow(RowKind.HEADER, (*labels, *columns))] * depth
    yield FormRow(RowKind.DATA, (), tuple(cell for g in groups for cell in _group_cells(raw, g)))


def _cell_id(raw: _Table, **parts: str) -> str:
    return raw.cell_id.format(**parts)


def _identities(raw: _Table) -> Iterator[Identity]:
    axes: dict[str, tuple[_Item, ...]] = {"row": raw.rows, "column": raw.columns, "group": raw.groups}
    other = {"row": "column", "column": "row", "group": "column"}
    for check in raw.checks:
        for item in axes[check.per]:

            def ids(members: tuple[str, ...], fixed: str = item.id, per: str = check.per) -> tuple[str, ...]:
                parts: list[dict[str, Any]] = [{per: fixed, other[per]: member} for member in members]
                return tuple(_cell_id(raw, **p) for p in parts)

            source = f"{check.source.document}，{check.source.table}，{check.source.basis}"
            identity_id = f"{raw.id}.{check.id}.{item.id}"
            yield Identity(identity_id, ids(check.left), ids(check.right), check.text, source)

"""A record's cells as tables: a row of the form a row, with a line of column labels wherever they change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from ..mapping.form import FormTable, load_forms
from ..store.desk.parts import DeskCell


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """A row: its label and cells, or, with no cells, the labels of the columns below it."""

    label: str
    cells: tuple[DeskCell, ...]
    columns: tuple[str, ...]
    starts_block: bool


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table of the form."""

    table_id: str
    title: str
    rows: tuple[PrintedRow, ...]


def printed_tables(cells: Sequence[DeskCell]) -> tuple[PrintedTable, ...]:
    """The tables of a record's cells, in the form's order."""
    by_table: dict[str, dict[str, DeskCell]] = {}
    for cell in cells:
        by_table.setdefault(cell.table_id, {})[cell.cell_id] = cell
    found = []
    for form_table in _in_order(by_table):
        own = by_table[form_table.id]
        rows = tuple(_rows([own[spec.id] for spec in form_table.cells]))
        found.append(PrintedTable(form_table.id, form_table.section, rows))
    return tuple(found)


def _in_order(by_table: Mapping[str, Mapping[str, DeskCell]]) -> Iterator[FormTable]:
    """The editions' tables that have just these cells, in the form's order."""
    forms = load_forms()
    for table_id in dict.fromkeys(table.id for form in forms for table in form.tables):
        editions = [table for form in forms for table in form.tables if table.id == table_id]
        own = set(by_table.get(table_id, ()))
        yield from [table for table in editions if {spec.id for spec in table.cells} == own][:1]


def _rows(cells: Sequence[DeskCell]) -> Iterator[PrintedRow]:
    before: tuple[str, ...] = ()
    for _, own in groupby(cells, key=_row_of):
        row = tuple(own)
        columns = tuple(cell.column_label for cell in row)
        yield PrintedRow(row[0].row_label, row, columns, columns != before)
        before = columns


def _row_of(cell: DeskCell) -> str:
    return cell.cell_id.rpartition(".")[0]

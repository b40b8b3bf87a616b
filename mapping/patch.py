"""Rows that one reading of a page has lost, taken from another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from .bind import Binding, Bound
from .number import parse_value
from .rows import PrintedCell, prints_number

_Rows = Mapping[str, tuple[Bound, ...]]


def patch_rows(binding: Binding, other: Binding) -> Binding:
    """The binding with each row of the form of which it has not all cells and the other has; it stays as it is elsewhere.

    Args:
        binding: of the reading that is right but for a few rows, such as one with whole rulings of which a fold hides one.
        other: of the same pages read in another way.

    A number on the page is never bound to two rows: rows of the binding on which the other's row stands are taken from it too, or
    else none of them is. Rows beside the form's that it stands on are the same print, and go. Of a table of which the binding has
    nothing no row is taken: there the other reading is the one to go by. Nor is a row of another edition, whose columns are others,
    nor one without a number that the binding's row has.
    """
    rows = _rows_of(binding)
    others = {key: row for key, row in _rows_of(other).items() if _ids(row) == _ids(rows.get(key, ()))}
    tables = {_table_of(bound.spec.id) for bound in binding.cells if bound.cell is not None}
    taken: set[str] = set()
    for key, row in rows.items():
        if (
            not _is_whole(row)
            and _table_of(key) in tables
            and not _has_lost_a_number(others.get(key, ()), row)
        ):
            taken |= _with_those_below(key, rows, others)
    cells = tuple(bound for key, row in rows.items() for bound in (others[key] if key in taken else row))
    print_ = _cells(bound for key in taken for bound in others[key])
    return Binding(cells, tuple(row for row in binding.extra_rows if not _stand_on(print_, row.values)))


def _with_those_below(key: str, rows: _Rows, others: _Rows) -> set[str]:
    """The row and those that have to be taken with it; empty where the other has one of them not whole."""
    found, todo = {key}, [key]
    while todo:
        candidate = others.get(todo.pop(), ())
        if not _is_whole(candidate):
            return set()
        under = {k for k, row in rows.items() if k not in found and _stand_on(_cells(candidate), _cells(row))}
        found |= under
        todo += under
    return found


def _table_of(cell_id: str) -> str:
    return cell_id.partition(".")[0]


def _rows_of(binding: Binding) -> _Rows:
    return {key: tuple(row) for key, row in groupby(binding.cells, _row_of)}


def _ids(row: Sequence[Bound]) -> list[str]:
    return [bound.spec.id for bound in row]


def _row_of(bound: Bound) -> str:
    return bound.spec.id.rpartition(".")[0]


def _is_whole(row: Sequence[Bound]) -> bool:
    return bool(row) and all(bound.cell is not None for bound in row)


def _has_lost_a_number(candidate: Sequence[Bound], row: Sequence[Bound]) -> bool:
    """Whether the candidate sees none, or another, where the row has one: it is cut in the wrong places."""
    return any(
        own.cell is not None and prints_number(own.cell) and not _prints_the_same(other.cell, own.cell)
        for other, own in zip(candidate, row, strict=False)
    )


def _prints_the_same(cell: PrintedCell | None, other: PrintedCell) -> bool:
    return cell is not None and parse_value(cell.content.text) == parse_value(other.content.text)


def _cells(bounds: Iterable[Bound]) -> list[PrintedCell]:
    return [bound.cell for bound in bounds if bound.cell is not None]


def _stand_on(cells: Sequence[PrintedCell], others: Sequence[PrintedCell]) -> bool:
    """Whether the middle of one of the cells lies in one of the others, or the other way round."""
    pairs = (
        (a.quad.to_bbox(), b.quad.to_bbox()) for a in cells for b in others if a.page_index == b.page_index
    )
    return any(a.contains(b.center) or b.contains(a.center) for a, b in pairs)

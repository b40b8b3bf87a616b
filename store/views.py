"""The views that queries start from; made anew with each migration, since they are code and hold nothing.

`current_records` has the newest record of each document, `current_cells` what its cells are worth now: as corrected, otherwise as
read. `review_queue` is what waits for a person. `wide_disclosure`, `wide_applications` and `wide_challenges` have a row a report
and a column a cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from sqlalchemy import Connection, inspect, text

from ..mapping.form import load_forms

CURRENT_RECORDS = """
SELECT r.* FROM records AS r
WHERE NOT EXISTS (SELECT 1 FROM records AS newer WHERE newer.sha256 = r.sha256 AND newer.record_id > r.record_id)
"""

LATEST_CORRECTIONS = """
SELECT f.sha256, k.* FROM in_force AS f JOIN corrections AS k ON k.correction_id = f.correction_id
"""

CURRENT_CELLS = """
SELECT r.record_id, r.sha256, r.path, r.agency, r.year, c.cell_id, c.table_id, c.row_id, c.column_id, c.row_label, c.column_label,
  CASE WHEN k.correction_id IS NULL THEN c.value ELSE k.value END AS value,
  CASE WHEN k.correction_id IS NULL THEN c.kind ELSE k.kind END AS kind,
  c.value AS read_value, c.kind AS read_kind, c.raw_text, c.note, c.confidence,
  CASE WHEN k.correction_id IS NULL THEN c.status ELSE 'corrected' END AS status,
  c.reasons, c.alternatives, c.page, c.x0, c.y0, c.x1, c.y1, k.person, k.at AS corrected_at
FROM current_records AS r JOIN cells AS c ON c.record_id = r.record_id
LEFT JOIN in_force AS f ON f.sha256 = r.sha256 AND f.cell_id = c.cell_id
LEFT JOIN corrections AS k ON k.correction_id = f.correction_id
"""

REVIEW_QUEUE = "SELECT * FROM current_cells WHERE status = 'review'"


WIDE_VALUE = """
(SELECT CASE WHEN k.correction_id IS NULL THEN c.value ELSE k.value END FROM cells AS c
LEFT JOIN in_force AS f ON f.sha256 = r.sha256 AND f.cell_id = c.cell_id
LEFT JOIN corrections AS k ON k.correction_id = f.correction_id
WHERE c.record_id = r.record_id AND c.cell_id = '{cell_id}') AS {column}
"""


@cache
def cell_ids() -> tuple[str, ...]:
    """The ids of all cells of all editions, table by table in the order of the newest that has them."""
    found = dict.fromkeys(cell.id for form in load_forms() for table in form.tables for cell in table.cells)
    tables = list(dict.fromkeys(i.partition(".")[0] for i in found))
    return tuple(sorted(found, key=lambda i: tables.index(i.partition(".")[0])))


def wide_column(cell_id: str) -> str:
    """The name of a cell's column in the wide view of its table: `applications.granted.total` is `granted__total`."""
    return cell_id.partition(".")[2].replace(".", "__")


def create_views(connection: Connection) -> None:
    """Creates all views."""
    for name, query in _views():
        connection.execute(text(f"CREATE VIEW {name} AS {query}"))


def drop_views(connection: Connection) -> None:
    """Drops those views that are there, others' left alone."""
    there = set(inspect(connection).get_view_names())
    for name, _ in reversed(list(_views())):
        if name in there:
            connection.execute(text(f"DROP VIEW {name}"))


def _views() -> Iterator[tuple[str, str]]:
    """Names and queries; each uses only those before it."""
    yield "current_records", CURRENT_RECORDS
    yield "latest_corrections", LATEST_CORRECTIONS
    yield "current_cells", CURRENT_CELLS
    yield "review_queue", REVIEW_QUEUE
    for table in dict.fromkeys(i.partition(".")[0] for i in cell_ids()):
        yield f"wide_{table}", _wide(table)


def _wide(table: str) -> str:
    """A value is looked up for itself, so that a query pays for the columns that it names only."""
    columns = ",".join(
        WIDE_VALUE.format(cell_id=i, column=wide_column(i)) for i in cell_ids() if i.startswith(f"{table}.")
    )
    return f"SELECT r.record_id, r.sha256, r.path, r.agency, r.year,{columns}FROM current_records AS r"

"""How far an archive has come: files by state, why some failed, what waits for a person, which years are missing."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, text

from .archive import Archive
from .connect import reading

STATES = """
SELECT state, COUNT(*) AS files FROM sources GROUP BY state
"""

FOLDERS = """
SELECT s.folder AS name, COUNT(*) AS files, SUM(CASE WHEN s.state = 'failed' THEN 1 ELSE 0 END) AS failed,
  SUM(CASE WHEN s.state = 'incomplete' THEN 1 ELSE 0 END) AS incomplete, COALESCE(SUM(q.cells), 0) AS review
FROM sources AS s LEFT JOIN (SELECT sha256, COUNT(*) AS cells FROM review_queue GROUP BY sha256) AS q ON q.sha256 = s.sha256
GROUP BY s.folder ORDER BY s.folder
"""

YEARS = """
SELECT r.year, COUNT(*) AS reports, COALESCE(SUM(q.cells), 0) AS review
FROM current_records AS r LEFT JOIN (SELECT record_id, COUNT(*) AS cells FROM review_queue GROUP BY record_id) AS q
  ON q.record_id = r.record_id
GROUP BY r.year ORDER BY r.year
"""

CELLS = "SELECT status, COUNT(*) AS cells FROM current_cells GROUP BY status"

FAILURES = """
SELECT f.category, COUNT(*) AS files, MIN(f.message) AS example, MIN(f.remedy) AS remedy
FROM failures AS f JOIN sources AS s ON s.source_id = f.source_id
WHERE s.state = 'failed' AND NOT EXISTS (
  SELECT 1 FROM failures AS later WHERE later.source_id = f.source_id AND later.failure_id > f.failure_id)
GROUP BY f.category ORDER BY files DESC, f.category
"""

AGENCY_YEARS = "SELECT agency, year FROM current_records WHERE agency IS NOT NULL AND year IS NOT NULL ORDER BY agency, year"

OPEN_RUNS = "SELECT run_id, host, started_at FROM runs WHERE ended_at IS NULL ORDER BY run_id"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class FolderStatus(_Part):
    """Files of one folder, and how many cells of theirs wait for a person."""

    name: str
    files: int
    failed: int
    incomplete: int
    review: int


class YearStatus(_Part):
    """Reports on one year, None where it was not found, and how many cells of theirs wait for a person."""

    year: int | None
    reports: int
    review: int


class FailureStatus(_Part):
    """Files that failed in the same way, with one of the messages."""

    category: str
    files: int
    example: str
    remedy: str | None


class Gap(_Part):
    """Years without a report of an agency that has reports on an earlier and on a later one."""

    agency: str
    years: tuple[int, ...]


class Status(_Part):
    """How far an archive has come.

    Attributes:
        files: how many, by state.
        cells: of the current records, by status: accepted, review, corrected.
        folders, years, failures, gaps: in order.
        open_runs: keys of runs that have no end: going on, or killed.
    """

    files: dict[str, int]
    cells: dict[str, int]
    folders: tuple[FolderStatus, ...]
    years: tuple[YearStatus, ...]
    failures: tuple[FailureStatus, ...]
    gaps: tuple[Gap, ...]
    open_runs: tuple[int, ...]


def status_of(archive: Archive) -> Status:
    """The status, all of it at one moment.

    Raises:
        StoreError: when the database cannot be read.
    """
    with reading(archive.engine) as connection:
        return Status(
            files={row.state: row.files for row in connection.execute(text(STATES))},
            cells={row.status: row.cells for row in connection.execute(text(CELLS))},
            folders=tuple(FolderStatus(**row._mapping) for row in connection.execute(text(FOLDERS))),
            years=tuple(YearStatus(**row._mapping) for row in connection.execute(text(YEARS))),
            failures=tuple(FailureStatus(**row._mapping) for row in connection.execute(text(FAILURES))),
            gaps=_gaps(connection),
            open_runs=tuple(row.run_id for row in connection.execute(text(OPEN_RUNS))),
        )


def _gaps(connection: Connection) -> tuple[Gap, ...]:
    years: dict[str, set[int]] = {}
    for row in connection.execute(text(AGENCY_YEARS)):
        years.setdefault(row.agency, set()).add(row.year)
    missing = {agency: sorted(set(range(min(own), max(own))) - own) for agency, own in years.items()}
    return tuple(Gap(agency=agency, years=tuple(gap)) for agency, gap in missing.items() if gap)

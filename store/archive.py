"""What a run writes and asks: the run itself, what became of each file, the records. One transaction a report."""

from __future__ import annotations

import platform
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ..document.errors import GoujiError, StoreError
from ..document.record import Record
from . import tables as t
from .connect import connect, reading, to_url, writing
from .desk.waiting import queue_record
from .rows import part_rows, record_row
from .schema import check_schema
from .state import EndReason, FoundRecord, Known, SourceFile, State


class Archive:
    """An open database of this version.

    Every method is one transaction and raises `StoreError` when the database does not do what it should.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def start_run(self, pipeline: str, options: dict[str, Any]) -> int:
        """A new run's key.

        Args:
            pipeline: names all that the values of a record depend on but its file.
            options: how the run was started, for people.
        """
        row = {"started_at": _now(), "pipeline": pipeline, "host": platform.node(), "options": options}
        with writing(self.engine) as connection:
            return int(connection.execute(insert(t.runs).values(row).returning(t.runs.c.run_id)).scalar_one())

    def end_run(self, run_id: int, reason: EndReason) -> None:
        """Notes when and why a run ended; one that was killed has no end."""
        ended = {"ended_at": _now(), "end_reason": reason}
        with writing(self.engine) as connection:
            connection.execute(update(t.runs).where(t.runs.c.run_id == run_id).values(ended))

    def known(self, paths: Sequence[Path]) -> dict[Path, Known]:
        """What the database says of those files, as far as it knows them; one query, so no more than some thousand paths."""
        s = t.sources.c
        query = select(s.path, s.bytes, s.modified_ns, s.sha256, s.pipeline, s.state)
        with reading(self.engine) as connection:
            found = connection.execute(query.where(s.path.in_([str(path) for path in paths])))
            files = ((SourceFile(Path(row.path), row.bytes, row.modified_ns), row) for row in found)
            return {file.path: Known(file, row.sha256, row.pipeline, row.state) for file, row in files}

    def find_record(self, sha256: str, pipeline: str) -> FoundRecord | None:
        """The record of a content by a pipeline."""
        with reading(self.engine) as connection:
            return _find_record(connection, sha256, pipeline)

    def paths_of(self, sha256: str) -> tuple[Path, ...]:
        """Where files with that content were seen, the latest first."""
        s, r = t.sources.c, t.records.c
        seen = select(s.path).where(s.sha256 == sha256).order_by(s.changed_at.desc())
        made = select(r.path).where(r.sha256 == sha256).order_by(r.record_id.desc())
        with reading(self.engine) as connection:
            paths = [*connection.execute(seen).scalars(), *connection.execute(made).scalars()]
        return tuple(dict.fromkeys(Path(path) for path in paths))

    def record_json_of(self, path: Path) -> str:
        """The record of a file that has one, as it came out."""
        s, r = t.sources.c, t.records.c
        query = select(r.record_json).join(t.sources, s.record_id == r.record_id).where(s.path == str(path))
        with reading(self.engine) as connection:
            return str(connection.execute(query).scalar_one())

    def save_link(self, run_id: int, file: SourceFile, record_id: int) -> State:
        """Notes that a file has the same content as one whose record is there already."""
        with writing(self.engine) as connection:
            return _link(connection, run_id, file, record_id)

    def save_record(
        self, run_id: int, file: SourceFile, pipeline: str, record: Record, evidence: str | None = None
    ) -> State:
        """Saves a record and what became of its file; a record that is there already is left as it is.

        Args:
            run_id: of the run.
            file: that it was made from.
            pipeline: as for `start_run`.
            record: as it came out.
            evidence: of its cells as JSON, for `calibrate`.
        """
        row = record_row(record) | {
            "pipeline": pipeline,
            "run_id": run_id,
            "created_at": _now(),
            "evidence": None if evidence is None else zlib.compress(evidence.encode()),
        }
        unique = ("sha256", "pipeline")
        with writing(self.engine) as connection:
            new = connection.execute(
                _upsert(connection, t.records)
                .values(row)
                .on_conflict_do_nothing(index_elements=unique)
                .returning(t.records.c.record_id)
            ).scalar_one_or_none()
            if new is None:
                found = _find_record(connection, record.source.sha256, pipeline)
                assert found is not None
                return _link(connection, run_id, file, found.record_id)
            _save_parts(connection, int(new), run_id, record)
            return _link(connection, run_id, file, int(new))

    def save_failure(
        self, run_id: int, file: SourceFile, pipeline: str, sha256: str | None, error: GoujiError
    ) -> None:
        """Saves that a file could not become a record, and why; what earlier pipelines made of it stays."""
        with writing(self.engine) as connection:
            source_id = _save_source(connection, run_id, file, sha256, pipeline, "failed", None)
            row = {
                "source_id": source_id,
                "run_id": run_id,
                "at": _now(),
                "place": "document",
                "category": error.category,
                "message": error.message,
                "remedy": error.remedy,
            }
            connection.execute(insert(t.failures).values(row))


def open_archive(db: str) -> Archive:
    """The database of that path or URL; an empty one gets its tables.

    Raises:
        UsageError: when it is neither SQLite nor PostgreSQL.
        MissingPartError: for PostgreSQL without psycopg.
        StoreError: when it cannot be reached, is of another version, or holds something else.
    """
    return _checked(connect(to_url(db)))


def open_existing(db: str) -> Archive:
    """The database of that path or URL, which has to be there; errors as `open_archive` and `engine_of` say."""
    return _checked(engine_of(db))


def engine_of(db: str) -> Engine:
    """The engine of a database that is there, whatever its version.

    Raises:
        StoreError: when there is no such file.
        MissingPartError, UsageError: as `open_archive` says.
    """
    url = to_url(db)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        raise StoreError(
            f"{db}: no such file.", "Make it with `gouji digitize PATHS --db FILE`, or name another."
        )
    return connect(url)


def _checked(engine: Engine) -> Archive:
    try:
        check_schema(engine)
    except BaseException:
        engine.dispose()
        raise
    return Archive(engine)


def _now() -> datetime:
    return datetime.now(UTC)


def _upsert(connection: Connection, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT; both databases have it, under two names."""
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)


def _find_record(connection: Connection, sha256: str, pipeline: str) -> FoundRecord | None:
    r = t.records.c
    query = select(r.record_id, r.complete).where(r.sha256 == sha256, r.pipeline == pipeline)
    row = connection.execute(query).one_or_none()
    return None if row is None else FoundRecord(row.record_id, _state(row.complete))


def _state(complete: bool) -> State:
    return "done" if complete else "incomplete"


def _save_parts(connection: Connection, record_id: int, run_id: int, record: Record) -> None:
    for table, rows in part_rows(record):
        connection.execute(insert(table), [row | {"record_id": record_id} for row in rows])
    failures = [
        {
            "record_id": record_id,
            "run_id": run_id,
            "at": _now(),
            "place": f.where,
            "category": f.what,
            "message": f.why,
        }
        for f in record.failures
    ]
    if failures:
        connection.execute(insert(t.failures), failures)
    queue_record(connection, record_id, record)


def _link(connection: Connection, run_id: int, file: SourceFile, record_id: int) -> State:
    r = t.records.c
    row = connection.execute(select(r.sha256, r.pipeline, r.complete).where(r.record_id == record_id)).one()
    state = _state(row.complete)
    _save_source(connection, run_id, file, row.sha256, row.pipeline, state, record_id)
    return state


def _save_source(
    connection: Connection,
    run_id: int,
    file: SourceFile,
    sha256: str | None,
    pipeline: str,
    state: State,
    record_id: int | None,
) -> int:
    row = {
        "folder": str(file.path.parent),
        "bytes": file.bytes,
        "modified_ns": file.modified_ns,
        "sha256": sha256,
        "pipeline": pipeline,
        "state": state,
        "record_id": record_id,
        "run_id": run_id,
        "changed_at": _now(),
    }
    statement = (
        _upsert(connection, t.sources)
        .values({"path": str(file.path), **row})
        .on_conflict_do_update(index_elements=["path"], set_=row)
        .returning(t.sources.c.source_id)
    )
    return int(connection.execute(statement).scalar_one())

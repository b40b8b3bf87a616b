"""The schema: made, moved up and down with data in it, and refused where it is another's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from gouji.document.errors import StoreError, UsageError
from gouji.document.record import Record
from gouji.store.archive import open_archive
from gouji.store.connect import connect, reading, to_url, writing
from gouji.store.schema import check_schema, migrate
from gouji.store.state import SourceFile
from gouji.store.tables import metadata
from sqlalchemy import Engine, inspect, text

from fixtures.scanmaker.committed import FIXTURES_DIR
from fixtures.scanmaker.truth import load_truth
from fixtures.synthetic.records import record_data

RECORD = Record.model_validate(record_data(load_truth(FIXTURES_DIR / "truth" / "seed-001.json")))


def test_the_migrations_make_the_tables_that_the_code_knows(db: str) -> None:
    engine = connect(to_url(db))
    check_schema(engine)
    with reading(engine) as connection:
        # Alembic does not see which way an index of SQLite's is ordered.
        unseen = {"ix_waiting_order"} if connection.dialect.name == "sqlite" else set()
        options = {"compare_type": True, "include_object": lambda _, name, *__: name not in unseen}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    assert "ix_waiting_order" in {index["name"] for index in inspect(engine).get_indexes("waiting")}
    engine.dispose()


def test_down_and_up_again_with_data_in_it(db: str) -> None:
    archive = open_archive(db)
    run_id = archive.start_run("first", {})
    archive.save_record(run_id, SourceFile(Path("/a.pdf"), 1, 1), "first", RECORD)
    assert migrate(archive.engine, "base") == ("0003", "base")
    left = set(inspect(archive.engine).get_table_names())
    assert left == {"alembic_version"}
    assert inspect(archive.engine).get_view_names() == []
    assert migrate(archive.engine) == ("base", "0003")
    archive.save_record(archive.start_run("first", {}), SourceFile(Path("/a.pdf"), 1, 1), "first", RECORD)
    with reading(archive.engine) as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM current_cells")).scalar() == len(RECORD.cells)
    archive.engine.dispose()


CORRECTION = """
INSERT INTO corrections (record_id, cell_id, person, at, old_value, old_kind, value, kind, reason{columns})
VALUES (1, '{cell}', '甲', '2026-01-01 00:00:00', 0, 'number', {value}, 'number', ''{values})
"""


def in_doubt(*places: int) -> Record:
    """A record with cells in review at those places."""
    cells = list(RECORD.cells)
    for place in places:
        cells[place] = cells[place].model_copy(update={"status": "review"})
    return RECORD.model_copy(update={"cells": tuple(cells)})


def correct(engine: Engine, place: int, value: int, **more: str) -> None:
    """Enters a number for the cell at that place; `more` are further columns, as SQL."""
    columns, values = ("".join(f", {part}" for part in parts) for parts in (more, more.values()))
    cell = RECORD.cells[place].id
    with writing(engine) as connection:
        statement = CORRECTION.format(columns=columns, values=values, cell=cell, value=value)
        connection.execute(text(statement))


def found(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_an_older_databases_queue_is_filled(db: str) -> None:
    archive = open_archive(db)
    run_id = archive.start_run("first", {})
    checks = [
        c.model_copy(update={"state": "violated", "suspect_cells": (c.cells[0],)}) for c in RECORD.checks
    ]
    first = RECORD.checks[0].cells[0]
    (place,) = (k for k, cell in enumerate(RECORD.cells) if cell.id == first)
    record = in_doubt(1, 3, place).model_copy(update={"checks": (checks[0], *RECORD.checks[1:])})
    archive.save_record(run_id, SourceFile(Path("/a.pdf"), 1, 1), "first", record)
    archive.save_record(run_id, SourceFile(Path("/a.pdf"), 1, 1), "second", record)
    queued = "SELECT record_id, cell_id, step, worth, skipped FROM waiting ORDER BY position"
    before = found(archive.engine, queued)
    assert migrate(archive.engine, "0001") == ("0003", "0001")
    assert "waiting" not in inspect(archive.engine).get_table_names()
    correct(archive.engine, 3, 41)
    assert migrate(archive.engine) == ("0001", "0003")
    assert found(archive.engine, queued) == [row for row in before if row[1] != RECORD.cells[3].id]
    assert [row[3] for row in before] == [0, 0, 1]
    kept = "SELECT purpose, settles, undoes FROM corrections"
    assert [tuple(map(str, row)) for row in found(archive.engine, kept)] in (
        [("review", "1", "None")],
        [("review", "True", "None")],
    )
    assert found(archive.engine, "SELECT value FROM current_cells WHERE status = 'corrected'") == [(41,)]
    archive.engine.dispose()


def test_back_at_0001_there_are_only_corrections_in_force(db: str) -> None:
    archive = open_archive(db)
    engine = archive.engine
    run_id = archive.start_run("first", {})
    archive.save_record(run_id, SourceFile(Path("/a.pdf"), 1, 1), "first", in_doubt(1, 2))
    correct(engine, 1, 41)
    correct(engine, 1, 42, purpose="'edit'")
    correct(engine, 1, 41, purpose="'undo'", settles="false", undoes="2")
    correct(engine, 2, 43, purpose="'first'", settles="false")
    correct(engine, 3, 44, purpose="'edit'")
    assert migrate(engine, "0001") == ("0003", "0001")
    kept = "SELECT correction_id, value FROM corrections ORDER BY correction_id"
    assert found(engine, kept) == [(1, 41), (5, 44)]
    assert "settles" not in {column["name"] for column in inspect(engine).get_columns("corrections")}
    for revision in ("0001", "0003"):
        for statement in ("UPDATE corrections SET value = 1", "DELETE FROM corrections"):
            with pytest.raises(StoreError, match="never changed"), writing(engine) as connection:
                connection.execute(text(statement))
        assert migrate(engine, "head")[0] == revision
    assert found(engine, kept) == [(1, 41), (5, 44)]
    engine.dispose()


def test_what_is_in_force_is_known_after_every_entry_and_after_an_upgrade(db: str) -> None:
    archive = open_archive(db)
    engine = archive.engine
    run_id = archive.start_run("first", {})
    archive.save_record(run_id, SourceFile(Path("/a.pdf"), 1, 1), "first", in_doubt(1, 2))
    kept = "SELECT cell_id, correction_id FROM in_force ORDER BY correction_id"
    one, two = RECORD.cells[1].id, RECORD.cells[2].id
    correct(engine, 1, 41)
    correct(engine, 2, 42, purpose="'first'", settles="false")
    assert found(engine, kept) == [(one, 1)]
    correct(engine, 2, 42, purpose="'second'")
    correct(engine, 1, 43, purpose="'edit'")
    assert found(engine, kept) == [(two, 3), (one, 4)]
    correct(engine, 1, 41, purpose="'undo'", settles="false", undoes="4")
    assert found(engine, kept) == [(one, 1), (two, 3)]
    correct(engine, 2, 0, purpose="'undo'", settles="false", undoes="3")
    assert found(engine, kept) == [(one, 1)]
    assert migrate(engine, "0002") == ("0003", "0002")
    assert "in_force" not in inspect(engine).get_table_names()
    migrate(engine)
    assert found(engine, kept) == [(one, 1)]
    correct(engine, 1, 44, purpose="'edit'")
    assert found(engine, "SELECT value FROM current_cells WHERE status = 'corrected'") == [(44,)]
    engine.dispose()


def test_upgrading_twice_changes_nothing(db: str) -> None:
    archive = open_archive(db)
    archive.start_run("first", {})
    assert migrate(archive.engine) == ("0003", "0003")
    with reading(archive.engine) as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM runs")).scalar() == 1
    archive.engine.dispose()


def test_a_revision_that_is_not_there_changes_nothing(db: str) -> None:
    archive = open_archive(db)
    with pytest.raises(StoreError, match="No revision 4711"):
        migrate(archive.engine, "4711")
    with reading(archive.engine) as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM current_cells")).scalar() == 0
    archive.engine.dispose()


def test_anothers_database_is_left_alone(db: str) -> None:
    engine = connect(to_url(db))
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE letters (id INTEGER)"))
    with pytest.raises(StoreError, match=r"holds 1 tables, none of them gouji's"):
        open_archive(db)
    assert inspect(engine).get_table_names() == ["letters"]
    engine.dispose()


def test_a_newer_schema_is_refused(db: str) -> None:
    archive = open_archive(db)
    with writing(archive.engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    archive.engine.dispose()
    with pytest.raises(StoreError, match="of a newer version"):
        open_archive(db)


def test_the_two_kinds_are_told_by_their_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.db", "sqlite:///a.db", str(tmp_path / "a.db")):
        assert to_url(name).database == str(tmp_path / "a.db")
    for name in ("postgres://h/a", "postgresql://h/a", "postgresql+psycopg://h/a"):
        assert to_url(name).drivername == "postgresql+psycopg"


@pytest.mark.parametrize("name", ["mysql://h/a", "sqlite://", "postgresql+psycopg2://h/a", "://"])
def test_other_databases_are_refused(name: str) -> None:
    with pytest.raises(UsageError):
        to_url(name)


def test_passwords_are_not_told() -> None:
    with pytest.raises(StoreError) as told:
        open_archive("postgresql://somebody:secret@127.0.0.1:1/none")
    assert "secret" not in str(told.value)
    assert "127.0.0.1" in str(told.value)

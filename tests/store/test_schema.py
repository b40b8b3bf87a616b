"""The schema: made, moved up and down with data in it, and refused where it is another's."""

from __future__ import annotations

from pathlib import Path

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
from sqlalchemy import inspect, text

from fixtures.scanmaker.committed import FIXTURES_DIR
from fixtures.scanmaker.truth import load_truth
from fixtures.synthetic.records import record_data

RECORD = Record.model_validate(record_data(load_truth(FIXTURES_DIR / "truth" / "seed-001.json")))


def test_the_migrations_make_the_tables_that_the_code_knows(db: str) -> None:
    engine = connect(to_url(db))
    check_schema(engine)
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_down_and_up_again_with_data_in_it(db: str) -> None:
    archive = open_archive(db)
    run_id = archive.start_run("first", {})
    archive.save_record(run_id, SourceFile(Path("/a.pdf"), 1, 1), "first", RECORD)
    assert migrate(archive.engine, "base") == ("0001", "base")
    left = set(inspect(archive.engine).get_table_names())
    assert left == {"alembic_version"}
    assert inspect(archive.engine).get_view_names() == []
    assert migrate(archive.engine) == ("base", "0001")
    archive.save_record(archive.start_run("first", {}), SourceFile(Path("/a.pdf"), 1, 1), "first", RECORD)
    with reading(archive.engine) as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM current_cells")).scalar() == len(RECORD.cells)
    archive.engine.dispose()


def test_upgrading_twice_changes_nothing(db: str) -> None:
    archive = open_archive(db)
    archive.start_run("first", {})
    assert migrate(archive.engine) == ("0001", "0001")
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

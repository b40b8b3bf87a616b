"""The schema of a database brought to the version that this gouji works with, and back."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, inspect

from ..document.errors import StoreError
from .connect import reading, writing
from .views import create_views, drop_views

MIGRATIONS = Path(__file__).with_name("migrations")


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Migrates to that revision, and makes the views anew where it is the newest; all or nothing.

    Raises:
        StoreError: when the database cannot be reached, or is of a newer gouji.
    """
    with writing(engine) as connection:
        _check_known(engine, connection)
        drop_views(connection)
        command.upgrade(_config(connection), revision)
        if _is_newest(connection):
            create_views(connection)


def downgrade(engine: Engine, revision: str) -> None:
    """Migrates back to that revision, `base` for before the first; the views go. All or nothing.

    Raises:
        StoreError: when the database cannot be reached, or is of a newer gouji.
    """
    with writing(engine) as connection:
        _check_known(engine, connection)
        drop_views(connection)
        command.downgrade(_config(connection), revision)


def check_schema(engine: Engine) -> None:
    """Makes the schema in an empty database; one of gouji's has to be of this version.

    Raises:
        StoreError: when the database cannot be reached, is of another version, or holds something else.
    """
    with reading(engine) as connection:
        if _is_newest(connection):
            return
        _check_known(engine, connection)
        found = MigrationContext.configure(connection).get_current_revision()
        tables = set(inspect(connection).get_table_names()) - {"alembic_version"}
    name = engine.url.render_as_string()
    if found is not None:
        raise StoreError(
            f"{name}: of an older version of gouji (schema {found}).", "Bring it up with `gouji db upgrade`."
        )
    if tables:
        raise StoreError(
            f"{name}: holds {len(tables)} tables, none of them gouji's.",
            "Name an empty database, or a new file.",
        )
    upgrade(engine)


def _check_known(engine: Engine, connection: Connection) -> None:
    found = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory(str(MIGRATIONS))
    try:
        if found is not None:
            scripts.get_revision(found)
    except CommandError as error:
        raise StoreError(
            f"{engine.url.render_as_string()}: of a newer version of gouji (schema {found}).",
            "Install that version.",
        ) from error


def _is_newest(connection: Connection) -> bool:
    found = MigrationContext.configure(connection).get_current_revision()
    return found == ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config

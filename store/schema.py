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


def migrate(engine: Engine, revision: str = "head") -> tuple[str, str]:
    """Migrates to that revision, forwards or back (`base` is before the first); the revisions before and after.

    The views are made anew where it is the newest, and go where it is not. All or nothing.

    Raises:
        StoreError: when the database cannot be reached, is of a newer gouji, or there is no such revision.
    """
    with writing(engine) as connection:
        before = _check_known(engine, connection)
        drop_views(connection)
        try:
            go = command.downgrade if _is_back(before, revision) else command.upgrade
            go(_config(connection), revision)
        except CommandError as error:
            raise StoreError(f"No revision {revision}: {error}", "Say `head` or `base`.") from error
        if _is_newest(connection):
            create_views(connection)
        after = MigrationContext.configure(connection).get_current_revision()
    return before or "base", after or "base"


def _is_back(before: str | None, revision: str) -> bool:
    if before is None or revision in ("head", before):
        return False
    return revision == "base" or revision not in {
        s.revision for s in _scripts().iterate_revisions("head", before)
    }


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
            f"{name}: of an older version of gouji (schema {found}).", "Bring it up with `gouji migrate`."
        )
    if tables:
        raise StoreError(
            f"{name}: holds {len(tables)} tables, none of them gouji's.",
            "Name an empty database, or a new file.",
        )
    migrate(engine)


def _check_known(engine: Engine, connection: Connection) -> str | None:
    """The revision that the database has; None for none."""
    found = MigrationContext.configure(connection).get_current_revision()
    try:
        if found is not None:
            _scripts().get_revision(found)
    except CommandError as error:
        raise StoreError(
            f"{engine.url.render_as_string()}: of a newer version of gouji (schema {found}).",
            "Install that version.",
        ) from error
    return found


def _is_newest(connection: Connection) -> bool:
    found = MigrationContext.configure(connection).get_current_revision()
    return found == _scripts().get_current_head()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config

"""What Alembic runs for each migration; the connection, and its transaction, come from `store.schema`."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()

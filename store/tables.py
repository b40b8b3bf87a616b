"""The tables of the database; docs/database.md explains each column.

Names are stable: people's queries are written against them. A change of the schema is a migration in `migrations/versions/`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Key = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only where the key is an INTEGER."""


class UtcTime(TypeDecorator[datetime]):
    """A moment, always in UTC and aware of it; SQLite knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """In UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware of being UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PrintedNumber(TypeDecorator[int | Decimal]):
    """A printed number, exact: an integer stays one, decimals keep their value; `raw_text` keeps their digits."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """SQLite has no decimals: integers and floats, which give back up to 15 digits."""
        return dialect.type_descriptor(Numeric(asdecimal=False) if dialect.name == "sqlite" else Numeric())

    def process_bind_param(
        self, value: int | Decimal | None, dialect: Dialect
    ) -> int | Decimal | float | None:
        """An integer as such."""
        return float(value) if isinstance(value, Decimal) and dialect.name == "sqlite" else value

    def process_result_value(self, value: Decimal | float | None, dialect: Dialect) -> int | Decimal | None:
        """An integer as such."""
        if value is None or isinstance(value, int):
            return value
        number = value if isinstance(value, Decimal) else Decimal(str(value))
        return int(number) if number == number.to_integral_value() else number


def _choice(column: str, *values: str) -> CheckConstraint:
    listed = ", ".join(f"'{v}'" for v in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


runs = Table(
    "runs",
    metadata,
    Column("run_id", Key, primary_key=True),
    Column("started_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("end_reason", Text),
    Column("pipeline", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("options", JSON, nullable=False),
    _choice("end_reason", "finished", "interrupted", "failed"),
)

records = Table(
    "records",
    metadata,
    Column("record_id", Key, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("pipeline", Text, nullable=False),
    Column("run_id", Key, ForeignKey("runs.run_id"), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("path", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("form_id", Text, nullable=False),
    Column("title", Text),
    Column("agency", Text),
    Column("year", Integer),
    Column("accepted", Integer, nullable=False),
    Column("review", Integer, nullable=False),
    Column("missing", Integer, nullable=False),
    Column("violated", Integer, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("record_json", Text, nullable=False),
    Column("evidence", LargeBinary),
    UniqueConstraint("sha256", "pipeline"),
    Index(None, "agency", "year"),
)

sources = Table(
    "sources",
    metadata,
    Column("source_id", Key, primary_key=True),
    Column("path", Text, nullable=False, unique=True),
    Column("folder", Text, nullable=False, index=True),
    Column("bytes", BigInteger, nullable=False),
    Column("modified_ns", BigInteger, nullable=False),
    Column("sha256", Text, index=True),
    Column("pipeline", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("record_id", Key, ForeignKey("records.record_id")),
    Column("run_id", Key, ForeignKey("runs.run_id"), nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    _choice("state", "done", "incomplete", "failed"),
    CheckConstraint("(state = 'failed') = (record_id IS NULL)", name="record"),
)

failures = Table(
    "failures",
    metadata,
    Column("failure_id", Key, primary_key=True),
    Column("source_id", Key, ForeignKey("sources.source_id"), index=True),
    Column("record_id", Key, ForeignKey("records.record_id"), index=True),
    Column("run_id", Key, ForeignKey("runs.run_id"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("place", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("remedy", Text),
    CheckConstraint("(source_id IS NULL) <> (record_id IS NULL)", name="owner"),
)

_IN_REVIEW = text("status = 'review'")
_BOX = ("x0", "y0", "x1", "y1")

cells = Table(
    "cells",
    metadata,
    Column("record_id", Key, ForeignKey("records.record_id"), primary_key=True),
    Column("cell_id", Text, primary_key=True),
    Column("table_id", Text, nullable=False),
    Column("row_id", Text, nullable=False),
    Column("column_id", Text, nullable=False),
    Column("row_label", Text, nullable=False),
    Column("column_label", Text, nullable=False),
    Column("value", PrintedNumber),
    Column("kind", Text, nullable=False),
    Column("raw_text", Text),
    Column("note", Text),
    Column("confidence", Float, nullable=False),
    Column("status", Text, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("alternatives", JSON, nullable=False),
    Column("page", Integer),
    *(Column(name, Integer) for name in _BOX),
    _choice("kind", "number", "blank", "not_applicable", "illegible", "missing"),
    _choice("status", "accepted", "review"),
    CheckConstraint("(kind = 'number') = (value IS NOT NULL)", name="value"),
    Index(None, "cell_id"),
    Index("ix_cells_review", "record_id", sqlite_where=_IN_REVIEW, postgresql_where=_IN_REVIEW),
)

checks = Table(
    "checks",
    metadata,
    Column("record_id", Key, ForeignKey("records.record_id"), primary_key=True),
    Column("check_id", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("left_sum", PrintedNumber),
    Column("right_sum", PrintedNumber),
    Column("cause", Text),
    Column("cells", JSON, nullable=False),
    Column("suspect_cells", JSON, nullable=False),
    _choice("state", "holds", "violated", "not_assessable"),
    _choice("cause", "source_inconsistent", "suspect_reading"),
)

sections = Table(
    "sections",
    metadata,
    Column("record_id", Key, ForeignKey("records.record_id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("number", Text, nullable=False),
    Column("heading", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("pages", JSON, nullable=False),
)

extra_values = Table(
    "extra_values",
    metadata,
    Column("record_id", Key, ForeignKey("records.record_id"), primary_key=True),
    Column("row_position", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("table_id", Text, nullable=False),
    Column("row_label_read", Text, nullable=False),
    Column("raw_text", Text, nullable=False),
    Column("value", PrintedNumber),
    Column("page", Integer, nullable=False),
    *(Column(name, Integer, nullable=False) for name in _BOX),
)

corrections = Table(
    "corrections",
    metadata,
    Column("correction_id", Key, primary_key=True),
    Column("record_id", Key, nullable=False),
    Column("cell_id", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("old_value", PrintedNumber),
    Column("old_kind", Text, nullable=False),
    Column("value", PrintedNumber),
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("purpose", Text, nullable=False, server_default="review"),
    Column("settles", Boolean, nullable=False, server_default=text("true")),
    Column("undoes", Key, index=True),
    Column("seconds", Float),
    Column("answer_key", Text),
    _choice("kind", "number", "blank", "not_applicable", "illegible", "missing"),
    CheckConstraint("(kind = 'number') = (value IS NOT NULL)", name="value"),
    ForeignKeyConstraint(["record_id", "cell_id"], ["cells.record_id", "cells.cell_id"]),
    Index(None, "record_id", "cell_id"),
    # An index, since SQLite adds no constraint to a table that is there.
    Index("uq_corrections_answer_key", "answer_key", unique=True),
)

in_force = Table(
    "in_force",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("cell_id", Text, primary_key=True),
    Column("correction_id", Key, ForeignKey("corrections.correction_id"), nullable=False),
)
"""The last entry for a cell of a document that settles it and was not taken back; a trigger keeps it so."""

waiting = Table(
    "waiting",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("cell_id", Text, primary_key=True),
    Column("record_id", Key, nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("step", Text, nullable=False),
    Column("worth", Integer, nullable=False),
    Column("skipped", Integer, nullable=False, server_default=text("0")),
    Column("leased_by", Text, index=True),
    Column("leased_until", UtcTime),
    _choice("step", "first", "second", "third", "audit"),
    ForeignKeyConstraint(["record_id", "cell_id"], ["cells.record_id", "cells.cell_id"]),
    # So is the queue ordered; one that the index gives needs no sorting of a hundred thousand rows.
    Index("ix_waiting_order", "skipped", text("worth DESC"), "record_id", "position"),
)

check_answers = Table(
    "check_answers",
    metadata,
    Column("check_answer_id", Key, primary_key=True),
    Column("record_id", Key, nullable=False),
    Column("check_id", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("answer", Text, nullable=False),
    Column("answer_key", Text, unique=True),
    _choice("answer", "source_inconsistent", "withdrawn"),
    ForeignKeyConstraint(["record_id", "check_id"], ["checks.record_id", "checks.check_id"]),
    Index(None, "record_id", "check_id"),
)

people = Table(
    "people",
    metadata,
    Column("person", Text, primary_key=True),
    Column("password_hash", Text),
    Column("token_hash", Text, unique=True),
    Column("created_at", UtcTime, nullable=False),
    Column("disabled_at", UtcTime),
)

sessions = Table(
    "sessions",
    metadata,
    Column("session_hash", Text, primary_key=True),
    Column("person", Text, nullable=False, index=True),
    Column("csrf", Text, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)

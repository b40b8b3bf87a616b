"""Runs, sources, records and their parts, corrections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

KEEP_ON_SQLITE = """
CREATE TRIGGER corrections_are_kept_{what} BEFORE {what} ON corrections
BEGIN SELECT RAISE(ABORT, 'corrections are added, never changed'); END
"""

KEEP_ON_POSTGRESQL = (
    """
CREATE FUNCTION keep_corrections() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'corrections are added, never changed'; END $$
""",
    """
CREATE TRIGGER corrections_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON corrections
FOR EACH STATEMENT EXECUTE FUNCTION keep_corrections()
""",
)


def upgrade() -> None:
    """To this revision."""
    _create_runs()
    _create_records()
    _create_cells()
    _create_checks()
    _create_extra_values()
    _create_sections()
    _create_sources()
    _create_corrections()
    _create_failures()
    _keep_corrections()


def _create_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("pipeline", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "end_reason IN ('finished', 'interrupted', 'failed')", name=op.f("ck_runs_end_reason")
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_runs")),
    )


def _create_records() -> None:
    op.create_table(
        "records",
        sa.Column("record_id", KEY, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("pipeline", sa.Text(), nullable=False),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("agency", sa.Text(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("review", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("violated", sa.Integer(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("record_json", sa.Text(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_records_run_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_records")),
        sa.UniqueConstraint("sha256", "pipeline", name=op.f("uq_records_sha256_pipeline")),
    )
    op.create_index(op.f("ix_records_agency_year"), "records", ["agency", "year"], unique=False)


def _create_cells() -> None:
    op.create_table(
        "cells",
        sa.Column("record_id", KEY, nullable=False),
        sa.Column("cell_id", sa.Text(), nullable=False),
        sa.Column("table_id", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Text(), nullable=False),
        sa.Column("column_id", sa.Text(), nullable=False),
        sa.Column("row_label", sa.Text(), nullable=False),
        sa.Column("column_label", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("raw_text", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("alternatives", sa.JSON(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("x0", sa.Integer(), nullable=True),
        sa.Column("y0", sa.Integer(), nullable=True),
        sa.Column("x1", sa.Integer(), nullable=True),
        sa.Column("y1", sa.Integer(), nullable=True),
        sa.CheckConstraint("(kind = 'number') = (value IS NOT NULL)", name=op.f("ck_cells_value")),
        sa.CheckConstraint(
            "kind IN ('number', 'blank', 'not_applicable', 'illegible', 'missing')",
            name=op.f("ck_cells_kind"),
        ),
        sa.CheckConstraint("status IN ('accepted', 'review')", name=op.f("ck_cells_status")),
        sa.ForeignKeyConstraint(["record_id"], ["records.record_id"], name=op.f("fk_cells_record_id")),
        sa.PrimaryKeyConstraint("record_id", "cell_id", name=op.f("pk_cells")),
    )
    op.create_index(op.f("ix_cells_cell_id"), "cells", ["cell_id"], unique=False)
    op.create_index(
        "ix_cells_review",
        "cells",
        ["record_id"],
        unique=False,
        sqlite_where=sa.text("status = 'review'"),
        postgresql_where=sa.text("status = 'review'"),
    )


def _create_checks() -> None:
    op.create_table(
        "checks",
        sa.Column("record_id", KEY, nullable=False),
        sa.Column("check_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("left_sum", sa.Numeric(), nullable=True),
        sa.Column("right_sum", sa.Numeric(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("suspect_cells", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "cause IN ('source_inconsistent', 'suspect_reading')", name=op.f("ck_checks_cause")
        ),
        sa.CheckConstraint("state IN ('holds', 'violated', 'not_assessable')", name=op.f("ck_checks_state")),
        sa.ForeignKeyConstraint(["record_id"], ["records.record_id"], name=op.f("fk_checks_record_id")),
        sa.PrimaryKeyConstraint("record_id", "check_id", name=op.f("pk_checks")),
    )


def _create_extra_values() -> None:
    op.create_table(
        "extra_values",
        sa.Column("record_id", KEY, nullable=False),
        sa.Column("row_position", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("table_id", sa.Text(), nullable=False),
        sa.Column("row_label_read", sa.Text(), nullable=False),
        sa.Column("raw_text", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("x0", sa.Integer(), nullable=False),
        sa.Column("y0", sa.Integer(), nullable=False),
        sa.Column("x1", sa.Integer(), nullable=False),
        sa.Column("y1", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.record_id"], name=op.f("fk_extra_values_record_id")),
        sa.PrimaryKeyConstraint("record_id", "row_position", "position", name=op.f("pk_extra_values")),
    )


def _create_sections() -> None:
    op.create_table(
        "sections",
        sa.Column("record_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("pages", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.record_id"], name=op.f("fk_sections_record_id")),
        sa.PrimaryKeyConstraint("record_id", "position", name=op.f("pk_sections")),
    )


def _create_sources() -> None:
    op.create_table(
        "sources",
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("modified_ns", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("pipeline", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("record_id", KEY, nullable=True),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'failed') = (record_id IS NULL)", name=op.f("ck_sources_record")),
        sa.CheckConstraint("state IN ('done', 'incomplete', 'failed')", name=op.f("ck_sources_state")),
        sa.ForeignKeyConstraint(["record_id"], ["records.record_id"], name=op.f("fk_sources_record_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_sources_run_id")),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_sources")),
        sa.UniqueConstraint("path", name=op.f("uq_sources_path")),
    )
    op.create_index(op.f("ix_sources_folder"), "sources", ["folder"], unique=False)
    op.create_index(op.f("ix_sources_sha256"), "sources", ["sha256"], unique=False)
    op.create_index(op.f("ix_sources_state"), "sources", ["state"], unique=False)


def _create_corrections() -> None:
    op.create_table(
        "corrections",
        sa.Column("correction_id", KEY, nullable=False),
        sa.Column("record_id", KEY, nullable=False),
        sa.Column("cell_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("old_value", sa.Numeric(), nullable=True),
        sa.Column("old_kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("(kind = 'number') = (value IS NOT NULL)", name=op.f("ck_corrections_value")),
        sa.CheckConstraint(
            "kind IN ('number', 'blank', 'not_applicable', 'illegible', 'missing')",
            name=op.f("ck_corrections_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["record_id", "cell_id"],
            ["cells.record_id", "cells.cell_id"],
            name=op.f("fk_corrections_record_id_cell_id"),
        ),
        sa.PrimaryKeyConstraint("correction_id", name=op.f("pk_corrections")),
    )
    op.create_index(
        op.f("ix_corrections_record_id_cell_id"), "corrections", ["record_id", "cell_id"], unique=False
    )


def _create_failures() -> None:
    op.create_table(
        "failures",
        sa.Column("failure_id", KEY, nullable=False),
        sa.Column("source_id", KEY, nullable=True),
        sa.Column("record_id", KEY, nullable=True),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=True),
        sa.CheckConstraint("(source_id IS NULL) <> (record_id IS NULL)", name=op.f("ck_failures_owner")),
        sa.ForeignKeyConstraint(["record_id"], ["records.record_id"], name=op.f("fk_failures_record_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_failures_run_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.source_id"], name=op.f("fk_failures_source_id")),
        sa.PrimaryKeyConstraint("failure_id", name=op.f("pk_failures")),
    )
    op.create_index(op.f("ix_failures_record_id"), "failures", ["record_id"], unique=False)
    op.create_index(op.f("ix_failures_source_id"), "failures", ["source_id"], unique=False)


def _keep_corrections() -> None:
    """What people have entered is history: a later entry stands above an earlier one, and nothing takes one away."""
    if op.get_bind().dialect.name == "postgresql":
        for statement in KEEP_ON_POSTGRESQL:
            op.execute(statement)
    else:
        for what in ("UPDATE", "DELETE"):
            op.execute(KEEP_ON_SQLITE.format(what=what))


def downgrade() -> None:
    """Back to an empty database."""
    for table in (
        "failures",
        "corrections",
        "sources",
        "extra_values",
        "sections",
        "checks",
        "cells",
        "records",
        "runs",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION keep_corrections()")

"""The review desk: what waits for whom, what an entry was for, answers about checks, people and their sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

FILL = """
INSERT INTO waiting (sha256, cell_id, record_id, position, step, worth, skipped)
SELECT r.sha256, c.cell_id, c.record_id,
  ROW_NUMBER() OVER (PARTITION BY c.record_id ORDER BY c.page, c.y0, c.x0), 'first',
  (SELECT COUNT(*) FROM checks AS v WHERE v.record_id = c.record_id AND v.state = 'violated'
    AND CAST(v.suspect_cells AS TEXT) LIKE '%"' || c.cell_id || '"%'), 0
FROM cells AS c JOIN records AS r ON r.record_id = c.record_id
WHERE c.status = 'review'
  AND NOT EXISTS (SELECT 1 FROM records AS n WHERE n.sha256 = r.sha256 AND n.record_id > r.record_id)
  AND NOT EXISTS (
    SELECT 1 FROM corrections AS k JOIN records AS o ON o.record_id = k.record_id
    WHERE o.sha256 = r.sha256 AND k.cell_id = c.cell_id)
"""

NOT_IN_FORCE = """
DELETE FROM corrections WHERE NOT settles OR undoes IS NOT NULL
  OR correction_id IN (SELECT undoes FROM corrections WHERE undoes IS NOT NULL)
"""


def upgrade() -> None:
    """To this revision; what waits is queued."""
    _widen_corrections()
    _create_waiting()
    _create_check_answers()
    _create_people()
    op.execute(FILL)


def downgrade() -> None:
    """Back to 0001, which knows only entries that are in force: undone and unsettled ones go."""
    for table in ("sessions", "people", "check_answers", "waiting"):
        op.drop_table(table)
    _delete_what_is_not_in_force()
    op.drop_index(op.f("ix_corrections_undoes"), "corrections")
    op.drop_index(op.f("uq_corrections_answer_key"), "corrections")
    for column in ("answer_key", "seconds", "undoes", "settles", "purpose"):
        op.drop_column("corrections", column)


def _widen_corrections() -> None:
    for column in (
        sa.Column("purpose", sa.Text(), nullable=False, server_default="review"),
        sa.Column("settles", sa.Boolean(), nullable=False, server_default=sa.text("true")),
        sa.Column("undoes", KEY, nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("answer_key", sa.Text(), nullable=True),
    ):
        op.add_column("corrections", column)
    op.create_index(op.f("ix_corrections_undoes"), "corrections", ["undoes"])
    op.create_index(op.f("uq_corrections_answer_key"), "corrections", ["answer_key"], unique=True)


def _create_waiting() -> None:
    op.create_table(
        "waiting",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("cell_id", sa.Text(), nullable=False),
        sa.Column("record_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("worth", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("leased_by", sa.Text(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("step IN ('first', 'second', 'third', 'audit')", name=op.f("ck_waiting_step")),
        sa.ForeignKeyConstraint(
            ["record_id", "cell_id"],
            ["cells.record_id", "cells.cell_id"],
            name=op.f("fk_waiting_record_id_cell_id"),
        ),
        sa.PrimaryKeyConstraint("sha256", "cell_id", name=op.f("pk_waiting")),
    )
    op.create_index(op.f("ix_waiting_record_id"), "waiting", ["record_id"])
    op.create_index(op.f("ix_waiting_leased_by"), "waiting", ["leased_by"])
    op.create_index(
        "ix_waiting_order", "waiting", ["skipped", sa.text("worth DESC"), "record_id", "position"]
    )


def _create_check_answers() -> None:
    op.create_table(
        "check_answers",
        sa.Column("check_answer_id", KEY, nullable=False),
        sa.Column("record_id", KEY, nullable=False),
        sa.Column("check_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answer_key", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "answer IN ('source_inconsistent', 'withdrawn')", name=op.f("ck_check_answers_answer")
        ),
        sa.ForeignKeyConstraint(
            ["record_id", "check_id"],
            ["checks.record_id", "checks.check_id"],
            name=op.f("fk_check_answers_record_id_check_id"),
        ),
        sa.PrimaryKeyConstraint("check_answer_id", name=op.f("pk_check_answers")),
        sa.UniqueConstraint("answer_key", name=op.f("uq_check_answers_answer_key")),
    )
    op.create_index(op.f("ix_check_answers_record_id_check_id"), "check_answers", ["record_id", "check_id"])


def _create_people() -> None:
    op.create_table(
        "people",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("token_hash", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_people")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_people_token_hash")),
    )
    op.create_table(
        "sessions",
        sa.Column("session_hash", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session_hash", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_person"), "sessions", ["person"])


def _delete_what_is_not_in_force() -> None:
    """The one time that history is cut: the triggers that keep it are set aside and put back as they were."""
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        op.execute("ALTER TABLE corrections DISABLE TRIGGER corrections_are_kept")
        op.execute(NOT_IN_FORCE)
        op.execute("ALTER TABLE corrections ENABLE TRIGGER corrections_are_kept")
        return
    kept = bind.execute(
        sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'corrections'")
    ).all()
    for name, _ in kept:
        op.execute(f"DROP TRIGGER {name}")
    op.execute(NOT_IN_FORCE)
    for _, statement in kept:
        op.execute(statement)

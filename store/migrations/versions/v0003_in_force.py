"""Which entry is in force for a cell, kept by the database itself: found at once, however many corrections there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

IN_FORCE = """
INSERT INTO in_force (sha256, cell_id, correction_id)
SELECT r.sha256, k.cell_id, MAX(k.correction_id)
FROM corrections AS k JOIN records AS r ON r.record_id = k.record_id
WHERE k.settles AND NOT EXISTS (SELECT 1 FROM corrections AS u WHERE u.undoes = k.correction_id) {only}
GROUP BY r.sha256, k.cell_id
"""

# Two programs that write past the desk's lock do not see each other's entry: the later one stays.
ON_BOTH = """
ON CONFLICT (sha256, cell_id) DO UPDATE SET correction_id = excluded.correction_id
WHERE in_force.correction_id < excluded.correction_id;
"""

OF_NEW = "(SELECT n.sha256 FROM records AS n WHERE n.record_id = NEW.record_id)"

AFTER = f"""
DELETE FROM in_force WHERE cell_id = NEW.cell_id AND sha256 = {OF_NEW};
{IN_FORCE.format(only=f"AND k.cell_id = NEW.cell_id AND r.sha256 = {OF_NEW}")}{ON_BOTH}
"""

ON_SQLITE = f"CREATE TRIGGER corrections_come_into_force AFTER INSERT ON corrections BEGIN {AFTER} END"

ON_POSTGRESQL = (
    f"""
CREATE FUNCTION bring_into_force() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN {AFTER} RETURN NULL; END $$
""",
    """
CREATE TRIGGER corrections_come_into_force AFTER INSERT ON corrections
FOR EACH ROW EXECUTE FUNCTION bring_into_force()
""",
)


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "in_force",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("cell_id", sa.Text(), nullable=False),
        sa.Column("correction_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["correction_id"], ["corrections.correction_id"], name=op.f("fk_in_force_correction_id")
        ),
        sa.PrimaryKeyConstraint("sha256", "cell_id", name=op.f("pk_in_force")),
    )
    op.execute(IN_FORCE.format(only=""))
    for statement in ON_POSTGRESQL if _is_postgresql() else (ON_SQLITE,):
        op.execute(statement)


def downgrade() -> None:
    """Back to 0002, which looks through all entries."""
    if _is_postgresql():
        op.execute("DROP TRIGGER corrections_come_into_force ON corrections")
        op.execute("DROP FUNCTION bring_into_force()")
    else:
        op.execute("DROP TRIGGER corrections_come_into_force")
    op.drop_table("in_force")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"

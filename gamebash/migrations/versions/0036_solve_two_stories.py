"""Let one change solve two stories."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("fixes") as table:
        table.add_column(sa.Column("same_as_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_fixes_same_as_id_fixes"), "fixes", ["same_as_id"], ["id"])
        table.create_index(op.f("ix_fixes_same_as_id"), ["same_as_id"])


def downgrade() -> None:
    """Take the change back; each of the two stories keeps its fix."""
    with op.batch_alter_table("fixes") as table:
        table.drop_index(op.f("ix_fixes_same_as_id"))
        table.drop_constraint(op.f("fk_fixes_same_as_id_fixes"), type_="foreignkey")
        table.drop_column("same_as_id")

"""Keep the rules of staffing, version by version."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "staffing_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["set_by_id"], ["people.id"], name=op.f("fk_staffing_rules_set_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staffing_rules")),
        sa.UniqueConstraint("kind", "number", name="uq_staffing_rules_kind_number"),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("staffing_rules")

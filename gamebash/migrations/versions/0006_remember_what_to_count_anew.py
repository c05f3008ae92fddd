"""Remember which problems have to be counted anew."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("problems") as table:
        table.add_column(sa.Column("is_stale", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_problems_stale", "problems", ["id"], sqlite_where=sa.text("is_stale"), postgresql_where=sa.text("is_stale")
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_problems_stale", table_name="problems")
    with op.batch_alter_table("problems") as table:
        table.drop_column("is_stale")

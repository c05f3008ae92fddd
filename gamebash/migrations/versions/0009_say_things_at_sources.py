"""Say things at sources: what, when next, and whether it was begun."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("write_backs") as table:
        table.add_column(sa.Column("text", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("is_closing", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("next_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("begun_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_write_backs_next_at", "write_backs", ["next_at", "id"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_write_backs_next_at", table_name="write_backs")
    with op.batch_alter_table("write_backs") as table:
        for name in ("tries", "begun_at", "next_at", "is_closing", "text"):
            table.drop_column(name)

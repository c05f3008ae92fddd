"""Check the moves of a file before they are written."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.add_column("move_imports", sa.Column("checked_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("move_imports") as table:
        table.drop_column("checked_at")

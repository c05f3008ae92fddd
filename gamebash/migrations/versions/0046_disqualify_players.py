"""Keep who was disqualified from an event, and why."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("players") as table:
        table.add_column(sa.Column("disqualified_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("disqualified_because", sa.String(length=300), nullable=False, server_default=""))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("players") as table:
        table.drop_column("disqualified_because")
        table.drop_column("disqualified_at")

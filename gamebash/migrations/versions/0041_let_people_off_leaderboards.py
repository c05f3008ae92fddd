"""Let people off leaderboards, and organisers hide one."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change; everybody stays where they were seen."""
    with op.batch_alter_table("people") as table:
        table.add_column(sa.Column("is_listed", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("events") as table:
        table.add_column(sa.Column("board_hidden_because", sa.String(length=300), nullable=False, server_default=""))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("events") as table:
        table.drop_column("board_hidden_because")
    with op.batch_alter_table("people") as table:
        table.drop_column("is_listed")

"""Keep the goal that everybody fills together."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("events") as table:
        table.add_column(sa.Column("goal_measure", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("goal_target", sa.Double(), nullable=True))
        table.add_column(sa.Column("goal_reward", sa.String(length=200), nullable=False, server_default=""))
        table.create_check_constraint("goal_measure", "goal_measure IN ('value', 'stories')")


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("events") as table:
        table.drop_constraint("goal_measure", type_="check")
        for name in ("goal_reward", "goal_target", "goal_measure"):
            table.drop_column(name)

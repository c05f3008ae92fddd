"""Let a link to the big screen knock when a story is squashed; links made before are silent."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("screen_links") as table:
        table.add_column(sa.Column("has_knock", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("screen_links") as table:
        table.drop_column("has_knock")

"""Keep from when on a fix whose points were given back may be paid its held bonus after all."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change; what was given back before is not paid by itself, an organiser decided about it without this."""
    with op.batch_alter_table("watches") as table:
        table.add_column(sa.Column("bonus_due_at", sa.DateTime(timezone=True), nullable=True))
        table.create_index("ix_watches_bonus_due", ["bonus_due_at"])


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("watches") as table:
        table.drop_index("ix_watches_bonus_due")
        table.drop_column("bonus_due_at")

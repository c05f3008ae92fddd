"""Keep what organisers said of flags."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "flag_verdicts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("says", sa.String(length=500), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("seen_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_flag_verdicts_event_id_events")),
        sa.ForeignKeyConstraint(["seen_by_id"], ["people.id"], name=op.f("fk_flag_verdicts_seen_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_verdicts")),
        sa.UniqueConstraint("event_id", "key", name=op.f("uq_flag_verdicts_event_id_key")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("flag_verdicts")

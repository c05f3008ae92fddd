"""Publish reports, with their figures of that day and those after the watch."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "event_reports",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("last_figures", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_reports_event_id")),
        sa.ForeignKeyConstraint(["published_by_id"], ["people.id"], name=op.f("fk_event_reports_published_by_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_reports")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("event_reports")

"""Remind people of leases once, tell them when a story is free, help once, and give builders first call."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("claims") as table:
        table.add_column(sa.Column("helped_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("reminded_of", UtcDateTime(), nullable=True))
    with op.batch_alter_table("reviews") as table:
        table.add_column(sa.Column("reminded_of", UtcDateTime(), nullable=True))
    with op.batch_alter_table("events") as table:
        table.add_column(sa.Column("freeze_told_at", UtcDateTime(), nullable=True))
    with op.batch_alter_table("event_stories") as table:
        table.add_column(sa.Column("builders_until", UtcDateTime(), nullable=True))
    # A freeze that was reached before is no news.
    op.execute("UPDATE events SET freeze_told_at = freezes_at WHERE freezes_at IS NOT NULL AND state <> 'scheduled' AND state <> 'draft'")
    op.create_table(
        "free_alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_free_alerts_event_id_events")),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_free_alerts_story_id_stories")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_free_alerts_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_free_alerts")),
        sa.UniqueConstraint("event_id", "story_id", "person_id", name=op.f("uq_free_alerts_event_id_story_id_person_id")),
    )
    op.create_index(op.f("ix_free_alerts_story_id"), "free_alerts", ["story_id"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("free_alerts")
    with op.batch_alter_table("event_stories") as table:
        table.drop_column("builders_until")
    with op.batch_alter_table("events") as table:
        table.drop_column("freeze_told_at")
    with op.batch_alter_table("reviews") as table:
        table.drop_column("reminded_of")
    with op.batch_alter_table("claims") as table:
        table.drop_column("reminded_of")
        table.drop_column("helped_at")

"""Watch accepted fixes: from when until when, what was expected, and how it ended."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

STATES = ("watching", "came_back", "held", "recurred")


def upgrade() -> None:
    """Apply the change; a worker then begins the watches of what was accepted before."""
    op.create_table(
        "watches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fix_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=True),
        sa.Column("is_about_noise", sa.Boolean(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("forecast", sa.Double(), nullable=False),
        sa.Column("forecast_low", sa.Double(), nullable=False),
        sa.Column("forecast_high", sa.Double(), nullable=False),
        sa.Column("mean_weight", sa.Double(), nullable=False),
        sa.Column("recurrence_id", sa.Integer(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("new_story_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ({})".format(", ".join(f"'{state}'" for state in STATES)), name=op.f("ck_watches_watch_state")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_watches_ends_after_start")),
        sa.CheckConstraint("state != 'came_back' OR told_at IS NOT NULL", name=op.f("ck_watches_told")),
        sa.CheckConstraint("state NOT IN ('held', 'recurred') OR decided_at IS NOT NULL", name=op.f("ck_watches_decided")),
        sa.ForeignKeyConstraint(["fix_id"], ["fixes.id"], name=op.f("fk_watches_fix_id_fixes")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_watches_event_id_events")),
        sa.ForeignKeyConstraint(["problem_id"], ["problems.id"], name=op.f("fk_watches_problem_id_problems")),
        sa.ForeignKeyConstraint(["recurrence_id"], ["incidents.id"], name=op.f("fk_watches_recurrence_id_incidents")),
        sa.ForeignKeyConstraint(["new_story_id"], ["stories.id"], name=op.f("fk_watches_new_story_id_stories")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watches")),
        sa.UniqueConstraint("fix_id", name="uq_watches_fix_id"),
    )
    op.create_index("ix_watches_state", "watches", ["state", "ends_at"])
    op.create_index("ix_watches_problem", "watches", ["problem_id", "state"])
    op.create_index("ix_watches_event", "watches", ["event_id", "state"])
    op.create_index("ix_watches_new_story", "watches", ["new_story_id"])


def downgrade() -> None:
    """Take the change back; what was settled stays in the ledger and in the states of stories."""
    op.drop_table("watches")

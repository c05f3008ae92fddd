"""Keep incentive audits of events."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "incentive_audits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("parts_done", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.Column("message", sa.String(length=300), nullable=False),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_incentive_audits_event_id_events")),
        sa.ForeignKeyConstraint(["requested_by_id"], ["people.id"], name=op.f("fk_incentive_audits_requested_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incentive_audits")),
    )
    op.create_index(
        "uq_incentive_audits_open", "incentive_audits", ["event_id"], unique=True,
        sqlite_where=sa.text("finished_at IS NULL"), postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_index("ix_incentive_audits_event", "incentive_audits", ["event_id", "finished_at"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("incentive_audits")

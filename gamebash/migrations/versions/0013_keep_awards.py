"""Keep the awards of events."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

RULES = (
    "place", "newcomer", "ops", "scrum", "first_fix", "most_prevented", "root_cause", "noise_gate", "best_review",
    "second_serve", "handover", "by_hand",
)


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "event_awards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("is_left_out", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("rule IN ({})".format(", ".join(f"'{rule}'" for rule in RULES)), name=op.f("ck_event_awards_award_rule")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_awards_event_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_event_awards_person_id")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_event_awards_by_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["point_entries.id"], name=op.f("fk_event_awards_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_awards")),
        sa.UniqueConstraint("event_id", "rule", "person_id", "title", name="uq_event_awards_once"),
    )
    op.create_index(op.f("ix_event_awards_person_id"), "event_awards", ["person_id"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("event_awards")

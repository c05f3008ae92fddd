"""Mark stories that are good for a first fix, with a mentor."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "starters",
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("agreed_at", UtcDateTime(), nullable=True),
        sa.Column("runbook_url", sa.String(length=500), nullable=False),
        sa.Column("pointers", sa.String(length=1000), nullable=False),
        sa.Column("marked_at", UtcDateTime(), nullable=False),
        sa.Column("marked_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_starters_story_id_stories")),
        sa.ForeignKeyConstraint(["mentor_id"], ["people.id"], name=op.f("fk_starters_mentor_id_people")),
        sa.ForeignKeyConstraint(["marked_by_id"], ["people.id"], name=op.f("fk_starters_marked_by_id_people")),
        sa.PrimaryKeyConstraint("story_id", name=op.f("pk_starters")),
    )
    op.create_index(op.f("ix_starters_mentor_id"), "starters", ["mentor_id"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("starters")

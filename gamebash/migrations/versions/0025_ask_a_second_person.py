"""Keep decisions about watched problems until a second person confirms them."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

VERBS = ("merge", "split", "move", "noise", "accept", "snooze", "solve", "judge", "rule")
STATES = ("waiting", "confirmed", "refused")


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("verb", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("summary", sa.String(length=400), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint(_one_of("verb", VERBS), name=op.f("ck_proposals_proposal_verb")),
        sa.CheckConstraint(_one_of("state", STATES), name=op.f("ck_proposals_proposal_state")),
        sa.CheckConstraint("state = 'waiting' OR second_id IS NOT NULL", name=op.f("ck_proposals_second")),
        sa.CheckConstraint("second_id IS NULL OR second_id != by_id", name=op.f("ck_proposals_somebody_else")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_proposals_by_id_people")),
        sa.ForeignKeyConstraint(["second_id"], ["people.id"], name=op.f("fk_proposals_second_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("reference", name=op.f("uq_proposals_reference")),
    )
    op.create_index("ix_proposals_state", "proposals", ["state", "id"])
    op.create_table(
        "proposal_fixes",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("fix_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_proposal_fixes_proposal_id_proposals"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["fix_id"], ["fixes.id"], name=op.f("fk_proposal_fixes_fix_id_fixes")),
        sa.PrimaryKeyConstraint("proposal_id", "fix_id", name=op.f("pk_proposal_fixes")),
    )
    op.create_index("ix_proposal_fixes_fix", "proposal_fixes", ["fix_id"])


def downgrade() -> None:
    """Take the change back; what was proposed and not confirmed is gone."""
    op.drop_table("proposal_fixes")
    op.drop_table("proposals")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return "{} IN ({})".format(column, ", ".join(f"'{value}'" for value in values))

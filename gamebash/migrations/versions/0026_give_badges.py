"""Give badges."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

BADGES = (
    "first_squash", "double_yellow", "root_cause", "both_sides", "quiet_pager", "noise_gate", "second_serve", "handover",
)
STAGES = ("accepted", "held", "recurred")


def _one_of(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "badge_awards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("badge", sa.String(length=32), nullable=False),
        sa.Column("fix_id", sa.Integer(), nullable=False),
        sa.Column("awarded_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(f"badge IN ({_one_of(BADGES)})", name=op.f("ck_badge_awards_badge")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_badge_awards_person_id")),
        sa.ForeignKeyConstraint(["fix_id"], ["fixes.id"], name=op.f("fk_badge_awards_fix_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge_awards")),
        sa.UniqueConstraint("person_id", "badge", name="uq_badge_awards_once"),
    )
    op.create_index(op.f("ix_badge_awards_fix_id"), "badge_awards", ["fix_id"])
    op.create_table(
        "badge_looks",
        sa.Column("fix_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(f"stage IN ({_one_of(STAGES)})", name=op.f("ck_badge_looks_badge_stage")),
        sa.ForeignKeyConstraint(["fix_id"], ["fixes.id"], name=op.f("fk_badge_looks_fix_id")),
        sa.PrimaryKeyConstraint("fix_id", "stage", name=op.f("pk_badge_looks")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("badge_looks")
    op.drop_table("badge_awards")

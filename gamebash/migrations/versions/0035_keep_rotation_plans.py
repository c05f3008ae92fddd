"""Keep rotation plans: what was asked, and what was found."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

STATES = ("waiting", "solving", "draft", "impossible", "stopped", "approved", "dropped")


def upgrade() -> None:
    """Apply the change."""
    state = sa.Enum(*STATES, name="plan_state", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "rotation_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("asked", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("found", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("progress", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("based_on_id", sa.Integer(), nullable=True),
        sa.Column("log_number", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["based_on_id"], ["rotation_plans.id"], name=op.f("fk_rotation_plans_based_on_id_rotation_plans")),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_rotation_plans_made_by_id_people")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name=op.f("fk_rotation_plans_decided_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rotation_plans")),
        sa.UniqueConstraint("number", name=op.f("uq_rotation_plans_number")),
    )
    op.create_index("ix_rotation_plans_state", "rotation_plans", ["state", "id"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("rotation_plans")

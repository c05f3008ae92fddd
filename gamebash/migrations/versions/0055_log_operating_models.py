"""Log by which operating model each team works."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.append_only import protect_table_with_texts
from gamebash.core.db import UtcDateTime

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    model = sa.Enum(
        "separate", "eighty_twenty", "rotating", "sre", name="operating_model", native_enum=False,
        create_constraint=True, length=32,
    )  # fmt: skip
    op.create_table(
        "model_switches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("model", model, nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("logged_by_id", sa.Integer(), nullable=True),
        sa.Column("logged_at", UtcDateTime(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("model IS NOT NULL OR corrects_id IS NOT NULL", name=op.f("ck_model_switches_says_something")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_model_switches_team_id")),
        sa.ForeignKeyConstraint(["logged_by_id"], ["people.id"], name=op.f("fk_model_switches_logged_by_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["model_switches.id"], name=op.f("fk_model_switches_corrects_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_switches")),
        sa.UniqueConstraint("number", name=op.f("uq_model_switches_number")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_model_switches_corrects_id")),
    )
    op.create_index("ix_model_switches_team", "model_switches", ["team_id", "starts_on"])
    protect_table_with_texts(op, "model_switches")


def downgrade() -> None:
    """Take the change back; the triggers go with their table."""
    op.drop_table("model_switches")

"""Hand over what somebody knows before they leave a team."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.append_only import protect_table, unprotect_table
from gamebash.core.db import UtcDateTime

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("move_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.CheckConstraint("receiver_id IS NULL OR receiver_id != person_id", name=op.f("ck_handovers_somebody_else")),
        sa.ForeignKeyConstraint(["move_id"], ["moves.id"], name=op.f("fk_handovers_move_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_handovers_person_id")),
        sa.ForeignKeyConstraint(["receiver_id"], ["people.id"], name=op.f("fk_handovers_receiver_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
        sa.UniqueConstraint("number", name=op.f("uq_handovers_number")),
        sa.UniqueConstraint("move_id", name=op.f("uq_handovers_move_id")),
    )
    op.create_index("ix_handovers_person", "handovers", ["person_id"])
    op.create_index("ix_handovers_receiver", "handovers", ["receiver_id"])
    op.create_table(
        "handover_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handover_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("ticked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["handover_id"], ["handovers.id"], name=op.f("fk_handover_items_handover_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_items")),
    )
    op.create_index("ix_handover_items_handover", "handover_items", ["handover_id", "id"])
    kind = sa.Enum("pairing", "shadow", name="handover_day_kind", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "handover_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handover_id", sa.Integer(), nullable=False),
        sa.Column("together_on", sa.Date(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("planned_by_id", sa.Integer(), nullable=False),
        sa.Column("planned_at", UtcDateTime(), nullable=False),
        sa.Column("cancelled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["handover_id"], ["handovers.id"], name=op.f("fk_handover_days_handover_id")),
        sa.ForeignKeyConstraint(["planned_by_id"], ["people.id"], name=op.f("fk_handover_days_planned_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_days")),
    )
    op.create_index("ix_handover_days_handover_id", "handover_days", ["handover_id"])
    stands = sa.text("cancelled_at IS NULL")
    columns = ["handover_id", "together_on"]
    op.create_index(
        "uq_handover_days_on", "handover_days", columns, unique=True, sqlite_where=stands, postgresql_where=stands
    )
    op.create_table(
        "handover_sign_offs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handover_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("signed_at", UtcDateTime(), nullable=False),
        sa.Column("services", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["handover_id"], ["handovers.id"], name=op.f("fk_handover_sign_offs_handover_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_handover_sign_offs_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_sign_offs")),
        sa.UniqueConstraint("handover_id", name=op.f("uq_handover_sign_offs_handover_id")),
    )
    op.create_index("ix_handover_sign_offs_person_id", "handover_sign_offs", ["person_id"])
    op.create_index("ix_handover_sign_offs_signed_at", "handover_sign_offs", ["signed_at"])
    protect_table(op, "handover_sign_offs")


def downgrade() -> None:
    """Take the change back."""
    unprotect_table(op, "handover_sign_offs")
    for table in ("handover_sign_offs", "handover_days", "handover_items", "handovers"):
        op.drop_table(table)

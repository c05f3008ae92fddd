"""Keep which sets of entries were corrected together, and why."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "rescores",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column(
            "deed",
            sa.Enum("take_back", "pay_anew", "give_to", name="rescore_deed", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("chosen", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("fixes", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_rescores_event_id_events")),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_rescores_made_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rescores")),
        sa.UniqueConstraint("number", name=op.f("uq_rescores_number")),
    )
    op.create_index("ix_rescores_event", "rescores", ["event_id", "id"])


def downgrade() -> None:
    """Take the change back; the corrections stay in the ledger."""
    op.drop_table("rescores")

"""Keep the result of a closed event as announced, and when it is revealed."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.append_only import protect_table, unprotect_table
from gamebash.core.db import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change; what closed before is revealed already."""
    with op.batch_alter_table("events") as table:
        table.add_column(sa.Column("reveals_at", UtcDateTime(), nullable=True))
    op.execute("UPDATE events SET reveals_at = closed_at")
    op.create_table(
        "event_results",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("ledger_hash", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("fixed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_results_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_results")),
    )
    protect_table(op, "event_results")


def downgrade() -> None:
    """Take the change back."""
    unprotect_table(op, "event_results")
    op.drop_table("event_results")
    with op.batch_alter_table("events") as table:
        table.drop_column("reveals_at")

"""Keep what Git hosts say of the changes behind fixes."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

STATES = ("unknown", "open", "merged", "deployed", "closed")


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fix_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("first_commit_at", UtcDateTime(), nullable=True),
        sa.Column("merged_at", UtcDateTime(), nullable=True),
        sa.Column("deployed_at", UtcDateTime(), nullable=True),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("next_at", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(length=500), nullable=False),
        sa.CheckConstraint("state IN ({})".format(", ".join(f"'{one}'" for one in STATES)), name=op.f("ck_changes_change_state")),
        sa.ForeignKeyConstraint(["fix_id"], ["fixes.id"], name=op.f("fk_changes_fix_id_fixes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
        sa.UniqueConstraint("fix_id", name="uq_changes_fix_id"),
    )
    op.create_index("ix_changes_next_at", "changes", ["next_at", "id"])


def downgrade() -> None:
    """Take the change back; hosts can be asked again."""
    op.drop_table("changes")

"""Let what happened in an event be read in the order of time, however long its record is."""

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_index("ix_audit_entries_event_at", "audit_entries", ["event_id", "at", "id"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_audit_entries_event_at", table_name="audit_entries")

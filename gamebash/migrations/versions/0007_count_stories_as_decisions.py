"""Count problems that have a story already as decided, so that they do not wait in the inbox."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.execute(
        "UPDATE problems SET triaged_at = (SELECT max(stories.created_at) FROM stories"
        " WHERE stories.problem_id = problems.id AND stories.state <> 'dropped')"
        " WHERE triaged_at IS NULL"
        " AND id IN (SELECT problem_id FROM stories WHERE problem_id IS NOT NULL AND state <> 'dropped')"
    )


def downgrade() -> None:
    """Leave what is there: decided is decided."""

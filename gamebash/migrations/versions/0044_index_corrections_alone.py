"""Index corrections alone, so that planners use the index."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

IS_CORRECTION = sa.text("corrects_id IS NOT NULL")


def upgrade() -> None:
    """Apply the change."""
    op.drop_index("uq_moves_corrects_id", table_name="moves")
    op.create_index(
        "uq_moves_corrects_id", "moves", ["corrects_id"], unique=True, sqlite_where=IS_CORRECTION, postgresql_where=IS_CORRECTION
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("uq_moves_corrects_id", table_name="moves")
    op.create_index("uq_moves_corrects_id", "moves", ["corrects_id"], unique=True)

"""Keep the links that open big screens."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "screen_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_screen_links_event_id_events")),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_screen_links_made_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screen_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_screen_links_token_hash")),
    )
    is_open = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_screen_links_open_event",
        "screen_links",
        ["event_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("screen_links")

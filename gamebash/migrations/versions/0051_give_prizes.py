"""Give spot prizes."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

KINDS = "'squad_first', 'every_nth', 'draw', 'by_hand'"


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "prizes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_prizes_prize_kind")),
        sa.CheckConstraint("pieces >= 1 AND every >= 1", name=op.f("ck_prizes_some")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_prizes_event_id")),
        sa.ForeignKeyConstraint(["added_by_id"], ["people.id"], name=op.f("fk_prizes_added_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prizes")),
        sa.UniqueConstraint("event_id", "what", name=op.f("uq_prizes_event_id_what")),
    )
    op.create_table(
        "prize_winners",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prize_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("player_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("hat", sa.JSON(), nullable=True),
        sa.Column("named_at", UtcDateTime(), nullable=False),
        sa.Column("named_by_id", sa.Integer(), nullable=False),
        sa.Column("handed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["prize_id"], ["prizes.id"], name=op.f("fk_prize_winners_prize_id")),
        sa.ForeignKeyConstraint(["player_id"], ["players.id"], name=op.f("fk_prize_winners_player_id")),
        sa.ForeignKeyConstraint(["named_by_id"], ["people.id"], name=op.f("fk_prize_winners_named_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prize_winners")),
        sa.UniqueConstraint("prize_id", "ordinal", name="uq_prize_winners_moment"),
    )
    op.create_index("ix_prize_winners_player", "prize_winners", ["player_id"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("prize_winners")
    op.drop_table("prizes")

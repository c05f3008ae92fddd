"""Limit the players of an event; let people wait for a place and follow without playing."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("events") as table:
        table.add_column(sa.Column("player_limit", sa.Integer(), nullable=True))
    with op.batch_alter_table("players") as table:
        table.add_column(sa.Column("removed_reason", sa.String(length=300), nullable=False, server_default=""))
    op.create_table(
        "waiting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("hours_free", sa.Double(), nullable=False),
        sa.Column("since_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_waiting_event_id_events")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_waiting_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
        sa.UniqueConstraint("event_id", "person_id", name=op.f("uq_waiting_event_id_person_id")),
    )
    op.create_index("ix_waiting_event", "waiting", ["event_id", "id"])
    op.create_table(
        "spectators",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_spectators_event_id_events")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_spectators_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spectators")),
        sa.UniqueConstraint("event_id", "person_id", name=op.f("uq_spectators_event_id_person_id")),
    )
    op.create_index("ix_spectators_person", "spectators", ["person_id"])


def downgrade() -> None:
    """Take the change back; who waited or followed does so no longer."""
    op.drop_table("spectators")
    op.drop_table("waiting")
    with op.batch_alter_table("players") as table:
        table.drop_column("removed_reason")
    with op.batch_alter_table("events") as table:
        table.drop_column("player_limit")

"""Balance squads, say why, take it back; let captains ask people in."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("squads") as table:
        table.add_column(sa.Column("why", sa.String(length=300), nullable=False, server_default=""))
    with op.batch_alter_table("players") as table:
        table.add_column(sa.Column("is_placed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "squad_invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("squad_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["squad_id"], ["squads.id"], name=op.f("fk_squad_invitations_squad_id_squads"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_squad_invitations_person_id_people")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_squad_invitations_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_squad_invitations")),
        sa.UniqueConstraint("squad_id", "person_id", name=op.f("uq_squad_invitations_squad_id_person_id")),
    )
    op.create_index("ix_squad_invitations_person", "squad_invitations", ["person_id"])
    op.create_table(
        "balancings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_balancings_event_id_events")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_balancings_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_balancings")),
    )
    op.create_index("ix_balancings_event", "balancings", ["event_id", "id"])


def downgrade() -> None:
    """Take the change back; squads stay as they are, without their reasons."""
    op.drop_table("balancings")
    op.drop_table("squad_invitations")
    with op.batch_alter_table("players") as table:
        table.drop_column("is_placed")
    with op.batch_alter_table("squads") as table:
        table.drop_column("why")

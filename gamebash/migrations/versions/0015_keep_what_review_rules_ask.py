"""Keep what the rules of claiming, reviewing and paying ask: squads at the time, knowing reviewers, why a fix paid nothing."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change; what is there already is taken to have been reviewed in the squads of today."""
    with op.batch_alter_table("events") as table:
        table.add_column(sa.Column("scheduled_at", UtcDateTime(), nullable=True))
    with op.batch_alter_table("event_stories") as table:
        table.add_column(sa.Column("note", sa.String(length=300), nullable=False, server_default=""))
    with op.batch_alter_table("players") as table:
        table.add_column(sa.Column("talked_at", UtcDateTime(), nullable=True))
    with op.batch_alter_table("fixes") as table:
        table.add_column(sa.Column("squad_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("begun_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("is_own_change", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("needs_knowing", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("unpaid_because", sa.String(length=300), nullable=False, server_default=""))
        table.add_column(sa.Column("waived_by_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("waived_because", sa.String(length=300), nullable=False, server_default=""))
        table.create_foreign_key(op.f("fk_fixes_squad_id_squads"), "squads", ["squad_id"], ["id"], ondelete="SET NULL")
        table.create_foreign_key(op.f("fk_fixes_waived_by_id_people"), "people", ["waived_by_id"], ["id"])
    with op.batch_alter_table("reviews") as table:
        table.add_column(sa.Column("squad_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_reviews_squad_id_squads"), "squads", ["squad_id"], ["id"], ondelete="SET NULL")
    for name in ("fixes", "reviews"):
        op.execute(f"UPDATE {name} SET squad_id = (SELECT squad_id FROM players WHERE players.id = {name}.player_id)")
    op.execute(
        "UPDATE events SET scheduled_at = (SELECT min(at) FROM audit_entries"
        " WHERE audit_entries.event_id = events.id AND audit_entries.tag = 'event:scheduled')"
    )


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("reviews") as table:
        table.drop_constraint(op.f("fk_reviews_squad_id_squads"), type_="foreignkey")
        table.drop_column("squad_id")
    with op.batch_alter_table("fixes") as table:
        table.drop_constraint(op.f("fk_fixes_waived_by_id_people"), type_="foreignkey")
        table.drop_constraint(op.f("fk_fixes_squad_id_squads"), type_="foreignkey")
        for name in (
            "waived_because", "waived_by_id", "unpaid_because", "needs_knowing", "is_own_change", "begun_at", "squad_id",
        ):
            table.drop_column(name)
    with op.batch_alter_table("players") as table:
        table.drop_column("talked_at")
    with op.batch_alter_table("event_stories") as table:
        table.drop_column("note")
    with op.batch_alter_table("events") as table:
        table.drop_column("scheduled_at")

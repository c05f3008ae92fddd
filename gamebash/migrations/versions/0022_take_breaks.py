"""Take players out for a live incident; keep which problem a story was pulled for."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    is_open = sa.text("ended_at IS NULL")
    op.create_table(
        "breaks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("player_id", sa.Integer(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("passes_reviews", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_breaks_event_id_events")),
        sa.ForeignKeyConstraint(["player_id"], ["players.id"], name=op.f("fk_breaks_player_id_players")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_breaks_by_id_people")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["people.id"], name=op.f("fk_breaks_ended_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breaks")),
    )
    op.create_index("ix_breaks_event", "breaks", ["event_id", "ended_at"])
    op.create_index(
        "uq_breaks_open_player", "breaks", ["player_id"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )
    with op.batch_alter_table("claims") as table:
        table.add_column(sa.Column("break_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_claims_break_id_breaks"), "breaks", ["break_id"], ["id"])
    with op.batch_alter_table("reviews") as table:
        table.add_column(sa.Column("lease_left_seconds", sa.Integer(), nullable=True))
    with op.batch_alter_table("event_stories") as table:
        table.add_column(sa.Column("problem_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_event_stories_problem_id_problems"), "problems", ["problem_id"], ["id"])
    # What was played before counts by the problem that the story has now, as it did until now.
    op.execute(
        "UPDATE event_stories SET problem_id = (SELECT coalesce(stories.problem_id, incidents.problem_id) FROM stories"
        " LEFT JOIN incidents ON incidents.id = stories.incident_id WHERE stories.id = event_stories.story_id)"
    )


def downgrade() -> None:
    """Take the change back; whoever is on a break returns with what was left."""
    with op.batch_alter_table("event_stories") as table:
        table.drop_constraint(op.f("fk_event_stories_problem_id_problems"), type_="foreignkey")
        table.drop_column("problem_id")
    with op.batch_alter_table("reviews") as table:
        table.drop_column("lease_left_seconds")
    with op.batch_alter_table("claims") as table:
        table.drop_constraint(op.f("fk_claims_break_id_breaks"), type_="foreignkey")
        table.drop_column("break_id")
    op.drop_table("breaks")

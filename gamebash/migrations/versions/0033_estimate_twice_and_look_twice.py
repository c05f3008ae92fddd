"""Keep second estimates of stories and second looks at accepted fixes."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

GRADES = ("blue", "red", "yellow", "double_yellow")


def upgrade() -> None:
    """Apply the change; who proposed a story is taken to have estimated it."""
    triggers = _triggers()
    with op.batch_alter_table("stories") as table:
        table.add_column(sa.Column("estimated_by_id", sa.Integer(), nullable=True))
        table.add_column(
            sa.Column("second_grade", sa.Enum(*GRADES, name="second_grade", native_enum=False, create_constraint=True, length=32), nullable=True)
        )
        table.add_column(sa.Column("second_by_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("second_at", UtcDateTime(), nullable=True))
        table.create_foreign_key(op.f("fk_stories_estimated_by_id_people"), "people", ["estimated_by_id"], ["id"])
        table.create_foreign_key(op.f("fk_stories_second_by_id_people"), "people", ["second_by_id"], ["id"])
    _keep(triggers)
    op.execute("UPDATE stories SET estimated_by_id = created_by_id")
    with op.batch_alter_table("event_stories") as table:
        table.add_column(
            sa.Column(
                "scheduled_grade",
                sa.Enum(*GRADES, name="scheduled_grade", native_enum=False, create_constraint=True, length=32),
                nullable=True,
            )
        )
    op.create_table(
        "spot_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fix_id", sa.Integer(), nullable=False),
        sa.Column("player_id", sa.Integer(), nullable=False),
        sa.Column(
            "cause",
            sa.Enum("lot", "send_backs", name="check_cause", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("drawn_at", UtcDateTime(), nullable=False),
        sa.Column("lease_ends_at", UtcDateTime(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["fix_id"], ["fixes.id"], name=op.f("fk_spot_checks_fix_id_fixes")),
        sa.ForeignKeyConstraint(["player_id"], ["players.id"], name=op.f("fk_spot_checks_player_id_players")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_checks")),
        sa.UniqueConstraint("fix_id", "player_id", name=op.f("uq_spot_checks_fix_id_player_id")),
    )
    op.create_index("ix_spot_checks_player", "spot_checks", ["player_id", "decided_at"])
    op.create_index("ix_spot_checks_open", "spot_checks", ["decided_at", "ended_at", "lease_ends_at"])


def downgrade() -> None:
    """Take the change back."""
    triggers = _triggers()
    op.drop_table("spot_checks")
    with op.batch_alter_table("event_stories") as table:
        table.drop_constraint(op.f("ck_event_stories_scheduled_grade"), type_="check")
        table.drop_column("scheduled_grade")
    with op.batch_alter_table("stories") as table:
        table.drop_constraint(op.f("ck_stories_second_grade"), type_="check")
        table.drop_constraint(op.f("fk_stories_second_by_id_people"), type_="foreignkey")
        table.drop_constraint(op.f("fk_stories_estimated_by_id_people"), type_="foreignkey")
        for name in ("second_at", "second_by_id", "second_grade", "estimated_by_id"):
            table.drop_column(name)
    _keep(triggers)


def _triggers() -> list[str]:
    """Return what keeps the words of stories: SQLite loses it with the table that a batch replaces."""
    if op.get_bind().dialect.name != "sqlite":
        return []
    rows = op.get_bind().exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'stories'")
    return [row[0] for row in rows]


def _keep(triggers: list[str]) -> None:
    for trigger in triggers:
        op.get_bind().exec_driver_sql(trigger)

"""Keep everybody's tours beside the log they follow from."""

from itertools import groupby

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

AT_ONCE = 1_000

moves = sa.table(
    "moves", sa.column("id", sa.Integer), sa.column("number", sa.Integer), sa.column("person_id", sa.Integer),
    sa.column("from_team_id", sa.Integer), sa.column("to_team_id", sa.Integer), sa.column("effective_on", sa.Date),
    sa.column("corrects_id", sa.Integer),
)  # fmt: skip


def upgrade() -> None:
    """Apply the change; the tours of everything in the log are written."""
    tours = op.create_table(
        "tours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_tours_person_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_tours_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tours")),
        sa.UniqueConstraint("person_id", "from_on", name=op.f("uq_tours_person_id_from_on")),
    )
    op.create_index("ix_tours_team", "tours", ["team_id", "from_on"])
    op.create_index("ix_tours_until_on", "tours", ["until_on"])
    op.create_index("ix_tours_from_on", "tours", ["from_on"])
    later = moves.alias("later")
    is_standing = sa.and_(
        ~sa.exists().where(later.c.corrects_id == moves.c.id),
        sa.or_(moves.c.from_team_id.is_not(None), moves.c.to_team_id.is_not(None)),
    )
    order = (moves.c.person_id, moves.c.effective_on, moves.c.number)
    found = op.get_bind().execute(sa.select(moves).where(is_standing).order_by(*order)).all()
    rows = [row for _, own in groupby(found, key=lambda move: move.person_id) for row in _tours(list(own))]
    for start in range(0, len(rows), AT_ONCE):
        op.bulk_insert(tours, rows[start : start + AT_ONCE])


def _tours(own: list[sa.Row]) -> list[dict[str, object]]:
    ends = [*(move.effective_on for move in own[1:]), None]
    return [
        {
            "person_id": move.person_id, "team_id": move.to_team_id, "from_on": move.effective_on, "until_on": until,
            "days": (until - move.effective_on).days if until else None,
        }
        for move, until in zip(own, ends, strict=True)
        if move.to_team_id is not None and until != move.effective_on
    ]  # fmt: skip


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("tours")

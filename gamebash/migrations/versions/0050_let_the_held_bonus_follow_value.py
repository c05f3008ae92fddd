"""Keep what an hour on a story prevents, and on the middle of its board, for the held bonus.

Events that went live before there was such a rule are scored as they were announced: theirs is off.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

RULE = "held_value_cap"


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("event_stories") as table:
        table.add_column(sa.Column("value_per_hour", sa.Double(), nullable=True))
        table.add_column(sa.Column("middle_per_hour", sa.Double(), nullable=True))
    for event_id, rules in _frozen():
        _keep(event_id, {**rules, RULE: 0})


def downgrade() -> None:
    """Take the change back."""
    for event_id, rules in _frozen():
        _keep(event_id, {name: value for name, value in rules.items() if name != RULE})
    with op.batch_alter_table("event_stories") as table:
        table.drop_column("middle_per_hour")
        table.drop_column("value_per_hour")


def _frozen() -> list[tuple[int, dict[str, object]]]:
    """Return the events that went live, with their rules."""
    rows = op.get_bind().execute(sa.text("SELECT id, rules FROM events WHERE went_live_at IS NOT NULL"))
    return [(event_id, json.loads(rules) if isinstance(rules, str) else rules) for event_id, rules in rows]


def _keep(event_id: int, rules: dict[str, object]) -> None:
    rules_column = sa.table("events", sa.column("id"), sa.column("rules", sa.JSON()))
    op.get_bind().execute(sa.update(rules_column).where(rules_column.c.id == event_id).values(rules=rules))

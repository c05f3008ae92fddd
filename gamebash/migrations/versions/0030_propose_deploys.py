"""Let the time of a deploy wait for a second person too."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

VERBS = ("merge", "split", "move", "noise", "accept", "snooze", "solve", "judge", "rule", "deploy")
NAME = "ck_proposals_proposal_verb"


def upgrade() -> None:
    """Apply the change."""
    _allow(VERBS)


def downgrade() -> None:
    """Take the change back; proposed deploys go with it."""
    of_deploys = "SELECT id FROM proposals WHERE verb = 'deploy'"
    op.execute(f"DELETE FROM proposal_fixes WHERE proposal_id IN ({of_deploys})")
    op.execute("DELETE FROM proposals WHERE verb = 'deploy'")
    _allow(VERBS[:-1])


def _allow(verbs: tuple[str, ...]) -> None:
    with op.batch_alter_table("proposals") as table:
        table.drop_constraint(op.f(NAME), type_="check")
        table.create_check_constraint(op.f(NAME), "verb IN ({})".format(", ".join(f"'{verb}'" for verb in verbs)))

"""Let a rescore give back what a watch took."""

from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

BEFORE = ("take_back", "pay_anew", "give_to")
CHECK = "ck_rescores_rescore_deed"


def upgrade() -> None:
    """Apply the change."""
    _allow((*BEFORE, "give_back"))


def downgrade() -> None:
    """Take the change back; such a rescore is called taking back, which is what its corrections do to a clawback."""
    op.execute("UPDATE rescores SET deed = 'take_back' WHERE deed = 'give_back'")
    _allow(BEFORE)


def _allow(deeds: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{deed}'" for deed in deeds)
    with op.batch_alter_table("rescores") as table:
        table.drop_constraint(op.f(CHECK), type_="check")
        table.create_check_constraint(op.f(CHECK), f"deed IN ({allowed})")

"""Keep what people decide about problems, with what is needed to take it back; triage owners and age limits."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KINDS = ("merged", "split", "moved", "noise", "accepted", "snoozed", "solved")


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("problems") as table:
        table.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("triaged_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("snoozed_until", sa.Date(), nullable=True))
        table.create_foreign_key(op.f("fk_problems_merged_into_id_problems"), "problems", ["merged_into_id"], ["id"])
        table.create_index(op.f("ix_problems_merged_into_id"), ["merged_into_id"])
        table.create_index("ix_problems_triage", ["triaged_at", "value"])
    with op.batch_alter_table("services") as table:
        table.add_column(sa.Column("triage_owner_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("triage_days", sa.Integer(), nullable=False, server_default="14"))
        table.create_foreign_key(op.f("fk_services_triage_owner_id_people"), "people", ["triage_owner_id"], ["id"])
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("summary", sa.String(length=400), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ({})".format(", ".join(f"'{kind}'" for kind in KINDS)), name=op.f("ck_decisions_decision_kind")),
        sa.ForeignKeyConstraint(["problem_id"], ["problems.id"], name=op.f("fk_decisions_problem_id_problems")),
        sa.ForeignKeyConstraint(["other_id"], ["problems.id"], name=op.f("fk_decisions_other_id_problems")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_decisions_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("reference", name=op.f("uq_decisions_reference")),
    )
    op.create_index("ix_decisions_problem", "decisions", ["problem_id", "id"])
    op.create_index("ix_decisions_made_at", "decisions", ["made_at"])
    op.create_index(op.f("ix_decisions_other_id"), "decisions", ["other_id"])


def downgrade() -> None:
    """Take the change back; merged problems stand apart again, without their incidents."""
    op.drop_table("decisions")
    with op.batch_alter_table("services") as table:
        table.drop_constraint(op.f("fk_services_triage_owner_id_people"), type_="foreignkey")
        table.drop_column("triage_days")
        table.drop_column("triage_owner_id")
    with op.batch_alter_table("problems") as table:
        table.drop_index("ix_problems_triage")
        table.drop_index(op.f("ix_problems_merged_into_id"))
        table.drop_constraint(op.f("fk_problems_merged_into_id_problems"), type_="foreignkey")
        for name in ("snoozed_until", "triaged_at", "merged_into_id"):
            table.drop_column(name)

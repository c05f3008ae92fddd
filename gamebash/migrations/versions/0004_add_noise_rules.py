"""Add rules that mark incidents as noise."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "noise_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("title_pattern", sa.String(length=200), nullable=False),
        sa.Column("severities", sa.JSON(), nullable=False),
        sa.Column("shorter_minutes", sa.Integer(), nullable=True),
        sa.Column("repeats_minutes", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("applied_to", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'active', 'off')", name=op.f("ck_noise_rules_rule_state")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_noise_rules_service_id_services")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_noise_rules_owner_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_noise_rules")),
        sa.UniqueConstraint("key", name=op.f("uq_noise_rules_key")),
    )
    with op.batch_alter_table("incidents") as table:
        table.add_column(sa.Column("noise_rule_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_incidents_noise_rule_id_noise_rules"), "noise_rules", ["noise_rule_id"], ["id"])
        table.create_index(op.f("ix_incidents_noise_rule_id"), ["noise_rule_id"])


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("incidents") as table:
        table.drop_index(op.f("ix_incidents_noise_rule_id"))
        table.drop_constraint(op.f("fk_incidents_noise_rule_id_noise_rules"), type_="foreignkey")
        table.drop_column("noise_rule_id")
    op.drop_table("noise_rules")

"""Keep what records said before, the key that groups a source's incidents, and how the pull would have done."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SEVERITIES = ("sev1", "sev2", "sev3", "sev4", "sev5")


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("sources") as table:
        table.add_column(sa.Column("grouping", sa.JSON(), nullable=True))
    with op.batch_alter_table("incidents") as table:
        table.add_column(sa.Column("source_row", sa.Integer(), nullable=True))
    with op.batch_alter_table("problems") as table:
        table.add_column(sa.Column("is_broad", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("forecast_on", sa.Date(), nullable=True))
        table.create_index(op.f("ix_problems_forecast_on"), ["forecast_on"])
    op.create_table(
        "incident_versions",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=16), nullable=False),
        sa.Column("version_at", UtcDateTime(), nullable=False),
        sa.Column("severity", sa.Enum(*SEVERITIES, name="version_severity", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("facets", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_versions_incident_id_incidents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("incident_id", "digest", name=op.f("pk_incident_versions")),
    )
    op.create_table(
        "backtests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("message", sa.String(length=500), nullable=False),
        sa.Column("calibration", sa.JSON(), nullable=True),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["requested_by_id"], ["people.id"], name=op.f("fk_backtests_requested_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backtests")),
    )
    with op.batch_alter_table("backtests") as table:
        table.create_index(op.f("ix_backtests_finished_at"), ["finished_at"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("backtests")
    op.drop_table("incident_versions")
    with op.batch_alter_table("problems") as table:
        table.drop_index(op.f("ix_problems_forecast_on"))
        table.drop_column("forecast_on")
        table.drop_column("is_broad")
    with op.batch_alter_table("incidents") as table:
        table.drop_column("source_row")
    with op.batch_alter_table("sources") as table:
        table.drop_column("grouping")

"""Let sources be asked and send: settings, secrets, cursors, runs without a file, deliveries, what was written back."""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SEVERITIES = ("sev1", "sev2", "sev3", "sev4", "sev5")
STATES = ("previewed", "waiting", "running", "done", "failed", "cancelled")
KINDS = (
    "file", "pagerduty", "opsgenie", "jira", "servicenow", "github", "gitlab", "sentry", "datadog", "zendesk", "bugzilla",
    "redmine", "alertmanager", "generic",
)  # fmt: skip
SYNC_STATES = ("ready", "paused", "needs_sign_in")


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("sources") as table:
        table.add_column(sa.Column("settings", sa.JSON(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("secret_env", sa.String(length=120), nullable=False, server_default=""))
        table.add_column(sa.Column("secret_sealed", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("hook_secret_env", sa.String(length=120), nullable=False, server_default=""))
        table.add_column(sa.Column("hook_secret_sealed", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("severity_map", sa.JSON(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("usual_severity", sa.String(length=32), nullable=False, server_default="sev3"))
        table.add_column(sa.Column("cursor", sa.JSON(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("sync_state", sa.String(length=32), nullable=False, server_default="ready"))
        table.add_column(sa.Column("sync_minutes", sa.Integer(), nullable=True))
        table.add_column(sa.Column("next_sync_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("is_writing_back", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_index(op.f("ix_sources_next_sync_at"), ["next_sync_at"])
        table.drop_constraint(op.f("ck_sources_source_kind"), type_="check")
        _check(table, "sources", "source_kind", "kind", KINDS)
        _check(table, "sources", "usual_severity", "usual_severity", SEVERITIES)
        _check(table, "sources", "sync_state", "sync_state", SYNC_STATES)
    with op.batch_alter_table("sync_runs") as table:
        table.add_column(sa.Column("kind", sa.String(length=32), nullable=False, server_default="file"))
        table.add_column(sa.Column("pages_read", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("unknown_severities", sa.JSON(), nullable=False, server_default="{}"))
        table.drop_constraint(op.f("ck_sync_runs_run_state"), type_="check")
        _check(table, "sync_runs", "run_state", "state", (*STATES, "partial"))
        _check(table, "sync_runs", "run_kind", "kind", ("file", "sync"))
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("event", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("handled_at", UtcDateTime(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("message", sa.String(length=500), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'done', 'ignored', 'failed')", name=op.f("ck_deliveries_delivery_state")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_deliveries_source_id_sources")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("source_id", "key", name="uq_deliveries_source_id_key"),
    )
    op.create_index("ix_deliveries_waiting", "deliveries", ["state", "id"])
    op.create_table(
        "write_backs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("message", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_write_backs_incident_id_incidents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_write_backs")),
        sa.UniqueConstraint("incident_id", "key", name="uq_write_backs_incident_id_key"),
    )


def downgrade() -> None:
    """Take the change back; runs that were no files and sources that were none go with it."""
    op.drop_table("write_backs")
    op.drop_table("deliveries")
    op.execute("UPDATE sync_runs SET state = 'done' WHERE state = 'partial'")
    op.execute("UPDATE sources SET kind = 'file'")
    with op.batch_alter_table("sync_runs") as table:
        table.drop_constraint(op.f("ck_sync_runs_run_kind"), type_="check")
        table.drop_constraint(op.f("ck_sync_runs_run_state"), type_="check")
        _check(table, "sync_runs", "run_state", "state", STATES)
        for name in ("unknown_severities", "pages_read", "kind"):
            table.drop_column(name)
    with op.batch_alter_table("sources") as table:
        table.drop_index(op.f("ix_sources_next_sync_at"))
        for name in ("source_kind", "usual_severity", "sync_state"):
            table.drop_constraint(op.f(f"ck_sources_{name}"), type_="check")
        _check(table, "sources", "source_kind", "kind", ("file",))
        for name in (
            "is_writing_back", "next_sync_at", "sync_minutes", "sync_state", "cursor", "usual_severity", "severity_map",
            "hook_secret_sealed", "hook_secret_env", "secret_sealed", "secret_env", "settings",
        ):  # fmt: skip
            table.drop_column(name)


def _check(table: object, of: str, name: str, column: str, values: Iterable[str]) -> None:
    allowed = ", ".join(f"'{value}'" for value in values)
    table.create_check_constraint(op.f(f"ck_{of}_{name}"), f"{column} IN ({allowed})")  # type: ignore[attr-defined]

"""Begin with every table."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.append_only import protect, unprotect
from gamebash.core.db import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_playing", sa.Boolean(), nullable=False),
        sa.Column("alias", sa.String(length=40), nullable=True),
        sa.Column(
            "theme",
            sa.Enum("system", "light", "dark", name="theme", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("has_shortcuts", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("alias", name=op.f("uq_people_alias")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
        sa.UniqueConstraint("handle", name=op.f("uq_people_handle")),
    )
    op.create_index("ix_people_name", "people", ["name"], unique=False)
    op.create_table(
        "sources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("file", name="source_kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("mapping", sa.JSON(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("slug", name=op.f("uq_sources_slug")),
    )
    op.create_table(
        "throttles",
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("window_started_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttles")),
    )
    op.create_table(
        "one_time_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum("invitation", "reset", name="link_purpose", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_one_time_links_made_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_one_time_links_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_links_token_hash")),
    )
    op.create_index(op.f("ix_one_time_links_person_id"), "one_time_links", ["person_id"], unique=False)
    op.create_table(
        "person_roles",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "developer",
                "organiser",
                "manager",
                "admin",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_person_roles_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "role", name=op.f("pk_person_roles")),
    )
    op.create_table(
        "rotation_locks",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_rotation_locks_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_rotation_locks")),
    )
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("rrule", sa.String(length=200), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["people.id"], name=op.f("fk_series_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("slug", name=op.f("uq_series_slug")),
    )
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sign_ins_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_ins_token_hash")),
    )
    op.create_index(op.f("ix_sign_ins_person_id"), "sign_ins", ["person_id"], unique=False)
    op.create_table(
        "sync_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "previewed",
                "waiting",
                "running",
                "done",
                "failed",
                "cancelled",
                name="run_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_path", sa.String(length=400), nullable=False),
        sa.Column("file_digest", sa.String(length=64), nullable=False),
        sa.Column("file_bytes", sa.BigInteger(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("done_bytes", sa.BigInteger(), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_created", sa.Integer(), nullable=False),
        sa.Column("rows_updated", sa.Integer(), nullable=False),
        sa.Column("rows_unchanged", sa.Integer(), nullable=False),
        sa.Column("rows_rejected", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_sync_runs_source_id")),
        sa.ForeignKeyConstraint(["started_by_id"], ["people.id"], name=op.f("fk_sync_runs_started_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_runs")),
        sa.UniqueConstraint("reference", name=op.f("uq_sync_runs_reference")),
    )
    op.create_index(op.f("ix_sync_runs_source_id"), "sync_runs", ["source_id"], unique=False)
    op.create_index("ix_sync_runs_state", "sync_runs", ["state", "id"], unique=False)
    op.create_table(
        "teams",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=3), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("ops", "sre", "scrum", name="team_kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "crest",
            sa.Enum(
                "ring",
                "triangle",
                "diamond",
                "square",
                "pentagon",
                "cross",
                name="crest",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("colour", sa.String(length=8), nullable=False),
        sa.Column("division", sa.String(length=80), nullable=False),
        sa.Column("product_owner_id", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["product_owner_id"], ["people.id"], name=op.f("fk_teams_product_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("code", name=op.f("uq_teams_code")),
        sa.UniqueConstraint("name", name=op.f("uq_teams_name")),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "scheduled",
                "live",
                "judging",
                "closed",
                "cancelled",
                name="event_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("freezes_at", UtcDateTime(), nullable=True),
        sa.Column("reviews_end_at", UtcDateTime(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("rules_confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("went_live_at", UtcDateTime(), nullable=True),
        sa.Column("paused_at", UtcDateTime(), nullable=True),
        sa.Column("judged_from", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("cancelled_at", UtcDateTime(), nullable=True),
        sa.Column("cancelled_reason", sa.String(length=300), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_events_ends_after_start")),
        sa.ForeignKeyConstraint(["created_by_id"], ["people.id"], name=op.f("fk_events_created_by_id")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_events_series_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("slug", name=op.f("uq_events_slug")),
    )
    op.create_index(op.f("ix_events_series_id"), "events", ["series_id"], unique=False)
    op.create_index("ix_events_state", "events", ["state", "starts_at"], unique=False)
    op.create_table(
        "moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("from_team_id", sa.Integer(), nullable=True),
        sa.Column("to_team_id", sa.Integer(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "join",
                "rotate_in",
                "rotate_out",
                "return",
                "hypercare",
                "leave",
                "correction",
                name="move_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("logged_by_id", sa.Integer(), nullable=True),
        sa.Column("logged_at", UtcDateTime(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'correction') = (corrects_id IS NOT NULL)", name=op.f("ck_moves_correction_names_a_move")
        ),
        sa.ForeignKeyConstraint(["corrects_id"], ["moves.id"], name=op.f("fk_moves_corrects_id")),
        sa.ForeignKeyConstraint(["from_team_id"], ["teams.id"], name=op.f("fk_moves_from_team_id")),
        sa.ForeignKeyConstraint(["logged_by_id"], ["people.id"], name=op.f("fk_moves_logged_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_moves_person_id")),
        sa.ForeignKeyConstraint(["to_team_id"], ["teams.id"], name=op.f("fk_moves_to_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moves")),
        sa.UniqueConstraint("number", name=op.f("uq_moves_number")),
    )
    op.create_index("ix_moves_effective_on", "moves", ["effective_on"], unique=False)
    op.create_index(op.f("ix_moves_from_team_id"), "moves", ["from_team_id"], unique=False)
    op.create_index("ix_moves_person", "moves", ["person_id", "effective_on", "id"], unique=False)
    op.create_index(op.f("ix_moves_to_team_id"), "moves", ["to_team_id"], unique=False)
    op.create_index("uq_moves_corrects_id", "moves", ["corrects_id"], unique=True)
    op.create_table(
        "rejected_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sync_run_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("excerpt", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["sync_run_id"], ["sync_runs.id"], name=op.f("fk_rejected_rows_sync_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejected_rows")),
    )
    op.create_index("ix_rejected_rows_run", "rejected_rows", ["sync_run_id", "line"], unique=False)
    op.create_table(
        "services",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("builder_team_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("tier BETWEEN 1 AND 4", name=op.f("ck_services_tier")),
        sa.ForeignKeyConstraint(["builder_team_id"], ["teams.id"], name=op.f("fk_services_builder_team_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_services_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
        sa.UniqueConstraint("slug", name=op.f("uq_services_slug")),
    )
    op.create_index(op.f("ix_services_team_id"), "services", ["team_id"], unique=False)
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_key", sa.String(length=200), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_audit_entries_event_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_audit_entries_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_event", "audit_entries", ["event_id", "id"], unique=False)
    op.create_index("ix_audit_entries_subject", "audit_entries", ["subject_kind", "subject_key", "id"], unique=False)
    op.create_table(
        "ledger_heads",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_ledger_heads_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_ledger_heads")),
    )
    op.create_table(
        "move_approvals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("move_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("approved_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["move_id"], ["moves.id"], name=op.f("fk_move_approvals_move_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_move_approvals_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_move_approvals")),
        sa.UniqueConstraint("move_id", "person_id", name=op.f("uq_move_approvals_move_id_person_id")),
    )
    op.create_table(
        "problems",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("symptom", sa.String(length=200), nullable=False),
        sa.Column(
            "root_cause",
            sa.Enum(
                "change",
                "capacity",
                "configuration",
                "dependency",
                "code_defect",
                "data",
                "hardware",
                "human_error",
                "security",
                "unknown",
                name="root_cause",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "being_fixed",
                "watched",
                "solved",
                "accepted",
                name="problem_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("first_seen_at", UtcDateTime(), nullable=True),
        sa.Column("last_seen_at", UtcDateTime(), nullable=True),
        sa.Column("incident_count", sa.Integer(), nullable=False),
        sa.Column("noise_count", sa.Integer(), nullable=False),
        sa.Column("impact_minutes", sa.BigInteger(), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column("forecast", sa.Double(), nullable=False),
        sa.Column("forecast_low", sa.Double(), nullable=False),
        sa.Column("forecast_high", sa.Double(), nullable=False),
        sa.Column("mean_weight", sa.Double(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("forecast_parts", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_problems_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problems")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_problems_fingerprint")),
        sa.UniqueConstraint("key", name=op.f("uq_problems_key")),
    )
    op.create_index("ix_problems_count", "problems", ["incident_count"], unique=False)
    op.create_index("ix_problems_last_seen", "problems", ["last_seen_at"], unique=False)
    op.create_index("ix_problems_service", "problems", ["service_id", "value"], unique=False)
    op.create_index("ix_problems_value", "problems", ["value"], unique=False)
    op.create_table(
        "squads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("captain_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["captain_id"], ["people.id"], name=op.f("fk_squads_captain_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_squads_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_squads")),
        sa.UniqueConstraint("event_id", "name", name=op.f("uq_squads_event_id_name")),
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("symptom", sa.String(length=200), nullable=False),
        sa.Column(
            "severity",
            sa.Enum(
                "sev1",
                "sev2",
                "sev3",
                "sev4",
                "sev5",
                name="severity",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "acknowledged",
                "resolved",
                name="incident_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("environment", sa.String(length=80), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("reporter", sa.String(length=120), nullable=False),
        sa.Column("assignee", sa.String(length=120), nullable=False),
        sa.Column("closure_code", sa.String(length=120), nullable=False),
        sa.Column("reopen_count", sa.Integer(), nullable=False),
        sa.Column("impact_minutes", sa.Integer(), nullable=True),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.Column("version_at", UtcDateTime(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("first_run_id", sa.Integer(), nullable=True),
        sa.Column("problem_id", sa.Integer(), nullable=True),
        sa.Column("is_moved_by_hand", sa.Boolean(), nullable=False),
        sa.Column("is_noise", sa.Boolean(), nullable=False),
        sa.Column("noise_reason", sa.String(length=200), nullable=False),
        sa.Column("noise_by_id", sa.Integer(), nullable=True),
        sa.Column("noise_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["first_run_id"], ["sync_runs.id"], name=op.f("fk_incidents_first_run_id")),
        sa.ForeignKeyConstraint(["noise_by_id"], ["people.id"], name=op.f("fk_incidents_noise_by_id")),
        sa.ForeignKeyConstraint(["problem_id"], ["problems.id"], name=op.f("fk_incidents_problem_id")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_incidents_service_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_incidents_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("source_id", "external_id", name="uq_incidents_source_id_external_id"),
    )
    op.create_index("ix_incidents_opened_at", "incidents", ["opened_at"], unique=False)
    op.create_index("ix_incidents_problem", "incidents", ["problem_id", "opened_at"], unique=False)
    op.create_index("ix_incidents_service", "incidents", ["service_id", "opened_at"], unique=False)
    op.create_index("ix_incidents_severity", "incidents", ["severity", "opened_at"], unique=False)
    op.create_table(
        "players",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("squad_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("hours_free", sa.Double(), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("left_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_players_event_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_players_person_id")),
        sa.ForeignKeyConstraint(["squad_id"], ["squads.id"], name=op.f("fk_players_squad_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_players_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_players")),
        sa.UniqueConstraint("event_id", "person_id", name=op.f("uq_players_event_id_person_id")),
    )
    op.create_index("ix_players_person", "players", ["person_id"], unique=False)
    op.create_index("ix_players_squad", "players", ["squad_id"], unique=False)
    op.create_table(
        "problem_weeks",
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("incidents", sa.Integer(), nullable=False),
        sa.Column("noise", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("impact_minutes", sa.BigInteger(), nullable=False),
        sa.Column("at_night", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problems.id"], name=op.f("fk_problem_weeks_problem_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("problem_id", "week_on", name=op.f("pk_problem_weeks")),
    )
    op.create_table(
        "standings",
        sa.Column("player_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("squad_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("fixes", sa.Integer(), nullable=False),
        sa.Column("last_score_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_standings_event_id")),
        sa.ForeignKeyConstraint(["player_id"], ["players.id"], name=op.f("fk_standings_player_id")),
        sa.ForeignKeyConstraint(["squad_id"], ["squads.id"], name=op.f("fk_standings_squad_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_standings_team_id")),
        sa.PrimaryKeyConstraint("player_id", name=op.f("pk_standings")),
    )
    op.create_index("ix_standings_event", "standings", ["event_id", "points"], unique=False)
    op.create_index("ix_standings_squad", "standings", ["squad_id"], unique=False)
    op.create_table(
        "stories",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("acceptance_criteria", sa.Text(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum(
                "problem",
                "incident",
                "noise",
                "hand",
                name="origin",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("problem_id", sa.Integer(), nullable=True),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column(
            "grade",
            sa.Enum(
                "blue",
                "red",
                "yellow",
                "double_yellow",
                name="grade",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("effort_hours", sa.Double(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "ready",
                "scheduled",
                "claimed",
                "in_review",
                "accepted",
                "dropped",
                "watched",
                "held",
                "recurred",
                name="story_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("value_parts", sa.JSON(), nullable=True),
        sa.Column("dropped_reason", sa.String(length=300), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("effort_hours > 0", name=op.f("ck_stories_effort_hours")),
        sa.ForeignKeyConstraint(["created_by_id"], ["people.id"], name=op.f("fk_stories_created_by_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_stories_incident_id")),
        sa.ForeignKeyConstraint(["problem_id"], ["problems.id"], name=op.f("fk_stories_problem_id")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_stories_service_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_stories_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
        sa.UniqueConstraint("number", name=op.f("uq_stories_number")),
    )
    op.create_index("ix_stories_incident", "stories", ["incident_id"], unique=False)
    op.create_index("ix_stories_problem", "stories", ["problem_id"], unique=False)
    op.create_index(
        "uq_stories_open_problem",
        "stories",
        ["problem_id"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('dropped', 'held', 'recurred')"),
        postgresql_where=sa.text("state NOT IN ('dropped', 'held', 'recurred')"),
    )
    op.create_index("ix_stories_service", "stories", ["service_id"], unique=False)
    op.create_index("ix_stories_state", "stories", ["state", "value"], unique=False)
    op.create_index(op.f("ix_stories_team_id"), "stories", ["team_id"], unique=False)
    op.create_table(
        "claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("player_id", sa.Integer(), nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=False),
        sa.Column("lease_ends_at", UtcDateTime(), nullable=True),
        sa.Column("lease_left_seconds", sa.Integer(), nullable=True),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column(
            "end",
            sa.Enum(
                "released",
                "lapsed",
                "accepted",
                "event_over",
                name="claim_end",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("draft", sa.JSON(), nullable=True),
        sa.CheckConstraint("lease_ends_at IS NOT NULL OR lease_left_seconds IS NOT NULL", name=op.f("ck_claims_lease")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_claims_event_id")),
        sa.ForeignKeyConstraint(["player_id"], ["players.id"], name=op.f("fk_claims_player_id")),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_claims_story_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
    )
    op.create_index("ix_claims_event", "claims", ["event_id", "ended_at"], unique=False)
    op.create_index("ix_claims_player", "claims", ["player_id", "ended_at"], unique=False)
    op.create_index(
        "uq_claims_open_story",
        "claims",
        ["story_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "event_stories",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("reason_parts", sa.JSON(), nullable=True),
        sa.Column(
            "grade",
            sa.Enum(
                "blue",
                "red",
                "yellow",
                "double_yellow",
                name="grade",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("pulled_at", UtcDateTime(), nullable=False),
        sa.Column("pulled_by_id", sa.Integer(), nullable=True),
        sa.Column("squashed_at", UtcDateTime(), nullable=True),
        sa.Column("squashed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_stories_event_id")),
        sa.ForeignKeyConstraint(["pulled_by_id"], ["people.id"], name=op.f("fk_event_stories_pulled_by_id")),
        sa.ForeignKeyConstraint(["squashed_by_id"], ["players.id"], name=op.f("fk_event_stories_squashed_by_id")),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_event_stories_story_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_stories")),
        sa.UniqueConstraint("event_id", "story_id", name=op.f("uq_event_stories_event_id_story_id")),
    )
    op.create_index("ix_event_stories_story", "event_stories", ["story_id"], unique=False)
    op.create_table(
        "story_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_story_notes_person_id")),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_story_notes_story_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_notes")),
    )
    op.create_index("ix_story_notes_story", "story_notes", ["story_id", "id"], unique=False)
    op.create_table(
        "fixes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("player_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "in_review",
                "accepted",
                "sent_back",
                name="fix_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("change_url", sa.String(length=500), nullable=False),
        sa.Column("what_was_done", sa.Text(), nullable=False),
        sa.Column(
            "root_cause",
            sa.Enum(
                "change",
                "capacity",
                "configuration",
                "dependency",
                "code_defect",
                "data",
                "hardware",
                "human_error",
                "security",
                "unknown",
                name="root_cause",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("root_cause_found", sa.Text(), nullable=False),
        sa.Column("prevention", sa.Text(), nullable=False),
        sa.Column("deployed_at", UtcDateTime(), nullable=True),
        sa.Column("submitted_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("appealed_at", UtcDateTime(), nullable=True),
        sa.Column("appeal_reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_fixes_claim_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_fixes_event_id")),
        sa.ForeignKeyConstraint(["player_id"], ["players.id"], name=op.f("fk_fixes_player_id")),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_fixes_story_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fixes")),
    )
    op.create_index("ix_fixes_claim", "fixes", ["claim_id"], unique=False)
    op.create_index("ix_fixes_event", "fixes", ["event_id", "state"], unique=False)
    op.create_index("ix_fixes_player", "fixes", ["player_id"], unique=False)
    op.create_index(
        "uq_fixes_accepted_story",
        "fixes",
        ["event_id", "story_id"],
        unique=True,
        sqlite_where=sa.text("state = 'accepted'"),
        postgresql_where=sa.text("state = 'accepted'"),
    )
    op.create_index(
        "uq_fixes_open_story",
        "fixes",
        ["story_id"],
        unique=True,
        sqlite_where=sa.text("state = 'in_review'"),
        postgresql_where=sa.text("state = 'in_review'"),
    )
    op.create_table(
        "assists",
        sa.Column("fix_id", sa.Integer(), nullable=False),
        sa.Column("player_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["fix_id"], ["fixes.id"], name=op.f("fk_assists_fix_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["player_id"], ["players.id"], name=op.f("fk_assists_player_id")),
        sa.PrimaryKeyConstraint("fix_id", "player_id", name=op.f("pk_assists")),
    )
    op.create_table(
        "point_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("player_id", sa.Integer(), nullable=False),
        sa.Column("squad_id", sa.Integer(), nullable=True),
        sa.Column("story_id", sa.Integer(), nullable=True),
        sa.Column("fix_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "fix",
                "first_fix",
                "assist",
                "review",
                "newcomer",
                "held_bonus",
                "clawback",
                "award",
                "correction",
                name="entry_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("caused_by_id", sa.Integer(), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["caused_by_id"], ["people.id"], name=op.f("fk_point_entries_caused_by_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_point_entries_event_id")),
        sa.ForeignKeyConstraint(["fix_id"], ["fixes.id"], name=op.f("fk_point_entries_fix_id")),
        sa.ForeignKeyConstraint(["player_id"], ["players.id"], name=op.f("fk_point_entries_player_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["point_entries.id"], name=op.f("fk_point_entries_reverses_id")),
        sa.ForeignKeyConstraint(["squad_id"], ["squads.id"], name=op.f("fk_point_entries_squad_id")),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_point_entries_story_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_entries")),
        sa.UniqueConstraint("event_id", "seq", name=op.f("uq_point_entries_event_id_seq")),
        sa.UniqueConstraint("key", name="uq_point_entries_key"),
    )
    op.create_index("ix_point_entries_fix", "point_entries", ["fix_id"], unique=False)
    op.create_index("ix_point_entries_player", "point_entries", ["player_id", "id"], unique=False)
    op.create_index("uq_point_entries_reverses_id", "point_entries", ["reverses_id"], unique=True)
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fix_id", sa.Integer(), nullable=False),
        sa.Column("player_id", sa.Integer(), nullable=False),
        sa.Column("drawn_at", UtcDateTime(), nullable=False),
        sa.Column("lease_ends_at", UtcDateTime(), nullable=False),
        sa.Column("is_knowing", sa.Boolean(), nullable=False),
        sa.Column("is_appeal", sa.Boolean(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum("accept", "send_back", name="verdict", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["fix_id"], ["fixes.id"], name=op.f("fk_reviews_fix_id")),
        sa.ForeignKeyConstraint(["player_id"], ["players.id"], name=op.f("fk_reviews_player_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("fix_id", "player_id", name=op.f("uq_reviews_fix_id_player_id")),
    )
    op.create_index("ix_reviews_player", "reviews", ["player_id", "decided_at"], unique=False)
    protect(op)


def downgrade() -> None:
    """Take the change back."""
    unprotect(op)
    op.drop_index("ix_reviews_player", table_name="reviews")
    op.drop_table("reviews")
    op.drop_index("uq_point_entries_reverses_id", table_name="point_entries")
    op.drop_index("ix_point_entries_player", table_name="point_entries")
    op.drop_index("ix_point_entries_fix", table_name="point_entries")
    op.drop_table("point_entries")
    op.drop_table("assists")
    op.drop_index(
        "uq_fixes_open_story",
        table_name="fixes",
        sqlite_where=sa.text("state = 'in_review'"),
        postgresql_where=sa.text("state = 'in_review'"),
    )
    op.drop_index(
        "uq_fixes_accepted_story",
        table_name="fixes",
        sqlite_where=sa.text("state = 'accepted'"),
        postgresql_where=sa.text("state = 'accepted'"),
    )
    op.drop_index("ix_fixes_player", table_name="fixes")
    op.drop_index("ix_fixes_event", table_name="fixes")
    op.drop_index("ix_fixes_claim", table_name="fixes")
    op.drop_table("fixes")
    op.drop_index("ix_story_notes_story", table_name="story_notes")
    op.drop_table("story_notes")
    op.drop_index("ix_event_stories_story", table_name="event_stories")
    op.drop_table("event_stories")
    op.drop_index(
        "uq_claims_open_story",
        table_name="claims",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("ix_claims_player", table_name="claims")
    op.drop_index("ix_claims_event", table_name="claims")
    op.drop_table("claims")
    op.drop_index(op.f("ix_stories_team_id"), table_name="stories")
    op.drop_index("ix_stories_state", table_name="stories")
    op.drop_index("ix_stories_service", table_name="stories")
    op.drop_index("uq_stories_open_problem", table_name="stories")
    op.drop_index("ix_stories_problem", table_name="stories")
    op.drop_index("ix_stories_incident", table_name="stories")
    op.drop_table("stories")
    op.drop_index("ix_standings_squad", table_name="standings")
    op.drop_index("ix_standings_event", table_name="standings")
    op.drop_table("standings")
    op.drop_table("problem_weeks")
    op.drop_index("ix_players_squad", table_name="players")
    op.drop_index("ix_players_person", table_name="players")
    op.drop_table("players")
    op.drop_index("ix_incidents_severity", table_name="incidents")
    op.drop_index("ix_incidents_service", table_name="incidents")
    op.drop_index("ix_incidents_problem", table_name="incidents")
    op.drop_index("ix_incidents_opened_at", table_name="incidents")
    op.drop_table("incidents")
    op.drop_table("squads")
    op.drop_index("ix_problems_value", table_name="problems")
    op.drop_index("ix_problems_service", table_name="problems")
    op.drop_index("ix_problems_last_seen", table_name="problems")
    op.drop_index("ix_problems_count", table_name="problems")
    op.drop_table("problems")
    op.drop_table("move_approvals")
    op.drop_table("ledger_heads")
    op.drop_index("ix_audit_entries_subject", table_name="audit_entries")
    op.drop_index("ix_audit_entries_event", table_name="audit_entries")
    op.drop_table("audit_entries")
    op.drop_index(op.f("ix_services_team_id"), table_name="services")
    op.drop_table("services")
    op.drop_index("ix_rejected_rows_run", table_name="rejected_rows")
    op.drop_table("rejected_rows")
    op.drop_index("uq_moves_corrects_id", table_name="moves")
    op.drop_index(op.f("ix_moves_to_team_id"), table_name="moves")
    op.drop_index("ix_moves_person", table_name="moves")
    op.drop_index(op.f("ix_moves_from_team_id"), table_name="moves")
    op.drop_index("ix_moves_effective_on", table_name="moves")
    op.drop_table("moves")
    op.drop_index("ix_events_state", table_name="events")
    op.drop_index(op.f("ix_events_series_id"), table_name="events")
    op.drop_table("events")
    op.drop_table("teams")
    op.drop_index("ix_sync_runs_state", table_name="sync_runs")
    op.drop_index(op.f("ix_sync_runs_source_id"), table_name="sync_runs")
    op.drop_table("sync_runs")
    op.drop_index(op.f("ix_sign_ins_person_id"), table_name="sign_ins")
    op.drop_table("sign_ins")
    op.drop_table("series")
    op.drop_table("rotation_locks")
    op.drop_table("person_roles")
    op.drop_index(op.f("ix_one_time_links_person_id"), table_name="one_time_links")
    op.drop_table("one_time_links")
    op.drop_table("throttles")
    op.drop_table("sources")
    op.drop_index("ix_people_name", table_name="people")
    op.drop_table("people")
    op.drop_table("counters")

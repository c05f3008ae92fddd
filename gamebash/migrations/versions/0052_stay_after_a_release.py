"""Register releases, and let those who built them stay beside ops until the evidence is there."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.append_only import (
    protect_table,
    protect_table_with_texts,
    unprotect_table,
    unprotect_table_with_texts,
)
from gamebash.core.db import UtcDateTime

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

TABLES = (
    "hypercare_decisions", "teach_confirmations", "teach_entries", "l3_seats", "release_authors", "releases", "hypercares",
    "release_hooks",
)  # fmt: skip


def upgrade() -> None:
    """Apply the change."""
    _releases()
    _people()
    _records()
    protect_table_with_texts(op, "teach_entries")
    protect_table(op, "teach_confirmations")
    protect_table_with_texts(op, "hypercare_decisions")


def downgrade() -> None:
    """Take the change back."""
    unprotect_table_with_texts(op, "hypercare_decisions")
    unprotect_table(op, "teach_confirmations")
    unprotect_table_with_texts(op, "teach_entries")
    for table in TABLES:
        op.drop_table(table)


def _releases() -> None:
    op.create_table(
        "release_hooks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        _key("release_hooks", "made_by_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_hooks")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_release_hooks_token_hash")),
    )
    op.create_table(
        "hypercares",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("longest_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("rule", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("runbook_url", sa.String(length=500), nullable=False),
        sa.Column("alerts", sa.String(length=500), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        _key("hypercares", "service_id", "services"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hypercares")),
        sa.UniqueConstraint("number", name=op.f("uq_hypercares_number")),
    )
    op.create_index("ix_hypercares_ended_on", "hypercares", ["ended_on", "id"])
    op.create_index("ix_hypercares_service_id", "hypercares", ["service_id"])
    runs = sa.text("ended_on IS NULL")
    op.create_index(
        "uq_hypercares_running", "hypercares", ["service_id"], unique=True, sqlite_where=runs, postgresql_where=runs
    )
    op.create_table(
        "releases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("deployed_at", UtcDateTime(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("registered_by_id", sa.Integer(), nullable=True),
        sa.Column("hook_id", sa.Integer(), nullable=True),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.Column("hypercare_id", sa.Integer(), nullable=True),
        _key("releases", "service_id", "services"),
        _key("releases", "registered_by_id", "people"),
        _key("releases", "hook_id", "release_hooks"),
        _key("releases", "hypercare_id", "hypercares"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sa.UniqueConstraint("service_id", "version", name="uq_releases_service_id_version"),
    )
    op.create_index("ix_releases_deployed_at", "releases", ["deployed_at", "id"])
    op.create_index("ix_releases_hypercare_id", "releases", ["hypercare_id"])


def _people() -> None:
    op.create_table(
        "release_authors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("given", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        _key("release_authors", "release_id", "releases"),
        _key("release_authors", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_authors")),
    )
    op.create_index("ix_release_authors_release_id", "release_authors", ["release_id"])
    op.create_index("ix_release_authors_person_id", "release_authors", ["person_id"])
    state = sa.Enum(
        "asked", "accepted", "declined", name="l3_seat_state", native_enum=False, create_constraint=True, length=32
    )
    op.create_table(
        "l3_seats",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hypercare_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state != 'accepted' OR from_on IS NOT NULL", name=op.f("ck_l3_seats_accepted_from_a_day")
        ),
        _key("l3_seats", "hypercare_id", "hypercares"),
        _key("l3_seats", "person_id", "people"),
        _key("l3_seats", "asked_by_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_l3_seats")),
        sa.UniqueConstraint("hypercare_id", "person_id", name="uq_l3_seats_person"),
    )
    op.create_index("ix_l3_seats_person", "l3_seats", ["person_id", "state"])


def _records() -> None:
    op.create_table(
        "teach_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hypercare_id", sa.Integer(), nullable=False),
        sa.Column("teacher_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("taught_on", sa.Date(), nullable=False),
        sa.Column("logged_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("teacher_id != learner_id", name=op.f("ck_teach_entries_two_people")),
        _key("teach_entries", "hypercare_id", "hypercares"),
        _key("teach_entries", "teacher_id", "people"),
        _key("teach_entries", "learner_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teach_entries")),
    )
    op.create_index("ix_teach_entries_hypercare", "teach_entries", ["hypercare_id", "id"])
    op.create_index("ix_teach_entries_learner", "teach_entries", ["learner_id", "id"])
    op.create_table(
        "teach_confirmations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=False),
        _key("teach_confirmations", "entry_id", "teach_entries"),
        _key("teach_confirmations", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teach_confirmations")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_teach_confirmations_entry_id")),
    )
    op.create_index("ix_teach_confirmations_confirmed_at", "teach_confirmations", ["confirmed_at"])
    kind = sa.Enum(
        "evidence", "ended", "prolonged", name="hypercare_decision_kind", native_enum=False, create_constraint=True, length=32
    )  # fmt: skip
    op.create_table(
        "hypercare_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hypercare_id", sa.Integer(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("evidence", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind = 'evidence' OR reason != ''", name=op.f("ck_hypercare_decisions_reason")),
        _key("hypercare_decisions", "hypercare_id", "hypercares"),
        _key("hypercare_decisions", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hypercare_decisions")),
    )
    op.create_index("ix_hypercare_decisions_hypercare", "hypercare_decisions", ["hypercare_id", "id"])
    is_end = sa.text("kind != 'prolonged'")
    op.create_index(
        "uq_hypercare_decisions_end", "hypercare_decisions", ["hypercare_id"], unique=True,
        sqlite_where=is_end, postgresql_where=is_end,
    )  # fmt: skip


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))

"""Keep what people wish, and when they are away."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KINDS = ("holiday", "sick", "parental", "training", "other")
WISHES = ("stay", "open", "move")


def upgrade() -> None:
    """Apply the change."""
    wish = sa.Enum(*WISHES, name="wish", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "preferences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("wish", wish, nullable=False),
        sa.Column("teams", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("kinds", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_preferences_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preferences")),
    )
    op.create_index("ix_preferences_person", "preferences", ["person_id", "id"])
    kind = sa.Enum(*KINDS, name="absence_kind", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("calendar_uid", sa.String(length=250), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("cancelled_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("from_on <= until_on", name=op.f("ck_absences_days_in_order")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_absences_person_id_people")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["people.id"], name=op.f("fk_absences_entered_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
        sa.UniqueConstraint("reference", name=op.f("uq_absences_reference")),
    )
    op.create_index("ix_absences_days", "absences", ["until_on", "from_on"])
    for name, columns, condition in (
        ("uq_absences_days", ["person_id", "kind", "from_on"], "cancelled_at IS NULL"),
        ("uq_absences_calendar", ["person_id", "calendar_uid"], "calendar_uid IS NOT NULL"),
    ):
        where = sa.text(condition)
        op.create_index(name, "absences", columns, unique=True, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("absences")
    op.drop_table("preferences")

"""Ask those who played, and carry lessons into the next event."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "survey_turns",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_survey_turns_event_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_survey_turns_person_id")),
        sa.PrimaryKeyConstraint("event_id", "person_id", name=op.f("pk_survey_turns")),
    )
    op.create_table(
        "survey_answers",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("worth", sa.Integer(), nullable=False),
        sa.Column("automatic", sa.String(length=500), nullable=False),
        sa.Column("change", sa.String(length=500), nullable=False),
        sa.CheckConstraint("worth BETWEEN 1 AND 5", name=op.f("ck_survey_answers_worth")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_survey_answers_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_answers")),
    )
    op.create_index(op.f("ix_survey_answers_event_id"), "survey_answers", ["event_id"])
    op.create_table(
        "lessons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("chosen_by_id", sa.Integer(), nullable=False),
        sa.Column("chosen_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_lessons_series_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_lessons_event_id")),
        sa.ForeignKeyConstraint(["chosen_by_id"], ["people.id"], name=op.f("fk_lessons_chosen_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons")),
        sa.UniqueConstraint("series_id", "number", name=op.f("uq_lessons_series_id_number")),
    )
    op.create_index(op.f("ix_lessons_event_id"), "lessons", ["event_id"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("lessons")
    op.drop_table("survey_answers")
    op.drop_table("survey_turns")

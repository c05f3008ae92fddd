"""Keep the words of managers for people."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "manager_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("is_given", sa.Boolean(), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_manager_words_person_id_people")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_manager_words_by_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manager_words")),
    )
    op.create_index("ix_manager_words_person", "manager_words", ["person_id", "id"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("manager_words")

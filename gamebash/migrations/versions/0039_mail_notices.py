"""Let people choose how they hear of things, and send notices by mail."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "notice_wishes",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("mailed_through", sa.Integer(), nullable=False),
        sa.CheckConstraint("way IN ('app', 'mail', 'none')", name=op.f("ck_notice_wishes_way")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notice_wishes_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_notice_wishes")),
    )
    op.create_index("ix_notice_wishes_way", "notice_wishes", ["way", "person_id"])
    op.create_table(
        "quiet_hours",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_quiet_hours_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_quiet_hours")),
    )
    op.create_table(
        "notice_mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("message", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_notice_mails_notice_id_notices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_mails")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_notice_mails_notice_id")),
    )
    op.create_index("ix_notice_mails_next_at", "notice_mails", ["next_at", "id"])


def downgrade() -> None:
    """Take the change back; mail that has not left does not leave."""
    op.drop_table("notice_mails")
    op.drop_table("quiet_hours")
    op.drop_table("notice_wishes")

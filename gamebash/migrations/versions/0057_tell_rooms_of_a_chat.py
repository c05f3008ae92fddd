"""Tell a room of a chat what happens in an event."""

import sqlalchemy as sa
from alembic import op

from gamebash.core.db import UtcDateTime

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

KIND = sa.Enum("text", "discord", "teams", name="chat_kind", native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "chat_rooms",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("address_sealed", sa.Text(), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_chat_rooms_event_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["people.id"], name=op.f("fk_chat_rooms_set_by_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_chat_rooms")),
    )
    op.create_table(
        "chat_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=True),
        sa.Column("begun_at", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("message", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_chat_messages_event_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entries.id"], name=op.f("fk_chat_messages_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_messages")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_chat_messages_entry_id")),
    )
    op.create_index("ix_chat_messages_next_at", "chat_messages", ["next_at", "id"])
    op.create_index("ix_chat_messages_event", "chat_messages", ["event_id", "id"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("chat_messages")
    op.drop_table("chat_rooms")

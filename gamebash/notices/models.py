"""Notices, each told to its person once."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from gamebash.core.db import Model
from gamebash.notices.kinds import NoticeKind


class Notice(Model):
    """Something told to one person. The key makes it happen once, however often the cause is looked at."""

    __tablename__ = "notices"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "key", name="uq_notices_person_id_key"),
        sa.Index("ix_notices_person", "person_id", "id"),
        sa.Index(
            "ix_notices_unseen",
            "person_id",
            sqlite_where=sa.text("seen_at IS NULL"),
            postgresql_where=sa.text("seen_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    # Features above add kinds, so the database does not list them.
    kind: Mapped[NoticeKind] = mapped_column(
        sa.Enum(NoticeKind, native_enum=False, length=32, values_callable=lambda kinds: [kind.value for kind in kinds])
    )
    key: Mapped[str] = mapped_column(sa.String(160))
    text: Mapped[str] = mapped_column(sa.String(500))
    url: Mapped[str] = mapped_column(sa.String(300), default="")
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]

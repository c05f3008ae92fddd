"""Notices, each told to its person once."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.core.db import Model, enum_column
from gamebash.notices.kinds import NoticeKind, Way


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


class NoticeWish(Model):
    """How a person wants to hear of one kind of notice; without a row, in the app.

    ``mailed_through`` is the last notice that was looked at for mailing, so that none is mailed twice and none from before
    the wish.
    """

    __tablename__ = "notice_wishes"
    __table_args__ = (sa.Index("ix_notice_wishes_way", "way", "person_id"),)

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    kind: Mapped[NoticeKind] = mapped_column(
        sa.Enum(NoticeKind, native_enum=False, length=32, values_callable=lambda kinds: [kind.value for kind in kinds]),
        primary_key=True,
    )
    way: Mapped[Way] = mapped_column(enum_column(Way, "way"))
    mailed_through: Mapped[int] = mapped_column(default=0)


class QuietHours(Model):
    """From when to when, in a person's own zone, mail waits. Minutes of the day; the later may lie before the earlier."""

    __tablename__ = "quiet_hours"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    from_minute: Mapped[int]
    to_minute: Mapped[int]
    zone: Mapped[str] = mapped_column(sa.String(64))


class NoticeMail(Model):
    """A notice on its way by mail. ``next_at`` is empty once it left or was given up; ``begun_at`` is set before it is sent."""

    __tablename__ = "notice_mails"
    __table_args__ = (sa.Index("ix_notice_mails_next_at", "next_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(sa.ForeignKey("notices.id"), unique=True)
    next_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    message: Mapped[str] = mapped_column(sa.String(200), default="")
    notice: Mapped[Notice] = relationship()

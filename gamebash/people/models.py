"""Persons, their roles, sign-ins, one-time links, and the throttle on guessing passwords."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gamebash.core.db import Model, enum_column
from gamebash.policy import Role


class Theme(StrEnum):
    """Light, dark, or what the system says."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class LinkPurpose(StrEnum):
    """What a one-time link is for."""

    INVITATION = "invitation"
    RESET = "reset"


class Person(Model):
    """Somebody of the organisation. Takes part in the game by opting in, under an alias if they like.

    Whoever is not listed scores as everybody does, and is on no leaderboard that others see.
    """

    __tablename__ = "people"
    __table_args__ = (sa.Index("ix_people_name", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    is_playing: Mapped[bool] = mapped_column(default=False)
    is_listed: Mapped[bool] = mapped_column(default=True)
    alias: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    theme: Mapped[Theme] = mapped_column(enum_column(Theme, "theme"), default=Theme.SYSTEM)
    has_shortcuts: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    role_rows: Mapped[list["PersonRole"]] = relationship(back_populates="person", cascade="all, delete-orphan")

    @property
    def roles(self) -> frozenset[Role]:
        """The roles the person holds."""
        return frozenset(row.role for row in self.role_rows)

    @property
    def initials(self) -> str:
        """Two letters for the shirt."""
        words = self.name.split() or ["?"]
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()

    @property
    def player_name(self) -> str:
        """The name shown in the game: the alias where there is one."""
        return self.alias or self.name


class PersonRole(Model):
    """One role of one person."""

    __tablename__ = "person_roles"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[Role] = mapped_column(enum_column(Role, "role"), primary_key=True)
    person: Mapped[Person] = relationship(back_populates="role_rows")


class SignIn(Model):
    """One signed-in browser; ending it signs that browser out at its next request. The token is kept as SHA-256."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    user_agent: Mapped[str] = mapped_column(sa.String(200), default="")
    address: Mapped[str] = mapped_column(sa.String(64), default="")
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class OneTimeLink(Model):
    """An invitation or a password reset: works once, until it expires. The token is kept hashed (SHA-256)."""

    __tablename__ = "one_time_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(enum_column(LinkPurpose, "link_purpose"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class Throttle(Model):
    """How often guessing failed lately, per account typed and per address, known account or not."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(sa.String(300), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    window_started_at: Mapped[datetime]

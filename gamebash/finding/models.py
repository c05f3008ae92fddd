"""What somebody looks for again and again."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from gamebash.core.db import Model


class SavedView(Model):
    """A list as a person narrowed it: the place by its endpoint, the rest of its address, and a name. Only theirs."""

    __tablename__ = "saved_views"
    __table_args__ = (sa.UniqueConstraint("person_id", "place", "name", name="uq_saved_views_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    place: Mapped[str] = mapped_column(sa.String(60))
    name: Mapped[str] = mapped_column(sa.String(40))
    query: Mapped[str] = mapped_column(sa.String(1000))
    saved_at: Mapped[datetime]

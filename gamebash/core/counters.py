"""Numbers given to things people talk about (GB-412): one after the other, each once, whatever the concurrency."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from gamebash.core.db import Model, db


class Counter(Model):
    """The last number given out under a name. Its row is locked until the transaction that took one ends."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    value: Mapped[int] = mapped_column(default=0)


def next_number(name: str) -> int:
    """Return the next number under that name, starting with 1."""
    return next_numbers(name, 1)[0]


def next_numbers(name: str, count: int) -> range:
    """Return the next numbers under that name, so many at once."""
    update = sa.update(Counter).where(Counter.name == name).values(value=Counter.value + count)
    increase = update.returning(Counter.value)
    last = db.session.scalar(increase)
    if last is None:
        _create(name)
        last = db.session.scalars(increase).one()
    return range(last - count + 1, last + 1)


def _create(name: str) -> None:
    insert = sa.text("INSERT INTO counters (name, value) VALUES (:name, 0) ON CONFLICT (name) DO NOTHING")
    db.session.execute(insert, {"name": name})

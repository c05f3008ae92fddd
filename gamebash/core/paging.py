"""Pages of a list, as named in the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from gamebash.core.db import db

T = TypeVar("T")

PER_PAGE = 25
LAST_PAGE = 10_000
MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Paged(Generic[T]):
    """One page of a list: its items, its number (from 1) and how many there are in all."""

    items: tuple[T, ...]
    number: int
    total: int
    per_page: int = PER_PAGE

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.per_page))

    @property
    def first(self) -> int:
        """The position of the first item on this page, counted from 1; 0 when the list is empty."""
        return (self.number - 1) * self.per_page + 1 if self.total else 0

    @property
    def last(self) -> int:
        """The position of the last item on this page."""
        return min(self.number * self.per_page, self.total)


def page_number(text: str | None) -> int:
    """Return the page that an address asks for; nonsense means the first."""
    try:
        return min(max(1, int(text or 1)), LAST_PAGE)
    except ValueError:
        return 1


def fetch_page(query: sa.Select[Any], number: int, per_page: int = PER_PAGE) -> tuple[Sequence[Any], int]:
    """Return the rows of one page and the count of all rows, in two queries; it counts no further than MOST_COUNTED.

    Counting a million rows would take longer than anything else on a page, and nobody turns over that many.
    """
    ids = (
        query.options(sa.orm.lazyload("*"))
        .order_by(None)
        .with_only_columns(sa.literal(1), maintain_column_froms=True)
        .limit(MOST_COUNTED)
    )
    total = db.session.scalar(sa.select(sa.func.count()).select_from(ids.subquery())) or 0
    rows = db.session.execute(query.limit(per_page).offset((number - 1) * per_page)).all()
    return rows, total

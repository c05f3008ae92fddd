"""Keeping lists as somebody narrowed them, to find them again by a name."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError, NotFoundError
from gamebash.finding.models import SavedView
from gamebash.people.models import Person

# The lists that can be kept; none of them needs more than its own address.
PLACES = frozenset(
    {
        "stories.list_stories", "backlog.list_problems", "backlog.list_incidents", "watch.list_watches", "rotation.log",
        "knowledge.show_map", "admin.audit",
    }
)  # fmt: skip
LONGEST_NAME = 40
LONGEST_QUERY = 1000
MOST = 20
# Where in a list one is, is not what one looks for.
NOT_KEPT = frozenset({"page"})


class SavedViewError(DomainError):
    """The view cannot be kept; the message says why."""


def query_of(pairs: Iterable[tuple[str, str]]) -> str:
    """Return the part of an address that says what is looked for, in one spelling: without pages and empty fields."""
    return urlencode(sorted((name, value) for name, value in pairs if value and name not in NOT_KEPT))


def save_view(person: Person, place: str, query: str, name: str, *, now: datetime) -> SavedView:
    """Keep a list under a name; a name of the same list that was used before is the new one's from now on.

    Raises:
        InvalidError: without a name, or for a list that cannot be kept.
        SavedViewError: where the person keeps as many of that list as can be shown.
    """
    name, query = " ".join(name.split()), query_of(parse_qsl(query))
    if place not in PLACES:
        raise InvalidError("That list cannot be kept.")
    if not name or len(name) > LONGEST_NAME:
        raise InvalidError(f"Give the view a name of at most {LONGEST_NAME} letters.")
    if not query or len(query) > LONGEST_QUERY:
        raise InvalidError("Narrow or order the list first; the whole list needs no name.")
    kept = views_of(person.id, place)
    view = next((one for one in kept if one.name == name), None)
    if view is None:
        if len(kept) >= MOST:
            raise SavedViewError(f"You keep {MOST} views of this list. Drop one first.")
        view = SavedView(person_id=person.id, place=place, name=name)
        db.session.add(view)
    view.query, view.saved_at = query, now
    db.session.flush()
    return view


def drop_view(person: Person, number: int) -> SavedView:
    """Forget a view of one's own.

    Raises:
        NotFoundError: where the person keeps no such view.
    """
    view = db.session.scalar(sa.select(SavedView).where(SavedView.id == number, SavedView.person_id == person.id))
    if view is None:
        raise NotFoundError("You keep no such view.")
    db.session.delete(view)
    return view


def views_of(person_id: int, place: str) -> tuple[SavedView, ...]:
    """Return what a person keeps of a list, by name. One query."""
    query = sa.select(SavedView).where(SavedView.person_id == person_id, SavedView.place == place)
    return tuple(db.session.scalars(query.order_by(SavedView.name)))

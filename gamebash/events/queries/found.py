"""Finds events, series and stories by what addresses and forms call them."""

import re

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core.db import db
from gamebash.core.errors import NotFoundError
from gamebash.core.rows import one_row
from gamebash.events.models import Event, Series
from gamebash.stories.models import Story

_ids: dict[tuple[int, str], int] = {}
KEY = re.compile(r"(?:GB-)?(\d{1,9})", re.IGNORECASE)


def get_event(slug: str) -> Event:
    """Return the event of that name in the address.

    Raises:
        NotFoundError: where there is none.
    """
    query = sa.select(Event).where(Event.slug == slug).options(joinedload(Event.series))
    return one_row(query, f"There is no event called {slug}. All events are listed under Events.")


def event_id_of(slug: str) -> int:
    """Return the id of an event by its name in the address; it never changes, so each process asks once.

    Raises:
        NotFoundError: where there is no such event.
    """
    key = (id(db.engine), slug)
    if key not in _ids:
        _ids[key] = get_event(slug).id
    return _ids[key]


def get_series(slug: str) -> Series:
    """Return the series of that name.

    Raises:
        NotFoundError: where there is none.
    """
    missing = f"There is no series called {slug}. All series are listed under Series."
    return one_row(sa.select(Series).where(Series.slug == slug), missing)


def get_stories(keys: list[str]) -> tuple[Story, ...]:
    """Return the stories with these keys, in the order named; each once.

    Raises:
        NotFoundError: naming the first key that no story has.
    """
    numbers = {key: int(found[1]) for key in keys if (found := KEY.fullmatch(key.strip()))}
    stories = {
        story.number: story for story in db.session.scalars(sa.select(Story).where(Story.number.in_(numbers.values())))
    }
    for key in keys:
        if numbers.get(key) not in stories:
            message = f"There is no story {key.strip()[:20] or 'without a key'}. Stories have keys like GB-412."
            raise NotFoundError(message)
    return tuple(dict.fromkeys(stories[numbers[key]] for key in keys))

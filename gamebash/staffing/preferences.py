"""Saying what one wishes. Only the person says it; what they said before stays, for them to read."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import InvalidError
from gamebash.people.models import Person
from gamebash.rotation.kinds import TeamKind
from gamebash.staffing.models import PreferenceRow
from gamebash.staffing.wishes import Preference, Wish


def say_preference(person: Person, preference: Preference, *, now: datetime) -> PreferenceRow:
    """Keep what a person wishes from now on. Said twice, it is kept once.

    Raises:
        InvalidError: where somebody names places or a day without wanting to move.
    """
    if preference.wish is not Wish.MOVE and (preference.teams or preference.kinds or preference.from_on):
        raise InvalidError("Places and a day go with wanting to move. Choose that, or leave them empty.")
    last: PreferenceRow | None = db.session.scalar(latest_preferences().where(PreferenceRow.person_id == person.id))
    if last is not None and as_preference(last) == preference:
        return last
    row = PreferenceRow(
        person_id=person.id, wish=preference.wish, teams=sorted(preference.teams), kinds=sorted(preference.kinds),
        from_on=preference.from_on, note=preference.note.strip(), said_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    # The record is read by admins; what somebody wishes is not theirs to know.
    audit.record("preference:said", person.handle, by_id=person.id, now=now)
    return row


def latest_preferences() -> sa.Select[Any]:
    """Return the query of everybody's present preference."""
    newest = sa.select(sa.func.max(PreferenceRow.id)).group_by(PreferenceRow.person_id)
    return sa.select(PreferenceRow).where(PreferenceRow.id.in_(newest)).options(sa.orm.lazyload(PreferenceRow.person))


def preferences_of_all() -> dict[int, Preference]:
    """Return everybody's present preference by person; who said nothing is left out. One query."""
    return {row.person_id: as_preference(row) for row in db.session.scalars(latest_preferences())}


def as_preference(row: PreferenceRow) -> Preference:
    """Return a row as plain values."""
    kinds = frozenset(TeamKind(kind) for kind in row.kinds)
    return Preference(row.wish, frozenset(row.teams), kinds, row.from_on, row.note)

"""Who is entered as away on the day of an event; not why."""

import sqlalchemy as sa

from gamebash.absences.queries import is_away
from gamebash.core.filters import local
from gamebash.events.models import Event, Player


def is_away_from(event: Event) -> sa.ColumnElement[bool]:
    """Return the condition that a player is away on a day of the event, by the clocks of the installation."""
    return is_away(Player.person_id, local(event.starts_at).date(), local(event.ends_at).date())

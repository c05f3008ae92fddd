"""The announced places as a table, by the names that people play under."""

import json
from datetime import datetime

from gamebash.ceremony.names import signs_of
from gamebash.ceremony.queries.report import placed_rows
from gamebash.ceremony.queries.show import honours_by_person
from gamebash.ceremony.results import NoResultError, get_result
from gamebash.events.lifecycle import is_revealed
from gamebash.events.models import Event

HEADER = ("place", "player", "team", "squad", "points", "squashed", "awards")


def result_rows(event: Event, *, now: datetime) -> list[tuple[object, ...]]:
    """Return a row for everybody who played.

    Raises:
        NoResultError: where the event is not closed, or its result is not out yet.
    """
    document = json.loads(get_result(event).document)
    if not is_revealed(event.state, event.reveals_at, now):
        raise NoResultError(f"The result of {event.name} is not out yet.")
    signs = signs_of(document)
    awards = honours_by_person(document, signs.people)
    rows = placed_rows(document, signs)
    return [
        (
            row.place, row.who.name, row.team.code if row.team else "", row.squad, row.points, row.fixes,
            "; ".join(honour.title for honour in awards.get(player["person"], ())),
        )
        for row, player in zip(rows, document["players"], strict=True)
    ]  # fmt: skip

"""Two people change places: two moves written as one act."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gamebash.core import audit
from gamebash.core.counters import next_number
from gamebash.core.errors import InvalidError
from gamebash.people.models import Person
from gamebash.rotation import chain
from gamebash.rotation.entries import MoveDraft
from gamebash.rotation.membership import teams_on
from gamebash.rotation.models import Move, Team
from gamebash.rotation.moves import log_move
from gamebash.rotation.queries.found import get_team


@dataclass(frozen=True, slots=True)
class Swap:
    """Who changes places with whom, on which day, and why."""

    one: Person
    other: Person
    effective_on: date
    reason: str = ""


def log_swap(swap: Swap, *, by: Person | None, now: datetime) -> tuple[Move, Move]:
    """Move two people into each other's team on one day: both moves are written, or none.

    Anybody who may log moves does so on behalf of both; each of the two is asked, and so are the managers of both teams.

    Raises:
        InvalidError: where they are the same person, or in the same team, or one of them is in none on that day.
        ContradictingMoveError: where a move of either would not fit the log.
        InactiveTeamError: where one of the teams is retired.
    """
    if swap.one.id == swap.other.id:
        raise InvalidError("A swap takes two people. Choose another one to change places with.")
    chain.lock_log()
    from_team, to_team = _teams(swap)
    number = next_number("swaps")
    there = MoveDraft(from_team, to_team, swap.effective_on, swap.reason, swap=number)
    back = MoveDraft(to_team, from_team, swap.effective_on, swap.reason, swap=number)
    moves = log_move(swap.one, there, by=by, now=now), log_move(swap.other, back, by=by, now=now)
    by_id = by.id if by else None
    audit.record("move:swapped", str(moves[0].number), by_id=by_id, now=now, other=moves[1].number)
    return moves


def _teams(swap: Swap) -> tuple[Team, Team]:
    """Return where both are on the day before."""
    before = swap.effective_on - timedelta(days=1)
    places = teams_on((swap.one.id, swap.other.id), before)
    for person in (swap.one, swap.other):
        if person.id not in places:
            raise InvalidError(f"{person.name} is in no team before that day, so there is no place to swap.")
    from_team, to_team = places[swap.one.id], places[swap.other.id]
    if from_team.id == to_team.id:
        message = f"{swap.one.name} and {swap.other.name} are both in {from_team.code} by then. Choose two teams."
        raise InvalidError(message)
    return get_team(from_team.code), get_team(to_team.code)

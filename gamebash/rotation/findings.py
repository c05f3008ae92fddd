"""The headline of the rotation page: the finding, in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from gamebash.rotation.lanes import days_in_words

SAID_ONE_BY_ONE = 3


@dataclass(frozen=True, slots=True)
class Coming:
    """A move that lies ahead: who, the names of both teams (empty outside all teams), and when."""

    name: str
    from_team: str
    to_team: str
    on: date


@dataclass(frozen=True, slots=True)
class Longest:
    """The person who has been in one team for longest."""

    name: str
    team: str
    days: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A headline and the sentence under it."""

    title: str
    lede: str


def finding(coming: Sequence[Coming], total: int, longest: Longest | None) -> Finding:
    """Return what matters most: who moves next, else who has stayed for longest.

    ``coming`` are the first moves ahead in order of days, ``total`` is how many there are.
    """
    stayed = f"{longest.name} has been in {longest.team} for {days_in_words(longest.days)}" if longest else ""
    if coming:
        next_day, group = next((on, list(moves)) for on, moves in groupby(coming, key=lambda move: move.on))
        later = total - len(group)
        parts = [", ".join(said(move) for move in group[:SAID_ONE_BY_ONE])] if len(group) > 1 else []
        more = (
            [f"{'One more move is' if later == 1 else f'{later} more moves are'} planned after that"] if later else []
        )
        rest = (
            [f"Longest in one place: {longest.name}, {longest.team}, {days_in_words(longest.days)}"] if longest else []
        )
        return Finding(f"{_who(group)} on {_day(next_day)}", " ".join(f"{part}." for part in [*parts, *more, *rest]))
    if longest:
        return Finding(stayed, "Longer than anybody else, and no move is planned for anyone.")
    return Finding("Nobody is in a team yet", "Log the day each person joined, and the timeline draws itself.")


def on_a_day(day: date, today: date, people: int, teams: int) -> Finding:
    """Return the headline of another day: how many people in how many teams."""
    verb = "were" if day < today else "will be"
    if not people:
        return Finding(f"On {_day(day, year=True)} nobody {'was' if day < today else 'will be'} in a team", "")
    who = "one person was" if people == 1 and day < today else f"{people} people {verb}"
    where = "one team" if teams == 1 else f"{teams} teams"
    return Finding(f"On {_day(day, year=True)}, {who} in {where}", "As the log has it today, corrections included.")


def said(move: Coming) -> str:
    """Return a coming move as half a sentence."""
    if not move.to_team:
        return f"{move.name} leaves {move.from_team}"
    return f"{move.name} {'goes' if move.from_team else 'comes'} to {move.to_team}"


def _who(group: Sequence[Coming]) -> str:
    first = group[0]
    if len(group) == 1:
        return said(first)
    if len(group) == 2:  # noqa: PLR2004
        return f"{first.name} and {group[1].name} move"
    return f"{first.name} and {len(group) - 1} more move"


def _day(day: date, *, year: bool = False) -> str:
    return f"{day:%A} {day.day} {day:%B}" + (f" {day.year}" if year else "")

"""Everybody on one day: how many in each team, the first by name, and who has been there for longest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.people.models import Person
from gamebash.rotation.membership import Member, TeamBadge, is_on, member
from gamebash.rotation.models import Team, TourRow
from gamebash.rotation.queries.tours import TourLine, is_too_long, line_of

NAMED, PAST_LIMIT, SHOWN_TEAMS = 8, 6, 24
_FACTS = ("is_long", "people", "too_long", "by_name", "by_length", "by_limit")


@dataclass(frozen=True, slots=True)
class TeamOnDay:
    """A team on the day looked at: how many people, how many of them past its limit, and the first of them by name."""

    team: TeamBadge
    people: int
    too_long: int
    members: tuple[Member, ...]

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.people - len(self.members)


@dataclass(frozen=True, slots=True)
class Day:
    """A day: the first teams, how many more there are, people in any team, teams with anybody, and tours past a limit.

    Of those past a limit the longest are there, and who has been in one team for longest.
    """

    teams: tuple[TeamOnDay, ...]
    more_teams: int
    people: int
    staffed: int
    too_long: int
    longest: TourLine | None
    past_limit: tuple[TourLine, ...]


def day_of(on: date, badges: Mapping[int, TeamBadge]) -> Day:
    """Return a day. One query, whose rows are as many as are named, whatever the number of people."""
    rows = db.session.execute(_named(on, badges)).all()
    counts: dict[int, tuple[int, int]] = {}
    members: dict[int, list[Member]] = {}
    for row in rows:
        person, team, tour = row[:3]
        counts[team.id] = row.people, row.too_long
        if row.by_name <= NAMED:
            members.setdefault(team.id, []).append(member(person, team, tour))
    by_length = sorted(rows, key=lambda row: row.by_length)
    long = [row for row in by_length if row.is_long and row.by_limit <= PAST_LIMIT]
    shown = [team for team in badges.values() if team.is_active or team.id in counts]
    return Day(
        tuple(
            TeamOnDay(team, *counts.get(team.id, (0, 0)), tuple(members.get(team.id, ())))
            for team in shown[:SHOWN_TEAMS]
        ),
        max(0, len(shown) - SHOWN_TEAMS),
        sum(people for people, _ in counts.values()),
        len(counts),
        sum(long for _, long in counts.values()),
        line_of(by_length[0][:3], on) if by_length else None,
        tuple(line_of(row[:3], on) for row in long),
    )


def _named(on: date, badges: Mapping[int, TeamBadge]) -> sa.Select[Any]:
    """Return the query of the people named on the page, each with the counts of their team."""
    is_long = sa.case((is_too_long(badges.values(), on), 1), else_=0)
    in_team: dict[str, Any] = {"partition_by": TourRow.team_id}
    ranked = (
        sa.select(
            TourRow.id,
            is_long.label("is_long"),
            sa.func.count().over(**in_team).label("people"),
            sa.func.sum(is_long).over(**in_team).label("too_long"),
            sa.func.row_number().over(**in_team, order_by=(Person.name, Person.id)).label("by_name"),
            sa.func.row_number().over(order_by=(TourRow.from_on, Person.name, Person.id)).label("by_length"),
            sa.func.row_number()
            .over(partition_by=is_long, order_by=(TourRow.from_on, Person.name, Person.id))
            .label("by_limit"),
        )
        .join(Person, Person.id == TourRow.person_id)
        .where(is_on(on))
        .subquery()
    )
    named = [team.id for team in badges.values() if team.is_active][:SHOWN_TEAMS]
    # One of every team brings the team's counts; more of them are for the teams that are shown.
    is_named = sa.or_(ranked.c.by_name == 1, sa.and_(ranked.c.by_name <= NAMED, TourRow.team_id.in_(named)))
    is_past = sa.and_(ranked.c.is_long == 1, ranked.c.by_limit <= PAST_LIMIT)
    return (
        sa.select(Person, Team, TourRow, *(ranked.c[name] for name in _FACTS))
        .join_from(TourRow, Person, Person.id == TourRow.person_id)
        .join(Team, Team.id == TourRow.team_id)
        .join(ranked, ranked.c.id == TourRow.id)
        .where(sa.or_(is_named, ranked.c.by_length == 1, is_past))
        .order_by(Person.name, Person.id)
        .options(sa.orm.lazyload(Person.role_rows))
    )

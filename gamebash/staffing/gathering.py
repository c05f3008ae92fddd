"""Gathers what a plan depends on out of the database: one instance of plain values, in a constant number of queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from gamebash.absences.queries import days_away_between
from gamebash.absences.spans import DaysAway, days_away
from gamebash.backlog.models import Service
from gamebash.core.db import db
from gamebash.rotation.kinds import keeps_production_up
from gamebash.rotation.membership import Member, is_on, members_query
from gamebash.rotation.membership import member as as_member
from gamebash.rotation.models import Move, Team, TourRow
from gamebash.rotation.queries.found import list_teams
from gamebash.staffing.asking import Asked
from gamebash.staffing.eligibility import Eligibility
from gamebash.staffing.knowledge import KnowledgeMap
from gamebash.staffing.planner.instance import (
    QUARTER_DAYS,
    Candidate,
    EditKind,
    Instance,
    ServiceNeed,
    TeamNeed,
    Wanting,
)
from gamebash.staffing.preferences import preferences_of_all
from gamebash.staffing.queries.eligibility import judge
from gamebash.staffing.queries.facts import known_on
from gamebash.staffing.rules import eligibility_rule
from gamebash.staffing.wishes import Preference, Wish

WEEK = 7


@dataclass(frozen=True, slots=True)
class Gathered:
    """An instance, and the last move in the log that it was gathered from."""

    instance: Instance
    log_number: int


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of people on the day before the first date."""

    members: Mapping[int, Member]
    tours: Mapping[int, tuple[TourRow, ...]]
    preferences: Mapping[int, Preference]
    eligibility: Mapping[int, Eligibility]
    away: Mapping[int, tuple[DaysAway, ...]]
    teams: Mapping[int, Team]


def gather(asked: Asked) -> Gathered:
    """Return the instance of what is asked, as the log and everything else stands now."""
    eve = asked.dates[0] - timedelta(days=1)
    last = asked.dates[-1] + timedelta(days=QUARTER_DAYS)
    members = {row.person_id: row for row in (as_member(*found) for found in _members(eve))}
    tours = _tours(min(asked.fair_since or eve, eve))
    ops = [one for one in members.values() if one.team.is_ops]
    teams = {team.id: team for team in list_teams()}
    facts = _Facts(
        members, tours, preferences_of_all(), judge(ops, eligibility_rule(), eve), days_away_between(eve, last), teams
    )
    people = [
        *(_candidate(asked, facts, person) for person in sorted({*members, *_coming(tours, asked)})),
        *_joiners(asked, teams),
    ]
    known = known_on(eve)
    instance = Instance(
        dates=asked.dates,
        teams=tuple(_team(asked, team) for team in sorted(teams.values(), key=lambda one: one.id) if team.is_active),
        people=tuple(people),
        services=_services(asked, teams, known, {one.id for one in people}),
        apart=asked.apart,
        together=asked.together,
        edits=asked.edits,
        weights=asked.weights,
        fair_ops_days=_fair_days(asked, people, teams.values()),
    )
    return Gathered(instance, log_number())


def log_number() -> int:
    """Return the number of the last move in the log."""
    return db.session.scalar(sa.select(sa.func.max(Move.number))) or 0


def _members(day: date) -> sa.Result[*tuple[Any, ...]]:
    return db.session.execute(members_query().where(is_on(day)))


def _tours(since: date) -> dict[int, tuple[TourRow, ...]]:
    lasted = sa.or_(TourRow.until_on.is_(None), TourRow.until_on > since)
    found: dict[int, list[TourRow]] = {}
    for tour in db.session.scalars(sa.select(TourRow).where(lasted).order_by(TourRow.person_id, TourRow.from_on)):
        found.setdefault(tour.person_id, []).append(tour)
    return {person: tuple(tours) for person, tours in found.items()}


def _coming(tours: Mapping[int, tuple[TourRow, ...]], asked: Asked) -> set[int]:
    """Return who has a tour in the log that begins within the plan, whether or not they are in a team before it."""
    return {
        person
        for person, own in tours.items()
        if any(asked.dates[0] <= tour.from_on <= asked.dates[-1] for tour in own)
    }


def _candidate(asked: Asked, facts: _Facts, person: int) -> Candidate:
    member, preference = facts.members.get(person), facts.preferences.get(person)
    home = member.team.id if member else None
    wanting = Wanting(preference.wish.value) if preference else Wanting.UNSAID
    wanted = _wanted(preference, home, facts.teams)
    judged = facts.eligibility.get(person)
    spans = facts.away.get(person, ())
    return Candidate(
        id=person,
        name=member.name if member else "",
        home=home,
        since=member.since_on if member else None,
        wanting=wanting,
        wanted=wanted,
        wants_at=_first(asked.dates, preference.from_on if preference else None),
        places=_places(asked, person, member, wanted, facts.teams),
        eligible_at=_eligible_at(asked, judged),
        away=frozenset(at for at in range(len(asked.dates)) if _is_away(asked, spans, at)),
        path=_path(asked, facts.tours.get(person, ()), home),
        past_ops_days=_past_ops_days(asked, facts.tours.get(person, ()), facts.teams),
    )


def _wanted(preference: Preference | None, home: int | None, teams: Mapping[int, Team]) -> frozenset[int]:
    if preference is None or preference.wish is not Wish.MOVE:
        return frozenset()
    return frozenset(
        team.id
        for team in teams.values()
        if team.is_active and team.id != home and preference.is_for(team.id, team.kind)
    )


def _places(
    asked: Asked, person: int, member: Member | None, wanted: frozenset[int], teams: Mapping[int, Team]
) -> frozenset[int]:
    """Return where somebody might go: to ops and SRE, from there to any scrum team, else only where they want to or are sent."""
    active = [team for team in teams.values() if team.is_active]
    is_in_ops = member is not None and member.team.is_ops
    usual = {team.id for team in active if is_in_ops or keeps_production_up(team.kind)}
    sent = {edit.team for edit in asked.edits if edit.person == person and edit.kind is EditKind.FORCE}
    return frozenset(usual | wanted | sent)


def _first(dates: tuple[date, ...], day: date | None) -> int:
    return 0 if day is None else sum(at < day for at in dates)


def _eligible_at(asked: Asked, judged: Eligibility | None) -> int | None:
    if judged is None or judged.is_eligible:
        return 0
    at = _first(asked.dates, judged.from_on)
    return at if at < len(asked.dates) else None


def _is_away(asked: Asked, spans: Iterable[DaysAway], at: int) -> bool:
    """Say whether somebody is away for more than half of the time from one date to the next."""
    first = asked.dates[at]
    until = asked.dates[at + 1] if at + 1 < len(asked.dates) else first + timedelta(days=QUARTER_DAYS)
    return days_away(spans, first, until) * 2 > (until - first).days


def _path(asked: Asked, tours: tuple[TourRow, ...], home: int | None) -> tuple[int | None, ...] | None:
    """Return where the log has somebody at each date, where it has any move of theirs from the first date on."""
    places = tuple(next((tour.team_id for tour in tours if _covers(tour, day)), None) for day in asked.dates)
    ends_within = any(tour.until_on and asked.dates[0] <= tour.until_on for tour in tours)
    begins_within = any(tour.from_on >= asked.dates[0] for tour in tours)
    is_planned = ends_within or begins_within or home is None
    return places if is_planned else None


def _covers(tour: TourRow, day: date) -> bool:
    return tour.from_on <= day and (tour.until_on is None or day < tour.until_on)


def _past_ops_days(asked: Asked, tours: tuple[TourRow, ...], teams: Mapping[int, Team]) -> float:
    since, until = asked.fair_since or asked.dates[0], asked.dates[0]
    spans = (
        (min(tour.until_on or until, until) - max(tour.from_on, since)).days
        for tour in tours
        if tour.team_id in teams and keeps_production_up(teams[tour.team_id].kind)
    )
    return float(sum(max(0, days) for days in spans))


def _joiners(asked: Asked, teams: Mapping[int, Team]) -> list[Candidate]:
    places = frozenset(team.id for team in teams.values() if team.is_active)
    return [
        Candidate(-number, f"Joiner {number}", None, wanting=Wanting.OPEN, places=places, joins_at=asked.joiners_at)
        for number in range(1, asked.joiners + 1)
    ]


def _team(asked: Asked, team: Team) -> TeamNeed:
    need = asked.teams.get(team.id)
    least, most, seats = (need.least, need.most, need.seats) if need else (0, 10_000, 0)
    count = len(asked.dates)
    return TeamNeed(
        id=team.id, code=team.code, is_ops=keeps_production_up(team.kind),
        least=(least,) * count, most=(most,) * count, seats=(seats,) * count, changes=asked.changes,
        shortest_days=team.min_weeks * WEEK, longest_days=team.max_weeks * WEEK or None,
    )  # fmt: skip


def _services(
    asked: Asked, teams: Mapping[int, Team], known: KnowledgeMap, people: set[int]
) -> tuple[ServiceNeed, ...]:
    """Return what is to be at hand of each service: never more people than know it at all."""
    ops = {team.id for team in teams.values() if team.is_active and keeps_production_up(team.kind)}
    needs = []
    for service, name, owner in db.session.execute(
        sa.select(Service.id, Service.name, Service.team_id).order_by(Service.id)
    ):
        within = ops | ({owner} if asked.counts_owner and owner is not None else set())
        knowers = known.knowers(service, people)
        needs.append(ServiceNeed(service, name, knowers, frozenset(within), min(asked.cover, len(knowers))))
    return tuple(needs)


def _fair_days(asked: Asked, people: Iterable[Candidate], teams: Iterable[Team]) -> float | None:
    """Return how many days in ops each would have if all who take turns shared them: those past, and the seats ahead."""
    ops = {team.id for team in teams if keeps_production_up(team.kind)}
    taking_turns = [
        one for one in people if one.path is None and one.home is not None and one.wanting is not Wanting.STAY
    ]
    if asked.fair_since is None or not taking_turns:
        return None
    periods = len(asked.dates)
    ahead = sum(one.home in ops for one in taking_turns) * periods * _period_days(asked)
    return (sum(one.past_ops_days for one in taking_turns) + ahead) / len(taking_turns)


def _period_days(asked: Asked) -> float:
    if len(asked.dates) == 1:
        return float(QUARTER_DAYS)
    return (asked.dates[-1] - asked.dates[0]).days / (len(asked.dates) - 1)

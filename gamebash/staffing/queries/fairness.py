"""Is it fair, and do ops get to build: the page of a period, and the few figures beside the timeline."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa

from gamebash.absences.scope import closed_teams
from gamebash.core.db import db
from gamebash.core.paging import Paged
from gamebash.events.models import Player
from gamebash.people.models import Person
from gamebash.play.models import Fix, FixState
from gamebash.policy import Permission, is_allowed
from gamebash.rotation.kinds import MoveKind, keeps_production_up
from gamebash.rotation.lanes import days_in_words
from gamebash.rotation.membership import Member, everyone_on, is_standing
from gamebash.rotation.models import Move, Team, TourRow
from gamebash.rotation.queries.found import team_badges, team_choices
from gamebash.staffing.fairness import Built, Stay, clipped, middle, share_of_ops, shares
from gamebash.staffing.preferences import preferences_of_all
from gamebash.staffing.wishes import Wish
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Story

A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class FairFilter:
    """The period looked at, and a team's code."""

    since: date
    to: date
    team: str = ""

    def params(self) -> dict[str, str]:
        """Return what an address carries of this filter."""
        values = {"since": self.since.isoformat(), "until": self.to.isoformat(), "team": self.team}
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class FairRow:
    """A person: days in ops, of it hypercare, off the mean of their team; what they built, and when last."""

    member: Member
    ops_days: int
    hypercare_days: int
    off_mean: float
    built: int
    last_built_on: date | None


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A team: mean days in ops of its people, and what they built."""

    code: str
    name: str
    people: int
    mean_days: float
    built: int
    last_built_on: date | None


@dataclass(frozen=True, slots=True)
class FairnessPage:
    """Everything about a period: people furthest from the mean of their team first."""

    rows: Paged[FairRow]
    teams: tuple[TeamLine, ...]
    filter: FairFilter
    median_days: float | None
    ops_share: float | None
    ops_people_share: float
    team_choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FairFigures:
    """The few figures beside the timeline; how many still wait is told of people whose wishes the reader may know."""

    median_words: str
    longest: Member | None
    longest_words: str
    waiting: int | None
    ops_share: float | None


def fairness_page(filter_: FairFilter, number: int, *, today: date) -> FairnessPage:
    """Return who was in ops for how long in a period, and who built."""
    everyone = everyone_on(today)
    team_of = {one.person_id: one.team.id for one in everyone}
    found, built = shares(_stays(filter_), team_of), _built(filter_)
    rows = [_row(one, found[one.person_id].ops_days, found[one.person_id].hypercare_days,
                 found[one.person_id].off_mean, built.get(one.person_id)) for one in everyone]  # fmt: skip
    kept = sorted(
        (row for row in rows if not filter_.team or row.member.team.code == filter_.team),
        key=lambda row: (-abs(row.off_mean), row.member.name),
    )
    per_page = Paged((), number, 0).per_page
    shown = tuple(kept[(number - 1) * per_page : number * per_page])
    ops = [one.person_id for one in everyone if one.team.is_ops]
    return FairnessPage(
        Paged(shown, number, len(kept)), _lines(rows), filter_, middle([row.ops_days for row in rows]),
        share_of_ops(built, ops), len(ops) / len(everyone) if everyone else 0.0,
        team_choices(team for team in team_badges().values() if team.is_active),
    )  # fmt: skip


def fair_figures(reader: Person, *, today: date) -> FairFigures:
    """Return the figures beside the timeline, of the last twelve months."""
    period = FairFilter(today - A_YEAR, today)
    everyone = everyone_on(today)
    team_of = {one.person_id: one.team.id for one in everyone}
    days = middle([share.ops_days for share in shares(_stays(period), team_of).values()])
    longest = min(everyone, key=lambda one: (one.since_on, one.name), default=None)
    waiting = None
    if is_allowed(reader.roles, Permission.READ_WISHES):
        said, closed = preferences_of_all(), closed_teams(reader)
        readable = [said[one.person_id] for one in everyone if one.person_id in said and one.team.id not in closed]
        waiting = sum(_waits(preference.wish) for preference in readable)
    return FairFigures(
        days_in_words(round(days)) if days is not None else "",
        longest,
        days_in_words((today - longest.since_on).days) if longest else "",
        waiting,
        share_of_ops(_built(period), [one.person_id for one in everyone if one.team.is_ops]),
    )


def _waits(wish: Wish) -> bool:
    return wish is Wish.MOVE


def _row(member: Member, ops_days: int, hypercare_days: int, off_mean: float, built: Built | None) -> FairRow:
    count, last_on = (built.count, built.last_on) if built else (0, None)
    return FairRow(member, ops_days, hypercare_days, off_mean, count, last_on)


def _lines(rows: list[FairRow]) -> tuple[TeamLine, ...]:
    teams: dict[str, list[FairRow]] = {}
    for row in rows:
        teams.setdefault(row.member.team.code, []).append(row)
    return tuple(
        TeamLine(
            code, own[0].member.team.name, len(own), sum(row.ops_days for row in own) / len(own),
            sum(row.built for row in own), max((row.last_built_on for row in own if row.last_built_on), default=None),
        )
        for code, own in sorted(teams.items())
    )  # fmt: skip


def _stays(period: FairFilter) -> list[Stay]:
    """Return what lies in a period of every tour; a tour that a hypercare move began is hypercare. One query."""
    began = sa.and_(
        Move.person_id == TourRow.person_id,
        Move.effective_on == TourRow.from_on,
        Move.kind == MoveKind.HYPERCARE,
        is_standing(),
    )
    query = (
        sa.select(TourRow.person_id, TourRow.from_on, TourRow.until_on, Team.kind, sa.exists().where(began))
        .join(Team, Team.id == TourRow.team_id)
        .where(TourRow.from_on < period.to, sa.or_(TourRow.until_on.is_(None), TourRow.until_on > period.since))
    )
    return [
        Stay(person, *clipped(first, until, period.since, period.to), keeps_production_up(kind), bool(is_hypercare))
        for person, first, until, kind, is_hypercare in db.session.execute(query)
    ]


def _built(period: FairFilter) -> Mapping[int, Built]:
    """Return how many fixes of a period were accepted by person, and when the last was; not those a freeze holds back."""
    first, last = (datetime.combine(day, time.min, UTC) for day in (period.since, period.to))
    query = (
        sa.select(Player.person_id, sa.func.count(), sa.func.max(Fix.decided_at))
        .join_from(Fix, Player, Player.id == Fix.player_id)
        .join(Story, Story.id == Fix.story_id)
        .where(
            Fix.state == FixState.ACCEPTED, Story.state != StoryState.IN_REVIEW, Fix.decided_at >= first, Fix.decided_at < last
        )
        .group_by(Player.person_id)
    )  # fmt: skip
    return {person: Built(count, at.date() if at else None) for person, count, at in db.session.execute(query)}

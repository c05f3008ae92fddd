"""A story as a row of the board: what it is, how often it struck, who holds it, and what the viewer may do with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from gamebash.backlog.models import ProblemWeek
from gamebash.core.db import db
from gamebash.events.models import EventStory, Player
from gamebash.events.rules import Rules
from gamebash.play.models import Claim, FixState
from gamebash.play.queries.sight import Sight
from gamebash.stories.grades import Grade
from gamebash.stories.queries.recurrence import Week, counts

WEEKS_SHOWN = 13


class Place(StrEnum):
    """Where a story of the event is."""

    OPEN = "open"
    MINE = "mine"
    HELD = "held"
    IN_REVIEW = "in_review"
    SENT_BACK = "sent_back"
    SQUASHED = "squashed"


@dataclass(frozen=True, slots=True)
class Holder:
    """A player beside a story."""

    name: str
    initials: str
    team_code: str
    team_colour: str


@dataclass(frozen=True, slots=True)
class Lease:
    """The time a running claim has: a lease of the whole length that ends when this one does."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class StoryRow:
    """One story of the board."""

    key: str
    title: str
    grade: Grade
    points: int
    service: str
    team_code: str
    weeks: tuple[int, ...]
    night_incidents: int
    place: Place
    is_mine: bool
    holder: Holder | None
    lease: Lease | None
    squashed_at: datetime | None
    why: str
    can_claim: bool
    why_not: str
    # Why its holder is out, and how much time waits for them; empty while the lease runs.
    break_reason: str = ""
    left: timedelta | None = None
    # Whether somebody else has it for now, and whether the viewer is told when it is free.
    can_await: bool = False
    is_awaited: bool = False

    @property
    def incidents(self) -> int:
        """How often it struck in the weeks shown."""
        return sum(self.weeks)


@dataclass(frozen=True, slots=True)
class Strikes:
    """How often a problem struck, week by week, oldest first, and how often at night."""

    weeks: tuple[int, ...]
    at_night: int


NONE = Strikes((0,) * WEEKS_SHOWN, 0)


def holder_of(player: Player) -> Holder:
    """Return a player as shown beside a story."""
    team = player.team
    return Holder(
        name=player.person.player_name,
        initials=player.person.initials,
        team_code=team.code if team else "",
        team_colour=team.colour if team else "ops",
    )


def lease_of(claim: Claim, rules: Rules) -> Lease | None:
    """Return a claim's lease; none while it stands still, in review or on a break."""
    if claim.lease_ends_at is None:
        return None
    return Lease(claim.lease_ends_at - timedelta(minutes=rules.lease_minutes), claim.lease_ends_at)


def monday_of(day: date) -> date:
    """Return the first day of a day's week."""
    return day - timedelta(days=day.weekday())


def strikes_of(problem_ids: Sequence[int], *, now: datetime, weeks: int = WEEKS_SHOWN) -> dict[int, Strikes]:
    """Return how often problems struck in the latest weeks, in one query."""
    if not problem_ids:
        return {}
    newest = monday_of(now.date())
    oldest = newest - timedelta(weeks=weeks - 1)
    query = sa.select(ProblemWeek.problem_id, ProblemWeek.week_on, ProblemWeek.incidents, ProblemWeek.at_night).where(
        ProblemWeek.problem_id.in_(problem_ids), ProblemWeek.week_on.between(oldest, newest)
    )
    counts: dict[int, list[int]] = {}
    nights: dict[int, int] = {}
    for problem_id, week_on, incidents, at_night in db.session.execute(query):
        counts.setdefault(problem_id, [0] * weeks)[(week_on - oldest).days // 7] += incidents
        nights[problem_id] = nights.get(problem_id, 0) + at_night
    return {key: Strikes(tuple(values), nights[key]) for key, values in counts.items()}


def latest_strikes(weeks: Sequence[Week]) -> Strikes:
    """Return how often a problem struck in the latest of its weeks, which are read already."""
    latest = weeks[-WEEKS_SHOWN:]
    return Strikes(counts(latest, of_noise=False), sum(week.at_night for week in latest)) if latest else NONE


@dataclass(frozen=True, slots=True)
class InPlay:
    """The claims of an event that are not ended, by story, and the state of the latest fix of those stories that have one."""

    claims: dict[int, Claim]
    fixes: dict[int, FixState]


def place_of(entry: EventStory, claim: Claim | None, fix: FixState | None, *, now: datetime, sight: Sight) -> Place:
    """Return where a story is now, as far as the viewer may see; a claim whose lease ran out holds nothing."""
    if entry.squashed_at is not None:
        return Place.SQUASHED if sight.shows_squash(entry) else Place.IN_REVIEW
    if claim is None:
        return Place.OPEN
    if claim.lease_ends_at is None and not claim.is_on_break:
        return Place.IN_REVIEW
    if not claim.holds_at(now):
        return Place.OPEN
    return Place.SENT_BACK if fix is FixState.SENT_BACK else Place.HELD


def count_places(places: Mapping[int, Place]) -> dict[Place, int]:
    """Return how many stories are where."""
    counts = dict.fromkeys(Place, 0)
    for place in places.values():
        counts[place] += 1
    return counts

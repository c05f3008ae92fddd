"""What the big screen shows, and what organisers see of its link."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core.db import db
from gamebash.core.filters import clock, counted
from gamebash.events.goals import goal_of
from gamebash.events.lifecycle import EventState, clock_at, state_at
from gamebash.events.models import Event, EventStory
from gamebash.events.shared_goal import Progress
from gamebash.play.queries.pulled import pulled
from gamebash.play.queries.rows import Place
from gamebash.play.queries.sight import Sight
from gamebash.play.queries.view import places_of
from gamebash.points.boards import Board, board_of
from gamebash.points.ranking import Ranked
from gamebash.screen.models import ScreenLink
from gamebash.screen.turns import pages_of, shown, turn_at, turns
from gamebash.stories.grades import Grade

PEOPLE, TEAMS = 7, 6
LATEST = 5
GRADE_WORDS = {
    Grade.BLUE: "blue dot", Grade.RED: "red dot", Grade.YELLOW: "yellow dot", Grade.DOUBLE_YELLOW: "double yellow",
}  # fmt: skip


class Phase(StrEnum):
    """What the hall is looking at."""

    WARM_UP = "warm_up"
    LIVE = "live"
    PAUSED = "paused"
    JUDGING = "judging"
    CEREMONY = "ceremony"
    RESULTS = "results"


HEARD = frozenset({Phase.LIVE, Phase.PAUSED, Phase.JUDGING})


@dataclass(frozen=True, slots=True)
class LatestSquash:
    """The squash everybody looks at."""

    title: str
    grade: Grade
    points: int
    who: str
    initials: str
    team_code: str
    team_crest: str
    team_colour: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ScreenPage:
    """Everything on the big screen at one moment; lists come in pages that take turns.

    ``is_heard``: a squash may be heard now; not while the board stands still, nor when everything comes out at once.
    ``newest_at`` is when the newest one was.
    """

    name: str
    place: str
    phase: Phase
    until: datetime | None
    seconds_left: int
    paused_at: datetime | None
    frozen_at: datetime | None
    hidden_because: str
    squashed: int
    stories: int
    people: tuple[tuple[Ranked, ...], ...]
    people_turns: tuple[int, ...]
    people_turn: int
    teams: tuple[tuple[Ranked, ...], ...]
    team_turns: tuple[int, ...]
    team_turn: int
    most_points: int
    most_per_head: float
    latest: LatestSquash | None
    is_heard: bool
    newest_at: datetime | None
    goal: Progress | None
    facts: tuple[tuple[str, str], ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class ScreenSetupPage:
    """An event's link to the big screen: who made the one that works, when, and whether it knocks.

    The token itself is shown only once.
    """

    slug: str
    name: str
    made_at: datetime | None
    made_by: str
    has_knock: bool
    now: datetime


def screen_page(event: Event, *, now: datetime) -> ScreenPage:
    """Return the big screen of an event: what the public may see, in three queries whatever the crowd."""
    until = event.public_until(now)
    found = pulled(event)
    entries, places = found.entries, places_of(found.entries, found.stand, now=now, sight=Sight(until))
    board = board_of(event.id, now=now)
    goal = goal_of(event, entries, now=now)
    squashed = [entry for entry in entries if places[entry.story_id] is Place.SQUASHED]
    # The bar that everybody fills takes the room of three teams.
    people, teams = pages_of(board.players, PEOPLE), pages_of(board.teams, TEAMS - 3 if goal else TEAMS)
    phase = _phase(event, board, now)
    ends = _counts_to(event, phase)
    return ScreenPage(
        name=event.name,
        place=event.place,
        phase=phase,
        until=ends,
        seconds_left=max(0, int((ends - clock_at(event.paused_at, now)).total_seconds())) if ends else 0,
        paused_at=event.paused_at,
        frozen_at=until,
        hidden_because=board.version.hidden_because,
        squashed=len(squashed),
        stories=len(entries),
        people=people,
        people_turns=turns(len(people)),
        people_turn=turn_at(turns(len(people)), now),
        teams=teams,
        team_turns=turns(len(teams)),
        team_turn=turn_at(turns(len(teams)), now),
        most_points=max((row.score.points for row in board.players), default=0),
        most_per_head=max((row.score.per_head for row in board.teams), default=0.0),
        latest=_latest(squashed, now),
        is_heard=phase in HEARD and until is None,
        newest_at=max((entry.squashed_at for entry in squashed if entry.squashed_at), default=None),
        goal=goal,
        facts=_facts(event, phase, entries, places),
        now=now,
    )


def screen_setup_page(event: Event, *, now: datetime) -> ScreenSetupPage:
    """Return what organisers see of an event's screen link."""
    query = (
        sa.select(ScreenLink)
        .where(ScreenLink.event_id == event.id, ScreenLink.ended_at.is_(None))
        .options(joinedload(ScreenLink.made_by))
    )
    link = db.session.scalar(query)
    return ScreenSetupPage(
        slug=event.slug,
        name=event.name,
        made_at=link.made_at if link else None,
        made_by=link.made_by.name if link else "",
        has_knock=link is not None and link.has_knock,
        now=now,
    )


def _phase(event: Event, board: Board, now: datetime) -> Phase:
    present = state_at(event.state, event.ends_at, event.paused_at, now)
    if present is EventState.CLOSED:
        return Phase.RESULTS if board.version.is_closed else Phase.CEREMONY
    if present is EventState.LIVE and event.paused_at is not None:
        return Phase.PAUSED
    return {EventState.LIVE: Phase.LIVE, EventState.JUDGING: Phase.JUDGING}.get(present, Phase.WARM_UP)


def _counts_to(event: Event, phase: Phase) -> datetime | None:
    return {
        Phase.WARM_UP: event.starts_at,
        Phase.LIVE: event.ends_at,
        Phase.PAUSED: event.ends_at,
        Phase.JUDGING: event.reviews_end_at,
    }.get(phase)


def _latest(squashed: list[EventStory], now: datetime) -> LatestSquash | None:
    newest = sorted(squashed, key=lambda entry: (entry.squashed_at or now, entry.id), reverse=True)
    return shown([_squash(entry, now) for entry in newest[:LATEST]], now)


def _squash(entry: EventStory, now: datetime) -> LatestSquash:
    player = entry.squashed_by
    team = player.team if player else None
    return LatestSquash(
        title=entry.story.title,
        grade=entry.grade or entry.story.grade,
        points=entry.points or 0,
        who=player.person.player_name if player else "",
        initials=player.person.initials if player else "",
        team_code=team.code if team else "",
        team_crest=team.crest.value if team else "ring",
        team_colour=team.colour if team else "ops",
        at=entry.squashed_at or now,
    )


def _facts(
    event: Event, phase: Phase, entries: list[EventStory], places: Mapping[int, Place]
) -> tuple[tuple[str, str], ...]:
    """Return the three facts at the bottom: what is left, the biggest of it, and what comes next."""
    left = [entry for entry in entries if places[entry.story_id] is Place.OPEN]
    points = sum(entry.points or 0 for entry in left)
    biggest = max(left, key=lambda entry: (entry.points or 0, entry.value or 0.0, -entry.rank), default=None)
    facts: list[tuple[str, str]] = []
    if phase in {Phase.WARM_UP, Phase.LIVE, Phase.PAUSED} and left:
        verb = "wait for you" if phase is Phase.WARM_UP else "still on the board"
        worth = f", {counted(points, 'point')}" if points else ""
        facts.append(("Open", f"{counted(len(left), 'story', 'stories')}{worth} {verb}"))
    if phase in {Phase.LIVE, Phase.PAUSED} and biggest is not None:
        facts.append(("Biggest left", f"{biggest.story.key} {biggest.story.title}, {_grade_of(biggest)}"))
    if phase in {Phase.LIVE, Phase.PAUSED} and not left:
        facts.append(("All taken", "No story is open. Reviews still count."))
    facts.append(_next(event, phase))
    return tuple(facts)


def _grade_of(entry: EventStory) -> str:
    return GRADE_WORDS[entry.grade or entry.story.grade]


def _next(event: Event, phase: Phase) -> tuple[str, str]:
    where = f", {event.place}" if event.place else ""
    return {
        Phase.WARM_UP: (clock(event.starts_at), f"The board opens{where}"),
        Phase.LIVE: (clock(event.ends_at), f"Full time{where}"),
        Phase.PAUSED: ("Paused", "The clock and every lease stand still"),
        Phase.JUDGING: (clock(event.reviews_end_at), f"Last reviews, then the ceremony{where}"),
        Phase.CEREMONY: ("Ceremony", f"See the ceremony{where}"),
        Phase.RESULTS: ("Full time", "Thank you for playing. Everything is in the results."),
    }[phase]

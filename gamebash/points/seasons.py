"""Seasons: a calendar year of events, counting what held.

The podium of an event stands as announced. The season goes on counting: bonuses of fixes that held, what was taken back of
those that did not, corrections. An event that is not over counts as its public board shows it, so a freeze holds here too.
It is read once for each state of the ledgers and process; whether they have grown is asked at most once a second.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock
from typing import Any

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.core.erasures import last_erasure
from gamebash.events.lifecycle import EventState, is_revealed
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.queries.freezing import public_at
from gamebash.people.models import Person
from gamebash.people.player_keys import player_key
from gamebash.points.boards import FRESH_SECONDS, Board, Version, board_of, version_of
from gamebash.points.contestants import SMALL_GROUP, initials_of
from gamebash.points.models import LedgerHead, Standing
from gamebash.points.ranking import Ranked, Score, by_key, ranked
from gamebash.rotation.models import Team
from gamebash.stories.grades import Grade

COUNTED = (EventState.LIVE, EventState.JUDGING, EventState.CLOSED)
HARD = (Grade.YELLOW, Grade.DOUBLE_YELLOW)


@dataclass(frozen=True, slots=True)
class SeasonEvent:
    """An event of the season: whether its results are out, or what its public board stands at."""

    id: int
    slug: str
    name: str
    starts_at: datetime
    is_out: bool
    seq: int
    board: Version | None


@dataclass(frozen=True, slots=True)
class Share:
    """What stands beside somebody's points: events played, hours brought, and how many of their squashes were hard."""

    events: int = 0
    hours: float = 0.0
    squashed: int = 0
    hard: int = 0

    @property
    def hard_share(self) -> float:
        """The share of yellow and double yellow ones among what they squashed."""
        return self.hard / self.squashed if self.squashed else 0.0


@dataclass(frozen=True, slots=True)
class Season:
    """A year's rankings, with what stands beside each person's points; ``unlisted`` see themselves in rows of their own."""

    year: int
    events: tuple[SeasonEvent, ...]
    people: tuple[Ranked, ...]
    teams: tuple[Ranked, ...]
    shares: Mapping[str, Share]
    unlisted: Mapping[str, tuple[Ranked, ...]]

    def seen_by(self, handle: str) -> tuple[Ranked, ...]:
        """Return the people as one viewer sees them, who is among them even if not listed."""
        return self.unlisted.get(handle, self.people)


@dataclass(frozen=True, slots=True)
class _Part:
    """What one person brought to one event and has of it."""

    event_id: int
    person: Person
    team: Team | None
    hours: float
    points: int
    fixes: int
    last_score_at: datetime | None


_states: dict[tuple[int, int], tuple[float, tuple[Any, ...]]] = {}
_seasons: dict[tuple[int, int], tuple[tuple[Any, ...], Season]] = {}
_building = Lock()


def season_of(year: int, *, now: datetime) -> Season:
    """Return a season, at most a second old."""
    key = (id(db.engine), year)
    known = _states.get(key)
    if known is None or time.monotonic() - known[0] >= FRESH_SECONDS:
        known = _states[key] = (time.monotonic(), _read_state(year, now=now))
    state = known[1]
    found = _seasons.get(key)
    if found is not None and found[0] == state:
        return found[1]
    with _building:
        found = _seasons.get(key)
        if found is None or found[0] != state:
            found = _seasons[key] = (state, _build(year, state[1:], now=now))
    return found[1]


def years_played() -> tuple[int, ...]:
    """Return the years from the first event to the last that counts, newest first."""
    first, last = db.session.execute(
        sa.select(sa.func.min(Event.starts_at), sa.func.max(Event.starts_at)).where(Event.state.in_(COUNTED))
    ).one()
    return tuple(range(last.year, first.year - 1, -1)) if first and last else ()


def forget() -> None:
    """Forget every season; for tests that use many databases."""
    _states.clear()
    _seasons.clear()


def _read_state(year: int, *, now: datetime) -> tuple[Any, ...]:
    """Return what a season is made of: who is unlisted or was made anonymous, then its events with how far each has come."""
    query = (
        sa.select(Event, LedgerHead.seq)
        .outerjoin(LedgerHead, LedgerHead.event_id == Event.id)
        .where(Event.starts_at >= _new_year(year), Event.starts_at < _new_year(year + 1), Event.state.in_(COUNTED))
        .order_by(Event.starts_at, Event.id)
    )
    events = []
    for event, seq in db.session.execute(query):
        is_out = is_revealed(event.state, event.reveals_at, now)
        board = None if is_out else version_of(event.id, now=now)
        events.append(
            SeasonEvent(event.id, event.slug, event.name, event.starts_at, is_out, (seq or 0) if is_out else 0, board)
        )
    unlisted = db.session.scalars(sa.select(Person.id).where(Person.is_listed.is_(False)).order_by(Person.id))
    return (db.session.scalar(sa.select(last_erasure())), *unlisted), *events


def _build(year: int, events: tuple[SeasonEvent, ...], *, now: datetime) -> Season:
    parts = _parts(events, now=now)
    newest = events[-1].id if events else 0
    by_person: dict[int, list[_Part]] = defaultdict(list)
    for part in parts:
        by_person[part.person.id].append(part)
    scores = {person_id: _score(own, newest) for person_id, own in by_person.items()}
    listed = [scores[person_id] for person_id, own in by_person.items() if own[0].person.is_listed]
    hidden = [scores[person_id] for person_id, own in by_person.items() if not own[0].person.is_listed]
    grades = _grades(events, now=now)
    return Season(
        year=year,
        events=events,
        people=ranked(listed),
        teams=_teams(parts, newest),
        shares={
            scores[person_id].key: replace(
                grades.get(person_id, Share()), events=len(own), hours=sum(part.hours for part in own)
            )
            for person_id, own in by_person.items()
        },
        unlisted={score.key: ranked([*listed, score]) for score in hidden},
    )


def _parts(events: tuple[SeasonEvent, ...], *, now: datetime) -> list[_Part]:
    """Return everybody's part in every event, in one query and the boards of events that are not over."""
    boards = {event.id: board_of(event.id, now=now) for event in events if not event.is_out}
    query = (
        sa.select(Player, Person, Team, Standing)
        .join(Person, Person.id == Player.person_id)
        .outerjoin(Team, Team.id == Player.team_id)
        .outerjoin(Standing, Standing.player_id == Player.id)
        .where(Player.event_id.in_([event.id for event in events]))
        .where(sa.or_(Player.left_at.is_(None), Standing.points != 0), Player.disqualified_at.is_(None))
        .options(sa.orm.lazyload("*"))
        .order_by(Player.id)
    )
    parts = []
    for player, person, team, standing in db.session.execute(query):
        points, fixes, last = (standing.points, standing.fixes, standing.last_score_at) if standing else (0, 0, None)
        if player.event_id in boards:
            points, fixes, last = _on_board(boards[player.event_id], person.handle)
        parts.append(_Part(player.event_id, person, team, player.hours_free, points, fixes, last))
    return parts


def _on_board(board: Board, handle: str) -> tuple[int, int, datetime | None]:
    rows, position = board.seen_by(handle)
    if position is None:
        return 0, 0, None
    score = rows[position].score
    return score.points, score.fixes, score.last_score_at


def _score(own: list[_Part], newest: int) -> Score:
    latest = own[-1]
    person, team = latest.person, latest.team
    return Score(
        key=person.handle,
        name=person.player_name,
        initials=initials_of(person.player_name),
        team_code=team.code if team else "",
        team_name=team.name if team else "",
        team_colour=team.colour if team else "ops",
        team_crest=str(team.crest) if team else "ring",
        points=sum(part.points for part in own),
        fixes=sum(part.fixes for part in own),
        heads=1,
        last_score_at=max((part.last_score_at for part in own if part.last_score_at), default=None),
        earlier=sum(part.points for part in own if part.event_id != newest),
        address=player_key(person.handle, person.alias),
    )


def _teams(parts: Iterable[_Part], newest: int) -> tuple[Ranked, ...]:
    """Return teams per head, by the team that each was in on the day; a group too small to hide anybody in is left out."""
    groups: dict[str, list[_Part]] = defaultdict(list)
    for part in parts:
        if part.team is not None:
            groups[part.team.code].append(part)
    scores = []
    for code, members in groups.items():
        heads = {part.person.id for part in members}
        if len(heads) >= SMALL_GROUP and members[0].team is not None:
            name = members[0].team.name
            scores.append(
                replace(_score(members, newest), key=code, name=name, initials=initials_of(name), heads=len(heads))
            )
    return ranked(scores, by_head=True)


def _grades(events: tuple[SeasonEvent, ...], *, now: datetime) -> dict[int, Share]:
    """Return how much each person squashed, and how much of it was hard, as far as everybody may know."""
    query = (
        sa.select(Player.person_id, sa.func.count(), sa.func.count().filter(EventStory.grade.in_(HARD)))
        .select_from(EventStory)
        .join(Player, Player.id == EventStory.squashed_by_id)
        .join(Event, Event.id == EventStory.event_id)
        .where(EventStory.event_id.in_([event.id for event in events]), public_at(EventStory.squashed_at, now))
        .group_by(Player.person_id)
    )
    return {person_id: Share(squashed=squashed, hard=hard) for person_id, squashed, hard in db.session.execute(query)}


def own_position(rows: tuple[Ranked, ...], handle: str) -> int | None:
    """Return where somebody stands among rows, counted from 0."""
    return by_key(rows).get(handle)


def _new_year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)

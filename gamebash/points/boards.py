"""Leaderboards, built once for each state of the ledger and process, and handed to everybody who watches.

Whether the ledger has grown is asked at most once a second and process, so what a viewer costs does not grow with the
ledger, the players or the crowd.
"""

import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, Player, Squad
from gamebash.people.models import Person
from gamebash.points.models import LedgerHead, PointEntry, Standing
from gamebash.points.ranking import Ranked, Score, by_key, ranked
from gamebash.points.scoring import EntryKind
from gamebash.rotation.models import Team

A_WHILE = timedelta(minutes=30)
FRESH_SECONDS = 1.0
MOVES_SECONDS = 60
KINDS = ("players", "squads", "teams")


@dataclass(frozen=True, slots=True)
class Version:
    """A state of an event's public board: the ledger's length, when it froze, and the minute that moves count from."""

    event_id: int
    seq: int
    frozen_at: datetime | None
    is_closed: bool
    minute: int


@dataclass(frozen=True, slots=True)
class Board:
    """The three rankings of an event at one version."""

    version: Version
    players: tuple[Ranked, ...]
    squads: tuple[Ranked, ...]
    teams: tuple[Ranked, ...]
    positions: dict[str, int]

    def of(self, kind: str) -> tuple[Ranked, ...]:
        """Return one of the rankings by its name."""
        return {"squads": self.squads, "teams": self.teams}.get(kind, self.players)


_versions: dict[tuple[int, int], tuple[float, Version]] = {}
_boards: dict[tuple[int, int], Board] = {}
_building = Lock()


def version_of(event_id: int, *, now: datetime) -> Version:
    """Return the state of an event's board, at most a second old."""
    key = (id(db.engine), event_id)
    known = _versions.get(key)
    if known is not None and time.monotonic() - known[0] < FRESH_SECONDS:
        return known[1]
    version = _read_version(event_id, now=now)
    _versions[key] = (time.monotonic(), version)
    return version


def board_of(event_id: int, *, now: datetime) -> Board:
    """Return the public board of an event: as it stands, or as it stood when it froze until the results are out."""
    version = version_of(event_id, now=now)
    key = (id(db.engine), event_id)
    board = _boards.get(key)
    if board is not None and board.version == version:
        return board
    with _building:
        board = _boards.get(key)
        if board is None or board.version != version:
            board = _boards[key] = build(version, now=now)
    return board


def build(version: Version, *, now: datetime) -> Board:
    """Read and rank everybody of an event, in four queries."""
    until = version.frozen_at if version.frozen_at and version.frozen_at <= now and not version.is_closed else None
    earlier = _points_until(version.event_id, (until or now) - A_WHILE)
    players = _players(version.event_id, until=until, earlier=earlier)
    people = ranked(score for score, _, _ in players)
    return Board(version, people, _squads(version.event_id, players), _teams(players), dict(by_key(people)))


def forget() -> None:
    """Forget every board; for tests that use many databases."""
    _versions.clear()
    _boards.clear()


def _read_version(event_id: int, *, now: datetime) -> Version:
    query = (
        sa.select(Event.freezes_at, Event.state, LedgerHead.seq)
        .outerjoin(LedgerHead, LedgerHead.event_id == Event.id)
        .where(Event.id == event_id)
    )
    freezes_at, state, seq = db.session.execute(query).one()
    is_closed = state is EventState.CLOSED
    is_frozen = freezes_at is not None and freezes_at <= now and not is_closed
    minute = int(now.timestamp()) // MOVES_SECONDS if state is EventState.LIVE and not is_frozen else 0
    return Version(event_id, seq or 0, freezes_at if is_frozen else None, is_closed, minute)


def _points_until(event_id: int, moment: datetime) -> dict[int, int]:
    query = (
        sa.select(PointEntry.player_id, sa.func.sum(PointEntry.points))
        .where(PointEntry.event_id == event_id, PointEntry.at <= moment)
        .group_by(PointEntry.player_id)
    )
    return {player_id: int(points) for player_id, points in db.session.execute(query)}


def _sums(event_id: int, until: datetime | None) -> dict[int, tuple[int, int, datetime | None]]:
    """Return points, fixes and last score of each player: the standings, or the ledger as it was at the freeze."""
    if until is None:
        query = sa.select(Standing.player_id, Standing.points, Standing.fixes, Standing.last_score_at).where(
            Standing.event_id == event_id
        )
    else:
        scored_at = sa.case((PointEntry.points > 0, PointEntry.at))
        query = (
            sa.select(
                PointEntry.player_id,
                sa.func.sum(PointEntry.points),
                sa.func.count().filter(PointEntry.kind == EntryKind.FIX),
                sa.func.max(scored_at, type_=PointEntry.at.type),
            )
            .where(PointEntry.event_id == event_id, PointEntry.at <= until)
            .group_by(PointEntry.player_id)
        )
    return {player_id: (int(points), int(fixes), last) for player_id, points, fixes, last in db.session.execute(query)}


def _players(event_id: int, *, until: datetime | None, earlier: dict[int, int]) -> list[tuple[Score, int | None, str]]:
    """Return everybody's score with their squad's id and team's code."""
    sums = _sums(event_id, until)
    query = (
        sa.select(
            Player.id,
            Player.squad_id,
            Person.handle,
            Person.alias,
            Person.name,
            Team.code,
            Team.name,
            Team.colour,
            Team.crest,
        )
        .join(Person, Person.id == Player.person_id)
        .outerjoin(Team, Team.id == Player.team_id)
        .where(Player.event_id == event_id, sa.or_(Player.left_at.is_(None), Player.id.in_(list(sums))))
    )
    players = []
    for player_id, squad_id, handle, alias, name, code, team_name, colour, crest in db.session.execute(query):
        points, fixes, last = sums.get(player_id, (0, 0, None))
        shown = alias or name
        score = Score(
            key=handle,
            name=shown,
            initials=_initials(shown),
            team_code=code or "",
            team_name=team_name or "",
            team_colour=colour or "ops",
            team_crest=crest.value if crest else "ring",
            points=points,
            fixes=fixes,
            heads=1,
            last_score_at=last,
            earlier=earlier.get(player_id, 0),
        )
        players.append((score, squad_id, code or ""))
    return players


def _squads(event_id: int, players: list[tuple[Score, int | None, str]]) -> tuple[Ranked, ...]:
    rows = db.session.execute(sa.select(Squad.id, Squad.name).where(Squad.event_id == event_id))
    names = {squad_id: name for squad_id, name in rows}  # noqa: C416 rows are no pairs to mypy
    groups: dict[int, list[Score]] = defaultdict(list)
    for score, squad_id, _ in players:
        if squad_id is not None:
            groups[squad_id].append(score)
    return ranked(_together(names[squad_id], names[squad_id], members) for squad_id, members in groups.items())


def _teams(players: list[tuple[Score, int | None, str]]) -> tuple[Ranked, ...]:
    groups: dict[str, list[Score]] = defaultdict(list)
    for score, _, code in players:
        if code:
            groups[code].append(score)
    return ranked((_together(code, members[0].team_name, members) for code, members in groups.items()), by_head=True)


def _together(key: str, name: str, members: list[Score]) -> Score:
    first = members[0]
    return Score(
        key=key,
        name=name,
        initials=_initials(name),
        team_code=first.team_code,
        team_name=first.team_name,
        team_colour=first.team_colour,
        team_crest=first.team_crest,
        points=sum(one.points for one in members),
        fixes=sum(one.fixes for one in members),
        heads=len(members),
        last_score_at=max((one.last_score_at for one in members if one.last_score_at), default=None),
        earlier=sum(one.earlier for one in members),
    )


def _initials(name: str) -> str:
    words = name.split() or ["?"]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()

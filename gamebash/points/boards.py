"""Leaderboards, built once for each state of the ledger and process, and handed to everybody who watches.

Whether the ledger has grown is asked at most once a second and process, so what a viewer costs does not grow with the
ledger, the players or the crowd.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.core.erasures import last_erasure
from gamebash.events.freeze import public_until
from gamebash.events.lifecycle import EventState, is_revealed
from gamebash.events.models import Event, Player
from gamebash.people.models import Person
from gamebash.points.contestants import Contestant, contestants_of, squads_of, teams_of
from gamebash.points.models import EventResult, LedgerHead, PointEntry
from gamebash.points.ranking import Ranked, Score, by_key, ranked
from gamebash.points.sums import points_of, points_until, totals_corrected, totals_now, totals_through, totals_until

A_WHILE = timedelta(minutes=30)
FRESH_SECONDS = 1.0
MOVES_SECONDS = 60
KINDS = ("players", "squads", "teams")


@dataclass(frozen=True, slots=True)
class Version:
    """A state of an event's board: the ledger's length, when it froze, and the minute that moves count from.

    ``seq`` is the last entry that the board shows, so that a board that stands still has a version that stands still.
    ``is_closed`` once the results are out; ``announced`` is the line of the ledger that they were made from.
    ``sees_all`` marks the board of organisers, who see what came after the freeze. ``unlisted`` players are on no board
    that others see; ``hidden_because`` is why an organiser hid the whole board, if one did.
    ``erased`` is the last erasure of a name, so that a board drawn before somebody was made anonymous is drawn anew.
    """

    event_id: int
    seq: int
    frozen_at: datetime | None
    is_closed: bool
    minute: int
    announced: int | None = None
    sees_all: bool = False
    unlisted: int = 0
    disqualified: int = 0
    hidden_because: str = ""
    erased: int = 0


@dataclass(frozen=True, slots=True)
class Board:
    """The three rankings of an event at one version.

    Those of a closed event stand as announced; ``corrected`` are its players with the corrections since, where there are
    any, and how far each moved by them. Whoever is not listed is in ``unlisted`` with the people as they alone see them, with
    themselves among them; everybody else's places are counted without them.
    """

    version: Version
    players: tuple[Ranked, ...]
    squads: tuple[Ranked, ...]
    teams: tuple[Ranked, ...]
    positions: dict[str, int]
    corrected: tuple[Ranked, ...] = ()
    unlisted: Mapping[str, tuple[Ranked, ...]] = field(default_factory=dict)

    def of(self, kind: str) -> tuple[Ranked, ...]:
        """Return one of the rankings by its name."""
        return {"squads": self.squads, "teams": self.teams}.get(kind, self.players)

    def seen_by(self, handle: str) -> tuple[tuple[Ranked, ...], int | None]:
        """Return the people as one of them sees them, who is there even if not listed, and their own position, from 0."""
        if handle not in self.unlisted:
            return self.players, self.positions.get(handle)
        rows = self.unlisted[handle]
        return rows, by_key(rows)[handle]


_versions: dict[tuple[int, int, bool], tuple[float, Version]] = {}
_boards: dict[tuple[int, int, bool], Board] = {}
_building = Lock()
_DISQUALIFIED = (
    sa.select(sa.func.count())
    .select_from(Player)
    .where(Player.event_id == Event.id, Player.disqualified_at.is_not(None))
    .correlate(Event)
    .scalar_subquery()
)
_UNLISTED = (
    sa.select(sa.func.count())
    .select_from(Player)
    .join(Person, Person.id == Player.person_id)
    .where(Player.event_id == Event.id, Person.is_listed.is_(False))
    .correlate(Event)
    .scalar_subquery()
)


def version_of(event_id: int, *, now: datetime, sees_all: bool = False) -> Version:
    """Return the state of an event's board, at most a second old."""
    key = (id(db.engine), event_id, sees_all)
    known = _versions.get(key)
    if known is not None and time.monotonic() - known[0] < FRESH_SECONDS:
        return known[1]
    version = _read_version(event_id, now=now, sees_all=sees_all)
    _versions[key] = (time.monotonic(), version)
    return version


def board_of(event_id: int, *, now: datetime, sees_all: bool = False, is_fresh: bool = False) -> Board:
    """Return the public board of an event: as it stands, or as it stood when it froze until the results are out.

    ``sees_all`` is for organisers only: the board as it stands, freeze or not. It is at most a second old, and not at all
    where ``is_fresh`` is asked for, as by who reads once for many.
    """
    key = (id(db.engine), event_id, sees_all)
    if is_fresh:
        _versions.pop(key, None)
    version = version_of(event_id, now=now, sees_all=sees_all)
    board = _boards.get(key)
    if board is not None and board.version == version:
        return board
    with _building:
        board = _boards.get(key)
        if board is None or board.version != version:
            board = _boards[key] = build(version, now=now)
    return board


def build(version: Version, *, now: datetime) -> Board:
    """Read and rank everybody of an event, in at most two queries; nobody where an organiser hid the board."""
    if version.hidden_because and not version.sees_all:
        return Board(version, (), (), (), {})
    everybody = _everybody(version, now=now)
    people = ranked(_listed(everybody, version))
    return Board(
        version=version,
        players=people,
        squads=squads_of(everybody),
        teams=teams_of(everybody),
        positions=dict(by_key(people)),
        corrected=_corrected(version, everybody),
        unlisted={} if version.sees_all else _unlisted(everybody, version),
    )


def _listed(everybody: Sequence[Contestant], version: Version) -> list[Score]:
    return [one.score for one in everybody if one.is_listed or version.sees_all]


def _unlisted(everybody: Sequence[Contestant], version: Version) -> dict[str, tuple[Ranked, ...]]:
    listed = _listed(everybody, version)
    return {one.score.key: ranked([*listed, one.score]) for one in everybody if not one.is_listed}


def forget() -> None:
    """Forget every board; for tests that use many databases."""
    _versions.clear()
    _boards.clear()


def _read_version(event_id: int, *, now: datetime, sees_all: bool) -> Version:
    query = (
        sa.select(
            Event.freezes_at,
            Event.paused_at,
            Event.state,
            Event.reveals_at,
            LedgerHead.seq,
            EventResult.seq.label("announced"),
            last_erasure().label("erased"),
            Event.board_hidden_because,
            _UNLISTED.label("unlisted"),
            _DISQUALIFIED.label("disqualified"),
            _last_until_freeze(now).label("last_public"),
        )
        .outerjoin(LedgerHead, LedgerHead.event_id == Event.id)
        .outerjoin(EventResult, EventResult.event_id == Event.id)
        .where(Event.id == event_id)
    )
    found = db.session.execute(query).one()
    hiding = {
        "unlisted": found.unlisted or 0,
        "disqualified": found.disqualified or 0,
        "hidden_because": found.board_hidden_because,
        "erased": found.erased or 0,
    }
    frozen_at = public_until(found.state, found.freezes_at, found.paused_at, found.reveals_at, now)
    if frozen_at is not None and not sees_all:
        return Version(event_id, found.last_public or 0, frozen_at, is_closed=False, minute=0, **hiding)
    minute = int(now.timestamp()) // MOVES_SECONDS if found.state is EventState.LIVE else 0
    is_out = is_revealed(found.state, found.reveals_at, now)
    return Version(event_id, found.seq or 0, frozen_at, is_out, minute, found.announced, sees_all, **hiding)


def _last_until_freeze(now: datetime) -> sa.ColumnElement[int | None]:
    """Select the number of the last entry up to the freeze, found from the end of the ledger; none before the freeze."""
    last = (
        sa.select(PointEntry.seq)
        .where(PointEntry.event_id == Event.id, PointEntry.at <= Event.freezes_at)
        .order_by(PointEntry.seq.desc())
        .limit(1)
        .correlate(Event)
        .scalar_subquery()
    )
    return sa.case((Event.freezes_at <= sa.func.coalesce(Event.paused_at, sa.literal(now, Event.paused_at.type)), last))


def _everybody(version: Version, *, now: datetime) -> list[Contestant]:
    """Return who is on the board with what counts there, and with what counted a while before, in one query."""
    until = None if version.sees_all else version.frozen_at
    if version.announced is not None and until is None:
        return contestants_of(version.event_id, totals_through(version.event_id, version.announced))
    totals = totals_until(version.event_id, until) if until else totals_now(version.event_id)
    return contestants_of(version.event_id, totals, points_until(version.event_id, (until or now) - A_WHILE))


def _corrected(version: Version, announced: Sequence[Contestant]) -> tuple[Ranked, ...]:
    if version.announced is None or not version.is_closed or version.seq <= version.announced:
        return ()
    everybody = contestants_of(
        version.event_id,
        totals_corrected(version.event_id, version.announced),
        points_of(totals_through(version.event_id, version.announced)),
    )
    return () if _counted(everybody) == _counted(announced) else ranked(_listed(everybody, version))


def _counted(everybody: Sequence[Contestant]) -> dict[str, tuple[int, int, datetime | None]]:
    """Return what each has that a correction could change."""
    return {one.score.key: (one.score.points, one.score.fixes, one.score.last_score_at) for one in everybody}

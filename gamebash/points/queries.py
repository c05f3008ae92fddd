"""What the leaderboard and the page of a score show."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core.db import db
from gamebash.core.errors import NotFoundError
from gamebash.core.paging import Paged
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, Player
from gamebash.events.rules import Rules
from gamebash.people.models import Person
from gamebash.points.boards import Board, board_of
from gamebash.points.models import PointEntry
from gamebash.points.ranking import Ranked, around
from gamebash.points.scoring import EntryKind

TOP, BESIDE = 10, 3
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class RanksFragment:
    """The leaderboard beside the board: the top, and the viewer with those beside."""

    slug: str
    kind: str
    rows: tuple[Ranked, ...]
    total: int
    own_key: str
    nudge: str
    frozen_at: datetime | None


@dataclass(frozen=True, slots=True)
class LeaderboardPage:
    """The whole leaderboard, by the page."""

    slug: str
    name: str
    state: EventState
    kind: str
    rows: Paged[Ranked]
    own_key: str
    best: int
    frozen_at: datetime | None


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One entry of the ledger in words."""

    number: int
    at: datetime
    kind: str
    points: int
    reason: str
    story_key: str
    by: str
    is_reversed: bool
    is_correction: bool


@dataclass(frozen=True, slots=True)
class ScorePage:
    """A score opened into its parts."""

    slug: str
    event_name: str
    handle: str
    name: str
    points: int
    parts: tuple[ScorePart, ...]
    kinds: tuple[tuple[str, int], ...]
    is_hidden: bool
    budget_left: int


def ranks_fragment(event: Event, kind: str, handle: str, *, now: datetime) -> RanksFragment:
    """Return the leaderboard as one viewer sees it beside the board."""
    board = board_of(event.id, now=now)
    rows = board.of(kind)
    position = board.positions.get(handle, 0) if kind == "players" else 0
    shown = around(rows, position, top=TOP, beside=BESIDE if handle in board.positions else 0)
    nudge = _nudge(board, handle) if kind == "players" else ""
    return RanksFragment(event.slug, kind, shown, len(rows), handle, nudge, board.version.frozen_at)


def leaderboard_page(event: Event, kind: str, number: int, person: Person, *, now: datetime) -> LeaderboardPage:
    """Return one page of a leaderboard."""
    board = board_of(event.id, now=now)
    rows = board.of(kind)
    page = rows[(number - 1) * PER_PAGE : number * PER_PAGE]
    best = max((one.score.points for one in rows), default=0)
    paged = Paged(page, number, len(rows), PER_PAGE)
    return LeaderboardPage(
        event.slug, event.name, event.state, kind, paged, person.handle, best, board.version.frozen_at
    )


def get_player(event: Event, handle: str) -> Player:
    """Return the player of that handle.

    Raises:
        NotFoundError: where nobody of that handle plays in the event.
    """
    query = sa.select(Player).join(Player.person).where(Player.event_id == event.id, Person.handle == handle)
    player = db.session.scalar(query)
    if player is None:
        raise NotFoundError(f"{handle} does not play in {event.name}.")
    return player


def get_entry_of(event: Event, number: int) -> PointEntry:
    """Return an entry by its number in the event's ledger.

    Raises:
        NotFoundError: where there is none.
    """
    entry = db.session.scalar(sa.select(PointEntry).where(PointEntry.event_id == event.id, PointEntry.seq == number))
    if entry is None:
        raise NotFoundError(f"The ledger of {event.name} has no entry {number}.")
    return entry


def score_page(event: Event, handle: str, viewer: Person, *, now: datetime) -> ScorePage:
    """Return a score in parts. While the board is frozen only the player and organisers see what came after."""
    player = get_player(event, handle)
    frozen_at = board_of(event.id, now=now).version.frozen_at
    may_see_all = player.person_id == viewer.id or "organiser" in viewer.roles
    query = (
        sa.select(PointEntry)
        .where(PointEntry.player_id == player.id)
        .options(joinedload(PointEntry.story), joinedload(PointEntry.caused_by))
        .order_by(PointEntry.seq)
    )
    if frozen_at is not None and not may_see_all:
        query = query.where(PointEntry.at <= frozen_at)
    entries = list(db.session.scalars(query))
    reversed_ids = {entry.reverses_id for entry in entries}
    kinds: dict[str, int] = {}
    for entry in entries:
        kinds[entry.kind.value] = kinds.get(entry.kind.value, 0) + entry.points
    return ScorePage(
        slug=event.slug,
        event_name=event.name,
        handle=handle,
        name=player.person.player_name,
        points=sum(entry.points for entry in entries),
        parts=tuple(_part(entry, is_reversed=entry.id in reversed_ids) for entry in entries),
        kinds=tuple(kinds.items()),
        is_hidden=frozen_at is not None and not may_see_all,
        budget_left=_budget_left(event),
    )


def _part(entry: PointEntry, *, is_reversed: bool) -> ScorePart:
    return ScorePart(
        number=entry.seq,
        at=entry.at,
        kind=entry.kind.value.replace("_", " "),
        points=entry.points,
        reason=entry.reason,
        story_key=entry.story.key if entry.story else "",
        by=entry.caused_by.player_name if entry.caused_by else "",
        is_reversed=is_reversed,
        is_correction=entry.reverses_id is not None,
    )


def _budget_left(event: Event) -> int:
    query = sa.select(sa.func.coalesce(sa.func.sum(PointEntry.points), 0)).where(
        PointEntry.event_id == event.id, PointEntry.kind == EntryKind.AWARD
    )
    return Rules.from_document(event.rules).award_budget - int(db.session.scalar(query) or 0)


def _nudge(board: Board, handle: str) -> str:
    """Return how far the next place is; there are no words for falling behind."""
    position = board.positions.get(handle)
    if not position:
        return ""
    own, ahead = board.players[position].score, board.players[position - 1].score
    gap = ahead.points - own.points
    return f"{gap} points to {ahead.name}." if gap > 1 else f"1 point to {ahead.name}." if gap == 1 else ""

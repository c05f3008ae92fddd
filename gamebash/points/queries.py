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
from gamebash.points.boards import KINDS, Board, board_of
from gamebash.points.models import PointEntry
from gamebash.points.ranking import Ranked, around
from gamebash.points.scoring import EntryKind
from gamebash.policy import Permission, is_allowed

TOP, BESIDE = 10, 3
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class BoardChoice:
    """What of a leaderboard is asked for: of whom, which page, and whether with what came after the freeze."""

    kind: str = KINDS[0]
    page: int = 1
    sees_all: bool = False


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
    sees_all: bool
    may_see_all: bool


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One entry of the ledger in words. Its number is for organisers: gaps between numbers would tell of other entries."""

    number: int | None
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
    return ranks_of(event.slug, board_of(event.id, now=now), kind, handle)


def ranks_of(slug: str, board: Board, kind: str, handle: str) -> RanksFragment:
    """Return the part of a board that one viewer sees beside the stories."""
    rows = board.of(kind)
    position = board.positions.get(handle, 0) if kind == "players" else 0
    shown = around(rows, position, top=TOP, beside=BESIDE if handle in board.positions else 0)
    nudge = _nudge(board, handle) if kind == "players" else ""
    return RanksFragment(slug, kind, shown, len(rows), handle, nudge, board.version.frozen_at)


def leaderboard_page(event: Event, chosen: BoardChoice, person: Person, *, now: datetime) -> LeaderboardPage:
    """Return one page of a leaderboard. Organisers may ask for the board behind the freeze; a badge says that it is one."""
    may_see_all = is_allowed(person.roles, Permission.ORGANISE_EVENTS)
    sees_all = may_see_all and chosen.sees_all
    board = board_of(event.id, now=now, sees_all=sees_all)
    rows = board.of(chosen.kind)
    page = rows[(chosen.page - 1) * PER_PAGE : chosen.page * PER_PAGE]
    return LeaderboardPage(
        slug=event.slug,
        name=event.name,
        state=event.state,
        kind=chosen.kind,
        rows=Paged(page, chosen.page, len(rows), PER_PAGE),
        own_key=person.handle,
        best=max((one.score.points for one in rows), default=0),
        frozen_at=board.version.frozen_at,
        sees_all=sees_all,
        may_see_all=may_see_all,
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
    frozen_at = event.public_until(now)
    is_organiser = is_allowed(viewer.roles, Permission.CORRECT_POINTS)
    may_see_all = player.person_id == viewer.id or is_organiser
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
        parts=tuple(_part(entry, is_reversed=entry.id in reversed_ids, is_numbered=is_organiser) for entry in entries),
        kinds=tuple(kinds.items()),
        is_hidden=frozen_at is not None and not may_see_all,
        budget_left=_budget_left(event) if is_organiser else 0,
    )


def _part(entry: PointEntry, *, is_reversed: bool, is_numbered: bool) -> ScorePart:
    return ScorePart(
        number=entry.seq if is_numbered else None,
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

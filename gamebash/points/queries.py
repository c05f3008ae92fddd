"""What the leaderboard and the page of a score show."""

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core.db import db
from gamebash.core.errors import NotAllowedError, NotFoundError
from gamebash.core.paging import Paged
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, Player
from gamebash.events.rules import Rules
from gamebash.people.models import Person
from gamebash.people.player_keys import ALIAS, is_called, is_given_away
from gamebash.points.boards import KINDS, Board, board_of
from gamebash.points.brackets import brackets_in, in_bracket, words_of
from gamebash.points.disqualifying import OPEN
from gamebash.points.models import PointEntry
from gamebash.points.ranking import Ranked, around, by_key
from gamebash.points.scoring import EntryKind
from gamebash.policy import Permission, is_allowed

TOP, BESIDE = 10, 3
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class BoardChoice:
    """What of a leaderboard is asked for: of whom, which bracket, names with these words, a page.

    ``sees_all`` asks for what came after the freeze too, and for who is not listed.
    """

    kind: str = KINDS[0]
    page: int = 1
    sees_all: bool = False
    bracket: str = ""
    words: str = ""


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
    hidden_because: str = ""


@dataclass(frozen=True, slots=True)
class LeaderboardPage:
    """The whole leaderboard, by the page; ``own_page`` is where the viewer stands, and 0 where they do not."""

    slug: str
    name: str
    state: EventState
    chosen: BoardChoice
    rows: Paged[Ranked]
    brackets: tuple[tuple[str, str], ...]
    own_key: str
    own_page: int
    is_unlisted: bool
    best_per_head: float
    frozen_at: datetime | None
    hidden_because: str
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
    is_given_back: bool = False


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
    disqualified_because: str
    can_disqualify: bool


def ranks_fragment(event: Event, kind: str, handle: str, *, now: datetime) -> RanksFragment:
    """Return the leaderboard as one viewer sees it beside the board."""
    return ranks_of(event.slug, board_of(event.id, now=now), kind, handle)


def ranks_of(slug: str, board: Board, kind: str, handle: str) -> RanksFragment:
    """Return the part of a board that one viewer sees beside the stories."""
    rows, position = board.seen_by(handle) if kind == "players" else (board.of(kind), None)
    shown = around(rows, position or 0, top=TOP, beside=BESIDE if position is not None else 0)
    nudge = "" if position is None else _nudge(rows, position)
    version = board.version
    return RanksFragment(slug, kind, shown, len(rows), handle, nudge, version.frozen_at, version.hidden_because)


def leaderboard_page(event: Event, chosen: BoardChoice, person: Person, *, now: datetime) -> LeaderboardPage:
    """Return one page of a leaderboard. Organisers may ask for the board behind the freeze; a badge says that it is one."""
    may_see_all = is_allowed(person.roles, Permission.ORGANISE_EVENTS)
    sees_all = may_see_all and chosen.sees_all
    board = board_of(event.id, now=now, sees_all=sees_all)
    everybody = rows_of(board, BoardChoice(chosen.kind), person.handle)
    rows = rows_of(board, chosen, person.handle)
    own = by_key(rows_of(board, replace(chosen, words=""), person.handle)).get(person.handle)
    page = rows[(chosen.page - 1) * PER_PAGE : chosen.page * PER_PAGE]
    return LeaderboardPage(
        slug=event.slug,
        name=event.name,
        state=event.state,
        chosen=chosen,
        rows=Paged(page, chosen.page, len(rows), PER_PAGE),
        brackets=tuple((name, words_of(name)) for name in brackets_in(everybody)) if chosen.kind == "players" else (),
        own_key=person.handle,
        own_page=0 if own is None else own // PER_PAGE + 1,
        is_unlisted=person.handle in board.unlisted,
        best_per_head=max((one.score.per_head for one in rows), default=0.0),
        frozen_at=board.version.frozen_at,
        hidden_because=board.version.hidden_because,
        sees_all=sees_all,
        may_see_all=may_see_all,
    )


def rows_of(board: Board, chosen: BoardChoice, handle: str) -> tuple[Ranked, ...]:
    """Return the rows of a board that were asked for, as one viewer sees them; their places are those of the bracket."""
    rows = board.seen_by(handle)[0] if chosen.kind == "players" else board.of(chosen.kind)
    rows = in_bracket(rows, chosen.bracket) if chosen.bracket else rows
    words = chosen.words.casefold().split()
    return tuple(row for row in rows if all(word in row.score.name.casefold() for word in words))


def get_player(event: Event, key: str) -> Player:
    """Return the player whom an address names, by handle or by ``~alias``.

    Raises:
        NotFoundError: where nobody of that name plays in the event.
    """
    player = db.session.scalar(sa.select(Player).join(Player.person).where(Player.event_id == event.id, is_called(key)))
    if player is None:
        raise NotFoundError(_plays_not(event, key))
    return player


def _plays_not(event: Event, key: str) -> str:
    return f"{key.removeprefix(ALIAS)} does not play in {event.name}."


def get_entry_of(event: Event, number: int) -> PointEntry:
    """Return an entry by its number in the event's ledger.

    Raises:
        NotFoundError: where there is none.
    """
    entry = db.session.scalar(sa.select(PointEntry).where(PointEntry.event_id == event.id, PointEntry.seq == number))
    if entry is None:
        raise NotFoundError(f"The ledger of {event.name} has no entry {number}.")
    return entry


def score_page(event: Event, key: str, viewer: Person, *, now: datetime) -> ScorePage:
    """Return a score in parts. While the board is frozen only the player and organisers see what came after.

    Raises:
        NotFoundError: where nobody of that name plays in the event, or only organisers may know who an alias is.
        NotAllowedError: where they are not listed, for anybody but them and organisers.
    """
    player = get_player(event, key)
    frozen_at = event.public_until(now)
    is_organiser = is_allowed(viewer.roles, Permission.CORRECT_POINTS)
    may_see_all = player.person_id == viewer.id or is_organiser
    if not is_organiser and is_given_away(player.person, key, viewer):
        raise NotFoundError(_plays_not(event, key))
    if not player.person.is_listed and not may_see_all:
        raise NotAllowedError(f"{player.person.player_name} keeps their points to themselves.")
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
    given_back = {
        entry.reverses_id for entry in entries if entry.id in reversed_ids and entry.kind is EntryKind.CLAWBACK
    }
    kinds: dict[str, int] = {}
    for entry in entries:
        kinds[entry.kind.value] = kinds.get(entry.kind.value, 0) + entry.points
    return ScorePage(
        slug=event.slug,
        event_name=event.name,
        handle=key,
        name=player.person.player_name,
        points=sum(entry.points for entry in entries),
        parts=tuple(
            replace(
                _part(entry, is_reversed=entry.id in reversed_ids, is_numbered=is_organiser),
                is_given_back=entry.id in given_back,
            )
            for entry in entries
        ),
        kinds=tuple(kinds.items()),
        is_hidden=frozen_at is not None and not may_see_all,
        budget_left=_budget_left(event) if is_organiser else 0,
        disqualified_because=player.disqualified_because,
        can_disqualify=is_organiser and event.state in OPEN,
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
        is_correction=entry.reverses_id is not None and entry.kind is not EntryKind.CLAWBACK,
    )


def _budget_left(event: Event) -> int:
    query = sa.select(sa.func.coalesce(sa.func.sum(PointEntry.points), 0)).where(
        PointEntry.event_id == event.id, PointEntry.kind == EntryKind.AWARD
    )
    return Rules.from_document(event.rules).award_budget - int(db.session.scalar(query) or 0)


def _nudge(rows: tuple[Ranked, ...], position: int) -> str:
    """Return how far the next place is; there are no words for falling behind."""
    if position == 0:
        return ""
    own, ahead = rows[position].score, rows[position - 1].score
    gap = ahead.points - own.points
    return f"{gap} points to {ahead.name}." if gap > 1 else f"1 point to {ahead.name}." if gap == 1 else ""

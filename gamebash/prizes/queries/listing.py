"""The page of an event's prizes: for everybody what there is and who got it, for organisers what is to be handed over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from gamebash.core.db import db
from gamebash.core.errors import NotFoundError
from gamebash.events.freeze import is_public
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, Player
from gamebash.people.models import Person
from gamebash.prizes.models import Prize, PrizeWinner
from gamebash.prizes.moments import WORDS, Moment, PrizeKind, Squash, commitment, moments
from gamebash.prizes.prizes import PLAYED, prizes_of
from gamebash.prizes.queries.squashes import hat_of, squashes_of

LONGEST_NUMBER = 10
UNLISTED = "Somebody off the boards"


@dataclass(frozen=True, slots=True)
class WinnerLine:
    """A piece that is somebody's: who, why, and whether they have it in their hands."""

    ordinal: int
    name: str
    why: str
    number: int
    handed_at: datetime | None = None
    hat: tuple[int, ...] = ()
    is_named: bool = True


@dataclass(frozen=True, slots=True)
class PrizeLine:
    """A prize, what it is for, and whose its pieces are."""

    id: int
    what: str
    kind: PrizeKind
    words: str
    pieces: int
    winners: tuple[WinnerLine, ...]
    commitment: str
    seed: str

    @property
    def left(self) -> int:
        """How many pieces nobody was named for."""
        return max(0, self.pieces - sum(one.is_named for one in self.winners))

    @property
    def to_hand_over(self) -> tuple[WinnerLine, ...]:
        """What waits for the runner."""
        return tuple(one for one in self.winners if one.handed_at is None)


@dataclass(frozen=True, slots=True)
class PrizesPage:
    """Every prize of an event. ``waiting`` pieces are to be handed over; ``players`` are player numbers and names."""

    slug: str
    name: str
    state: EventState
    prizes: tuple[PrizeLine, ...]
    is_organiser: bool
    stands_still: bool
    players: tuple[tuple[str, str], ...]
    in_hat: int

    @property
    def is_played(self) -> bool:
        """Whether prizes can be given."""
        return self.state in PLAYED

    @property
    def waiting(self) -> int:
        """How many pieces are somebody's and not handed over."""
        return sum(len(one.to_hand_over) for one in self.prizes)


def prizes_page(event: Event, viewer: Person, *, is_organiser: bool, now: datetime) -> PrizesPage:
    """Return the prizes as a viewer may see them, in five queries.

    While the board stands still nobody else learns who got one; who keeps off the boards is named to organisers alone.
    """
    until = None if is_organiser else event.public_until(now)
    winners = _winners(event)
    squashes = squashes_of(event) if is_organiser else ()
    players = _players(event) if is_organiser else {}
    shown = {
        number: tuple(one for one in some if is_public(one.named_at, until) or one.player.person_id == viewer.id)
        for number, some in winners.items()
    }
    line = partial(_line, squashes=squashes, players=players, viewer=None if is_organiser else viewer)
    return PrizesPage(
        slug=event.slug,
        name=event.name,
        state=event.state,
        prizes=tuple(line(prize, shown.get(prize.id, ())) for prize in prizes_of(event)),
        is_organiser=is_organiser,
        stands_still=until is not None,
        players=tuple((str(number), name) for number, name in players.items()),
        in_hat=len(hat_of(event)) if is_organiser else 0,
    )


def get_prize(event: Event, number: int) -> Prize:
    """Return a prize of an event.

    Raises:
        NotFoundError: where there is none of that number.
    """
    prize = db.session.get(Prize, number)
    if prize is None or prize.event_id != event.id:
        raise NotFoundError(f"{event.name} has no such prize; it may have been dropped. Load the list again.")
    return prize


def get_player_by_number(event: Event, number: str) -> Player:
    """Return a player of an event by number.

    Raises:
        NotFoundError: where nobody has it.
    """
    player = db.session.get(Player, int(number)) if number.isdecimal() and len(number) < LONGEST_NUMBER else None
    if player is None or player.event_id != event.id:
        raise NotFoundError(f"Nobody in {event.name} has that number.")
    return player


def _winners(event: Event) -> dict[int, tuple[PrizeWinner, ...]]:
    query = (
        sa.select(PrizeWinner)
        .join(PrizeWinner.prize)
        .join(PrizeWinner.player)
        .join(Player.person)
        .where(Prize.event_id == event.id)
        .order_by(PrizeWinner.id)
        .options(contains_eager(PrizeWinner.player).contains_eager(Player.person))
    )
    found: dict[int, list[PrizeWinner]] = {}
    for winner in db.session.scalars(query):
        found.setdefault(winner.prize_id, []).append(winner)
    return {number: tuple(some) for number, some in found.items()}


def _players(event: Event) -> dict[int, str]:
    query = sa.select(Player).join(Player.person).where(Player.event_id == event.id, Player.disqualified_at.is_(None))
    rows = db.session.scalars(query.options(contains_eager(Player.person)))
    return dict(sorted(((one.id, one.person.player_name) for one in rows), key=lambda one: one[1]))


def _line(
    prize: Prize, winners: tuple[PrizeWinner, ...], *, squashes: tuple[Squash, ...], players: Mapping[int, str],
    viewer: Person | None,
) -> PrizeLine:  # fmt: skip
    named = {one.ordinal for one in winners}
    due = [one for one in moments(prize.kind, prize.every, squashes)[: prize.pieces] if one.ordinal not in named]
    is_drawn_out = len(winners) >= prize.pieces
    return PrizeLine(
        id=prize.id,
        what=prize.what,
        kind=prize.kind,
        words=f"Every {prize.every} squashes of the whole event"
        if prize.kind is PrizeKind.EVERY_NTH
        else WORDS[prize.kind],
        pieces=prize.pieces,
        winners=(
            *(_winner_line(one, viewer) for one in winners),
            *(_due_line(one, players) for one in due[: prize.pieces - len(winners)]),
        ),
        commitment=commitment(prize.seed) if prize.kind is PrizeKind.DRAW else "",
        seed=prize.seed if prize.kind is PrizeKind.DRAW and is_drawn_out else "",
    )


def _winner_line(winner: PrizeWinner, viewer: Person | None) -> WinnerLine:
    person = winner.player.person
    is_named = viewer is None or person.is_listed or person.id == viewer.id
    return WinnerLine(
        winner.ordinal, person.player_name if is_named else UNLISTED, winner.why, winner.player_id, winner.handed_at,
        tuple(winner.hat or ()),
    )  # fmt: skip


def _due_line(moment: Moment, players: Mapping[int, str]) -> WinnerLine:
    return WinnerLine(moment.ordinal, players.get(moment.player, ""), moment.why, moment.player, is_named=False)

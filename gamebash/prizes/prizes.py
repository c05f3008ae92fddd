"""Adding prizes, naming who gets one, drawing, and ticking off what was handed over."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError, NotFoundError
from gamebash.core.filters import clock
from gamebash.events.drafts import lock_event
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, Player
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.people.models import Person
from gamebash.prizes.models import Prize, PrizeWinner
from gamebash.prizes.moments import Moment, PrizeKind, drawn, moments
from gamebash.prizes.queries.squashes import hat_of, squashes_of

MOST_PRIZES = 30
PLAYED = (EventState.LIVE, EventState.JUDGING, EventState.CLOSED)


class PrizeRefusedError(DomainError):
    """The prize cannot be added, dropped, drawn or handed over; the message says why."""


@dataclass(frozen=True, slots=True)
class PrizeDraft:
    """A prize to be added: what it is, what for, how many pieces there are, and for every how many squashes."""

    what: str
    kind: PrizeKind
    pieces: int = 1
    every: int = 10


def add_prize(event: Event, draft: PrizeDraft, *, by: Person, now: datetime) -> Prize:
    """Put a prize on the list of an event.

    Raises:
        InvalidError: where it is not said what it is, or there are none of it.
        PrizeRefusedError: where it is on the list already, the list is full, or the event is over.
    """
    lock_event(event)
    if event.state in {EventState.CLOSED, EventState.CANCELLED}:
        raise PrizeRefusedError(f"{event.name} is {event.state.value}; its prizes are what they were.")
    what = " ".join(draft.what.split())
    if not what:
        raise InvalidError("Say what the prize is.")
    if draft.pieces < 1 or draft.every < 1:
        raise InvalidError("There is at least one piece of a prize, for at least every squash.")
    prizes = prizes_of(event)
    if any(one.what.casefold() == what.casefold() for one in prizes):
        raise PrizeRefusedError(f"“{what}” is on the list already.")
    if len(prizes) >= MOST_PRIZES:
        raise PrizeRefusedError(f"There are {MOST_PRIZES} prizes. More would be a shop.")
    prize = Prize(
        event_id=event.id, what=what, kind=draft.kind, pieces=draft.pieces, every=draft.every,
        seed=secrets.token_hex(16), added_at=now, added_by_id=by.id,
    )  # fmt: skip
    db.session.add(prize)
    db.session.flush()
    _record("prize:added", prize, by, now, kind=prize.kind.value, pieces=prize.pieces)
    return prize


def drop_prize(prize: Prize, *, by: Person, now: datetime) -> Event:
    """Take a prize off the list.

    Raises:
        PrizeRefusedError: once somebody was named for it.
    """
    event = lock_event(prize.event)
    if winners_of(prize):
        raise PrizeRefusedError(f"Somebody has “{prize.what}” already, so it stays on the list.")
    _record("prize:dropped", prize, by, now)
    db.session.delete(prize)
    return event


def draw(prize: Prize, *, by: Person, now: datetime) -> PrizeWinner:
    """Draw who gets the next piece, among all who squashed something and were not drawn in this event before.

    Who comes out follows from a seed fixed when the prize was added, whose hash everybody could see since.

    Raises:
        PrizeRefusedError: where it is not drawn, all of it is gone, or nobody is in the hat.
    """
    event = _played(prize)
    if prize.kind is not PrizeKind.DRAW:
        raise PrizeRefusedError(f"“{prize.what}” is not drawn.")
    winners = _some_left(prize)
    hat = hat_of(event)
    if not hat:
        raise PrizeRefusedError("The hat is empty: nobody squashed anything, or everybody who did was drawn already.")
    ordinal = len(winners) + 1
    winner = _name(
        prize, Moment(ordinal, drawn(prize.seed, ordinal, hat), f"Drawn from {len(hat)} in the hat"), by, now
    )
    winner.hat = list(hat)
    _tell(winner, now)
    return winner


def give(prize: Prize, player: Player, reason: str, *, by: Person, now: datetime) -> PrizeWinner:
    """Name a player for a prize by hand, with a reason.

    Raises:
        InvalidError: without a reason.
        PrizeRefusedError: where it is not given by hand, all of it is gone, or one names oneself.
    """
    _played(prize)
    reason = " ".join(reason.split())
    if prize.kind is not PrizeKind.BY_HAND:
        raise PrizeRefusedError(f"“{prize.what}” is not given by hand.")
    if not reason:
        raise InvalidError("Say what for: the reason stands on the list of prizes.")
    if player.person_id == by.id:
        raise PrizeRefusedError("Nobody gives a prize to themselves. Ask another organiser.")
    winners = _some_left(prize)
    winner = _name(prize, Moment(len(winners) + 1, player.id, reason), by, now)
    _tell(winner, now)
    return winner


def hand_over(prize: Prize, ordinal: int, *, by: Person, now: datetime) -> PrizeWinner:
    """Tick off that a piece was handed over; where its moment just came, this names who got it too.

    Raises:
        PrizeRefusedError: where all of it is gone, or somebody ticked it off before.
        NotFoundError: where no such moment came.
    """
    event = _played(prize)
    winner = _winner(prize, ordinal)
    if winner is None:
        moment = next((one for one in moments_of(event, prize) if one.ordinal == ordinal), None)
        if moment is None:
            raise NotFoundError(f"That moment of “{prize.what}” did not come, or its fix was taken back.")
        _some_left(prize)
        winner = _name(prize, moment, by, now)
    elif winner.handed_at is not None:
        raise PrizeRefusedError(f"It was ticked off at {clock(winner.handed_at)} already.")
    winner.handed_at = now
    _record("prize:handed_over", prize, by, now, to=winner.player_id)
    return winner


def not_handed_over(prize: Prize, ordinal: int, *, by: Person, now: datetime) -> PrizeWinner:
    """Take a tick back: the piece is still to be handed over.

    Raises:
        NotFoundError: where it was not ticked off.
    """
    _played(prize)
    winner = _winner(prize, ordinal)
    if winner is None or winner.handed_at is None:
        raise NotFoundError("That piece is not ticked off.")
    winner.handed_at = None
    _record("prize:tick_taken_back", prize, by, now, to=winner.player_id)
    return winner


def prizes_of(event: Event) -> tuple[Prize, ...]:
    """Return the prizes of an event as they were added."""
    return tuple(db.session.scalars(sa.select(Prize).where(Prize.event_id == event.id).order_by(Prize.id)))


def winners_of(prize: Prize) -> tuple[PrizeWinner, ...]:
    """Return who was named for a prize, in order."""
    query = sa.select(PrizeWinner).where(PrizeWinner.prize_id == prize.id).order_by(PrizeWinner.id)
    return tuple(db.session.scalars(query))


def moments_of(event: Event, prize: Prize) -> tuple[Moment, ...]:
    """Return the moments at which a prize fell due so far, as many as there are pieces."""
    return moments(prize.kind, prize.every, squashes_of(event))[: prize.pieces]


def _played(prize: Prize) -> Event:
    event = lock_event(prize.event)
    if event.state not in PLAYED:
        raise PrizeRefusedError(f"{event.name} is {event.state.value}. Prizes are given once it is live.")
    return event


def _some_left(prize: Prize) -> tuple[PrizeWinner, ...]:
    winners = winners_of(prize)
    if len(winners) >= prize.pieces:
        raise PrizeRefusedError(f"All {prize.pieces} of “{prize.what}” are gone.")
    return winners


def _winner(prize: Prize, ordinal: int) -> PrizeWinner | None:
    query = sa.select(PrizeWinner).where(PrizeWinner.prize_id == prize.id, PrizeWinner.ordinal == ordinal)
    return db.session.scalar(query)


def _name(prize: Prize, moment: Moment, by: Person, now: datetime) -> PrizeWinner:
    winner = PrizeWinner(
        prize_id=prize.id, ordinal=moment.ordinal, player_id=moment.player, why=moment.why, named_at=now,
        named_by_id=by.id,
    )  # fmt: skip
    db.session.add(winner)
    db.session.flush()
    _record("prize:named", prize, by, now, to=moment.player, why=moment.why)
    return winner


def _tell(winner: PrizeWinner, now: datetime) -> None:
    tell(
        winner.player.person_id,
        NoticeKind.EVENT,
        f"You get a prize: {winner.prize.what}. {winner.why}.",
        key=f"prize:{winner.id}",
        now=now,
        url=f"/events/{winner.prize.event.slug}/prizes",
    )


def _record(tag: str, prize: Prize, by: Person, now: datetime, **detail: object) -> None:
    audit.record(tag, prize.what, by_id=by.id, now=now, event_id=prize.event_id, **detail)

"""Awards: proposed by rule while an event is judged, left out or added by an organiser, settled when it closes."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gamebash.ceremony.award_facts import award_facts_of
from gamebash.ceremony.award_rules import AwardRule, ProposedAward, proposed_awards
from gamebash.ceremony.award_words import title_of
from gamebash.ceremony.document import Line
from gamebash.ceremony.models import EventAward
from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError, NotFoundError
from gamebash.core.filters import clock
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, Player
from gamebash.people.models import Person
from gamebash.play.pauses import locked_event
from gamebash.points.ledger import award_points, correct_entry
from gamebash.points.models import LedgerHead

LONGEST_TITLE = 60
LONGEST_REASON = 200


class AwardRefusedError(DomainError):
    """The award cannot be given, left out or taken back; the message says why."""


@dataclass(frozen=True, slots=True)
class AwardDraft:
    """An award by hand: what it is called, why, and how many points of the budget come with it."""

    title: str
    reason: str
    points: int = 0


@dataclass(frozen=True, slots=True)
class RuleAward:
    """An award by rule: which, and whose."""

    rule: AwardRule
    person: Person


def proposals(event: Event) -> tuple[ProposedAward, ...]:
    """Return what the rules give at this moment, whether or not somebody leaves it out."""
    head = db.session.get(LedgerHead, event.id)
    return proposed_awards(award_facts_of(event, Line(head.seq if head else 0, head.hash if head else "")))


def leave_out_award(event: Event, which: RuleAward, *, reason: str, by: Person, now: datetime) -> EventAward:
    """Leave out what a rule proposes, with a reason; places follow from the points and are not left out.

    Raises:
        AwardRefusedError: where the event is not being judged, no rule proposes it, or somebody left it out before.
        InvalidError: without a reason.
    """
    event, rule, person = _judged(event), which.rule, which.person
    if rule in {AwardRule.PLACE, AwardRule.BY_HAND}:
        raise AwardRefusedError("Places follow from the points. To change them, correct an entry.")
    reason = _said(reason, "Say why this award is left out; the record keeps it.")
    if not any(one.rule is rule and one.person == person.id for one in proposals(event)):
        raise AwardRefusedError(
            f"No rule gives {title_of(rule)} to {person.player_name} any more. Look at the list again."
        )
    if (earlier := _find(event, rule, person)) is not None:
        raise AwardRefusedError(f"It was left out at {clock(earlier.at)} already, for this reason: {earlier.reason}")
    award = EventAward(
        event_id=event.id,
        rule=rule,
        person_id=person.id,
        figures={},
        reason=reason,
        is_left_out=True,
        by_id=by.id,
        at=now,
    )
    db.session.add(award)
    _record("award:left_out", award, person, by, now)
    return award


def put_back_award(event: Event, which: RuleAward, *, by: Person, now: datetime) -> Event:
    """Give what was left out after all.

    Raises:
        AwardRefusedError: where the event is not being judged, or it was not left out.
    """
    event, rule, person = _judged(event), which.rule, which.person
    award = _find(event, rule, person)
    if award is None:
        raise AwardRefusedError(f"{title_of(rule)} for {person.player_name} is not left out.")
    _record("award:put_back", award, person, by, now)
    db.session.delete(award)
    return event


def give_award(player: Player, draft: AwardDraft, *, by: Person, now: datetime) -> EventAward:
    """Give an award by hand, with a title and a reason; points come out of the event's budget.

    Raises:
        AwardRefusedError: where the event is not being judged, the player has it already, or one awards oneself.
        InvalidError: without a title or a reason.
        LedgerError: where the budget does not reach.
    """
    event = _judged(player.event)
    title = _said(draft.title, "Give the award a name.", LONGEST_TITLE)
    reason = _said(draft.reason, "Say why: the reason is read out before the points.")
    if player.person_id == by.id:
        raise AwardRefusedError("Nobody gives an award to themselves. Ask another organiser.")
    if _find(event, AwardRule.BY_HAND, player.person, title) is not None:
        raise AwardRefusedError(f"{player.person.player_name} has “{title}” already.")
    entry = None
    if draft.points:
        entry = award_points(player, draft.points, reason=f"{title}: {reason}", by=by, now=now)
    award = EventAward(
        event_id=event.id, rule=AwardRule.BY_HAND, person_id=player.person_id, figures={}, title=title, reason=reason,
        by_id=by.id, entry_id=entry.id if entry else None, at=now,
    )  # fmt: skip
    db.session.add(award)
    _record("award:given", award, player.person, by, now)
    return award


def take_back_award(event: Event, person: Person, title: str, *, by: Person, now: datetime) -> Event:
    """Take back an award by hand before the event closes; its points are reversed by an entry that says so.

    Raises:
        AwardRefusedError: where the event is not being judged.
        NotFoundError: where there is no such award.
    """
    event = _judged(event)
    award = _find(event, AwardRule.BY_HAND, person, title)
    if award is None:
        raise NotFoundError(f"{person.player_name} has no award called “{title}”.")
    if award.entry is not None:
        correct_entry(award.entry, reason=f"Award taken back: {title}", by=by, now=now)
    _record("award:taken_back", award, person, by, now)
    db.session.delete(award)
    return event


def settle_awards(event: Event, line: Line, *, now: datetime) -> None:
    """Give what the rules propose and nobody left out; called once, when the event closes."""
    decided = {(award.rule, award.person_id) for award in awards_of(event) if award.is_left_out}
    for one in proposed_awards(award_facts_of(event, line)):
        if (one.rule, one.person) not in decided:
            figures = dict(one.figures)
            db.session.add(EventAward(event_id=event.id, rule=one.rule, person_id=one.person, figures=figures, at=now))
    db.session.flush()


def awards_of(event: Event) -> tuple[EventAward, ...]:
    """Return every award and what was left out, in the order of the ceremony."""
    order = {rule: number for number, rule in enumerate(AwardRule)}
    found = db.session.scalars(sa.select(EventAward).where(EventAward.event_id == event.id))
    key = lambda award: (order[award.rule], award.figures.get("place", 0), award.person_id, award.title)  # noqa: E731
    return tuple(sorted(found, key=key))


def _judged(event: Event) -> Event:
    event = locked_event(event)
    if event.state is not EventState.JUDGING:
        raise AwardRefusedError(f"{event.name} is {event.state.value}. Awards are settled while it is judged.")
    return event


def _find(event: Event, rule: AwardRule, person: Person, title: str = "") -> EventAward | None:
    return db.session.scalar(
        sa.select(EventAward).where(
            EventAward.event_id == event.id, EventAward.rule == rule, EventAward.person_id == person.id,
            EventAward.title == title,
        )
    )  # fmt: skip


def _said(text: str, otherwise: str, longest: int = LONGEST_REASON) -> str:
    text = " ".join(text.split())
    if not text:
        raise InvalidError(otherwise)
    if len(text) > longest:
        raise InvalidError(f"That is longer than {longest} letters. Say it shorter; it is read out.")
    return text


def _record(tag: str, award: EventAward, person: Person, by: Person, now: datetime) -> None:
    title = title_of(award.rule, award.title)
    audit.record(
        tag, person.handle, by_id=by.id, now=now, event_id=award.event_id, award=title, reason=award.reason
    )  # fmt: skip

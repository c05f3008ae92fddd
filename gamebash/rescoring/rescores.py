"""Looking at a rescore before it is made, and making it: all of it or nothing, and only as it was looked at."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from gamebash.core import audit
from gamebash.core.counters import next_number
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, Player
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.people.models import Person
from gamebash.play.models import Fix
from gamebash.points.ledger import EntryDraft, lock_ledger, post_entry
from gamebash.points.models import LedgerHead
from gamebash.points.ranking import Ranked, Score, ranked
from gamebash.points.scoring import EntryKind
from gamebash.points.sums import PlayerSum, sums_now
from gamebash.rescoring import plan
from gamebash.rescoring.choosing import Choice, chosen_fixes, standing_clawbacks, standing_entries, worths_of
from gamebash.rescoring.models import Rescore
from gamebash.rescoring.plan import Change, Deed
from gamebash.watch.after_all import clear_watches

LONGEST_REASON = 200
RESCORABLE = (EventState.LIVE, EventState.JUDGING, EventState.CLOSED)


class RescoreRefusedError(DomainError):
    """The rescore cannot be made; the message says why and what now."""


@dataclass(frozen=True, slots=True)
class Move:
    """A player whose points or place a rescore changes."""

    handle: str
    name: str
    points: int
    points_after: int
    place: int
    place_after: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rescore would write and whom it would move; ``seq`` is the ledger's line that it was worked out from."""

    fixes: tuple[Fix, ...]
    changes: tuple[Change, ...]
    moves: tuple[Move, ...]
    seq: int


def preview_rescore(event: Event, choice: Choice) -> Preview:
    """Return what a rescore would do; nothing is written.

    Raises:
        InvalidError: where the choice narrows nothing or names nobody of the event.
        RescoreRefusedError: where the event was never played.
    """
    if event.state not in RESCORABLE:
        raise RescoreRefusedError(f"{event.name} is {event.state.value}; there is nothing to rescore.")
    seq = db.session.scalar(sa.select(LedgerHead.seq).where(LedgerHead.event_id == event.id)) or 0
    fixes = chosen_fixes(event, choice)
    changes = _changes(event, choice, fixes)
    return Preview(tuple(fixes), changes, _moves(event, changes), seq)


def apply_rescore(event: Event, choice: Choice, *, seen_seq: int, by: Person, now: datetime) -> Rescore:
    """Write a rescore as correction entries under one reference, if nothing was written since it was looked at.

    The ledger's lock puts two organisers one after the other; the second one's view is stale then.

    Raises:
        InvalidError: without a reason.
        RescoreRefusedError: where the ledger has grown since, or there is nothing to change.
    """
    reason = choice.reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise InvalidError(f"Say why, in at most {LONGEST_REASON} letters: everybody reads it beside the points.")
    head = lock_ledger(event.id)
    if head.seq != seen_seq:
        written = head.seq - seen_seq
        entries = "an entry was" if written == 1 else f"{written} entries were"
        raise RescoreRefusedError(f"Since you looked, {entries} written to the ledger. Look again before you apply it.")
    found = preview_rescore(event, choice)
    if not found.changes:
        raise RescoreRefusedError("There is nothing to change: these fixes stand as you want them already.")
    rescore = Rescore(
        number=next_number("rescores"), event_id=event.id, deed=choice.deed, chosen=choice.words[:300], reason=reason,
        fixes=len(found.fixes), entries=len(found.changes), points=sum(one.points for one in found.changes),
        made_at=now, made_by_id=by.id,
    )  # fmt: skip
    db.session.add(rescore)
    db.session.flush()
    _write(rescore, found.changes, now=now)
    if choice.deed is Deed.GIVE_BACK:
        clear_watches({change.fix_id for change in found.changes})
        _tell_given_back(rescore, event, found.changes, now=now)
    audit.record(
        "points:rescored", rescore.reference, by_id=by.id, now=now, event_id=event.id, deed=choice.deed.value,
        chosen=rescore.chosen, entries=rescore.entries, points=rescore.points, reason=reason,
    )  # fmt: skip
    return rescore


def _changes(event: Event, choice: Choice, fixes: list[Fix]) -> tuple[Change, ...]:
    if choice.deed is Deed.GIVE_BACK:
        return plan.give_back(standing_clawbacks(fixes))
    entries = standing_entries(fixes)
    if choice.deed is Deed.TAKE_BACK:
        return plan.take_back(entries)
    if choice.deed is Deed.PAY_ANEW:
        return plan.pay_anew(entries, worths_of(fixes))
    to = db.session.scalar(sa.select(Player).where(Player.event_id == event.id, Player.person.has(handle=choice.to)))
    if to is None:
        raise InvalidError(f"{choice.to} does not play in {event.name}.")
    return plan.give_to(entries, to.id, {fix.id: fix.player_id for fix in fixes})


def _write(rescore: Rescore, changes: Sequence[Change], *, now: datetime) -> None:
    ids = {change.player_id for change in changes}
    players = {one.id: one for one in db.session.scalars(sa.select(Player).where(Player.id.in_(ids)))}
    for number, change in enumerate(changes, start=1):
        draft = EntryDraft(
            player=players[change.player_id],
            kind=EntryKind.CORRECTION,
            points=change.points,
            reason=f"{rescore.reference}: {rescore.reason} ({change.what})"[:300],
            key=f"rescore:{rescore.number}:{number}",
            story_id=change.story_id,
            fix_id=change.fix_id,
            caused_by_id=rescore.made_by_id,
            reverses_id=change.reverses_id,
        )
        post_entry(draft, now=now)


def _tell_given_back(rescore: Rescore, event: Event, changes: Sequence[Change], *, now: datetime) -> None:
    """Tell everybody who lost points to a watch that they are theirs again, and why."""
    points: dict[int, int] = {}
    for change in changes:
        points[change.player_id] = points.get(change.player_id, 0) + change.points
    for player in db.session.scalars(sa.select(Player).where(Player.id.in_(points)).order_by(Player.id)):
        back = points[player.id]
        text = f"{back} {'point is' if back == 1 else 'points are'} yours again in {event.name}: {rescore.reason}"
        url = f"/events/{event.slug}/scores/{player.person.handle}"
        tell(player.person_id, NoticeKind.WATCH, text, key=f"rescore:{rescore.number}", now=now, url=url)


def _moves(event: Event, changes: Sequence[Change]) -> tuple[Move, ...]:
    """Return who gets other points or another place, the highest place first."""
    deltas: dict[int, int] = {}
    for change in changes:
        deltas[change.player_id] = deltas.get(change.player_id, 0) + change.points
    if not deltas:
        return ()
    sums = sums_now(event.id)
    query = sa.select(Player).where(Player.event_id == event.id).where(Player.id.in_({*sums, *deltas}))
    scores = {one.id: _score(one, sums.get(one.id, PlayerSum(0, 0, None))) for one in db.session.scalars(query)}
    before = {one.score.key: one for one in ranked(scores.values())}
    after = ranked(replace(score, points=score.points + deltas.get(key, 0)) for key, score in scores.items())
    moves = (_move(before[one.score.key], one) for one in after)
    return tuple(one for one in moves if (one.points, one.place) != (one.points_after, one.place_after))


def _score(player: Player, total: PlayerSum) -> Score:
    person = player.person
    return Score(
        key=person.handle, name=person.name, initials=person.initials, team_code="", team_name="", team_colour="",
        team_crest="", points=total.points, fixes=total.fixes, heads=1, last_score_at=total.last_score_at, earlier=0,
    )  # fmt: skip


def _move(before: Ranked, after: Ranked) -> Move:
    return Move(before.score.key, before.score.name, before.score.points, after.score.points, before.place, after.place)

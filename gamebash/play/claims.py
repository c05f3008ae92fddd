"""Claims: an exclusive lease on a story. Two people pressing at the same instant is the normal case."""

from datetime import datetime, timedelta
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, NotAllowedError, NotFoundError
from gamebash.core.filters import clock
from gamebash.core.rows import insert_into, lock_row
from gamebash.events.first_call import builders_of, has_first_call
from gamebash.events.freeze import is_public
from gamebash.events.lifecycle import EventState, clock_at, state_at
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.rules import Rules
from gamebash.play.allowances import Allowance, Conduct, allowance
from gamebash.play.leases import find_break, more_time_from
from gamebash.play.models import Claim, ClaimEnd, Fix, FixState, SpotCheck
from gamebash.stories.models import Story
from gamebash.stories.transitions import hold_story, move_story

A_MOMENT = 60


class ClaimRefusedError(DomainError):
    """The story cannot be claimed now; the message says who has it, until when, and what now."""


class LeaseRefusedError(DomainError):
    """The lease is not this player's, or has run out, or cannot be made longer."""


def claim_story(entry: EventStory, *, by: Player, now: datetime) -> Claim:
    """Give a player an exclusive lease on a story of the event's board.

    A claim whose lease ran out is taken over. The partial unique index on open claims decides between two at once.

    Raises:
        ClaimRefusedError: where the event is not live, the player holds enough, or somebody has the story.
    """
    event = lock_event_for_play(entry.event_id)
    rules = Rules.from_document(event.rules)
    _check_playing(event, by, now=now)
    allowed = _allowed(by, rules, now=now)
    if (out := find_break(by, event, now=now)) is not None:
        raise ClaimRefusedError(f"You are on a break since {clock(out.began_at)}. Return to the game to claim.")
    mine_or_this = _claims_around(entry.story_id, by)
    _check_limit([claim for claim in mine_or_this if claim.player_id == by.id], allowed, now=now)
    if entry.squashed_at is not None:
        raise ClaimRefusedError(_squashed(entry, by, event.public_until(now)))
    if not has_first_call(entry, by.team_id, at=now):
        raise ClaimRefusedError(_for_builders(entry))
    holding = next(
        (claim for claim in mine_or_this if claim.story_id == entry.story_id and claim.ended_at is None), None
    )
    if holding is not None:
        _take_over(holding, by, now=now)
    draft = next((claim.draft for claim in mine_or_this if claim.story_id == entry.story_id and claim.draft), None)
    ends_at = now + timedelta(minutes=rules.lease_minutes)
    claim_id = _insert(entry, by, now=now, ends_at=ends_at, draft=draft)
    hold_story(entry.story, now=now)
    audit.record(
        "story:claimed", entry.story.key, by_id=by.person_id, now=now, event_id=event.id, player=by.person.player_name
    )
    return db.session.get_one(Claim, claim_id)


def extend_lease(claim: Claim, *, by: Player, now: datetime) -> Claim:
    """Add a whole lease to the time left, as often as the rules allow and once at most one lease is left.

    So whoever keeps a story for half a day says every so often that they work on it, and nobody takes all of it at once.

    Raises:
        LeaseRefusedError: where it is not running, not theirs, was extended often enough, or more than one lease is left.
    """
    claim = own_running_claim(claim, by=by, now=now)
    rules = Rules.from_document(claim.event.rules)
    if claim.extensions >= rules.extensions:
        often = "once" if rules.extensions == 1 else f"{rules.extensions} times"
        message = f"The rules allow more time {often}, and you had it. {claim.story.key} is yours until {clock(claim.lease_ends_at)}."
        raise LeaseRefusedError(message)
    if (first := more_time_from(claim, rules)) and first > clock_at(claim.event.paused_at, now):
        message = f"{claim.story.key} is yours until {clock(claim.lease_ends_at)}. You can have more time from {clock(first)} on."
        raise LeaseRefusedError(message)
    claim.extensions += 1
    claim.lease_ends_at = (claim.lease_ends_at or now) + timedelta(minutes=rules.lease_minutes)
    audit.record("story:extended", claim.story.key, by_id=by.person_id, now=now, event_id=claim.event_id)
    return claim


def release_claim(claim: Claim, *, by: Player, now: datetime) -> Claim:
    """Let go of a story: it goes back on the board at once, notes and draft stay.

    Raises:
        LeaseRefusedError: where it is not running or not theirs.
    """
    claim = own_running_claim(claim, by=by, now=now)
    end_claim(claim, ClaimEnd.RELEASED, now=now)
    move_story(claim.story, "let_go", now=now)
    audit.record(
        "story:released",
        claim.story.key,
        by_id=by.person_id,
        now=now,
        event_id=claim.event_id,
        player=by.person.player_name,
    )
    return claim


def keep_draft(claim: Claim, draft: dict[str, str], *, by: Player, now: datetime) -> Claim:
    """Keep what was typed of a fix; it comes back whenever the player claims the story again.

    Raises:
        LeaseRefusedError: where it is not running or not theirs.
    """
    claim = own_running_claim(claim, by=by, now=now)
    claim.draft = draft
    return claim


def end_claim(claim: Claim, end: ClaimEnd, *, now: datetime) -> None:
    """Write down how a claim ended."""
    claim.ended_at, claim.end = now, end


def find_open_claim(story_id: int) -> Claim | None:
    """Return the claim on a story that is not ended; its lease may have run out."""
    query = sa.select(Claim).where(Claim.story_id == story_id, Claim.ended_at.is_(None))
    return db.session.scalar(query.options(joinedload(Claim.player)))


def get_open_claim(story: Story, by: Player) -> Claim:
    """Return the player's own open claim on a story.

    Raises:
        LeaseRefusedError: where they have none.
    """
    claim = find_open_claim(story.id)
    if claim is None or claim.player_id != by.id:
        raise LeaseRefusedError(_lost(story, by))
    return claim


def own_running_claim(claim: Claim, *, by: Player, now: datetime) -> Claim:
    """Return the claim, locked, if it is the player's and its lease runs.

    Raises:
        NotAllowedError: where it is somebody else's.
        LeaseRefusedError: where it ended, ran out, is in review, or its player is on a break.
    """
    event = lock_event_for_play(claim.event_id)
    claim = lock_row(Claim, claim.id)
    if claim.player_id != by.id:
        raise NotAllowedError(f"{claim.story.key} is {claim.player.person.player_name}'s claim, not yours.")
    if claim.ended_at is not None:
        raise LeaseRefusedError(_lost(claim.story, by))
    if claim.is_on_break:
        _refuse_break(claim, event, now=now)
    if claim.lease_ends_at is None:
        raise LeaseRefusedError(
            f"Your fix for {claim.story.key} is in review. The lease stands still until the reviewer has decided."
        )
    if claim.lease_ends_at <= clock_at(event.paused_at, now):
        raise LeaseRefusedError(_lost(claim.story, by))
    return claim


def _refuse_break(claim: Claim, event: Event, *, now: datetime) -> None:
    """Refuse what a player would do with a claim while on a break; once the event is over, the break is over too."""
    out = find_break(claim.player, event, now=now)
    if out is not None:
        raise LeaseRefusedError(
            f"You are on a break since {clock(out.began_at)}, and your time on {claim.story.key} stands still. "
            "Return to the game first."
        )
    claim.lease_ends_at = min(now, event.ends_at) + timedelta(seconds=claim.lease_left_seconds or 0)
    claim.lease_left_seconds, claim.break_id = None, None


def lock_event_for_play(event_id: int) -> Event:
    """Return the event as it is now, held against a pause or an end that somebody presses at the same instant."""
    return lock_row(Event, event_id, is_shared=True)


def get_entry(event: Event, story: Story) -> EventStory:
    """Return a story's place on an event's board.

    Raises:
        NotFoundError: where it has none.
    """
    query = sa.select(EventStory).where(EventStory.event_id == event.id, EventStory.story_id == story.id)
    entry = db.session.scalar(query)
    if entry is None:
        raise NotFoundError(f"{story.key} is not on the board of {event.name}.")
    return entry


def _check_playing(event: Event, by: Player, *, now: datetime) -> None:
    present = state_at(event.state, event.ends_at, event.paused_at, now)
    if present is EventState.JUDGING:
        raise ClaimRefusedError(f"{event.name} ended at {clock(event.ends_at)}, so nothing can be claimed any more.")
    if present is not EventState.LIVE:
        raise ClaimRefusedError(f"{event.name} is {present.value}. Stories can be claimed while it is live.")
    if event.paused_at is not None:
        raise ClaimRefusedError(
            f"{event.name} is paused since {clock(event.paused_at)}. Claim when the clock runs again."
        )
    if by.event_id != event.id:
        raise NotAllowedError(f"You are not a player of {event.name}. Join it first.")


def conduct_columns(now: datetime) -> tuple[sa.ColumnElement[int], sa.ColumnElement[int]]:
    """Return how often fixes of a player were sent back since the last talk, and how often a claim of theirs ran out.

    A failed spot check counts like a send-back. A lease that ran out counts from its time, whether or not somebody has taken
    the story over since.
    """
    sent_back = sa.select(sa.func.count()).where(Fix.player_id == Player.id, Fix.state == FixState.SENT_BACK)
    failed = sa.select(sa.func.count()).select_from(SpotCheck).join(SpotCheck.fix).where(Fix.player_id == Player.id)
    failed = failed.where(SpotCheck.holds.is_(False))
    never = Player.talked_at.is_(None)
    sent_back = sent_back.where(sa.or_(never, Fix.decided_at > Player.talked_at))
    failed = failed.where(sa.or_(never, SpotCheck.decided_at > Player.talked_at))
    ran_out = sa.or_(Claim.end == ClaimEnd.LAPSED, sa.and_(Claim.ended_at.is_(None), Claim.lease_ends_at <= now))
    lapsed = sa.select(sa.func.count()).select_from(Claim).where(Claim.player_id == Player.id, ran_out)
    in_all = sent_back.correlate(Player).scalar_subquery() + failed.correlate(Player).scalar_subquery()
    return in_all, lapsed.correlate(Player).scalar_subquery()


def _allowed(player: Player, rules: Rules, *, now: datetime) -> Allowance:
    """Return what a player may hold; their row is held, so that two claims of theirs come one after the other."""
    query = sa.select(Player.left_at, Player.disqualified_because, *conduct_columns(now)).where(Player.id == player.id)
    left_at, disqualified, sent_back, lapsed = db.session.execute(query.with_for_update(of=Player)).one()
    if left_at is not None:
        raise ClaimRefusedError("You left this event. Join it again to claim.")
    if disqualified:
        raise ClaimRefusedError(f"You were disqualified: {disqualified} Talk to an organiser.")
    allowed = allowance(Conduct(sent_back, lapsed), rules)
    if not allowed.claims:
        raise ClaimRefusedError(allowed.why)
    return allowed


def _claims_around(story_id: int, by: Player) -> list[Claim]:
    """Return the open claims of the player and on the story, and the player's earlier ones on it, newest first."""
    is_open = Claim.ended_at.is_(None)
    query = (
        sa.select(Claim)
        .where(
            sa.or_(
                sa.and_(Claim.story_id == story_id, is_open),
                sa.and_(Claim.player_id == by.id, is_open),
                sa.and_(Claim.player_id == by.id, Claim.story_id == story_id),
            )
        )
        .order_by(Claim.id.desc())
    )
    return list(db.session.scalars(query))


def _check_limit(own: list[Claim], allowed: Allowance, *, now: datetime) -> None:
    held = [claim for claim in own if claim.holds_at(now)]
    if len(held) >= allowed.claims:
        keys = " and ".join(claim.story.key for claim in reversed(held))
        why = f". {allowed.why}" if allowed.why else f", and the rules allow {allowed.claims} at once."
        message = f"You hold {keys}{why} Submit a fix or let one go first."
        raise ClaimRefusedError(message)


def _for_builders(entry: EventStory) -> str:
    service = entry.story.service
    team = builders_of(service)
    who = team.name if team else "its team"
    deed = "built" if service.builder_team else "owns"
    return (
        f"{entry.story.key} is for {who}, who {deed} {service.name}, until {clock(entry.builders_until)}; then for anybody. "
        "You were not charged a claim."
    )


def _take_over(holding: Claim, by: Player, *, now: datetime) -> None:
    """End a claim whose lease ran out, or say whose it is."""
    if holding.lease_ends_at is None or holding.holds_at(now):
        raise ClaimRefusedError(_taken(holding, by, now=now))
    ended = db.session.execute(
        sa.update(Claim)
        .where(Claim.id == holding.id, Claim.ended_at.is_(None), Claim.lease_ends_at <= now)
        .values(ended_at=holding.lease_ends_at, end=ClaimEnd.LAPSED)
        .execution_options(synchronize_session=False)
    )
    if ended.rowcount == 0:  # type: ignore[attr-defined]
        _refuse(holding.story_id, by, now=now)
    db.session.expire(holding)


def _insert(entry: EventStory, by: Player, *, now: datetime, ends_at: datetime, draft: dict[str, str] | None) -> int:
    """Insert the claim, or hear from the partial unique index that somebody was faster, and say who."""
    insert = (
        insert_into(Claim)
        .values(
            event_id=entry.event_id, story_id=entry.story_id, player_id=by.id, claimed_at=now, lease_ends_at=ends_at,
            extensions=0, draft=draft,
        )
        .on_conflict_do_nothing()
        .returning(Claim.id)
    )  # fmt: skip
    claim_id = db.session.scalar(insert)
    if claim_id is None:
        _refuse(entry.story_id, by, now=now)
    return cast("int", claim_id)


def _refuse(story_id: int, by: Player, *, now: datetime) -> None:
    winner = find_open_claim(story_id)
    if winner is None:
        raise ClaimRefusedError("Somebody was faster, and has let go of it again. Try once more.")
    raise ClaimRefusedError(_taken(winner, by, now=now))


def _taken(claim: Claim, by: Player, *, now: datetime) -> str:
    key = claim.story.key
    if claim.player_id == by.id:
        waits = "and waits until you are back" if claim.is_on_break else "and in review"
        until = f"until {clock(claim.lease_ends_at)}" if claim.lease_ends_at else waits
        return f"{key} is yours already, {until}."
    name = claim.player.person.player_name
    if claim.is_on_break:
        return f"{name} is on a break for a live incident, and {key} waits for them. You were not charged a claim."
    if claim.lease_ends_at is None:
        return _in_review(key, claim.player)
    seconds = max(1, round((now - claim.claimed_at).total_seconds()))
    faster = f"{seconds} second{'s' if seconds > 1 else ''}" if seconds < A_MOMENT else ""
    lead = f"{name} was {faster} faster." if faster else f"{name} claimed it at {clock(claim.claimed_at)}."
    return f"{lead} {key} is theirs until {clock(claim.lease_ends_at)}. You were not charged a claim."


def _in_review(key: str, author: Player) -> str:
    return f"{author.person.player_name} has submitted a fix for {key}; it is in review. You were not charged a claim."


def _squashed(entry: EventStory, by: Player, until: datetime | None) -> str:
    """Return why a squashed story cannot be claimed; while the board stands still it looks as if in review to others."""
    author = entry.squashed_by
    if author is None or author.id == by.id or entry.squashed_at is None or is_public(entry.squashed_at, until):
        return f"{entry.story.key} is squashed already. Take another one."
    return _in_review(entry.story.key, author)


def _lost(story: Story, by: Player) -> str:
    query = (
        sa.select(Claim).where(Claim.story_id == story.id, Claim.player_id == by.id).order_by(Claim.id.desc()).limit(1)
    )
    last = db.session.scalar(query)
    if last is None:
        return f"You have no claim on {story.key}. Claim it on the board first."
    if last.end is ClaimEnd.ACCEPTED:
        return f"{story.key} is squashed already."
    ended = last.ended_at or last.lease_ends_at
    if last.end is ClaimEnd.RELEASED:
        return f"You let go of {story.key} at {clock(ended)}. Claim it again to go on; your draft comes back."
    return (
        f"Your time on {story.key} ran out at {clock(ended)}. It is back on the board. "
        "Your draft is saved and comes back if you claim it again."
    )

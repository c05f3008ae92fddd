"""Fixes: what a player submits for a claimed story. Who reviews them is drawn in ``reviewers``."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gamebash.backlog.models import RootCause
from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError, NotFoundError
from gamebash.core.filters import clock
from gamebash.events.lifecycle import EventState, state_at
from gamebash.events.models import Event, Player
from gamebash.people.player_keys import ALIAS, is_called
from gamebash.play.claims import lock_event_for_play, own_running_claim
from gamebash.play.leases import halt_lease
from gamebash.play.models import Assist, Claim, Fix, FixState
from gamebash.play.reviewers import draw_reviewers, is_by_outsider
from gamebash.play.same_work import submit_also
from gamebash.stories.models import Story
from gamebash.stories.transitions import move_story

ASSISTS = 3


class FixRefusedError(DomainError):
    """The fix cannot be submitted now; the message says why and what now."""


@dataclass(frozen=True, slots=True)
class FixDraft:
    """What a player says of a fix. ``assists`` name players who helped, by handle or ``~alias``.

    ``begun_at`` is when the change was first pushed, where that was not just now; ``is_own_change``, that what it mends was a
    change of theirs. ``also`` is the key of another story that the same change solves.
    """

    change_url: str
    what_was_done: str
    root_cause: RootCause
    root_cause_found: str
    prevention: str
    deployed_at: datetime | None = None
    begun_at: datetime | None = None
    is_own_change: bool = False
    assists: tuple[str, ...] = ()
    also: str = ""


def submit_fix(claim: Claim, draft: FixDraft, *, by: Player, now: datetime) -> Fix:
    """Submit a fix: the lease stands still from now on, and reviewers are drawn.

    Raises:
        LeaseRefusedError: where the claim is not theirs or ran out.
        FixRefusedError: where the event is over.
        InvalidError: where the link, the times or the assists cannot be used.
    """
    event = lock_event_for_play(claim.event_id)
    claim = own_running_claim(claim, by=by, now=now)
    attempt = 1 + (db.session.scalar(sa.select(sa.func.count()).where(Fix.claim_id == claim.id)) or 0)
    _check_open(event, attempt, now=now)
    _check_draft(draft, now=now)
    fix = Fix(
        event_id=event.id,
        story_id=claim.story_id,
        claim_id=claim.id,
        player_id=by.id,
        squad_id=by.squad_id,
        attempt=attempt,
        state=FixState.IN_REVIEW,
        change_url=draft.change_url,
        what_was_done=draft.what_was_done,
        root_cause=draft.root_cause,
        root_cause_found=draft.root_cause_found,
        prevention=draft.prevention,
        begun_at=draft.begun_at,
        deployed_at=draft.deployed_at,
        is_own_change=draft.is_own_change,
        submitted_at=now,
        assists=[Assist(player_id=player.id) for player in _helpers(event, draft.assists, by)],
    )
    halt_lease(claim, now=now)
    move_story(claim.story, "submit", now=now)
    db.session.add(fix)
    db.session.flush()
    fix.needs_knowing = is_by_outsider(fix)
    if draft.also:
        submit_also(fix, draft.also, by=by, now=now)
    draw_reviewers(fix, now=now)
    audit.record(
        "fix:submitted", claim.story.key, by_id=by.person_id, now=now, event_id=event.id, player=by.person.player_name
    )
    return fix


def get_latest_fix(story: Story, event: Event) -> Fix:
    """Return the latest fix of a story in an event, locked.

    Raises:
        NotFoundError: where there is none.
    """
    query = (
        sa.select(Fix)
        .where(Fix.story_id == story.id, Fix.event_id == event.id)
        .order_by(Fix.id.desc())
        .limit(1)
        .with_for_update()
    )
    fix = db.session.scalar(query.execution_options(populate_existing=True))
    if fix is None:
        raise NotFoundError(f"Nobody has submitted a fix for {story.key} in {event.name} yet.")
    return fix


def _check_open(event: Event, attempt: int, *, now: datetime) -> None:
    present = state_at(event.state, event.ends_at, event.paused_at, now)
    is_mending = attempt > 1 and present is EventState.JUDGING and now < event.reviews_end_at
    if present is not EventState.LIVE and not is_mending:
        raise FixRefusedError(f"{event.name} ended at {clock(event.ends_at)}. Fixes that come later cannot score.")


def _check_draft(draft: FixDraft, *, now: datetime) -> None:
    if not draft.change_url.startswith(("https://", "http://")):
        raise InvalidError("The link to the change has to begin with https:// or http://.")
    if draft.deployed_at is not None and draft.deployed_at > now:
        raise InvalidError("The time of deployment lies in the future. Leave it empty until the change is out.")
    if draft.begun_at is not None and draft.begun_at > now:
        raise InvalidError("The change cannot have been begun in the future. Leave it empty if you began it today.")
    for words, name in ((draft.what_was_done, "what was done"), (draft.prevention, "what keeps it from coming back")):
        if not words.strip():
            raise InvalidError(f"Say {name}; the reviewer decides on it.")


def _helpers(event: Event, keys: tuple[str, ...], by: Player) -> list[Player]:
    if len(keys) > ASSISTS:
        raise InvalidError(f"Name at most {ASSISTS} people who helped.")
    if not keys:
        return []
    are_called = sa.or_(*(is_called(key) for key in keys))
    players = list(
        db.session.scalars(sa.select(Player).join(Player.person).where(Player.event_id == event.id, are_called))
    )
    known = {key for player in players for key in (player.person.handle, f"{ALIAS}{player.person.alias}")}
    unknown = {key.removeprefix(ALIAS) for key in set(keys) - known}
    if unknown:
        raise InvalidError(f"{', '.join(sorted(unknown))} does not play in {event.name}, so cannot be named as help.")
    if by.id in {player.id for player in players}:
        raise InvalidError("You cannot name yourself as help.")
    return players

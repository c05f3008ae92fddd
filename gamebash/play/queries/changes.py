"""What Git hosts say of changes: in words on a story's page, and as facts for organisers."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core.db import db
from gamebash.core.filters import when
from gamebash.events.models import Event
from gamebash.play.kinds import ChangeState
from gamebash.play.models import Change, Fix


def change_words(change: Change | None) -> str:
    """Return where a change stands at its host, with times; nothing where it was not read yet."""
    if change is None or change.read_at is None:
        return ""
    times = [("opened", change.opened_at), ("merged", change.merged_at), ("out", change.deployed_at)]
    said = ", ".join(f"{word} {when(at)}" for word, at in times if at is not None)
    return f"{said}, closed without a merge" if change.state is ChangeState.CLOSED else said


@dataclass(frozen=True, slots=True)
class EarlyChange:
    """A fix whose change was begun before its event went live, by its host. A fact for organisers, never a punishment."""

    story_key: str
    author: str
    change_url: str
    first_commit_at: datetime
    went_live_at: datetime


def early_changes(event: Event) -> tuple[EarlyChange, ...]:
    """Return the fixes of an event whose first commit is older than its go-live, oldest first."""
    live_at = event.went_live_at or event.starts_at
    query = (
        sa.select(Change)
        .join(Change.fix)
        .where(Fix.event_id == event.id, Change.first_commit_at < live_at)
        .options(joinedload(Change.fix).options(joinedload(Fix.story), joinedload(Fix.player)))
        .order_by(Change.first_commit_at, Change.id)
    )
    return tuple(
        EarlyChange(
            story_key=one.fix.story.key,
            author=one.fix.player.person.player_name,
            change_url=one.fix.change_url,
            first_commit_at=one.first_commit_at or live_at,
            went_live_at=live_at,
        )
        for one in db.session.scalars(query)
    )

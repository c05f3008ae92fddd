"""Second looks at a story's accepted fix, as those may see them whom they concern."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from gamebash.core.db import db
from gamebash.people.models import Person
from gamebash.play.models import Fix, SpotCheck
from gamebash.policy import Permission, is_allowed
from gamebash.stories.models import Story


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One second look; ``holds`` is empty while it is under way. ``is_mine``: the viewer is to look."""

    who: str
    holds: bool | None
    reason: str
    at: datetime | None
    lease_ends_at: datetime
    is_mine: bool


def checks_of(story: Story, person: Person) -> tuple[CheckLine, ...]:
    """Return the second looks that count, for organisers, for the author, and for who was drawn; nobody else sees any."""
    query = (
        sa.select(SpotCheck)
        .join(SpotCheck.fix)
        .where(Fix.story_id == story.id)
        .where(sa.or_(SpotCheck.decided_at.is_not(None), SpotCheck.ended_at.is_(None)))
        .options(joinedload(SpotCheck.player), joinedload(SpotCheck.fix).joinedload(Fix.player))
        .order_by(SpotCheck.id)
    )
    is_organiser = is_allowed(person.roles, Permission.ORGANISE_EVENTS)
    return tuple(
        CheckLine(
            who=check.player.person.player_name,
            holds=check.holds,
            reason=check.reason,
            at=check.decided_at,
            lease_ends_at=check.lease_ends_at,
            is_mine=check.player.person_id == person.id and check.decided_at is None,
        )
        for check in db.session.scalars(query)
        if is_organiser or person.id in {check.player.person_id, check.fix.player.person_id}
    )

"""Second looks at a story's accepted fix, as those may see them whom they concern."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gamebash.people.models import Person
from gamebash.play.models import Fix
from gamebash.policy import Permission, is_allowed


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One second look; ``holds`` is empty while it is under way. ``is_mine``: the viewer is to look."""

    who: str
    holds: bool | None
    reason: str
    at: datetime | None
    lease_ends_at: datetime
    is_mine: bool


def checks_of(fixes: Iterable[Fix], person: Person) -> tuple[CheckLine, ...]:
    """Return the second looks that count, for organisers, for the author, and for who was drawn; nobody else sees any."""
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
        for fix in fixes
        for check in fix.checks
        if check.decided_at is not None or check.ended_at is None
        if is_organiser or person.id in {check.player.person_id, fix.player.person_id}
    )

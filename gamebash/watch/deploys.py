"""When a change went out: recorded once after acceptance, and where it moves the watch past an incident, with a second person.

The watch begins at the deploy, so the time of it decides what counts. Hence: never in the future, never before the event went
live, and never twice. Where an incident was opened between acceptance and the deploy as told, that incident would no longer be a
recurrence; somebody from outside has to confirm it first.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from gamebash.backlog.models import Incident
from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError, NotAllowedError
from gamebash.core.filters import when
from gamebash.people.models import Person
from gamebash.play.models import Fix, FixState
from gamebash.policy import Permission, is_allowed
from gamebash.stories.models import Story
from gamebash.watch.lifecycle import OPEN_STATES
from gamebash.watch.models import Watch
from gamebash.watch.recurrences import home_id
from gamebash.watch.verdict import window_from


class DeployRefusedError(DomainError):
    """The time of a deploy cannot be recorded now; the message says why."""


def check_deploy(fix: Fix, deployed_at: datetime, *, by: Person, now: datetime) -> Watch:
    """Return the watch of a fix, held, where its deploy may be recorded as told.

    Raises:
        NotAllowedError: where the person neither wrote the fix nor organises.
        DeployRefusedError: where it was recorded before, or the verdict is out.
        InvalidError: where it lies in the future or before the event.
    """
    if fix.player.person_id != by.id and not is_allowed(by.roles, Permission.ORGANISE_EVENTS):
        raise NotAllowedError(f"{fix.player.person.player_name}, who wrote it, says when it went out, or an organiser.")
    query = sa.select(Watch).where(Watch.fix_id == fix.id).with_for_update(of=Watch)
    watch = db.session.scalar(query.execution_options(populate_existing=True))
    if watch is None:
        raise DeployRefusedError(f"{fix.story.key} is not watched yet. Try again in a minute.")
    if fix.deployed_at is not None:
        raise DeployRefusedError(f"It went out at {when(fix.deployed_at, now)}, as recorded before. That is said once.")
    if watch.state not in OPEN_STATES or watch.decided_at is not None:
        raise DeployRefusedError(f"The verdict on {fix.story.key} is out: it {watch.state.value}. It stands.")
    live_at = fix.event.went_live_at or fix.event.starts_at
    if deployed_at > now:
        raise InvalidError("The time of deployment lies in the future. Record it when the change is out.")
    if deployed_at < live_at:
        raise InvalidError(f"{fix.event.name} went live at {when(live_at, now)}; its fixes went out after that.")
    return watch


def set_deploy(fix: Fix, deployed_at: datetime, *, by: Person, now: datetime) -> Watch:
    """Record when a fix went out, and watch it from then. Raises as ``check_deploy``."""
    watch = check_deploy(fix, deployed_at, by=by, now=now)
    live_at = fix.event.went_live_at or fix.event.starts_at
    window = window_from(deployed_at, live_at=live_at, days=watch.days)
    fix.deployed_at = deployed_at
    watch.starts_at, watch.ends_at = window.starts_at, window.ends_at
    audit.record(
        "fix:deployed", fix.story.key, by_id=by.id, now=now, event_id=fix.event_id, deployed_at=deployed_at.isoformat()
    )
    return watch


def follow_host(watch: Watch, *, now: datetime) -> bool:
    """Watch a fix from when its host says that it went out; not where that would pass over an incident, which people decide.

    Says whether that was done.
    """
    change = watch.fix.change
    if change is None or change.deployed_at is None or watch.fix.deployed_at is not None:
        return False
    if find_passed_over(watch, change.deployed_at) is not None:
        return False
    event = watch.event
    window = window_from(change.deployed_at, live_at=event.went_live_at or event.starts_at, days=watch.days)
    watch.fix.deployed_at, watch.starts_at, watch.ends_at = change.deployed_at, window.starts_at, window.ends_at
    deployed_at = change.deployed_at.isoformat()
    audit.record(
        "fix:deployed", watch.fix.story.key, by_id=None, now=now, event_id=watch.event_id, deployed_at=deployed_at
    )
    return True


def find_passed_over(watch: Watch, deployed_at: datetime) -> Incident | None:
    """Return an incident that would be no recurrence any more if the fix went out only then."""
    query = (
        sa.select(Incident)
        .join(Watch, Incident.problem_id == home_id())
        .where(Watch.id == watch.id, Incident.is_noise == Watch.is_about_noise)
        .where(Incident.opened_at > watch.starts_at, Incident.opened_at < deployed_at + timedelta(seconds=1))
    )
    return db.session.scalar(query.order_by(Incident.opened_at).limit(1))


def get_accepted_fix(story: Story) -> Fix:
    """Return the latest accepted fix of a story.

    Raises:
        DeployRefusedError: where there is none.
    """
    query = sa.select(Fix).where(Fix.story_id == story.id, Fix.state == FixState.ACCEPTED).order_by(Fix.id.desc())
    fix = db.session.scalar(query.limit(1))
    if fix is None:
        raise DeployRefusedError(f"No fix of {story.key} is accepted yet. Say in the fix when it went out.")
    return fix

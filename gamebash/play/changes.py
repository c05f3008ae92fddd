"""Keeping what Git hosts say of the changes behind fixes: looked up by a worker, patiently, until there is nothing more to learn."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from gamebash.backlog.models import Source, SourceKind
from gamebash.backlog.sources.asking import client_for
from gamebash.backlog.sources.connector import ItemError
from gamebash.core.db import db, release, unit_of_work
from gamebash.core.http import BusyError, RemoteError
from gamebash.core.sealing import NoSecretError
from gamebash.play.hosts import ChangeFacts, ChangeRef, read_change, ref_of
from gamebash.play.kinds import ChangeState
from gamebash.play.models import Change, Fix, FixState

HOSTS = (SourceKind.GITHUB, SourceKind.GITLAB)
AT_ONCE = 50
# Longer than the calls for one change can take.
LEASE = timedelta(minutes=15)
SOON, LATER = timedelta(hours=1), timedelta(hours=6)
SOON_FOR = timedelta(days=2)
# A change that is not out this long after its fix is not waited for.
GIVEN_UP_AFTER = timedelta(days=60)
FIRST_WAIT = timedelta(minutes=2)
NO_HOST = "No source of this installation is signed in at its host."


@dataclass(frozen=True, slots=True)
class _Task:
    change_id: int
    change_url: str
    submitted_at: datetime
    tries: int


def note_changes(*, now: datetime) -> bool:
    """Remember to look up the changes of new fixes, where any Git host can be asked; says whether there were any. A chore."""
    query = sa.select(Fix.id).where(
        ~sa.exists().where(Change.fix_id == Fix.id), Fix.state.in_([FixState.IN_REVIEW, FixState.ACCEPTED])
    )
    has_host = db.session.scalar(sa.select(sa.exists().where(Source.kind.in_(HOSTS))))
    ids = db.session.scalars(query.order_by(Fix.id).limit(AT_ONCE)).all() if has_host else []
    release()
    if not ids:
        return False
    with unit_of_work():
        known = set(db.session.scalars(sa.select(Change.fix_id).where(Change.fix_id.in_(ids)).with_for_update()))
        new = [fix_id for fix_id in ids if fix_id not in known]
        db.session.add_all(Change(fix_id=fix_id, state=ChangeState.UNKNOWN, next_at=now) for fix_id in new)
    return True


def read_changes(*, now: datetime) -> bool:
    """Look up one change that is due at its host; says whether there was one. A chore of the worker, outside any transaction."""
    task = _take(now=now)
    if task is None:
        return False
    found = _where(task.change_url)
    if found is None:
        _again(task, NO_HOST, now + timedelta(days=1), now=now)
        return True
    source, ref = found
    try:
        client = client_for(source)
        release()
        try:
            facts = read_change(client, ref)
        finally:
            client.close()
    except BusyError as error:
        backoff = min(LATER, FIRST_WAIT * 2 ** min(task.tries, 10))
        _again(task, str(error), max(error.until or now, now + backoff), now=now)
    except (RemoteError, NoSecretError, ItemError) as error:
        _again(task, str(error), now + timedelta(days=1), now=now)
    else:
        _keep(task, facts, now=now)
    return True


def _take(*, now: datetime) -> _Task | None:
    """Take what waits longest, under a lease; of two workers one gets it."""
    with unit_of_work():
        due = sa.select(Change).where(Change.next_at <= now).order_by(Change.next_at, Change.id).limit(1)
        change = db.session.scalars(due).first()
        if change is None:
            return None
        fix = db.session.get_one(Fix, change.fix_id)
        task = _Task(change.id, fix.change_url, fix.submitted_at, change.tries)
        taken = db.session.execute(
            sa.update(Change)
            .where(Change.id == change.id, Change.next_at == change.next_at)
            .values(next_at=now + LEASE, tries=Change.tries + 1)
            .execution_options(synchronize_session=False)
        )
        return task if taken.rowcount == 1 else None  # type: ignore[attr-defined]


def _where(change_url: str) -> tuple[Source, ChangeRef] | None:
    """Return the source whose sign-in serves for a change, and which change it is there."""
    for source in db.session.scalars(sa.select(Source).where(Source.kind.in_(HOSTS)).order_by(Source.id)):
        ref = ref_of(change_url, source.kind.value, source.settings.get("base_url", ""))
        if ref is not None:
            return source, ref
    return None


def _keep(task: _Task, facts: ChangeFacts, *, now: datetime) -> None:
    with unit_of_work():
        change = db.session.get_one(Change, task.change_id)
        change.state, change.opened_at, change.first_commit_at = facts.state, facts.opened_at, facts.first_commit_at
        change.merged_at, change.deployed_at = facts.merged_at, facts.deployed_at
        change.read_at, change.tries, change.message = now, 0, ""
        is_over = facts.state in {ChangeState.DEPLOYED, ChangeState.CLOSED}
        wait = SOON if now - task.submitted_at < SOON_FOR else LATER
        change.next_at = None if is_over or _is_given_up(task, now) else now + wait


def _again(task: _Task, message: str, at: datetime, *, now: datetime) -> None:
    with unit_of_work():
        change = db.session.get_one(Change, task.change_id)
        change.message, change.next_at = message[:500], None if _is_given_up(task, now) else at


def _is_given_up(task: _Task, now: datetime) -> bool:
    return now - task.submitted_at > GIVEN_UP_AFTER

"""Setting up sources that are asked or send: adding, changing, pausing, syncing now and on schedule."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from gamebash.backlog.models import RunKind, RunState, Source, SourceKind, SyncRun, SyncState
from gamebash.backlog.severity import Severity
from gamebash.backlog.sources.registry import CONNECTORS
from gamebash.core import audit
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import DomainError, InvalidError, NotFoundError
from gamebash.core.sealing import seal
from gamebash.core.slugs import slug_of
from gamebash.people.models import Person

UNDER_WAY = (RunState.WAITING, RunState.RUNNING)
LEAST_MINUTES, MOST_MINUTES = 1, 7 * 24 * 60
# Only such variables can be named, so that nobody sends another secret of the machine to a server of their choice.
VARIABLE = re.compile(r"GAMEBASH_SOURCE_[A-Z0-9_]{1,80}")


class SyncRefusedError(DomainError):
    """A source cannot be synced now; the message says how it stands."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody says of a source. An empty secret leaves the one that is there."""

    settings: Mapping[str, str] = field(default_factory=dict)
    secret: str = ""
    secret_env: str = ""
    hook_secret: str = ""
    hook_secret_env: str = ""
    sync_minutes: int | None = None
    usual_severity: Severity = Severity.SEV3
    is_writing_back: bool = False


def add_source(name: str, kind: SourceKind, wishes: Wishes, *, by: Person, now: datetime) -> Source:
    """Add a source.

    Raises:
        InvalidError: where the name is taken or empty, or something that it needs is missing.
    """
    name = " ".join(name.split())[:80]
    if not name:
        raise InvalidError("Give the source a name, so that its incidents can be told from others.")
    slug = slug_of(name, "source")
    if db.session.scalar(sa.select(Source.id).where(Source.slug == slug)) is not None:
        raise InvalidError(f"There is a source {name} already. Give this one another name.")
    source = Source(slug=slug, name=name, kind=kind, created_at=now)
    db.session.add(source)
    _apply(source, wishes)
    db.session.flush()
    audit.record("source:added", slug, by_id=by.id, now=now, kind=kind.value)
    return source


def change_source(source: Source, wishes: Wishes, *, by: Person, now: datetime) -> Source:
    """Change what is known of a source; a new secret makes one that was not accepted ready again.

    Raises:
        InvalidError: where something that it needs is missing.
    """
    _apply(source, wishes)
    if source.sync_state is SyncState.NEEDS_SIGN_IN and (wishes.secret or wishes.secret_env):
        source.sync_state = SyncState.READY
    audit.record("source:changed", source.slug, by_id=by.id, now=now)
    return source


def map_severities(source: Source, words: Mapping[str, str], *, by: Person, now: datetime) -> Source:
    """Say what a source's words for how bad it is mean, from the next sync on; an empty one is left to the usual scale."""
    source.severity_map = {word: Severity(value).value for word, value in sorted(words.items()) if value}
    audit.record("source:severities_mapped", source.slug, by_id=by.id, now=now, words=len(source.severity_map))
    return source


def pause_source(source: Source, *, is_paused: bool, by: Person, now: datetime) -> Source:
    """Stop asking a source on schedule, or begin again."""
    source.sync_state = SyncState.PAUSED if is_paused else SyncState.READY
    audit.record("source:paused" if is_paused else "source:resumed", source.slug, by_id=by.id, now=now)
    return source


def request_sync(source: Source, *, by: Person | None, now: datetime, is_whole: bool = False) -> SyncRun:
    """Ask for a sync; ``is_whole`` begins at the beginning again, which changes nothing that is known already.

    Raises:
        SyncRefusedError: where it cannot be asked, or a sync is on its way.
    """
    source = db.session.scalars(sa.select(Source).where(Source.id == source.id).with_for_update()).one()
    if source.kind.value not in CONNECTORS:
        raise SyncRefusedError(f"{source.name} is not asked: it sends, or its files are taken in.")
    under_way = sa.select(SyncRun).where(
        SyncRun.source_id == source.id, SyncRun.kind == RunKind.SYNC, SyncRun.state.in_(UNDER_WAY)
    )
    if (run := db.session.scalar(under_way)) is not None:
        raise SyncRefusedError(
            f"A sync of {source.name} is {run.state.value} already, since {run.created_at:%H:%M} UTC."
        )
    if is_whole:
        source.cursor = {}
    run = SyncRun(
        reference=secrets.token_hex(5),
        source_id=source.id,
        kind=RunKind.SYNC,
        state=RunState.WAITING,
        created_at=now,
        started_by_id=by.id if by else None,
        mapping={},
        unknown_severities={},
    )
    db.session.add(run)
    db.session.flush()
    audit.record("source:sync_requested", source.slug, by_id=by.id if by else None, now=now)
    return run


def request_due_syncs(*, now: datetime) -> bool:
    """Ask for the syncs that are due; says whether there were any. A chore of the worker."""
    with unit_of_work():
        query = sa.select(Source).where(
            Source.next_sync_at <= now, Source.sync_state == SyncState.READY, Source.sync_minutes.is_not(None)
        )
        due = db.session.scalars(query.order_by(Source.next_sync_at).limit(20)).all()
        asked = 0
        for source in due:
            source.next_sync_at = now + timedelta(minutes=source.sync_minutes or MOST_MINUTES)
            try:
                request_sync(source, by=None, now=now)
                asked += 1
            except SyncRefusedError:
                continue
    return asked > 0


def get_source(slug: str) -> Source:
    """Return a source by its slug.

    Raises:
        NotFoundError: where there is none.
    """
    source = db.session.scalar(sa.select(Source).where(Source.slug == slug))
    if source is None:
        raise NotFoundError("There is no such source. All are listed under Backlog, Sources.")
    return source


def _apply(source: Source, wishes: Wishes) -> None:
    connector = CONNECTORS.get(source.kind.value)
    known = {one.name: one for one in connector.settings} if connector else {}
    source.settings = {
        name: value.strip() for name, value in wishes.settings.items() if name in known and value.strip()
    }
    if missing := [one.label for one in known.values() if one.is_required and one.name not in source.settings]:
        raise InvalidError(f"Say also: {', '.join(missing)}.")
    for variable in (wishes.secret_env, wishes.hook_secret_env):
        if variable and not VARIABLE.fullmatch(variable):
            raise InvalidError(f"{variable} cannot be named: the variable of a source begins with GAMEBASH_SOURCE_.")
    if wishes.secret or wishes.secret_env:
        source.secret_env, source.secret_sealed = wishes.secret_env, seal(wishes.secret) if wishes.secret else ""
    if wishes.hook_secret or wishes.hook_secret_env:
        source.hook_secret_env = wishes.hook_secret_env
        source.hook_secret_sealed = seal(wishes.hook_secret) if wishes.hook_secret else ""
    minutes = wishes.sync_minutes
    if minutes is not None and not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise InvalidError(f"Sync every {LEAST_MINUTES} to {MOST_MINUTES} minutes, or leave it empty.")
    if minutes and (source.next_sync_at is None or minutes != source.sync_minutes):
        source.next_sync_at = source.created_at
    source.sync_minutes, source.usual_severity = minutes, wishes.usual_severity
    source.is_writing_back = wishes.is_writing_back

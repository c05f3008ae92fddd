"""Saying something at the source of incidents, never twice.

What is to be said is kept in the transaction that decides it; a worker says it later. A try that ended unclearly (the worker
was killed, the answer never came) is looked up at the source before the next one, and a closing is never tried again after one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog

from gamebash.backlog.models import Incident, IncidentStatus, Source, SourceKind, WriteBack
from gamebash.backlog.sources.asking import client_for
from gamebash.backlog.sources.remarks import TRACKERS, Call, Ticket, Tracker
from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.core.http import BlockedAddressError, BusyError, Client, RefusedError, RemoteError
from gamebash.core.sealing import NoSecretError

log = structlog.get_logger()

MOST_TOLD = 50
MOST_TRIES = 8
# Longer than one call can take; who holds it makes sure of that once more right before sending.
LEASE = timedelta(minutes=15)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=2), timedelta(hours=6)
# The source's clock may be behind ours.
SKEW = timedelta(hours=1)
CLOSE_WITH = "close_with"
SAID_BEFORE = "It was there already."
UNSURE = "It may have been closed: the answer never came, and closing is not tried twice."
SWITCHED_OFF = "Not said: writing back was switched off."
TAKEN_OVER = "taken over"


@dataclass(frozen=True, slots=True)
class _Task:
    """One thing to say, as it was taken; ``begun_at`` is when it was first tried, none for the first try."""

    id: int
    text: str
    mark: str
    is_closing: bool
    tries: int
    begun_at: datetime | None
    now: datetime


def plan_remarks(*, problem_id: int | None, incident_id: int | None, key: str, text: str, now: datetime) -> int:
    """Keep what is to be said about the incidents of a problem, or one incident; return at how many.

    Said at sources that have it switched on, about what is open there, at most 50; about the newest where nothing is open.
    The same key is kept once an incident.
    """
    about = []
    for incident in _told(problem_id, incident_id, key):
        about.append(incident.id)
        db.session.add(_planned(incident, key, f"{text}\n{mark_of(key)}", now))
        if incident.source.settings.get(CLOSE_WITH) and incident.status is not IncidentStatus.RESOLVED:
            db.session.add(_planned(incident, f"{key}:close", "", now))
    db.session.flush()
    return len(about)


def mark_of(key: str) -> str:
    """Return the words by which something said is found again at the source."""
    return f"(gamebash {key})"


def work_off_remarks(*, now: datetime) -> bool:
    """Say one thing that waits; says whether there was one. A chore of the worker."""
    task = _take(now=now)
    if task is None:
        return False
    if task.tries > MOST_TRIES:
        _end(task, "Given up: each try broke off.", is_done=False)
        return True
    try:
        message = _say(task)
    except BusyError as error:
        _again(task, str(error), is_clear=error.is_throttled, until=error.until)
    except (RefusedError, BlockedAddressError) as error:
        _end(task, str(error), is_done=False)
    except (RemoteError, NoSecretError) as error:
        _again(task, str(error), is_clear=True)
    else:
        _end(task, message, is_done=message in {"", SAID_BEFORE})
    return True


def _told(problem_id: int | None, incident_id: int | None, key: str) -> list[Incident]:
    mine = Incident.problem_id == problem_id if problem_id is not None else Incident.id == incident_id
    query = (
        sa.select(Incident)
        .join(Incident.source)
        .where(
            mine,
            Incident.is_noise.is_(False),
            Source.is_writing_back.is_(True),
            Source.kind.in_([SourceKind(kind) for kind in TRACKERS]),
            ~sa.exists().where(WriteBack.incident_id == Incident.id, WriteBack.key == key),
        )
        .order_by(Incident.opened_at.desc(), Incident.id.desc())
    )
    still_open = list(db.session.scalars(query.where(Incident.status != IncidentStatus.RESOLVED).limit(MOST_TOLD)))
    return still_open or list(db.session.scalars(query.limit(1)))


def _planned(incident: Incident, key: str, text: str, now: datetime) -> WriteBack:
    return WriteBack(
        incident_id=incident.id, key=key, text=text, is_closing=not text, made_at=now, next_at=now, tries=0
    )


def _take(*, now: datetime) -> _Task | None:
    """Take what waits longest, under a lease; of two workers one gets it."""
    with unit_of_work():
        row = db.session.scalars(
            sa.select(WriteBack).where(WriteBack.next_at <= now).order_by(WriteBack.next_at, WriteBack.id).limit(1)
        ).first()
        if row is None:
            return None
        begun_at, was_next = row.begun_at, row.next_at
        task = _Task(row.id, row.text, row.text.rpartition("\n")[2], row.is_closing, row.tries + 1, begun_at, now)
        taken = db.session.execute(
            sa.update(WriteBack)
            .where(WriteBack.id == row.id, WriteBack.next_at == was_next)
            .values(next_at=now + LEASE, tries=task.tries, begun_at=begun_at or now)
            .execution_options(synchronize_session=False)
        )
        return task if taken.rowcount == 1 else None  # type: ignore[attr-defined]


def _say(task: _Task) -> str:
    """Say it; return why not, or nothing."""
    incident = db.session.get_one(WriteBack, task.id).incident
    source = incident.source
    if not source.is_writing_back:
        return SWITCHED_OFF
    tracker = TRACKERS[source.kind.value]
    ticket = Ticket(incident.external_id, incident.url, dict(incident.extra), dict(source.settings))
    client = client_for(source)
    db.session.rollback()
    try:
        if task.begun_at is not None and task.is_closing:
            return UNSURE
        if task.begun_at is not None and _is_said(client, tracker, ticket, task):
            return SAID_BEFORE
        call = _call(tracker, ticket, task)
        if not _holds(task):
            return TAKEN_OVER
        client.send(call.method, call.path, call.body)
    finally:
        client.close()
    return ""


def _call(tracker: Tracker, ticket: Ticket, task: _Task) -> Call:
    if task.is_closing:
        return tracker.close(ticket, ticket.settings.get(CLOSE_WITH, ""))
    return tracker.comment(ticket, task.text)


def _is_said(client: Client, tracker: Tracker, ticket: Ticket, task: _Task) -> bool:
    since = (task.begun_at or clock.now()) - SKEW
    return any(task.mark in text for text in tracker.comments(client, ticket, since))


def _holds(task: _Task) -> bool:
    """Hold it anew right before sending; say whether it is still ours: waiting for a busy source takes long."""
    return _change(task, next_at=clock.now() + LEASE)


def _end(task: _Task, message: str, *, is_done: bool) -> None:
    _change(task, next_at=None, done_at=task.now if is_done else None, message=message[:500])
    log.info("wrote back", id=task.id, is_done=is_done)


def _again(task: _Task, message: str, *, is_clear: bool, until: datetime | None = None) -> None:
    """Try later; ``is_clear`` where nothing can have been done by this try."""
    if task.tries >= MOST_TRIES:
        _end(task, f"Given up after {task.tries} tries. {message}", is_done=False)
        return
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (task.tries - 1))
    begun_at = task.begun_at if is_clear else task.begun_at or task.now
    next_at = max(task.now + wait, until) if until else task.now + wait
    _change(task, next_at=next_at, begun_at=begun_at, message=message[:500])


def _change(task: _Task, **values: Any) -> bool:
    """Change what was taken, unless it was taken again since; the number of tries tells."""
    db.session.rollback()
    with unit_of_work():
        changed = db.session.execute(
            sa.update(WriteBack)
            .where(WriteBack.id == task.id, WriteBack.tries == task.tries)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]

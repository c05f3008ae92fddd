"""Telling rooms what happened: planned from the record of changes, said by the worker.

A change is planned once, by the database. What a room's server refused for now is tried again for a while; what was about to
leave when a worker was stopped is not said again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from flask import current_app, has_request_context, request
from sqlalchemy.orm import contains_eager

from gamebash.chat import words
from gamebash.chat.kinds import LONGEST, ChatKind, body_of
from gamebash.chat.models import ChatMessage, ChatRoom
from gamebash.core.audit import AuditEntry
from gamebash.core.config import allowed_hosts
from gamebash.core.db import db, unit_of_work
from gamebash.core.filters import clock, date_long
from gamebash.core.http import BusyError, Client, RemoteError
from gamebash.core.rows import insert_into
from gamebash.core.sealing import NoSecretError, unseal
from gamebash.events.freeze import STILL_TOLD
from gamebash.events.models import Event, EventStory, Player
from gamebash.people.models import Person
from gamebash.points.boards import board_of
from gamebash.stories.models import Story

log = structlog.get_logger()

# What could not be said for so long is no news any more; a squash is none sooner.
STALE, STALE_SQUASH = timedelta(hours=1), timedelta(minutes=5)
AFTER_CLOSING = timedelta(days=2)
AT_ONCE = 20
PODIUM = 3
UNLISTED = "Somebody"
NOT_SQUASHED = "Not said: the story is squashed no more."
LEASE = timedelta(minutes=2)
FIRST_WAIT = timedelta(seconds=20)
MOST_TRIES = 6


def told_of(event: Event) -> words.Told:
    """Return an event as a line of chat needs it."""
    own = request.url_root if has_request_context() else ""
    base = str(current_app.config["GAMEBASH_URL"] or own).rstrip("/")
    return words.Told(
        event.name, date_long(event.starts_at), clock(event.starts_at), clock(event.ends_at), clock(event.reviews_end_at),
        str(current_app.config["GAMEBASH_TIMEZONE"]), event.place, f"{base}/events/{event.slug}" if base else "",
    )  # fmt: skip


def plan_messages(*, now: datetime) -> bool:
    """Plan what the rooms of events that run are to be told; says whether there was anything. A chore of the worker."""
    query = (
        sa.select(ChatRoom)
        .join(ChatRoom.event)
        .where(sa.or_(Event.closed_at.is_(None), Event.closed_at > now - AFTER_CLOSING))
        .where(Event.reviews_end_at > now - AFTER_CLOSING - STALE)
        .options(contains_eager(ChatRoom.event))
        .order_by(ChatRoom.event_id)
    )
    return sum(_plan(room, now) for room in db.session.scalars(query)) > 0


def _plan(room: ChatRoom, now: datetime) -> bool:
    event, until = room.event, room.event.public_until(now)
    query = (
        sa.select(AuditEntry)
        .outerjoin(ChatMessage, ChatMessage.entry_id == AuditEntry.id)
        .where(AuditEntry.event_id == event.id, AuditEntry.tag.in_(words.TOLD), ChatMessage.id.is_(None))
        .where(AuditEntry.at >= room.set_at, AuditEntry.at > now - STALE)
        .where(sa.or_(AuditEntry.tag != words.SQUASHED, AuditEntry.at > now - STALE_SQUASH))
        .order_by(AuditEntry.id)
        .limit(AT_ONCE)
    )
    if until is not None:
        query = query.where(sa.or_(AuditEntry.at <= until, AuditEntry.tag.in_(STILL_TOLD)))
    entries = list(db.session.scalars(query))
    if not entries:
        return False
    squashes = _squashes(event, [one for one in entries if one.tag == words.SQUASHED])
    rows = []
    for one in entries:
        text = squashes.get(one.id, "") if one.tag == words.SQUASHED else _line(one, event, now)
        rows.append(
            {"event_id": event.id, "entry_id": one.id, "what": words.label(one.tag), "text": text, "made_at": now,
             "next_at": now if text else None, "tries": 0, "message": "" if text else NOT_SQUASHED}
        )  # fmt: skip
    db.session.execute(insert_into(ChatMessage).on_conflict_do_nothing(index_elements=["entry_id"]), rows)
    return True


def _line(entry: AuditEntry, event: Event, now: datetime) -> str:
    if entry.tag == "event:revealed":
        best = board_of(event.id, now=now, is_fresh=True).players[:PODIUM]
        return words.results(told_of(event), tuple(f"{one.place}. {one.score.name}" for one in best))
    return words.sentence(entry.tag, entry.detail or {}, told_of(event))


def _squashes(event: Event, entries: Sequence[AuditEntry]) -> dict[int, str]:
    """Return what is said of squashes, by the number of the change; who keeps off the boards is not named."""
    numbers = {int(one.subject_key.rpartition("-")[2]): one for one in entries}
    query = (
        sa.select(Story, Person)
        .join(EventStory, EventStory.story_id == Story.id)
        .join(EventStory.squashed_by)
        .join(Player.person)
        .where(EventStory.event_id == event.id, Story.number.in_(numbers))
    )
    found = {}
    for story, person in db.session.execute(query):
        entry = numbers[story.number]
        who = person.player_name if person.is_listed else UNLISTED
        points = int((entry.detail or {}).get("points") or 0)
        found[entry.id] = words.squashed(words.SquashLine(who, story.key, story.title, points))
    return found


def work_off_messages(*, now: datetime) -> bool:
    """Say what waits for one room, in one message; says whether there was any. A chore of the worker."""
    taken = _take(now=now)
    if taken is None:
        return False
    (kind, sealed), ids, text = taken
    try:
        _send(kind, sealed, text)
    except BusyError as error:
        _settle(ids, str(error), now=now, until=error.until, may_go_on=True)
    except (RemoteError, NoSecretError) as error:
        _settle(ids, str(error), now=now)
    else:
        _settle(ids, "", now=now)
    return True


def _take(*, now: datetime) -> tuple[tuple[ChatKind, str], list[int], str] | None:
    """Take the lines that wait for the room that waits longest, under a lease; of two workers one gets them."""
    with unit_of_work():
        due = sa.select(ChatMessage).where(ChatMessage.next_at <= now).order_by(ChatMessage.next_at, ChatMessage.id)
        first = db.session.scalars(due.limit(1)).first()
        if first is None:
            return None
        room = db.session.scalar(sa.select(ChatRoom).where(ChatRoom.event_id == first.event_id).with_for_update())
        rows = list(db.session.scalars(due.where(ChatMessage.event_id == first.event_id).limit(AT_ONCE)))
        taken: list[ChatMessage] = []
        length = 0
        for row in rows:
            why_not = "Not said: the room was taken off." if room is None else _why_not(row, now)
            if why_not:
                row.next_at, row.text, row.message = None, "", why_not
            elif not taken or length + len(row.text) < LONGEST:
                row.begun_at, row.next_at, row.tries = now, now + LEASE, row.tries + 1
                taken.append(row)
                length += len(row.text) + 1
        found = [one.id for one in taken], "\n".join(one.text for one in taken)
        # Read here: nothing of the database is open while the chat is called.
        place = (room.kind, room.address_sealed) if room is not None else None
    return (place, *found) if place is not None and found[0] else None


def _why_not(row: ChatMessage, now: datetime) -> str:
    if row.begun_at is not None:
        return "A worker was stopped while it left; it may have arrived, so it is not said again."
    return "An hour old, so no news." if now - row.made_at > STALE else ""


def _send(kind: ChatKind, sealed: str, text: str) -> None:
    address = unseal(sealed)
    client = Client(address, allowed_hosts=allowed_hosts(current_app.config), is_address_secret=True)
    try:
        client.send("POST", address, body_of(kind, text), reads_json=False)
    finally:
        client.close()


def _settle(
    ids: Sequence[int], message: str, *, now: datetime, until: datetime | None = None, may_go_on: bool = False
) -> None:
    with unit_of_work():
        for row in db.session.scalars(sa.select(ChatMessage).where(ChatMessage.id.in_(ids)).with_for_update()):
            row.begun_at, row.message = None, message[:300]
            if may_go_on and row.tries < MOST_TRIES:
                row.next_at = max(until or now, now + FIRST_WAIT * 2 ** (row.tries - 1))
                continue
            row.next_at, row.text = None, ""
            row.sent_at = None if message else now
    log.info("told a room", messages=len(ids), is_sent=not message)

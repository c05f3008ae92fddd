"""A calendar file (RFC 5545) of entries, as calendar programs take it from a link or a mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from icalendar import Calendar, Event

# How often a program that follows a calendar may ask for it again, ISO 8601.
ASK_AGAIN_AFTER = "PT6H"


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One entry: whole days up to, not including, ``end`` where these are dates, else times with a zone.

    ``uid`` names it for good, and ``sequence`` rises with every change, so that calendars take the newest; ``status`` is
    CONFIRMED, TENTATIVE or CANCELLED. A free entry leaves its owner free to be invited meanwhile.
    """

    uid: str
    sequence: int
    changed_at: datetime
    start: date | datetime
    end: date | datetime
    summary: str
    status: str
    url: str
    description: str = ""
    location: str = ""
    is_free: bool = False


def calendar_file(about: str, entries: Iterable[CalendarEntry], *, name: str = "") -> bytes:
    """Return the file; ``about`` is what of gamebash writes it, and a ``name`` makes it a calendar that can be followed."""
    file = Calendar()
    head = (
        ("prodid", f"-//gamebash//{about}//EN"),
        ("version", "2.0"),
        ("calscale", "GREGORIAN"),
        ("method", "PUBLISH"),
    )
    for key, value in head:
        file.add(key, value)
    if name:
        file.add("x-wr-calname", name)
        file.add("x-published-ttl", ASK_AGAIN_AFTER)
    for entry in entries:
        file.add_component(_component(entry))
    text: bytes = file.to_ical()
    return text


def _component(entry: CalendarEntry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    event.add("dtstart", entry.start)
    event.add("dtend", entry.end)
    event.add("summary", entry.summary)
    if entry.description:
        event.add("description", entry.description)
    if entry.location:
        event.add("location", entry.location)
    event.add("status", entry.status)
    if entry.is_free:
        event.add("transp", "TRANSPARENT")
    event.add("url", entry.url)
    return event

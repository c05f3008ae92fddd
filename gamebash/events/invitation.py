"""An event as an invitation: a calendar file (RFC 5545)."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from icalendar import Calendar
from icalendar import Event as Entry

PRODUCT = "-//gamebash//events//EN"


@dataclass(frozen=True, slots=True)
class Invitation:
    """What somebody has to know to come. ``sequence`` rises with every change, so that calendars take the newest."""

    key: str
    name: str
    starts_at: datetime
    ends_at: datetime
    place: str
    about: str
    url: str
    sequence: int
    changed_at: datetime
    is_cancelled: bool

    @property
    def uid(self) -> str:
        """What names the event in calendars for good, whatever it is called."""
        return f"event-{sha256(self.key.encode()).hexdigest()[:32]}@gamebash"


def calendar_file(invitation: Invitation) -> bytes:
    """Return the event as a calendar file, times in UTC; a cancelled one says so under the same UID."""
    file, entry = Calendar(), Entry()
    for name, value in (("prodid", PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", "PUBLISH")):
        file.add(name, value)
    entry.add("uid", invitation.uid)
    entry.add("dtstamp", invitation.changed_at)
    entry.add("last-modified", invitation.changed_at)
    entry.add("sequence", invitation.sequence)
    entry.add("dtstart", invitation.starts_at)
    entry.add("dtend", invitation.ends_at)
    entry.add("summary", invitation.name)
    if invitation.about:
        entry.add("description", invitation.about)
    if invitation.place:
        entry.add("location", invitation.place)
    entry.add("status", "CANCELLED" if invitation.is_cancelled else "CONFIRMED")
    entry.add("url", invitation.url)
    file.add_component(entry)
    text: bytes = file.to_ical()
    return text

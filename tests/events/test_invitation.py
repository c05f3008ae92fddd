"""An announced event can be put into calendars and told of: one entry that follows every change, in UTC, cancelled where it is."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from gamebash.core.calendars import calendar_file
from gamebash.core.db import unit_of_work
from gamebash.core.errors import NotFoundError
from gamebash.events.delays import delay_start
from gamebash.events.lifecycle import EventState
from gamebash.events.queries.invitations import invitation_to
from tests.factories import NOW, make_event, make_person
from tests.support.signing_in import sign_in

URL = "https://games.example/events/bash"


def entry_of(event):
    file = calendar_file("events", [invitation_to(event, URL)])
    assert file.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
    (entry,) = Calendar.from_ical(file).walk("VEVENT")
    return entry


@pytest.fixture
def event(context):
    about = "Bring a racket; cables, too. " * 8
    return make_event(
        EventState.SCHEDULED, name="Winter Bash, müde", place="Hall 3; left", about=about, starts_at=NOW + timedelta(days=2),
        ends_at=NOW + timedelta(days=2, hours=7), reviews_end_at=NOW + timedelta(days=2, hours=8),
    )  # fmt: skip


def test_it_says_what_and_when_in_utc_and_where(event):
    entry = entry_of(event)
    assert (entry["SUMMARY"], entry["LOCATION"]) == ("Winter Bash, müde", "Hall 3; left")
    assert entry["DTSTART"].to_ical() == (NOW + timedelta(days=2)).strftime("%Y%m%dT%H%M%SZ").encode()
    assert entry["DTEND"].dt - entry["DTSTART"].dt == timedelta(hours=7)
    assert entry["DESCRIPTION"] == event.about
    assert (entry["STATUS"], entry["URL"]) == ("CONFIRMED", URL)


def test_a_change_keeps_the_entry_and_raises_its_number(event):
    before = entry_of(event)
    delay_start(event, 15, by=make_person("Aisha", "organiser"), now=NOW)
    after = entry_of(event)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTART"].dt - before["DTSTART"].dt == timedelta(minutes=15)


def test_a_cancelled_one_says_so_and_a_draft_is_not_told(event):
    uid = entry_of(event)["UID"]
    event.state = EventState.CANCELLED
    assert (entry_of(event)["STATUS"], entry_of(event)["UID"]) == ("CANCELLED", uid)
    event.state = EventState.DRAFT
    with pytest.raises(NotFoundError, match="once it is scheduled"):
        invitation_to(event, URL)


def test_organisers_find_it_in_the_set_up_and_players_beside_their_name(app):
    with app.app_context(), unit_of_work():
        make_event(EventState.SCHEDULED, slug="bash", name="Winter & Bash", ends_at=NOW + timedelta(days=9000))
        make_person("Aisha", "organiser", handle="aisha")
        make_person("Mara", "developer", handle="mara")
    aisha, mara = (sign_in(app.test_client(), handle) for handle in ("aisha", "mara"))
    page = aisha.get("/events/bash/setup").get_data(as_text=True)
    assert "mailto:?subject=Winter%20%26%20Bash%2C%20" in page
    assert "/events/bash/calendar.ics" in page
    mara.post("/events/bash/players", data={"hours": "6"})
    assert "/events/bash/calendar.ics" in mara.get("/events/bash/players").get_data(as_text=True)
    file = mara.get("/events/bash/calendar.ics")
    assert file.mimetype == "text/calendar"
    assert b"BEGIN:VEVENT" in file.data
    assert app.test_client().get("/events/bash/calendar.ics").status_code in {302, 303, 401}

"""Calendars of moves and tours: strict RFC 5545, secret and revocable links, cancelled ones said to be cancelled."""

from datetime import date, timedelta

import icalendar
import pytest
import sqlalchemy as sa

from gamebash.core.audit import AuditEntry
from gamebash.core.db import db
from gamebash.core.errors import NotFoundError
from gamebash.rotation.approvals import approve_move
from gamebash.rotation.calendars import TooManyFeedsError, get_feed, make_feed, revoke_feed
from gamebash.rotation.consents import agree_to_move, decline_move
from gamebash.rotation.models import CalendarFeed, Move
from gamebash.rotation.moves import cancel_move, correct_move
from gamebash.rotation.queries.calendars import feed_file
from tests.rotation.making import Log, a_manager, a_person, sign_in, some_teams
from tests.support.rfc5545 import events_of

TODAY = date(2026, 11, 19)
NASTY = "Straße; „Łódź“, C:\\temp\nnext line " + "ü" * 90 + " 🎾" * 20


@pytest.fixture
def log(context, now):
    """Lena came to WHS in January, goes to OPS on 7 December and back on 1 March."""
    log = Log(a_person("Lena Vogt", now), some_teams(now), a_manager(now), now)
    log.move(None, "WHS", "2026-01-05", reason=NASTY)
    log.move("WHS", "OPS", "2026-12-07")
    log.move("OPS", "WHS", "2027-03-01")
    return log


def read(log, team=None):
    token = make_feed(log.person, log.teams[team], now=log.now)
    file = feed_file(get_feed(token), today=TODAY, base="https://bash.example.org/")
    events = events_of(file)
    parsed = icalendar.Calendar.from_ical(file)
    assert len(parsed.walk("VEVENT")) == len(events)
    assert [str(one["SUMMARY"]) for one in parsed.walk("VEVENT")] == [one["SUMMARY"] for one in events]
    return {event["UID"]: event for event in events}


def shown(events):
    return sorted((event["DTSTART"], event["DTEND"], event["SUMMARY"], event["STATUS"]) for event in events.values())


def test_a_person_reads_their_moves_and_tours(log):
    assert shown(read(log)) == [
        ("20260105", "20260106", "outside to WHS", "CONFIRMED"),
        ("20260105", "20261207", "In WHS", "CONFIRMED"),
        ("20261207", "20261208", "WHS to OPS", "TENTATIVE"),
        ("20261207", "20270301", "In OPS", "CONFIRMED"),
        ("20270301", "20270302", "OPS to WHS", "TENTATIVE"),
        ("20270301", "20270701", "In WHS", "CONFIRMED"),
    ]


def test_any_text_is_folded_and_escaped(log):
    texts = [event["DESCRIPTION"] for event in read(log).values() if "DESCRIPTION" in event]
    assert texts == [NASTY.strip()]


def test_the_same_log_is_the_same_file(log):
    token = make_feed(log.person, None, now=log.now)
    files = {feed_file(get_feed(token), today=TODAY, base="https://a/") for _ in range(3)}
    assert len(files) == 1


def changed(before, after):
    """Return what is shown of the entries whose sequence rose; none may have gone or lost its UID."""
    assert set(before) <= set(after)
    rose = {uid: event for uid, event in after.items() if uid in before and before[uid] != event}
    for uid, event in rose.items():
        assert int(event["SEQUENCE"]) > int(before[uid]["SEQUENCE"])
        assert event["DTSTAMP"] >= before[uid]["DTSTAMP"]
    return shown({uid: event for uid, event in after.items() if uid not in before}), shown(rose)


def planned(log, number):
    return db.session.scalars(sa.select(Move).where(Move.number == number)).one()


def test_a_move_that_is_moved_keeps_its_uid_and_raises_its_sequence(log):
    before = read(log)
    correct_move(planned(log, 2), log.draft("WHS", "OPS", "2026-12-14"), reason="A week later", by=log.by, now=log.now)
    new, rose = changed(before, read(log))
    assert new == []
    assert ("20261214", "20261215", "WHS to OPS", "TENTATIVE") in rose
    assert ("20261214", "20270301", "In OPS", "CONFIRMED") in rose


def test_a_cancelled_move_stays_and_says_so(log):
    before = read(log)
    cancel_move(planned(log, 2), reason="Off", by=log.by, now=log.now)
    new, rose = changed(before, read(log))
    assert new == []
    assert [event for event in rose if event[3] == "CANCELLED"] == [
        ("20261207", "20261208", "In OPS", "CANCELLED"),
        ("20261207", "20261208", "WHS to OPS", "CANCELLED"),
        ("20270301", "20270302", "In WHS", "CANCELLED"),
        ("20270301", "20270302", "OPS to WHS", "CANCELLED"),
    ]


def test_a_move_agreed_to_is_confirmed(log):
    before = read(log)
    agree_to_move(planned(log, 2), by=log.person, now=log.now)
    approve_move(planned(log, 2), by=log.by, now=log.now)
    _, rose = changed(before, read(log))
    assert ("20261207", "20261208", "WHS to OPS", "CONFIRMED") in rose


def test_a_declined_move_is_cancelled_in_the_calendar(log):
    decline_move(planned(log, 3), reason="No", by=log.person, now=log.now)
    assert ("20270301", "20270302", "OPS to WHS", "CANCELLED") in shown(read(log))


def test_a_team_reads_who_comes_and_goes_and_nothing_of_other_teams(log):
    other = Log(a_person("Noor Haddad", log.now), log.teams, log.by, log.now)
    other.move(None, "CHK", "2026-02-02")
    other.move("CHK", "OPS", "2026-06-01")
    assert shown(read(log, "OPS")) == [
        ("20260601", "20260602", "Noor Haddad: CHK to OPS", "CONFIRMED"),
        ("20260601", "20270401", "Noor Haddad in OPS", "CONFIRMED"),
        ("20261207", "20261208", "Lena Vogt: WHS to OPS", "TENTATIVE"),
        ("20261207", "20270301", "Lena Vogt in OPS", "CONFIRMED"),
        ("20270301", "20270302", "Lena Vogt: OPS to WHS", "TENTATIVE"),
    ]


def test_a_move_corrected_to_another_team_is_cancelled_for_the_first(log):
    before = read(log, "OPS")
    cancel_move(planned(log, 3), reason="Off", by=log.by, now=log.now)
    correct_move(planned(log, 2), log.draft("WHS", "CHK", "2026-12-07"), reason="CHK", by=log.by, now=log.now)
    new, rose = changed(before, read(log, "OPS"))
    assert new == []
    assert {event[3] for event in rose} == {"CANCELLED"}
    assert len(rose) == 3


def test_a_link_is_secret_and_revocable(log, now):
    token = make_feed(log.person, None, now=now)
    stored = db.session.scalars(sa.select(CalendarFeed.token_hash)).one()
    assert token not in stored
    feed = get_feed(token)
    with pytest.raises(NotFoundError):
        revoke_feed(log.by, feed.id, now=now)
    revoke_feed(log.person, feed.id, now=now)
    with pytest.raises(NotFoundError):
        get_feed(token)
    with pytest.raises(NotFoundError):
        get_feed("x")
    tags = db.session.scalars(sa.select(AuditEntry.tag).where(AuditEntry.subject_kind == "calendar")).all()
    assert tags == ["calendar:given_out", "calendar:revoked"]


def test_links_of_people_who_left_stop_working_and_nobody_has_very_many(log, now):
    token = make_feed(log.person, None, now=now)
    for _ in range(19):
        make_feed(log.person, None, now=now)
    with pytest.raises(TooManyFeedsError):
        make_feed(log.person, None, now=now)
    log.person.is_active = False
    db.session.flush()
    with pytest.raises(NotFoundError):
        get_feed(token)


def test_a_calendar_is_made_read_without_signing_in_and_revoked(client, work, now):
    with work():
        log = Log(a_person("Lena Vogt", now), some_teams(now), a_manager(now), now)
        log.move(None, "WHS", "2026-01-05")
        sign_in(client, log.person)
    body = client.post("/rotation/calendars", data={"team": ""}).get_data(as_text=True)
    path = body[body.index("/calendar/") : body.index(".ics")] + ".ics"
    assert "/calendar/" not in client.get("/rotation/calendars").get_data(as_text=True)
    stranger = client.application.test_client()
    answer = stranger.get(path)
    assert answer.mimetype == "text/calendar"
    assert events_of(answer.get_data())
    assert stranger.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    with work():
        log.move("WHS", "OPS", (now.date() + timedelta(days=30)).isoformat())
    assert stranger.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200
    assert stranger.get("/calendar/nonsense.ics").status_code == 404
    client.post("/rotation/calendars/1/revoke")
    assert stranger.get(path).status_code == 404

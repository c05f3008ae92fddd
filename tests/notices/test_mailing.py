"""Wishes, quiet hours, and mail that leaves once, against a real SMTP server."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
import sqlalchemy as sa

from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import InvalidError
from gamebash.notices.kinds import NoticeKind, Way
from gamebash.notices.mailing import MOST_TRIES, plan_mails, work_off_mails
from gamebash.notices.models import NoticeMail
from gamebash.notices.notices import see_all_notices, tell
from gamebash.notices.queries import notices_page
from gamebash.notices.quiet import Quiet
from gamebash.notices.wishes import quiet_of, ways_of, wish_notices
from gamebash.people.models import Person
from tests.factories import NOW, make_person
from tests.support.signing_in import sign_in
from tests.support.smtp import smtp_server

MAIL = {NoticeKind.EVENT: Way.MAIL}


@pytest.fixture
def smtp(app):
    with smtp_server() as server:
        app.config.update(GAMEBASH_MAIL=server.address, GAMEBASH_MAIL_FROM="games@example.org")
        app.config["GAMEBASH_URL"] = "https://games.example.org"
        yield server


@pytest.fixture
def mara(app, smtp):
    with app.app_context(), unit_of_work():
        person = make_person("Mara Lindqvist")
        wish_notices(person, MAIL, None, now=NOW)
        return person.id


def told(person_id, text="The board is open.", *, key="a", kind=NoticeKind.EVENT, now=NOW):
    with unit_of_work():
        tell(person_id, kind, text, key=key, now=now, url="/events/bash")


def mail_all(now=NOW):
    with unit_of_work():
        plan_mails(now=now)
    while work_off_mails(now=now):
        pass


@pytest.mark.parametrize(
    ("quiet", "now", "free"),
    [
        (Quiet(22 * 60, 7 * 60, "UTC"), datetime(2026, 11, 19, 23, 30, tzinfo=UTC), datetime(2026, 11, 20, 7, tzinfo=UTC)),
        (Quiet(22 * 60, 7 * 60, "UTC"), datetime(2026, 11, 19, 3, 0, tzinfo=UTC), datetime(2026, 11, 19, 7, tzinfo=UTC)),
        (Quiet(22 * 60, 7 * 60, "UTC"), datetime(2026, 11, 19, 7, 0, tzinfo=UTC), datetime(2026, 11, 19, 7, tzinfo=UTC)),
        (Quiet(12 * 60, 13 * 60, "UTC"), datetime(2026, 11, 19, 12, 1, tzinfo=UTC), datetime(2026, 11, 19, 13, tzinfo=UTC)),
        (Quiet(60, 60, "UTC"), datetime(2026, 11, 19, 1, 0, tzinfo=UTC), datetime(2026, 11, 19, 1, tzinfo=UTC)),
        (
            Quiet(22 * 60, 7 * 60, "Europe/Berlin"), datetime(2026, 11, 19, 21, 30, tzinfo=UTC),
            datetime(2026, 11, 20, 6, tzinfo=UTC),
        ),
        (
            Quiet(22 * 60, 7 * 60, "Europe/Berlin"), datetime(2027, 3, 27, 23, 0, tzinfo=UTC),
            datetime(2027, 3, 28, 5, tzinfo=UTC),
        ),
    ],
)  # fmt: skip
def test_mail_waits_for_the_end_of_the_quiet_hours(quiet, now, free):
    assert quiet.free_at(now) == free


def test_what_was_told_before_the_wish_and_other_kinds_are_not_mailed(app, smtp):
    with app.app_context():
        with unit_of_work():
            person_id = make_person("Mara Lindqvist").id
        told(person_id, "Long ago.", key="old")
        with unit_of_work():
            wish_notices(db.session.get_one(Person, person_id), MAIL, None, now=NOW)
        told(person_id, "A badge.", key="badge", kind=NoticeKind.BADGE)
        told(person_id, "The board is open.", key="new")
        mail_all()
    (letter,) = smtp.letters
    assert "The board is open." in letter
    assert "https://games.example.org/events/bash" in letter
    assert "Subject: gamebash: An event begins, ends or needs you" in letter


def test_a_mail_leaves_once_however_many_workers_there_are(app, mara, smtp):
    with app.app_context():
        for number in range(5):
            told(mara, f"Notice {number}.", key=str(number))

    def work():
        with app.app_context():
            mail_all()
            db.session.remove()

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with app.app_context():
        mail_all()
    assert sorted(letter.split("Notice ")[1][0] for letter in smtp.letters) == ["0", "1", "2", "3", "4"]


def test_a_server_that_refuses_is_tried_again_later_and_not_for_ever(app, mara, smtp):
    with app.app_context():
        told(mara)
        smtp.refuses = True
        mail_all()
        assert smtp.letters == []
        mail_all(NOW + timedelta(seconds=30))
        row = db.session.scalars(sa.select(NoticeMail)).one()
        assert (row.tries, row.begun_at) == (1, None)
        smtp.refuses = False
        mail_all(NOW + timedelta(minutes=2))
        assert len(smtp.letters) == 1
        told(mara, key="b")
        smtp.refuses = True
        for minutes in range(3, 300, 5):
            mail_all(NOW + timedelta(minutes=minutes))
        row = db.session.scalars(sa.select(NoticeMail).order_by(NoticeMail.id.desc())).first()
        db.session.refresh(row)
        assert (row.tries, row.next_at, row.message) == (MOST_TRIES, None, f"Given up after {MOST_TRIES} tries.")


def test_a_mail_that_was_leaving_when_the_worker_died_is_not_sent_again(app, mara, smtp):
    with app.app_context():
        told(mara)
        with unit_of_work():
            plan_mails(now=NOW)
            db.session.scalars(sa.select(NoticeMail)).one().begun_at = NOW
        assert work_off_mails(now=NOW + timedelta(minutes=5))
        assert smtp.letters == []
        assert "may have arrived" in db.session.scalar(sa.select(NoticeMail.message))


def test_what_was_seen_or_is_stale_before_it_left_is_not_sent(app, mara, smtp):
    with app.app_context():
        told(mara)
        with unit_of_work():
            plan_mails(now=NOW)
            see_all_notices(db.session.get_one(Person, mara), now=NOW)
        told(mara, key="b")
        with unit_of_work():
            plan_mails(now=NOW)
        while work_off_mails(now=NOW + timedelta(days=2)):
            pass
        assert smtp.letters == []
        assert set(db.session.scalars(sa.select(NoticeMail.message))) == {
            "Seen in the app before it left.", "A day old, so no news.",
        }  # fmt: skip


def test_quiet_hours_hold_mail_back(app, mara, smtp):
    with app.app_context():
        with unit_of_work():
            wish_notices(db.session.get_one(Person, mara), MAIL, Quiet(9 * 60, 12 * 60, "UTC"), now=NOW)
        told(mara)
        mail_all()
        assert smtp.letters == []
        mail_all(NOW.replace(hour=12))
        assert len(smtp.letters) == 1


def test_a_kind_that_is_not_wished_is_neither_listed_nor_counted(context):
    person = make_person("Mara Lindqvist")
    wish_notices(person, {NoticeKind.BADGE: Way.NONE}, None, now=NOW)
    tell(person.id, NoticeKind.BADGE, "A badge.", key="a", now=NOW)
    tell(person.id, NoticeKind.EVENT, "The board is open.", key="b", now=NOW)
    page = notices_page(person, only_unseen=False, number=1, now=NOW)
    assert ([line.text for line in page.lines.items], page.unseen) == (["The board is open."], 1)


def test_a_zone_that_does_not_exist_is_refused(context):
    with pytest.raises(InvalidError, match="no time zone called Mars"):
        wish_notices(make_person("Mara"), {}, Quiet(0, 60, "Mars"), now=NOW)


def test_wishes_are_kept_through_the_page(app, client):
    with app.app_context(), unit_of_work():
        person = make_person("Mara Lindqvist", handle="mara")
        person_id = person.id
    mara = sign_in(client, "mara")
    assert "This installation sends no mail" in mara.get("/notices/settings").get_data(as_text=True)
    ways = {kind.value: "mail" if kind is NoticeKind.LEASE_ENDING else "app" for kind in NoticeKind}
    data = {**ways, "quiet_from": "22:00", "quiet_to": "07:00", "zone": ""}
    assert mara.post("/notices/settings", data=data).status_code == 303
    with app.app_context():
        person = db.session.get_one(Person, person_id)
        assert ways_of(person)[NoticeKind.LEASE_ENDING] is Way.MAIL
        assert quiet_of(person_id) == Quiet(22 * 60, 7 * 60, "UTC")
    assert 'value="22:00"' in mara.get("/notices/settings").get_data(as_text=True)
    assert mara.post("/notices/settings", data={**data, "event": "pigeon"}).status_code == 422

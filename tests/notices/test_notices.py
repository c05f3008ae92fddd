"""What somebody is told, they are told once, and only they see it."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import sqlalchemy as sa

from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.notices.kinds import NoticeKind, Way
from gamebash.notices.models import Notice, NoticeWish
from gamebash.notices.notices import tell
from gamebash.notices.queries import notices_page
from tests.factories import NOW, make_person
from tests.support.signing_in import sign_in


def told(person, key="one", text="GB-412 held.", url="/stories/GB-412"):
    return tell(person.id, NoticeKind.WATCH, text, key=key, now=NOW, url=url)


def test_the_same_cause_is_told_once_to_each_person(context):
    mara, sam = make_person("Mara"), make_person("Sam")
    assert [told(mara), told(mara), told(sam), told(mara, "two")] == [True, False, True, True]
    page = notices_page(mara, only_unseen=True, number=1, now=NOW)
    assert (page.unseen, [line.text for line in page.lines.items]) == (2, ["GB-412 held."] * 2)


def test_two_who_tell_at_once_tell_once(app):
    with app.app_context(), unit_of_work():
        person_id = make_person("Mara").id

    def work(_):
        with app.app_context(), unit_of_work():
            return tell(person_id, NoticeKind.WATCH, "It held.", key="held", now=NOW)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(16))) == 1
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 1


def test_opening_a_notice_leads_where_it_points_and_the_bar_counts_down(app, client):
    with app.app_context(), unit_of_work():
        mara, sam = make_person("Mara Lindqvist", "developer"), make_person("Sam Okafor", "developer")
        told(mara)
        told(mara, "two", "No place to go.", "")
        told(sam, "three", "For Sam alone.")
        numbers = list(db.session.scalars(sa.select(Notice.id).order_by(Notice.id)))
        handle = mara.handle
    sign_in(client, handle)
    page = client.get("/notices").get_data(as_text=True)
    assert "2 new notices" in page
    assert "For Sam alone." not in page
    assert client.post(f"/notices/{numbers[0]}/open").headers["Location"] == "/stories/GB-412"
    assert "1 new notice" in client.get("/notices").get_data(as_text=True)
    assert client.post(f"/notices/{numbers[2]}/open").status_code == 404
    assert client.post("/notices/seen").status_code == 303
    empty = client.get("/notices?show=new").get_data(as_text=True)
    assert "Nothing new for you" in empty
    assert "Nothing to tell you" in empty


def test_the_bell_says_how_many_are_new_and_what_was_told_a_moment_ago(app, client, monkeypatch):
    with app.app_context(), unit_of_work():
        mara, sam = make_person("Mara Lindqvist", "developer"), make_person("Sam Okafor", "developer")
        db.session.add(NoticeWish(person_id=mara.id, kind=NoticeKind.BADGE, way=Way.NONE))
        tell(mara.id, NoticeKind.WATCH, "Of this morning.", key="old", now=NOW - timedelta(minutes=11))
        tell(mara.id, NoticeKind.REVIEW_DRAWN, "Look at <GB-412>.", key="new", now=NOW, url="/stories/GB-412#review")
        tell(mara.id, NoticeKind.BADGE, "Not wanted.", key="badge", now=NOW)
        told(sam, "three", "For Sam alone.")
        handle, other = mara.handle, sam.handle
    sign_in(client, handle)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    bell = client.get("/notices/bell", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "Notices, 2 new" in bell
    assert re.findall(r"data-kind=\"(\w+)\"", bell) == ["review_drawn"]
    assert "Look at &lt;GB-412&gt;." in bell
    assert 'data-opens-at="/stories/GB-412#review"' in bell
    assert client.get("/notices/bell").status_code == 303
    client.post("/notices/seen")
    assert 'aria-label="Notices"' in client.get("/notices/bell", headers={"HX-Request": "true"}).get_data(as_text=True)
    sign_in(client, other)
    assert "Look at" not in client.get("/notices/bell", headers={"HX-Request": "true"}).get_data(as_text=True)

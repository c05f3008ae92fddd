"""Announcements that cannot be missed, and questions that are answered once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import DomainError, InvalidError
from gamebash.events.announcements import announce, dismiss_announcement, withdraw_announcement
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Question
from gamebash.events.players import join_event
from gamebash.events.queries.talk import Asked, Banners, banners_in, banners_of, new_banners, questions_page
from gamebash.events.questions import answer_question, ask_question
from gamebash.events.spectators import follow_event
from gamebash.notices.models import Notice
from gamebash.people.models import Person
from tests.events.making import a_person, a_scheduled_event, a_service, a_story, an_organiser
from tests.factories import make_event, make_person, make_player
from tests.invariants.test_races import press


@pytest.fixture
def olga(context, now):
    return an_organiser(now)


@pytest.fixture
def event(olga, now):
    return a_scheduled_event(now, olga, [a_story(a_service("api"), now)])


@pytest.fixture
def mara(event, now):
    mara = a_person("mara-lind", now)
    join_event(event, mara, now=now)
    return mara


@pytest.fixture
def tom(event, now):
    tom = a_person("tom-ay", now)
    follow_event(event, tom, now=now)
    return tom


def told(person):
    return db.session.scalars(sa.select(Notice.text).where(Notice.person_id == person.id).order_by(Notice.id)).all()


def shown_to(person, slug=""):
    """What the frame of a page shows somebody, of an event or of all of theirs."""
    return banners_in(db.session.execute(sa.select(new_banners(person.id, slug))))


def test_an_announcement_reaches_players_and_spectators_and_stays_until_put_away(event, olga, mara, tom, now):
    said = announce(event, "  Lunch is   in the canteen. ", by=olga, now=now)
    assert [told(one) for one in (mara, tom)] == [["Winter Bash: Lunch is in the canteen."]] * 2
    assert [one.text for one in banners_of(event.slug, mara.id)] == ["Lunch is in the canteen."]
    dismiss_announcement(said, mara, now=now)
    dismiss_announcement(said, mara, now=now)
    assert shown_to(mara) == (Banners(event.slug, ()),)
    stranger = a_person("stranger", now)
    for shown in (shown_to(tom), shown_to(stranger, event.slug)):
        assert [one.text for group in shown for one in group.shown] == ["Lunch is in the canteen."]
    assert shown_to(stranger) == ()


def test_an_announcement_is_taken_back_within_ten_minutes_only(event, olga, mara, now):
    first, second = (announce(event, text, by=olga, now=now) for text in ("Wrong.", "Right."))
    withdraw_announcement(first, by=olga, now=now + timedelta(minutes=9))
    assert [one.text for one in banners_of(event.slug, mara.id)] == ["Right."]
    with pytest.raises(DomainError, match="taken back at"):
        withdraw_announcement(first, by=olga, now=now)
    with pytest.raises(DomainError, match="read for ten minutes"):
        withdraw_announcement(second, by=olga, now=now + timedelta(minutes=11))


def test_nothing_is_announced_in_a_draft_nor_without_words(event, olga, now):
    with pytest.raises(InvalidError, match="1 to 500"):
        announce(event, " ", by=olga, now=now)
    event.state = EventState.CLOSED
    with pytest.raises(DomainError, match="nobody listens"):
        announce(event, "Hello.", by=olga, now=now)


def test_an_answer_goes_to_whoever_asked_or_to_all(event, olga, mara, tom, now):
    private, public = (ask_question(event, text, person=mara, now=now) for text in ("May I pair?", "Where is lunch?"))
    answer_question(private, "Yes.", is_to_all=False, by=olga, now=now)
    answer_question(public, "In the canteen.", is_to_all=True, by=olga, now=now)
    assert told(mara) == ["You asked: May I pair? Yes.", "You asked: Where is lunch? In the canteen."]
    assert told(tom) == ["Winter Bash, asked: Where is lunch? In the canteen."]
    page = questions_page(event, tom, is_organiser=False, asked=Asked(), now=now)
    assert [line.text for line in page.answered.items] == ["Where is lunch?"]
    page = questions_page(event, olga, is_organiser=True, asked=Asked("pair"), now=now)
    assert [line.text for line in page.answered.items] == ["May I pair?"]


def test_who_has_no_part_cannot_ask_and_nobody_floods_the_queue(event, mara, now):
    with pytest.raises(DomainError, match="You have no part in Winter Bash"):
        ask_question(event, "Hello?", person=a_person("stranger", now), now=now)
    for number in range(3):
        ask_question(event, f"Question {number}?", person=mara, now=now)
    with pytest.raises(DomainError, match="3 questions of yours wait"):
        ask_question(event, "One more?", person=mara, now=now)


def test_too_many_questions_within_ten_minutes_are_refused_though_answered(event, olga, mara, now):
    for number in range(5):
        answer_question(
            ask_question(event, f"Question {number}?", person=mara, now=now), "Yes.", is_to_all=False, by=olga, now=now
        )
    with pytest.raises(DomainError, match="5 questions within ten minutes"):
        ask_question(event, "One more?", person=mara, now=now)
    ask_question(event, "Later?", person=mara, now=now + timedelta(minutes=11))


def test_of_ten_organisers_who_answer_at_once_one_does(app):
    now = clock.now()
    with app.app_context(), unit_of_work():
        event = make_event(ends_at=now + timedelta(hours=5), reviews_end_at=now + timedelta(hours=6))
        person = make_player(event).person
        number = ask_question(event, "Where is lunch?", person=person, now=now).id
        organisers = [make_person(f"Organiser {one}", "organiser").id for one in range(10)]

    def answer(person_id):
        by = db.session.get_one(Person, person_id)
        answer_question(db.session.get_one(Question, number), by.name, is_to_all=True, by=by, now=clock.now())

    counts, heard = press(app, answer, organisers)
    assert counts == {"yes": 1, "no": 9}, heard
    assert all("answered it at" in word for word in heard if word != "yes")


def text_of(response, status=200):
    assert response.status_code == status, response.get_data(as_text=True)[:2000]
    return response.get_data(as_text=True)


def test_banner_question_and_answer_through_the_pages(browse, event, olga, mara, tom):
    with unit_of_work():
        event.starts_at = clock.now() + timedelta(days=1)
        event.ends_at, event.reviews_end_at = event.starts_at + timedelta(hours=6), event.starts_at + timedelta(hours=7)
    boss, player = browse(olga), browse(mara)
    address = "/events/winter-bash"
    text_of(player.post(f"{address}/announcements", data={"text": "Mine"}), 403)
    text_of(boss.post(f"{address}/announcements", data={"text": ""}), 422)
    text_of(boss.post(f"{address}/announcements", data={"text": "Bring <b>cake</b>."}, follow_redirects=True))
    for page in ("", "/players", "/rules", "/questions", "/leaderboard"):
        assert "Bring &lt;b&gt;cake&lt;/b&gt;." in text_of(player.get(address + page)), page
    assert "cake" in text_of(player.get("/"))
    fragment = player.get(f"{address}/announcements", headers={"HX-Request": "true"})
    number = text_of(fragment).split("/announcements/")[1].split("/")[0]
    text_of(player.post(f"{address}/announcements/{number}/dismiss", data={"next": "/"}, follow_redirects=True))
    assert "Got it" not in text_of(player.get(address))
    assert "Got it" in text_of(boss.get(address))
    text_of(player.post(f"{address}/questions", data={"text": ""}), 422)
    text_of(player.post(f"{address}/questions", data={"text": "Where is lunch?"}, follow_redirects=True))
    page = text_of(boss.get(f"{address}/questions"))
    assert "1 question waits" in page
    number = page.split("/questions/")[1].split("/")[0]
    text_of(player.post(f"{address}/questions/{number}/answer", data={"answer": "x"}), 403)
    data = {"answer": "", "usual": "Yes.", "to_all": "1"}
    text_of(boss.post(f"{address}/questions/{number}/answer", data=data, follow_redirects=True))
    assert "Where is lunch?" in text_of(browse(tom).get(f"{address}/questions?q=lunch"))
    text_of(boss.post(f"{address}/questions/{number}/answer", data=data), 409)

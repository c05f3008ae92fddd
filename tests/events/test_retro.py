"""The retro: an anonymous survey, hidden below five, and lessons that the next draft of the series shows."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.core import clock
from gamebash.core.audit import AuditEntry
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import InvalidError, NotFoundError
from gamebash.events.lessons import LessonRefusedError, choose_lesson, open_lessons, tick_off_lesson
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, Series, SurveyAnswer, SurveyTurn
from gamebash.events.queries.retro import hints_of, history_of
from gamebash.events.survey import SurveyDraft, SurveyRefusedError, answer_survey, survey_results
from tests.factories import NOW, add, make_event, make_person, make_player
from tests.support.signing_in import sign_in

OPEN = NOW + timedelta(days=1)
OVER = NOW + timedelta(days=8)


def make_series():
    return add(
        Series(slug="quarterly", name="Quarterly", rrule="FREQ=MONTHLY;INTERVAL=3", starts_at=NOW, created_at=NOW)
    )


def make_closed(players=6, series=None, **values):
    event = make_event(
        EventState.CLOSED, closed_at=NOW, reveals_at=NOW, series_id=series.id if series else None, **values
    )
    return event, [make_player(event).person for _ in range(players)]


def answer_all(event, people, worth=4, **values):
    for person in people:
        answer_survey(event, SurveyDraft(worth, **values), by=person, now=OPEN)


def test_results_show_when_it_is_over_and_five_answered(context):
    event, people = make_closed()
    answer_all(event, people[:5], change="Start reviews before lunch.")
    assert not survey_results(event, now=OPEN).is_shown
    results = survey_results(event, now=OVER)
    assert (results.answers, results.asked, results.mean, results.worth) == (5, 6, 4.0, (0, 0, 0, 5, 0))
    assert results.change == ("Start reviews before lunch.",) * 5


def test_four_answers_are_hidden_for_ever(context):
    event, people = make_closed()
    answer_all(event, people[:4], automatic="My secret.")
    results = survey_results(event, now=OVER + timedelta(days=400))
    assert (results.is_shown, results.answers, results.automatic) == (False, 0, ())


def test_nobody_can_tell_whose_an_answer_is_not_even_from_the_rows(context):
    event, people = make_closed()
    answer_all(event, people)
    assert {column.name for column in SurveyAnswer.__table__.columns} == {
        "id",
        "event_id",
        "worth",
        "automatic",
        "change",
    }
    assert {column.name for column in SurveyTurn.__table__.columns} == {"event_id", "person_id"}
    ids = db.session.scalars(sa.select(SurveyAnswer.id)).all()
    assert len(set(ids)) == 6
    assert db.session.scalar(sa.select(sa.func.count()).where(AuditEntry.tag.startswith("survey"))) == 0


def test_one_answers_once_in_the_week_and_only_who_played(context):
    event, (mara, *_) = make_closed()
    with pytest.raises(SurveyRefusedError, match="opens when its results are out"):
        answer_survey(event, SurveyDraft(5), by=mara, now=NOW - timedelta(minutes=1))
    answer_survey(event, SurveyDraft(5), by=mara, now=OPEN)
    with pytest.raises(SurveyRefusedError, match="You answered already"):
        answer_survey(event, SurveyDraft(1), by=mara, now=OPEN)
    with pytest.raises(SurveyRefusedError, match="for those who played"):
        answer_survey(event, SurveyDraft(5), by=make_person("Guest"), now=OPEN)
    with pytest.raises(SurveyRefusedError, match="ended"):
        answer_survey(event, SurveyDraft(5), by=mara, now=OVER)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SurveyAnswer)) == 1


@pytest.mark.parametrize("draft", [SurveyDraft(0), SurveyDraft(6), SurveyDraft(3, change="x" * 501)])
def test_the_scale_and_the_length_have_ends(context, draft):
    event, (mara, *_) = make_closed()
    with pytest.raises(InvalidError, match="1 to 5"):
        answer_survey(event, draft, by=mara, now=OPEN)


def test_a_lesson_is_carried_until_it_is_ticked_off(context):
    series, aisha = make_series(), make_person("Aisha Bello", "organiser")
    event, _ = make_closed(series=series)
    choose_lesson(event, " Start reviews  before lunch. ", by=aisha, now=OPEN)
    draft = make_event(EventState.DRAFT, series_id=series.id)
    assert [(one.number, one.text) for one in hints_of(series.id, now=OPEN).lessons] == [
        (1, "Start reviews before lunch.")
    ]
    for _ in range(2):
        tick_off_lesson(draft, 1, by=aisha, now=OVER)
    assert open_lessons(series.id) == ()
    with pytest.raises(NotFoundError, match="no lesson 9"):
        tick_off_lesson(draft, 9, by=aisha, now=OVER)
    choose_lesson(event, "More reviewers.", by=aisha, now=OVER)
    assert [one.number for one in open_lessons(series.id)] == [2]


def test_a_lesson_needs_words_an_end_and_a_next_time(context):
    aisha = make_person("Aisha Bello", "organiser")
    alone, _ = make_closed()
    with pytest.raises(InvalidError, match="one sentence"):
        choose_lesson(alone, " ", by=aisha, now=OPEN)
    with pytest.raises(LessonRefusedError, match="of no series"):
        choose_lesson(alone, "More reviewers.", by=aisha, now=OPEN)
    with pytest.raises(LessonRefusedError, match="Lessons are drawn when it is closed"):
        choose_lesson(make_event(), "More reviewers.", by=aisha, now=OPEN)


def test_the_history_of_a_series_knows_who_came_back(context):
    series = make_series()
    first, people = make_closed(4, series, starts_at=NOW - timedelta(days=90))
    second, others = make_closed(2, series, starts_at=NOW - timedelta(days=2), ends_at=NOW - timedelta(days=1))
    for person in people[:3]:
        make_player(second, person)
    answer_all(first, people, worth=1)
    answer_all(second, [*people[:3], *others], worth=2)
    make_event(EventState.CANCELLED, series_id=series.id)
    history = history_of(series.id, now=OVER)
    # Four answers to the first are hidden here too.
    assert [(one.players, one.returning, one.survey) for one in history] == [(4, None, None), (5, 0.75, 2.0)]


@pytest.fixture
def site(app, client):
    with app.app_context(), unit_of_work():
        series, now = make_series(), clock.now()
        event, people = make_closed(series=series)
        db.session.execute(sa.update(Event).where(Event.id == event.id).values(reveals_at=now - timedelta(days=1)))
        draft = make_event(EventState.DRAFT, series_id=series.id, starts_at=now, ends_at=now + timedelta(hours=7))
        aisha = make_person("Aisha Bello", "organiser")
        return event.slug, draft.slug, people[0].handle, aisha.handle


def test_the_survey_is_a_form_and_the_lesson_shows_on_the_draft(client, site):
    slug, draft, mara, aisha = site
    sign_in(client, mara)
    assert "Two minutes about" in client.get(f"/events/{slug}/retro").text
    assert client.post(f"/events/{slug}/retro", data={"change": "x"}).status_code == 422
    assert client.post(f"/events/{slug}/retro", data={"worth": "5"}).status_code == 303
    assert "You answered" in client.get(f"/events/{slug}/retro").text
    assert client.post(f"/events/{slug}/lessons", data={"text": "x"}).status_code == 403
    sign_in(client, aisha)
    assert client.post(f"/events/{slug}/lessons", data={"text": "Start reviews before lunch."}).status_code == 303
    assert "Start reviews before lunch." in client.get(f"/events/{draft}/setup").text
    assert client.post(f"/events/{draft}/lessons/1/tick-off").status_code == 303
    assert "Start reviews before lunch." not in client.get(f"/events/{draft}/setup").text

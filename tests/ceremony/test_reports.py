"""The report: published once, read by everybody, as of now beside as of then, final after the watch."""

import csv
import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.ceremony.ceremonies import reveal_result
from gamebash.ceremony.course import Moments, course_of
from gamebash.ceremony.queries.report import report_page
from gamebash.ceremony.queries.table import result_rows
from gamebash.ceremony.reports import ReportRefusedError, find_report, finish_reports, publish_report
from gamebash.ceremony.results import NoResultError
from gamebash.core.db import db, unit_of_work
from gamebash.events.models import Event, EventStory
from gamebash.notices.models import Notice
from gamebash.play.models import Fix
from gamebash.points.ledger import correct_entry
from gamebash.points.models import PointEntry
from gamebash.points.scoring import EntryKind
from gamebash.watch.lifecycle import WatchState
from gamebash.watch.models import Watch
from tests.ceremony.playing import CLOSED, FULL_TIME, make_game, played_and_closed
from tests.factories import NOW, make_person, make_problem
from tests.support.signing_in import sign_in

OUT = CLOSED + timedelta(hours=3)
LATER = NOW + timedelta(days=40)


def watch_all(event, state):
    """Put every fix of an event under watch, with one verdict for all."""
    for fix in db.session.scalars(sa.select(Fix).where(Fix.event_id == event.id)):
        decided_at = LATER if state in {WatchState.HELD, WatchState.RECURRED} else None
        db.session.add(
            Watch(
                fix_id=fix.id, event_id=event.id, problem_id=make_problem().id, starts_at=NOW, state=state,
                ends_at=NOW + timedelta(days=30), forecast=9.1, mean_weight=2.0, decided_at=decided_at,
            )
        )  # fmt: skip
    db.session.flush()


@pytest.fixture
def closed(context):
    event, mara, *_ = played_and_closed()
    return event, mara, make_person("Aisha Bello", "organiser")


def test_a_report_is_published_once_and_not_before_the_ceremony(closed):
    event, mara, aisha = closed
    with pytest.raises(ReportRefusedError, match=r"not out yet\. Hold the ceremony first"):
        publish_report(event, by=aisha, now=CLOSED)
    reveal_result(event, by=aisha, now=CLOSED)
    publish_report(event, by=aisha, now=OUT)
    with pytest.raises(ReportRefusedError, match="is published since"):
        publish_report(event, by=aisha, now=OUT)
    told = db.session.scalars(sa.select(Notice.text).where(Notice.person_id == mara.person_id)).all()
    assert f"The report of {event.name} is out." in told


def test_an_event_that_runs_has_no_report(context):
    event, *_ = make_game()
    with pytest.raises(NoResultError):
        publish_report(event, by=make_person("Aisha Bello"), now=OUT)


def test_figures_of_then_stand_beside_those_of_now_and_the_last_ones_are_told(closed):
    event, mara, aisha = closed
    watch_all(event, WatchState.WATCHING)
    publish_report(event, by=aisha, now=OUT)
    assert not finish_reports(now=LATER)
    for one in db.session.scalars(sa.select(Watch)):
        one.state, one.decided_at = WatchState.HELD, LATER
    db.session.flush()
    assert finish_reports(now=LATER)
    assert not finish_reports(now=LATER)
    page = report_page(event.slug, now=LATER)
    assert (page.then.watching, page.then.held, page.last.watching, page.last.held) == (3, 0, 0, 3)
    assert page.is_final
    assert find_report(event).finished_at == LATER
    told = db.session.scalars(sa.select(Notice.text).where(Notice.person_id == mara.person_id)).all()
    assert f"The watch of {event.name} is over: 3 held, 0 came back. Its report says so now." in told


def test_a_report_with_a_fix_that_is_not_watched_yet_is_not_final(closed):
    event, _, aisha = closed
    publish_report(event, by=aisha, now=OUT)
    assert not finish_reports(now=LATER)


def test_the_report_says_who_went_where_and_what_went_back(closed):
    event, _mara, aisha = closed
    page = report_page(event.slug, now=OUT)
    assert [one.who.name for one in page.podium][:2] == ["Mara Lindqvist", "Sam Okafor"]
    assert {one.team.code for one in page.teams} == {"CHK", "OPS"}
    assert (page.back_count, page.back_points, page.totals["squashed"]) == (1, 5, 3)
    assert "Most prevented" in {one.title for one in page.honours}
    entry = db.session.scalars(sa.select(PointEntry).where(PointEntry.kind == EntryKind.FIX)).first()
    correct_entry(entry, reason="Undone.", by=aisha, now=OUT)
    page = report_page(event.slug, now=OUT)
    assert [(one.points, one.reason) for one in page.corrections] == [(-entry.points, "Undone.")]
    assert page.podium[0].who.name == "Mara Lindqvist"


def test_who_proposed_a_story_that_was_squashed_raised_it(closed):
    event, *_ = closed
    grace = make_person("Grace Mwangi", alias="siren")
    first = db.session.scalars(sa.select(EventStory).where(EventStory.squashed_at.is_not(None))).first()
    first.story.created_by_id = grace.id
    db.session.flush()
    assert [(one.who, one.keys) for one in report_page(event.slug, now=OUT).raised] == [("siren", (first.story.key,))]


def test_the_table_of_results_waits_for_the_reveal(closed):
    event, *_ = closed
    with pytest.raises(NoResultError, match="not out yet"):
        result_rows(event, now=CLOSED)
    rows = result_rows(event, now=OUT)
    assert [(row[0], row[1]) for row in rows] == [(1, "Mara Lindqvist"), (2, "Sam Okafor"), (3, "Elif Demir")]


@pytest.mark.parametrize(
    ("squashed", "claimed", "expected", "best"),
    [
        ([], [], [], None),
        ([0.5], [0.1], [1], 0),
        ([0.5, 2.5, 2.9], [], [1, 0, 2], 2),
        # The first of equal hours; what came before the start counts in the first.
        ([-0.5, 1.5], [], [1, 1], 0),
        ([30], [], [0] * 24, None),
    ],
)
def test_the_course_of_the_day_by_the_hour(squashed, claimed, expected, best):
    at = lambda hours: NOW + timedelta(hours=hours)  # noqa: E731
    waits = [(at(0), at(0.5)), (at(0), at(0.6))]
    course = course_of(Moments([at(one) for one in squashed], [at(one) for one in claimed], []), starts_at=NOW)
    assert ([hour.squashed for hour in course.hours], course.best) == (expected, best)
    assert course_of(Moments([], [], waits), starts_at=NOW).waited_long == 1


@pytest.fixture
def site(app, client):
    with app.app_context(), unit_of_work():
        event, mara, *_ = played_and_closed()
        db.session.execute(sa.update(Event).values(reveals_at=FULL_TIME - timedelta(days=400)))
        return event.slug, mara.person.handle, make_person("Aisha Bello", "organiser").handle


def test_the_report_is_for_organisers_until_it_is_published(client, site):
    slug, mara, aisha = site
    sign_in(client, mara)
    assert "is not published yet. You are told when it is." in client.get(f"/events/{slug}/report").text
    sign_in(client, aisha)
    assert "Only organisers see this yet" in client.get(f"/events/{slug}/report").text
    assert client.post(f"/events/{slug}/report").status_code == 303
    sign_in(client, mara)
    page = client.get(f"/events/{slug}/report").text
    assert "Thanks to everyone who played" in page
    assert f'href="/players/{mara}"' in page
    assert "data-print" in page
    rows = list(csv.reader(io.StringIO(client.get(f"/events/{slug}/results.csv").text.lstrip("\ufeff"))))
    assert rows[0][:2] == ["place", "player"]
    assert rows[1][1] == "Mara Lindqvist"
    assert "Read the event report" in client.get(f"/events/{slug}/results").text

"""The ceremony: who sees how much of it when, and how its end lets the result out."""

import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.ceremony.ceremonies import CeremonyRefusedError, move_ceremony, reveal_result, step_of
from gamebash.ceremony.queries.show import ceremony_page
from gamebash.ceremony.results import NoResultError
from gamebash.core import clock
from gamebash.core.audit import AuditEntry
from gamebash.core.db import db, unit_of_work
from gamebash.events.models import Event
from tests.ceremony.playing import CLOSED, make_game, played_and_closed
from tests.factories import make_person
from tests.support.signing_in import sign_in

THEN = CLOSED + timedelta(minutes=10)


def watch(event, *, is_organiser=False, at=THEN, **values):
    return ceremony_page(event, is_organiser=is_organiser, now=at, **values)


def called(page):
    return [one.who.name for one in page.show.podium]


@pytest.fixture
def closed(context):
    event, *_ = played_and_closed()
    return event, make_person("Aisha Bello", "organiser")


def test_who_follows_gets_what_the_hall_has_seen_and_nothing_more(closed):
    event, aisha = closed
    assert (watch(event).at, called(watch(event)), watch(event).show.everyone) == (0, [], ())
    # Dark, full time, then the places: Elif reviewed twice and has two points, so there are three.
    last = watch(event, is_organiser=True).last
    seen = []
    for step in range(1, last):
        move_ceremony(event, step, by=aisha, now=THEN)
        page = watch(event)
        seen.append((len(called(page)), bool(page.show.honours), bool(page.show.everyone), bool(page.show.place)))
        assert not page.runs_here
    assert seen == sorted(seen)
    assert [one[0] for one in seen][:2] == [0, 1]
    assert seen[-1] == (len(called(watch(event, is_organiser=True))), True, True, False)


def test_the_organiser_has_the_whole_show_at_once(closed):
    event, _ = closed
    page = watch(event, is_organiser=True)
    assert page.is_leading
    assert called(page)[-1] == "Mara Lindqvist"
    assert page.show.podium[-1].why == "Prevents 20 a quarter"
    assert {"Mara Lindqvist", "Sam Okafor", "Elif Demir"} == set(page.show.everyone)


def test_a_late_comer_sees_the_step_of_the_hall_and_back_is_back_for_all(closed):
    event, aisha = closed
    move_ceremony(event, 3, by=aisha, now=THEN)
    assert watch(event).at == 3
    move_ceremony(event, 1, by=aisha, now=THEN)
    assert (watch(event).at, called(watch(event))) == (1, [])


def test_the_last_step_lets_the_result_out_and_everybody_has_their_own_keys(closed):
    event, aisha = closed
    last = watch(event, is_organiser=True).last
    move_ceremony(event, last, by=aisha, now=THEN)
    assert event.reveals_at == THEN
    page = watch(event)
    assert (page.runs_here, page.is_leading, page.at) == (True, False, last)
    assert watch(event, again=True).at == 0
    with pytest.raises(CeremonyRefusedError, match="is out since 16:40"):
        move_ceremony(event, 1, by=aisha, now=THEN)


def test_without_a_ceremony_the_result_is_out_after_two_hours_or_when_an_organiser_says_so(closed):
    event, aisha = closed
    assert not watch(event, at=CLOSED + timedelta(minutes=119)).runs_here
    assert watch(event, at=CLOSED + timedelta(minutes=120)).runs_here
    reveal_result(event, by=aisha, now=THEN)
    assert watch(event).runs_here
    with pytest.raises(CeremonyRefusedError, match="out since"):
        reveal_result(event, by=aisha, now=THEN)


def test_the_same_step_twice_is_one_step(closed):
    event, aisha = closed
    for _ in range(3):
        move_ceremony(event, 2, by=aisha, now=THEN)
    tags = list(db.session.scalars(sa.select(AuditEntry.tag).where(AuditEntry.subject_kind == "ceremony")))
    assert tags == ["ceremony:started", "ceremony:moved"]
    assert step_of(event) == 2


@pytest.mark.parametrize("step", [-1, 99])
def test_there_is_no_step_beyond_the_ends(closed, step):
    event, aisha = closed
    with pytest.raises(CeremonyRefusedError, match="there is no step"):
        move_ceremony(event, step, by=aisha, now=THEN)


def test_an_event_that_is_not_closed_has_no_ceremony_yet(context):
    event, *_ = make_game()
    assert watch(event).show is None
    with pytest.raises(NoResultError, match="Its result is fixed when it closes"):
        move_ceremony(event, 1, by=make_person("Aisha Bello"), now=THEN)


@pytest.fixture
def hall(app, client):
    """A closed event of today, and a client that can be two people."""
    with app.app_context(), unit_of_work():
        event, mara, *_ = played_and_closed()
        # The client's clock is the real one, so the event waits for its ceremony until an hour from now.
        db.session.execute(sa.update(Event).values(reveals_at=clock.now() + timedelta(hours=1)))
        slug, player, organiser = event.slug, mara.person.handle, make_person("Aisha Bello", "organiser").handle

    def at(who, path="ceremony", **query):
        sign_in(client, {"player": player, "organiser": organiser}[who])
        return client.get(f"/events/{slug}/{path}", query_string=query)

    return slug, at


def test_no_page_gives_anything_away_before_the_reveal(client, hall):
    _slug, at = hall
    for path in ("ceremony", "results"):
        text = at("player", path).text
        assert "Sam Okafor" not in text
        assert "won" not in text
    assert "The results wait for the ceremony" in at("player", "results").text
    assert "data-ceremony" not in at("player").text


def test_the_key_is_a_form_and_the_followers_page_follows(client, hall):
    slug, at = hall
    assert 'value="1" data-move="1"' in at("organiser").text
    assert client.post(f"/events/{slug}/ceremony", data={"step": "2"}).headers["Location"].endswith("/ceremony")
    page = at("player").text
    assert "Full time. 3 squashed." in page
    live = client.get(f"/events/{slug}/ceremony/live?poll=1").text
    assert 'hx-target="#main"' in live
    assert "is-new" in live
    assert client.post(f"/events/{slug}/ceremony", data={"step": "3"}).status_code == 403
    at("organiser")
    assert client.post(f"/events/{slug}/reveal").status_code == 303
    at("player")
    # What is polled is at most a second old.
    time.sleep(1.1)
    over = client.get(f"/events/{slug}/ceremony/live?poll=1").text
    assert "Run the ceremony again" in over
    assert "data-ceremony" not in over
    assert "Mara Lindqvist won" in at("player", "results").text

"""The big screen: a link for a hall, made and ended by organisers, that shows what the public may see."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, EventStory
from gamebash.people import throttling
from gamebash.people.identity import token_hash
from gamebash.points import boards
from gamebash.screen.links import DeadScreenError, end_link, get_working_link, make_link, still_shown
from gamebash.screen.models import ScreenLink
from gamebash.screen.queries import Phase, screen_page
from tests.factories import NOW, make_event, make_person, make_player, make_story, make_team
from tests.support.signing_in import sign_in


@pytest.fixture
def event(context):
    event = make_event(stories=[make_story(title="Label queue stalls"), make_story()], place="Canteen")
    make_player(event, make_person("Mara Lindqvist"), team=make_team())
    return event


@pytest.fixture
def aisha(context):
    return make_person("Aisha Bello", "organiser")


def test_only_the_hash_is_kept_and_a_new_link_takes_the_place_of_the_last(event, aisha):
    first, second = (make_link(event, by=aisha, now=NOW) for _ in range(2))
    kept = db.session.scalars(sa.select(ScreenLink).order_by(ScreenLink.id)).all()
    assert [link.ended_at for link in kept] == [NOW, None]
    assert not {first, second} & {link.token_hash for link in kept}
    assert get_working_link(second, now=NOW).event is event
    with pytest.raises(DeadScreenError, match="switched off"):
        get_working_link(first, now=NOW)


def test_an_ended_link_is_dead(event, aisha):
    token = make_link(event, by=aisha, now=NOW)
    assert end_link(event, by=aisha, now=NOW)
    assert not end_link(event, by=aisha, now=NOW)
    with pytest.raises(DeadScreenError):
        get_working_link(token, now=NOW)


def test_a_link_dies_a_day_after_closing_and_at_once_when_the_event_is_cancelled(event, aisha):
    token = make_link(event, by=aisha, now=NOW)
    event.state, event.closed_at = EventState.CLOSED, NOW
    assert get_working_link(token, now=NOW + timedelta(hours=23)).event is event
    with pytest.raises(DeadScreenError):
        get_working_link(token, now=NOW + timedelta(hours=24))
    event.state, event.closed_at = EventState.CANCELLED, None
    with pytest.raises(DeadScreenError):
        get_working_link(token, now=NOW)


@pytest.mark.parametrize(
    ("changes", "phase", "next_word"),
    [
        ({"state": EventState.SCHEDULED, "starts_at": NOW + timedelta(hours=1)}, Phase.WARM_UP, "The board opens, Canteen"),
        ({}, Phase.LIVE, "Full time, Canteen"),
        ({"paused_at": NOW}, Phase.PAUSED, "The clock and every lease stand still"),
        ({"ends_at": NOW}, Phase.JUDGING, "Last reviews, then the ceremony, Canteen"),
        ({"state": EventState.CLOSED, "closed_at": NOW, "reveals_at": NOW + timedelta(hours=1)}, Phase.CEREMONY, "See the ceremony, Canteen"),  # noqa: E501
        ({"state": EventState.CLOSED, "closed_at": NOW, "reveals_at": NOW}, Phase.RESULTS, "Thank you for playing. Everything is in the results."),  # noqa: E501
    ],
)  # fmt: skip
def test_the_screen_says_what_time_it_is_of_the_day(event, changes, phase, next_word):
    for name, value in changes.items():
        setattr(event, name, value)
    db.session.flush()
    boards.forget()
    page = screen_page(event, now=NOW)
    assert (page.phase, page.facts[-1][1]) == (phase, next_word)


def test_it_names_what_is_left_and_the_biggest_of_it(event):
    page = screen_page(event, now=NOW)
    assert page.facts[0] == ("Open", "2 stories, 10 points still on the board")
    assert page.facts[1][1].endswith("Label queue stalls, yellow dot")


def test_whoever_has_the_link_looks_on_without_signing_in_and_the_address_goes_nowhere(app, client):
    with app.app_context(), unit_of_work():
        event = make_event(stories=[make_story()], slug="bash", name="Autumn Bash")
        entry = db.session.scalars(sa.select(EventStory)).one()
        entry.squashed_at, entry.squashed_by_id = NOW, make_player(event, make_person("Mara Lindqvist")).id
        make_person("Aisha Bello", "organiser", handle="aisha")
    aisha = sign_in(app.test_client(), "aisha")
    assert "No big screen yet" in aisha.get("/events/bash/screen").get_data(as_text=True)
    made = aisha.post("/events/bash/screen").get_data(as_text=True)
    address = re.search(r"/screen/[\w-]{43}", made)[0]
    assert address not in aisha.get("/events/bash/screen").get_data(as_text=True)
    shown = client.get(address)
    assert "Mara Lindqvist" in shown.get_data(as_text=True)
    assert (shown.headers["Referrer-Policy"], shown.headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert "<a " not in shown.get_data(as_text=True)
    kept = client.get(f"{address}/live?poll=1")
    assert kept.headers["Referrer-Policy"] == "no-referrer"
    assert 'hx-target="#screen"' in kept.get_data(as_text=True)
    key = token_hash(address.rpartition("/")[2])
    with app.app_context():
        assert still_shown([key, "another"]) == [key]
    assert aisha.post("/events/bash/screen/end").status_code == 303
    assert client.get(address).status_code == 404
    assert client.get(f"{address}/live").status_code == 404
    with app.app_context():
        assert still_shown([key]) == []


def test_only_organisers_make_links(app):
    with app.app_context(), unit_of_work():
        make_event(slug="bash")
        make_person("Mara Lindqvist", "developer", handle="mara")
    mara = sign_in(app.test_client(), "mara")
    assert mara.post("/events/bash/screen").status_code == 403
    with app.app_context():
        assert db.session.scalars(sa.select(ScreenLink)).all() == []
        assert db.session.scalars(sa.select(Event)).one().slug == "bash"


def test_whoever_guesses_tokens_is_stopped_by_address_and_the_link_itself_costs_nothing(app, client, monkeypatch):
    monkeypatch.setattr(throttling, "PER_ADDRESS", 3)
    with app.app_context(), unit_of_work():
        address = f"/screen/{make_link(make_event(), by=make_person('Aisha', 'organiser'), now=clock.now())}"
    hall = {"REMOTE_ADDR": "10.0.0.7"}
    for _ in range(5):
        assert client.get(f"{address}/live?poll=1", environ_base=hall).status_code == 200
    guessed = {client.get(f"/screen/guess-{place}").status_code for place in range(3)}
    assert guessed == {404}
    refused = client.get("/screen/guess-again")
    assert refused.status_code == 429
    assert "Wait 15 min and try again." in refused.get_data(as_text=True)
    assert client.get(address).status_code == 429
    assert client.get(f"{address}/live").status_code == 429
    assert client.get(address, environ_base=hall).status_code == 200


def test_a_screen_knocks_only_where_whoever_made_its_link_wanted_it(app, client):
    with app.app_context(), unit_of_work():
        make_event(slug="bash")
        make_person("Aisha Bello", "organiser", handle="aisha")
    aisha = sign_in(app.test_client(), "aisha")

    def screen_of(form):
        made = aisha.post("/events/bash/screen", data=form).get_data(as_text=True)
        return client.get(re.search(r"/screen/[\w-]{43}", made)[0]).get_data(as_text=True)

    assert "knock" not in screen_of({})
    assert "makes no sound" in aisha.get("/events/bash/screen").get_data(as_text=True)
    loud = screen_of({"has_knock": "y"})
    assert "js/knock" in loud
    assert "data-knock hidden" in loud
    assert "knocks softly at every squash" in aisha.get("/events/bash/screen").get_data(as_text=True)


def test_a_squash_is_heard_while_the_board_moves_and_not_when_all_of_it_comes_out_at_once(event):
    assert (screen_page(event, now=NOW).is_heard, screen_page(event, now=NOW).newest_at) == (True, None)
    entry = db.session.scalars(sa.select(EventStory)).first()
    entry.squashed_at = NOW
    assert screen_page(event, now=NOW).newest_at == NOW
    event.freezes_at = NOW - timedelta(minutes=1)
    frozen = screen_page(event, now=NOW)
    assert (frozen.is_heard, frozen.newest_at) == (False, None)
    event.state, event.closed_at, event.reveals_at = EventState.CLOSED, NOW, NOW
    boards.forget()
    assert not screen_page(event, now=NOW).is_heard

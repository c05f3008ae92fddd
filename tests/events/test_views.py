"""An organiser and a developer without JavaScript, from the first draft to the open board."""

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.events.drafts import draft_event
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, EventStory, Player, Series
from gamebash.events.queries.found import get_event
from gamebash.events.queries.summary import event_summary
from gamebash.events.running import go_live
from tests.events.making import a_person, a_plan, a_scheduled_event, a_service, a_story, an_organiser

DAY = {
    "name": "Winter Bash",
    "starts_at": "2030-02-21T09:30",
    "ends_at": "2030-02-21T16:30",
    "place": "Canteen",
}


@pytest.fixture
def people(work, now):
    with work():
        return an_organiser(now), a_person("mara-lind", now)


@pytest.fixture
def stories(work, now):
    with work():
        return [a_story(a_service(name), now, value=value) for name, value in [("api", 30), ("mail", 20), ("web", 10)]]


def text_of(response, status=200):
    assert response.status_code == status, response.get_data(as_text=True)[:2000]
    return response.get_data(as_text=True)


def test_an_organiser_takes_an_event_from_draft_to_live(browse, people, stories, app):
    olga, mara = people
    browser = browse(olga)
    app.config["GAMEBASH_TIMEZONE"] = "Europe/Berlin"
    text_of(browser.get("/events/new"))
    answer = browser.post("/events/new", data=DAY)
    assert answer.location == "/events/winter-bash/setup"
    event = db.session.scalar(sa.select(Event))
    assert event.starts_at == datetime(2030, 2, 21, 8, 30, tzinfo=UTC)

    page = text_of(browser.post("/events/winter-bash/schedule", follow_redirects=True))
    assert "Begin with this one: No story is picked" in page
    limits = {"number": "2", "hours": "50", "per_service": "8"}
    text_of(browser.post("/events/winter-bash/setup/pull", data=limits, follow_redirects=True))
    page = text_of(browser.post("/events/winter-bash/schedule", follow_redirects=True))
    assert "Begin with this one: Confirm the rules" in page
    text_of(browser.post("/events/winter-bash/setup/rules/confirm", follow_redirects=True))
    page = text_of(browser.post("/events/winter-bash/schedule", follow_redirects=True))
    assert "Winter Bash is scheduled" in page

    page = text_of(browser.post("/events/winter-bash/go-live", follow_redirects=True))
    assert "No player has joined" in page or "No players have joined" in page
    player = browse(mara)
    text_of(player.get("/events/winter-bash/players"))
    text_of(player.post("/events/winter-bash/players", data={"hours": "5"}, follow_redirects=True))
    text_of(browser.post("/events/winter-bash/go-live", data={"anyway": "1"}, follow_redirects=True))
    db.session.expire_all()
    assert event.state is EventState.LIVE
    assert "Olga Orr took it live" in text_of(browser.post("/events/winter-bash/go-live"), 409)
    assert "Frozen since" in text_of(player.get("/events/winter-bash/rules"))


def test_ticking_and_unticking_changes_the_board_for_a_reason(browse, people, stories, work, now):
    olga, _ = people
    with work():
        draft_event(a_plan(now), by=olga, now=now)
    browser, address = browse(olga), "/events/winter-bash/setup/stories"
    keys = [story.key for story in stories]
    page = text_of(browser.post(address, data={"shown": keys, "story": keys[:1]}), 422)
    assert "Say why" in page
    data = {"shown": keys, "story": keys[:2], "reason": "They woke us last week"}
    assert "They woke us last week" in text_of(browser.post(address, data=data, follow_redirects=True))
    data = {"shown": keys, "story": keys[1:], "reason": "The vendor mends it"}
    text_of(browser.post(address, data=data, follow_redirects=True))
    on_board = db.session.scalars(sa.select(EventStory).order_by(EventStory.rank)).all()
    assert [entry.story.key for entry in on_board] == keys[1:]
    text_of(browser.post(f"{address}/new", data={"key": "GB-99999", "reason": "x"}), 404)
    assert "is scheduled for Winter Bash" in text_of(
        browser.post(f"{address}/new", data={"key": keys[1], "reason": "x"}), 409
    )


def test_the_what_if_of_the_address_changes_the_suggestion_and_nothing_else(browse, people, stories, work, now):
    olga, _ = people
    with work():
        draft_event(a_plan(now), by=olga, now=now)
    browser = browse(olga)
    assert "Pull these 3" in text_of(browser.get("/events/winter-bash/setup"))
    assert "Pull these 1" in text_of(browser.get("/events/winter-bash/setup?number=1"))
    assert "Pull these 3" in text_of(browser.get("/events/winter-bash/setup?number=-4&hours=nonsense&show=x&page=-1"))
    fragment = browser.get("/events/winter-bash/setup?number=2", headers={"HX-Request": "true"})
    assert text_of(fragment).lstrip().startswith('<div id="pull-table"')
    assert db.session.scalar(sa.select(sa.func.count()).select_from(EventStory)) == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ends_at": "2030-02-21T09:00"}, "end has to come after the start"),
        ({"starts_at": "2030-03-31T02:30", "ends_at": "2030-03-31T12:00"}, "clocks jump over this time"),
        ({"starts_at": "tomorrow"}, "Not a valid datetime"),
        ({"link": "javascript:alert(1)"}, "https://"),
        ({"name": ""}, "Give it a name"),
    ],
)
def test_a_day_that_cannot_be_used_says_why_and_keeps_what_was_typed(changes, words, browse, people, app):
    app.config["GAMEBASH_TIMEZONE"] = "Europe/Berlin"
    page = text_of(browse(people[0]).post("/events/new", data={**DAY, **changes}), 422)
    assert words in page
    assert "Canteen" in page


def test_two_organisers_edit_the_day_and_the_second_is_told(browse, people, work, now):
    olga, _ = people
    with work():
        draft_event(a_plan(now), by=olga, now=now)
        rui = an_organiser(now, "rui-rey")
    browser = browse(olga)
    seen = text_of(browser.get("/events/winter-bash/setup")).split('id="day-seen"')[1].split('value="')[1][:16]
    address = "/events/winter-bash/setup/day"
    text_of(browse(rui).post(address, data={**DAY, "place": "Hall 2", "seen": seen}, follow_redirects=True))
    page = text_of(browser.post(address, data={**DAY, "place": "Hall 3", "seen": seen}), 409)
    assert "Rui Rey changed this" in page


def test_rules_are_changed_within_bounds_and_stand_once_live(browse, people, stories, work, now):
    olga, _ = people
    with work():
        a_scheduled_event(now, olga, stories[:1])
    browser, address = browse(olga), "/events/winter-bash/setup/rules"
    fields = dict(re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', text_of(browser.get(address))))
    assert text_of(browser.post(address, data={**fields, "lease_minutes": "1"}), 422).count("From 10 to 480") >= 1
    answer = browser.post(address, data={**fields, "lease_minutes": "45"})
    assert answer.status_code == 303
    event = db.session.scalar(sa.select(Event))
    db.session.refresh(event)
    assert event.rules["lease_minutes"] == 45
    with work():
        event.rules_confirmed_at = now
        go_live(event, by=olga, now=now)
    assert "frozen since" in text_of(browser.post(address, data={**fields, "seen": ""}), 409)


def test_a_series_proposes_its_next_event(browse, people):
    browser = browse(people[0])
    data = {"name": "Bug bash", "starts_at": "2030-02-21T09:30", "hours": "7", "rhythm": "quarter"}
    page = text_of(browser.post("/series", data=data, follow_redirects=True))
    assert "FREQ=MONTHLY;INTERVAL=3;BYDAY=3TH" in page
    text_of(browser.get("/events/new"))
    answer = browser.post("/series/bug-bash/next")
    assert answer.location == "/events/bug-bash-february-2030/setup"
    assert "drafted by Olga Orr" in text_of(browser.post("/series/bug-bash/next"), 409)
    own = {**data, "rhythm": "own", "rrule": "FREQ=HOURLY"}
    assert "A rule begins with" in text_of(browser.post("/series", data=own), 422)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Series)) == 1


def test_a_developer_joins_founds_a_squad_and_leaves(browse, people, stories, work, now):
    olga, mara = people
    with work():
        event = a_scheduled_event(now, olga, stories)
        event.starts_at, event.ends_at, event.reviews_end_at = (
            datetime(2030, 2, 21, hour, tzinfo=UTC) for hour in (9, 16, 17)
        )
    browser = browse(mara)
    assert "Join Winter Bash" in text_of(browser.get("/events/winter-bash/players"))
    assert "From 0.5 to 16 hours" in text_of(browser.post("/events/winter-bash/players", data={"hours": "40"}), 422)
    text_of(browser.post("/events/winter-bash/players", data={"hours": "5"}, follow_redirects=True))
    page = text_of(browser.post("/events/winter-bash/squads", data={"name": "Night Owls"}, follow_redirects=True))
    assert "Captain" in page
    text_of(browser.post("/events/winter-bash/squads/join", data={"name": "Nobody's"}), 409)
    summary = event_summary(get_event("winter-bash"), mara, datetime(2030, 1, 1, tzinfo=UTC))
    assert (summary.squad, summary.hours_free, summary.is_player) == ("Night Owls", 5, True)
    board = text_of(browser.get("/events/winter-bash"))
    assert "Night Owls" in board
    assert "Canteen" in board
    text_of(browser.post("/events/winter-bash/players/leave", follow_redirects=True))
    assert db.session.scalar(sa.select(Player.left_at)) is not None


@pytest.mark.parametrize("address", ["setup", "setup/rules"])
def test_the_organisers_pages_are_for_organisers(address, browse, people, work, now):
    with work():
        draft_event(a_plan(now), by=people[0], now=now)
    text_of(browse(people[1]).get(f"/events/winter-bash/{address}"), 403)


def test_drafts_are_listed_for_organisers_only(browse, people, work, now):
    with work():
        draft_event(a_plan(now), by=people[0], now=now)
    assert "Winter Bash" in text_of(browse(people[0]).get("/events?show=upcoming&q=winter"))
    assert "No event here yet" in text_of(browse(people[1]).get("/events"))


def test_an_event_that_is_not_there_is_a_clear_404(browse, people):
    assert "There is no event called nope" in text_of(browse(people[0]).get("/events/nope/setup"), 404)


def test_a_cancelled_draft_gives_its_stories_back(browse, people, stories, work, now):
    with work():
        draft_event(a_plan(now), by=people[0], now=now)
    browser = browse(people[0])
    limits = {"number": "3", "hours": "50", "per_service": "8"}
    text_of(browser.post("/events/winter-bash/setup/pull", data=limits, follow_redirects=True))
    assert browser.post("/events/winter-bash/cancel", data={"reason": "The hall is flooded"}).status_code == 303
    text_of(browser.get("/events/winter-bash/setup"))
    assert "The hall is flooded" in text_of(browser.get("/events/winter-bash"))
    text_of(browser.post("/events/new", data={**DAY, "name": "Spring Bash"}, follow_redirects=True))
    text_of(browser.post("/events/spring-bash/setup/pull", data=limits, follow_redirects=True))
    assert len(text_of(browser.get("/events/spring-bash/setup?show=picked")).split('name="shown"')) == 4


def test_a_story_of_another_events_board_cannot_be_taken_or_put_off(browse, people, stories, work, now):
    with work():
        draft_event(a_plan(now), by=people[0], now=now)
        draft_event(a_plan(now, name="Spring Bash"), by=people[0], now=now)
    browser, keys = browse(people[0]), [story.key for story in stories]
    data = {"shown": keys, "story": keys, "reason": "All of them"}
    text_of(browser.post("/events/winter-bash/setup/stories", data=data, follow_redirects=True))
    page = text_of(browser.post("/events/spring-bash/setup/stories", data=data), 409)
    assert "is scheduled for Winter Bash" in page
    page = browser.post("/events/spring-bash/setup/stories", data={**data, "story": []}, follow_redirects=True)
    assert "Nothing changed" in text_of(page)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(EventStory)) == 3

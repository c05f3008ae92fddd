import threading

import pytest
import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.core.lifecycles import WrongStateError
from gamebash.events.board_stories import Choice, add_story, choose_stories, pull_stories_into, take_off_story
from gamebash.events.drafts import change_rules, confirm_rules, draft_event
from gamebash.events.models import Event, EventStory
from gamebash.events.refusals import NotOnBoardError, PickedElsewhereError, ReasonMissingError
from gamebash.events.rules import Rules
from gamebash.events.running import go_live, schedule_event
from gamebash.people.models import Person
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Story
from gamebash.stories.pull import Limits
from tests.events.making import a_plan, a_scheduled_event, a_service, a_story, an_organiser, behind

WIDE = Limits(stories=10, hours=100, per_service=10)


def keys_of(event):
    query = sa.select(EventStory).where(EventStory.event_id == event.id).order_by(EventStory.rank)
    return [entry.story.key for entry in db.session.scalars(query)]


@pytest.fixture
def olga(context, now):
    return an_organiser(now)


@pytest.fixture
def event(olga, now):
    return draft_event(a_plan(now), by=olga, now=now)


@pytest.fixture
def stories(context, now):
    api = a_service("api")
    return [a_story(api, now, value=value, hours=2) for value in (10, 40, 30, 20)]


def test_the_pull_takes_the_most_value_an_hour_and_says_why(event, stories, olga, now):
    pull_stories_into(event, Limits(stories=2, hours=100, per_service=10), by=olga, now=now)
    assert keys_of(event) == [stories[1].key, stories[2].key]
    first = db.session.scalar(sa.select(EventStory).where(EventStory.rank == 1))
    assert "20.00 an hour, place 1" in first.reason
    assert first.reason_parts["value_per_hour"] == 20
    assert (stories[1].state, stories[0].state) == (StoryState.SCHEDULED, StoryState.READY)


def test_pulling_again_keeps_what_people_decided_and_gives_back_the_rest(event, stories, olga, now):
    pull_stories_into(event, Limits(stories=2, hours=100, per_service=10), by=olga, now=now)
    swap = Choice(add=(stories[0],), take_off=(stories[1],), reason="The vendor mends it next week")
    choose_stories(event, swap, by=olga, now=now)
    pull_stories_into(event, Limits(stories=2, hours=100, per_service=10), by=olga, now=now)
    assert keys_of(event) == [stories[2].key, stories[0].key]
    pull_stories_into(event, Limits(stories=1, hours=100, per_service=10), by=olga, now=now)
    assert keys_of(event) == [stories[0].key]
    assert stories[2].state is StoryState.READY


def test_the_same_backlog_gives_the_same_pull(event, stories, olga, now):
    pull_stories_into(event, WIDE, by=olga, now=now)
    first = keys_of(event)
    pull_stories_into(event, WIDE, by=olga, now=now)
    assert keys_of(event) == first


def test_a_story_is_on_one_unfinished_board_only(event, stories, olga, now):
    pull_stories_into(event, WIDE, by=olga, now=now)
    other = draft_event(a_plan(now, name="Spring Bash"), by=olga, now=now)
    pull_stories_into(other, WIDE, by=olga, now=now)
    assert keys_of(other) == []
    with pytest.raises(PickedElsewhereError, match="is scheduled for Winter Bash"):
        add_story(other, stories[0], reason="We want it", by=olga, now=now)
    with pytest.raises(NotOnBoardError, match="not on the board of Spring Bash"):
        take_off_story(other, stories[0], reason="We do not want it", by=olga, now=now)


def test_a_decision_by_hand_needs_a_reason(event, stories, olga, now):
    with pytest.raises(ReasonMissingError):
        add_story(event, stories[0], reason="  ", by=olga, now=now)


def test_a_live_board_takes_more_but_gives_nothing_back(stories, olga, now):
    event = a_scheduled_event(now, olga, [a_story(a_service("mail"), now)])
    go_live(event, by=olga, now=now)
    add_story(event, stories[0], reason="The board is nearly clear", by=olga, now=now)
    entry = db.session.scalar(sa.select(EventStory).where(EventStory.story_id == stories[0].id))
    assert (entry.points, entry.grade) == (3, stories[0].grade)
    with pytest.raises(WrongStateError, match="live since Olga Orr took it live"):
        take_off_story(event, stories[0], reason="Too hard", by=olga, now=now)
    with pytest.raises(WrongStateError, match="its board stands"):
        pull_stories_into(event, WIDE, by=olga, now=now)


def test_two_boards_that_pull_at_once_share_no_story(app, work, now):
    with work():
        olga = an_organiser(now)
        api = a_service("api")
        for value in range(1, 9):
            a_story(api, now, value=value)
        drafts = [draft_event(a_plan(now), by=olga, now=now) for _ in range(4)]
        ids, olga_id = [draft.id for draft in drafts], olga.id
    db.session.remove()
    gate, failures = threading.Barrier(len(ids)), []

    def press(event_id):
        with app.app_context():
            gate.wait()
            try:
                with work():
                    by = db.session.get(Person, olga_id)
                    pull_stories_into(db.session.get(Event, event_id), WIDE, by=by, now=now)
            except Exception as error:  # noqa: BLE001  (whatever it is, the test is to show it)
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press, args=(event_id,)) for event_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    entries = db.session.scalars(sa.select(EventStory.story_id)).all()
    assert sorted(entries) == sorted(db.session.scalars(sa.select(Story.id)).all())


def test_an_event_that_weighs_severities_its_own_way_pulls_and_pays_by_that(event, olga, now):
    api = a_service("api")
    often, bad = a_story(api, now, value=40, hours=2), a_story(api, now, value=32, hours=2)
    for story, severity, count in [(often, "sev4", 20), (bad, "sev1", 2)]:
        behind(story, severity, count, now)
    pull_stories_into(event, WIDE, by=olga, now=now)
    assert keys_of(event) == [often.key, bad.key]
    weights = {"sev1": 80, "sev2": 8, "sev3": 4, "sev4": 2, "sev5": 1}
    change_rules(event, Rules(severity_weights=weights), by=olga, now=now)
    pull_stories_into(event, WIDE, by=olga, now=now)
    assert keys_of(event) == [bad.key, often.key]
    confirm_rules(event, by=olga, now=now)
    schedule_event(event, by=olga, now=now)
    go_live(event, by=olga, now=now)
    assert db.session.scalars(sa.select(EventStory.value).order_by(EventStory.rank)).all() == [160, 40]

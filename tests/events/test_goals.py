"""One bar that everybody fills, by what the public may know of, with something for all."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import InvalidError
from gamebash.events.goals import drop_goal, goal_of, set_goal
from gamebash.events.models import Event, EventStory
from gamebash.events.refusals import NotReadyError
from gamebash.events.shared_goal import Goal, GoalMeasure, progress_of
from tests.factories import NOW, make_event, make_person, make_story
from tests.support.signing_in import sign_in


@pytest.mark.parametrize(
    ("measure", "values", "reached", "share", "is_reached"),
    [
        (GoalMeasure.VALUE, [], 0.0, 0.0, False),
        (GoalMeasure.VALUE, [30.0, 10.0], 40.0, 0.4, False),
        (GoalMeasure.VALUE, [90.0, 30.0], 120.0, 1.0, True),
        (GoalMeasure.STORIES, [90.0, 30.0], 2.0, 0.02, False),
    ],
)
def test_the_bar_is_filled_by_what_is_squashed(measure, values, reached, share, is_reached):
    found = progress_of(measure, 100.0, "Pizza", values)
    assert (found.reached, found.share, found.is_reached) == (reached, share, is_reached)


@pytest.fixture
def event(context):
    event = make_event(stories=[make_story(value=30.0), make_story(value=10.0)])
    set_goal(event, Goal(GoalMeasure.VALUE, 35.0, "Pizza for all"), by=make_person("Aisha", "organiser"), now=NOW)
    return event


def entries_of(event):
    return list(
        db.session.scalars(sa.select(EventStory).where(EventStory.event_id == event.id).order_by(EventStory.rank))
    )


def test_it_stands_still_with_the_board(event):
    event.freezes_at = NOW
    first, second = entries_of(event)
    first.squashed_at, second.squashed_at = NOW - timedelta(minutes=1), NOW + timedelta(minutes=1)
    assert goal_of(event, [first, second], now=NOW + timedelta(minutes=2)).reached == 30.0
    event.freezes_at = None
    assert goal_of(event, [first, second], now=NOW + timedelta(minutes=2)).is_reached


def test_a_goal_has_a_target_and_a_reward_and_stands_once_the_event_is_over(event):
    aisha = make_person("Aisha", "organiser")
    with pytest.raises(InvalidError, match="more than nothing"):
        set_goal(event, Goal(GoalMeasure.STORIES, 0, "Pizza"), by=aisha, now=NOW)
    with pytest.raises(InvalidError, match="what everybody gets"):
        set_goal(event, Goal(GoalMeasure.STORIES, 3, " "), by=aisha, now=NOW)
    with pytest.raises(NotReadyError, match="its goal stands as it was"):
        set_goal(event, Goal(GoalMeasure.STORIES, 3, "Pizza"), by=aisha, now=event.ends_at)
    drop_goal(event, by=aisha, now=NOW)
    assert goal_of(event, entries_of(event), now=NOW) is None


def test_organisers_set_it_and_everybody_sees_it(app):
    with app.app_context(), unit_of_work():
        make_event(stories=[make_story(value=30.0)], slug="bash", ends_at=NOW + timedelta(days=9000))
        make_person("Aisha Bello", "organiser", handle="aisha")
        make_person("Mara Lindqvist", "developer", handle="mara")
    aisha, mara = (sign_in(app.test_client(), handle) for handle in ("aisha", "mara"))
    assert "worth 30 together" in aisha.get("/events/bash/goal").get_data(as_text=True)
    form = {"measure": "value", "target": "20", "reward": "Pizza for all"}
    assert mara.post("/events/bash/goal", data=form).status_code == 403
    assert aisha.post("/events/bash/goal", data={**form, "target": "none"}).status_code == 422
    assert aisha.post("/events/bash/goal", data=form).status_code == 303
    page = mara.get("/events/bash").get_data(as_text=True)
    assert "0 of 20" in page
    assert "For everybody when it is full: Pizza for all" in page
    assert aisha.post("/events/bash/goal/drop").status_code == 303
    assert "Pizza for all" not in mara.get("/events/bash").get_data(as_text=True)
    with app.app_context():
        assert db.session.scalars(sa.select(Event)).one().goal_target is None

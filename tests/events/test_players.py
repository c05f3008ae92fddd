from datetime import timedelta

import pytest

from gamebash.core.errors import InvalidError
from gamebash.events.drafts import draft_event
from gamebash.events.players import change_hours, find_player, join_event, leave_event
from gamebash.events.refusals import JoiningOverError, NotAPlayerError, NotOptedInError, SquadError
from gamebash.events.running import go_live
from gamebash.events.squads import create_squad, find_squad, join_squad, leave_squad
from tests.events.making import (
    a_person,
    a_plan,
    a_scheduled_event,
    a_service,
    a_story,
    a_team,
    an_organiser,
    put_in_team,
)


@pytest.fixture
def event(context, now):
    return a_scheduled_event(now, an_organiser(now), [a_story(a_service("api"), now)])


def live(event, now):
    go_live(event, by=an_organiser(now, "olga-live"), now=now)


def test_a_player_plays_for_the_team_of_the_events_day(event, now):
    mara, now_team, then_team = a_person("mara-lind", now), a_team("CHK", now), a_team("WHS", now)
    put_in_team(mara, now_team, now)
    assert join_event(event, mara, now=now).team_id == now_team.id
    tom = a_person("tom-ay", now)
    put_in_team(tom, then_team, now, on=event.starts_at.date() + timedelta(days=1))
    assert join_event(event, tom, now=now).team_id is None


def test_joining_twice_is_joining_once(event, now):
    mara = a_person("mara-lind", now)
    assert join_event(event, mara, now=now) is join_event(event, mara, now=now, hours=2)


def test_nobody_plays_without_opting_in(event, now):
    with pytest.raises(NotOptedInError, match="opted in"):
        join_event(event, a_person("mara-lind", now, is_playing=False), now=now)


def test_a_latecomer_joins_until_the_end_and_not_after(event, now):
    live(event, now)
    join_event(event, a_person("mara-lind", now), now=event.ends_at - timedelta(seconds=1))
    with pytest.raises(JoiningOverError, match="ended at"):
        join_event(event, a_person("tom-ay", now), now=event.ends_at)


def test_nobody_joins_a_draft(context, now):
    with pytest.raises(JoiningOverError, match="still being drafted"):
        join_event(draft_event(a_plan(now), by=None, now=now), a_person("mara-lind", now), now=now)


def test_who_left_may_come_back(event, now):
    mara = a_person("mara-lind", now)
    join_event(event, mara, now=now)
    leave_event(event, mara, now=now)
    with pytest.raises(NotAPlayerError, match="You left"):
        change_hours(event, mara, hours=2, now=now)
    assert join_event(event, mara, now=now, hours=3).left_at is None


@pytest.mark.parametrize("hours", [0, -1, 17, float("nan")])
def test_hours_that_make_no_sense_are_refused(hours, event, now):
    with pytest.raises(InvalidError):
        join_event(event, a_person("mara-lind", now), now=now, hours=hours)


def test_before_the_day_players_move_between_squads_and_captaincy_passes_on(event, now):
    mara, tom = a_person("mara-lind", now), a_person("tom-ay", now)
    for person in (mara, tom):
        join_event(event, person, now=now)
    squad = create_squad(event, " Night  Owls ", captain=mara, now=now)
    join_squad(event, "night owls", person=tom, now=now)
    create_squad(event, "Early Birds", captain=mara, now=now)
    assert (squad.name, squad.captain_id) == ("Night Owls", tom.id)
    leave_squad(event, person=tom, now=now)
    assert find_squad(event, "Night Owls") is None


def test_during_the_day_squads_stand_but_latecomers_may_join_one(event, now):
    mara, tom = a_person("mara-lind", now), a_person("tom-ay", now)
    join_event(event, mara, now=now)
    create_squad(event, "Night Owls", captain=mara, now=now)
    live(event, now)
    join_event(event, tom, now=now)
    join_squad(event, "Night Owls", person=tom, now=now)
    with pytest.raises(SquadError, match=r"live since 10:00.*You play for Night Owls"):
        leave_squad(event, person=tom, now=now)
    assert find_player(event, tom).squad_id is not None


def test_squads_are_the_events_own(event, now):
    mara = a_person("mara-lind", now)
    join_event(event, mara, now=now)
    create_squad(event, "Night Owls", captain=mara, now=now)
    other = a_scheduled_event(now, an_organiser(now, "rui-rey"))
    join_event(other, mara, now=now)
    with pytest.raises(SquadError, match="no squad called Night Owls in Winter Bash"):
        join_squad(other, "Night Owls", person=mara, now=now)
    with pytest.raises(SquadError, match="already"):
        create_squad(event, "NIGHT OWLS", captain=mara, now=now)

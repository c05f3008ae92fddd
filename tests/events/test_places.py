"""The last place, the waiting list, spectators, and what organisers do about players."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import InvalidError
from gamebash.core.lifecycles import WrongStateError
from gamebash.events.drafts import change_day, plan_of
from gamebash.events.models import Event, Player, Spectator, Waiting
from gamebash.events.placing import place_player, remove_player, restore_player
from gamebash.events.players import find_player, join_event, leave_event
from gamebash.events.refusals import EventFullError, NotAPlayerError, PlayerRemovedError, SquadError
from gamebash.events.running import go_live
from gamebash.events.spectators import SpectatingError, follow_event, unfollow_event
from gamebash.events.squads import create_squad, find_squad, join_squad
from gamebash.events.waiting import count_waiting, find_waiting, stop_waiting, wait_for_place
from gamebash.notices.models import Notice
from gamebash.people.models import Person
from tests.events.making import a_person, a_scheduled_event, a_service, a_story, an_organiser
from tests.factories import make_event, make_person
from tests.invariants.test_races import press


@pytest.fixture
def olga(context, now):
    return an_organiser(now)


@pytest.fixture
def event(olga, now):
    event = a_scheduled_event(now, olga, [a_story(a_service("api"), now)])
    event.player_limit = 2
    return event


@pytest.fixture
def people(context, now):
    return [a_person(f"player-{name}", now) for name in ("one", "two", "three", "four")]


def told(person):
    return db.session.scalars(sa.select(Notice.text).where(Notice.person_id == person.id).order_by(Notice.id)).all()


def test_a_full_event_lets_nobody_in_but_onto_the_waiting_list(event, people, now):
    for person in people[:2]:
        join_event(event, person, now=now)
    with pytest.raises(EventFullError, match=r"All 2 places of Winter Bash are taken. You can wait for one"):
        join_event(event, people[2], now=now)
    first = wait_for_place(event, people[2], now=now, hours=3)
    wait_for_place(event, people[3], now=now)
    assert wait_for_place(event, people[2], now=now) is first
    assert (count_waiting(event), count_waiting(event, first)) == (2, 0)


def test_who_waits_longest_moves_up_when_somebody_leaves_and_is_told(event, people, now):
    for person in people[:2]:
        join_event(event, person, now=now)
    for person in people[2:]:
        wait_for_place(event, person, now=now, hours=3)
    leave_event(event, people[0], now=now)
    assert find_player(event, people[2]).hours_free == 3
    assert find_waiting(event, people[2]) is None
    assert count_waiting(event) == 1
    assert told(people[2]) == ["A place in Winter Bash came free, and it is yours. You bring 3 hours."]
    stop_waiting(event, people[3], now=now)
    leave_event(event, people[1], now=now)
    assert find_player(event, people[3]) is None


def test_who_opted_out_meanwhile_is_passed_over(event, people, now):
    for person in people[:2]:
        join_event(event, person, now=now)
    for person in people[2:]:
        wait_for_place(event, person, now=now)
    people[2].is_playing = False
    leave_event(event, people[0], now=now)
    assert find_player(event, people[3]) is not None
    assert count_waiting(event) == 0


def test_a_higher_limit_lets_in_who_waits_and_a_lower_one_takes_nobody_off(event, people, olga, now):
    for person in people[:2]:
        join_event(event, person, now=now)
    wait_for_place(event, people[2], now=now)
    plan = plan_of(event)
    change_day(event, plan.__class__(**{**{name: getattr(plan, name) for name in plan.__slots__}, "player_limit": 3}),
               by=olga, now=now)  # fmt: skip
    assert find_player(event, people[2]) is not None
    change_day(event, plan.__class__(**{**{name: getattr(plan, name) for name in plan.__slots__}, "player_limit": 1}),
               by=olga, now=now)  # fmt: skip
    assert find_player(event, people[0]).left_at is None


def test_fifty_who_want_the_last_three_places_leave_three_in(app):
    now = clock.now()
    with app.app_context(), unit_of_work():
        event = make_event(state="scheduled", ends_at=now + timedelta(days=1), reviews_end_at=now + timedelta(days=2))
        event.player_limit = 3
        event_id, people = event.id, [make_person(f"Player {number}").id for number in range(50)]

    def join(person_id):
        join_event(db.session.get_one(Event, event_id), db.session.get_one(Person, person_id), now=clock.now())

    counts, heard = press(app, join, people)
    assert counts == {"yes": 3, "no": 47}, heard
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Player)) == 3


def test_leaving_and_joining_at_once_never_overfills_nor_loses_who_waits(app):
    now = clock.now()
    with app.app_context(), unit_of_work():
        event = make_event(state="scheduled", ends_at=now + timedelta(days=1), reviews_end_at=now + timedelta(days=2))
        event.player_limit = 5
        event_id, people = event.id, [make_person(f"Player {number}") for number in range(20)]
        for person in people[:5]:
            join_event(event, person, now=now)
        for person in people[5:10]:
            wait_for_place(event, person, now=now)
        deeds = [("leave", person.id) for person in people[:5]] + [("wait", person.id) for person in people[10:]]

    def do(deed):
        act, event = deed[0], db.session.get_one(Event, event_id)
        person = db.session.get_one(Person, deed[1])
        (leave_event if act == "leave" else wait_for_place)(event, person, now=clock.now())

    press(app, do, deeds)
    with app.app_context():
        names = db.session.scalars(
            sa.select(Person.name).join(Player, Player.person_id == Person.id).where(Player.left_at.is_(None))
        ).all()
        assert sorted(names) == [f"Player {number}" for number in range(5, 10)]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Waiting)) == 10


def test_a_spectator_is_never_counted_and_becomes_a_player_by_joining(event, people, now):
    mara = people[0]
    mara.is_playing = False
    assert follow_event(event, mara, now=now) is follow_event(event, mara, now=now)
    assert find_player(event, mara) is None
    mara.is_playing = True
    join_event(event, mara, now=now)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Spectator)) == 0
    with pytest.raises(SpectatingError, match="You play in Winter Bash"):
        follow_event(event, mara, now=now)
    with pytest.raises(SpectatingError, match="You do not follow"):
        unfollow_event(event, mara, now=now)


def test_a_player_is_taken_off_with_a_reason_and_put_back_into_their_squad(event, people, olga, now):
    mara, tom, noor = people[:3]
    for person in (mara, tom):
        join_event(event, person, now=now)
    create_squad(event, "Night Owls", captain=mara, now=now)
    join_squad(event, "Night Owls", person=tom, now=now)
    wait_for_place(event, noor, now=now)
    with pytest.raises(InvalidError, match="Say why"):
        remove_player(event, tom, reason=" ", by=olga, now=now)
    remove_player(event, tom, reason="On call that day.", by=olga, now=now)
    assert find_player(event, noor).left_at is None
    assert told(tom) == ["Olga Orr took you off Winter Bash: On call that day."]
    with pytest.raises(PlayerRemovedError, match=r"took you off Winter Bash at .* On call that day"):
        join_event(event, tom, now=now)
    with pytest.raises(EventFullError, match="The place went to somebody who waited"):
        restore_player(event, tom, by=olga, now=now)
    leave_event(event, noor, now=now)
    assert restore_player(event, tom, by=olga, now=now).squad is find_squad(event, "Night Owls")
    with pytest.raises(NotAPlayerError, match="Nobody took"):
        restore_player(event, tom, by=olga, now=now)


def test_organisers_place_players_before_the_day_and_latecomers_during_it(event, people, olga, now):
    event.player_limit = None
    mara, tom, noor = people[:3]
    for person in (mara, tom):
        join_event(event, person, now=now)
    create_squad(event, "Night Owls", captain=mara, now=now)
    assert place_player(event, tom, "night owls", by=olga, now=now).squad_id is not None
    assert place_player(event, tom, "", by=olga, now=now).squad_id is None
    with pytest.raises(SquadError, match="no squad called Early Birds"):
        place_player(event, tom, "Early Birds", by=olga, now=now)
    go_live(event, by=olga, now=now)
    join_event(event, noor, now=now)
    place_player(event, noor, "Night Owls", by=olga, now=now)
    with pytest.raises(SquadError, match="Player Three plays for Night Owls"):
        place_player(event, noor, "", by=olga, now=now)
    with pytest.raises(WrongStateError, match="players stay"):
        remove_player(event, tom, reason="Gone.", by=olga, now=now)


def text_of(response, status=200):
    assert response.status_code == status, response.get_data(as_text=True)[:2000]
    return response.get_data(as_text=True)


def test_the_page_of_players_lets_one_wait_follow_and_organisers_act(browse, event, people, olga, now):
    with unit_of_work():
        event.starts_at = clock.now() + timedelta(days=1)
        event.ends_at, event.reviews_end_at = event.starts_at + timedelta(hours=6), event.starts_at + timedelta(hours=7)
        for person in people[:2]:
            join_event(event, person, now=now)
        create_squad(event, "Night Owls", captain=people[0], now=now)
    address = "/events/winter-bash/players"
    late, other, boss, mate = (browse(one) for one in (people[2], people[3], olga, people[1]))
    assert "All 2 places are taken" in text_of(late.get(address))
    text_of(late.post(address, data={"hours": "4"}), 409)
    assert "You are 1st on the waiting list" in text_of(
        late.post(f"{address}/wait", data={"hours": "4"}, follow_redirects=True)
    )
    assert "1 person waits before you" in text_of(other.get(address))
    assert "You follow this event" in text_of(other.post("/events/winter-bash/follow", follow_redirects=True))
    assert "You follow" in text_of(other.get("/"))
    text_of(other.post("/events/winter-bash/unfollow", follow_redirects=True))
    assert "Night Owls needs you most" in text_of(mate.get(address))
    handle = people[1].handle
    text_of(mate.post(f"{address}/{handle}/remove", data={"reason": "x"}), 403)
    text_of(boss.post(f"{address}/{handle}/remove", data={"reason": ""}), 422)
    page = text_of(boss.post(f"{address}/{handle}/remove", data={"reason": "On call"}, follow_redirects=True))
    assert "On call" in page
    assert "On call" not in text_of(other.get(address))
    text_of(boss.post(f"{address}/{people[2].handle}/place", data={"squad": "Night Owls"}, follow_redirects=True))
    text_of(boss.post(f"{address}/{handle}/restore"), 409)

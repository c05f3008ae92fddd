"""Captains and balanced squads, as organisers and players use them."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import NotAllowedError
from gamebash.core.lifecycles import WrongStateError
from gamebash.events.balancings import NothingToUndoError, Wish, balance_squads, plan_squads, undo_balancing
from gamebash.events.models import Player, Squad
from gamebash.events.players import find_player, join_event, leave_event
from gamebash.events.refusals import SquadError, StaleEditError
from gamebash.events.running import go_live
from gamebash.events.squads import (
    accept_invitation,
    create_squad,
    decline_invitation,
    find_squad,
    hand_over_squad,
    invite_to_squad,
    join_squad,
    rename_squad,
)
from gamebash.notices.models import Notice
from gamebash.points.scoring import EntryKind
from gamebash.points.strength import strengths_of
from tests.events.making import a_person, a_scheduled_event, a_service, a_story, an_organiser
from tests.factories import make_event, make_player
from tests.points_making import pay


@pytest.fixture
def olga(context, now):
    return an_organiser(now)


@pytest.fixture
def event(olga, now):
    return a_scheduled_event(now, olga, [a_story(a_service("api"), now)])


@pytest.fixture
def people(event, now):
    people = [a_person(f"player-{name}", now) for name in ("one", "two", "three", "four", "five", "six")]
    for person in people:
        join_event(event, person, now=now)
    return people


def told(person):
    return db.session.scalars(sa.select(Notice.text).where(Notice.person_id == person.id).order_by(Notice.id)).all()


def squads_of(event):
    rows = db.session.execute(
        sa.select(Squad.name, Player.person_id)
        .join(Player, Player.squad_id == Squad.id)
        .where(Squad.event_id == event.id)
    )
    found = {}
    for name, person_id in rows:
        found.setdefault(name, set()).add(person_id)
    return found


def test_a_captain_invites_and_who_is_asked_accepts_or_declines(event, people, now):
    mara, tom, noor, *_ = people
    create_squad(event, "Night Owls", captain=mara, now=now)
    assert invite_to_squad(event, tom, by=mara, now=now) is invite_to_squad(event, tom, by=mara, now=now)
    assert told(tom) == ["Player One asks you to play for Night Owls in Winter Bash."]
    accept_invitation(event, "Night Owls", person=tom, now=now)
    assert find_player(event, tom).squad is find_squad(event, "Night Owls")
    with pytest.raises(SquadError, match="plays for Night Owls already"):
        invite_to_squad(event, tom, by=mara, now=now)
    invite_to_squad(event, noor, by=mara, now=now)
    decline_invitation(event, "Night Owls", person=noor, now=now)
    assert told(mara) == ["Player Three does not join Night Owls in Winter Bash."]
    with pytest.raises(SquadError, match="No invitation to Night Owls is open"):
        accept_invitation(event, "Night Owls", person=noor, now=now)


def test_who_is_asked_and_does_not_play_yet_joins_the_event_by_accepting(event, people, now):
    late = a_person("late-comer", now)
    create_squad(event, "Night Owls", captain=people[0], now=now)
    invite_to_squad(event, late, by=people[0], now=now)
    accept_invitation(event, "Night Owls", person=late, now=now)
    assert find_player(event, late).squad is find_squad(event, "Night Owls")


def test_only_the_captain_renames_and_hands_over(event, people, now):
    mara, tom, noor, *_ = people
    create_squad(event, "Night Owls", captain=mara, now=now)
    join_squad(event, "Night Owls", person=tom, now=now)
    create_squad(event, "Early Birds", captain=noor, now=now)
    with pytest.raises(NotAllowedError, match="Only the captain"):
        rename_squad(event, "Others", by=tom, now=now)
    with pytest.raises(SquadError, match="There is a squad called Early Birds already"):
        rename_squad(event, "early birds", by=mara, now=now)
    assert rename_squad(event, "NIGHT OWLS", by=mara, now=now).name == "NIGHT OWLS"
    with pytest.raises(SquadError, match="does not play for"):
        hand_over_squad(event, noor, by=mara, now=now)
    assert hand_over_squad(event, tom, by=mara, now=now).captain_id == tom.id


def test_an_empty_squad_goes_with_its_invitations(event, people, now):
    mara, tom, *_ = people
    create_squad(event, "Night Owls", captain=mara, now=now)
    invite_to_squad(event, tom, by=mara, now=now)
    leave_event(event, mara, now=now)
    assert find_squad(event, "Night Owls") is None


def test_balanced_squads_are_as_shown_and_can_be_taken_back(event, people, olga, now):
    mara, tom, *_ = people
    create_squad(event, "Night Owls", captain=mara, now=now)
    join_squad(event, "Night Owls", person=tom, now=now)
    create_squad(event, "Loner", captain=people[2], now=now)
    before = squads_of(event)
    strengths = {find_player(event, person).id: value for person, value in zip(people, (9, 1, 1, 1, 1, 9), strict=True)}
    plan = plan_squads(event, strengths, Wish(2))
    balance_squads(event, strengths, Wish(2), seen=plan.version, by=olga, now=now)
    after = squads_of(event)
    assert after == {squad.name: {player.person_id for player in squad.players} for squad in plan.squads}
    assert sorted(len(squad) for squad in after.values()) == [3, 3]
    assert {mara.id, tom.id} <= after["Night Owls"]
    assert "Night Owls stays together." in find_squad(event, "Night Owls").why
    again = plan_squads(event, strengths, Wish(2))
    assert [squad.players for squad in again.squads] == [squad.players for squad in plan.squads]
    apart = plan_squads(event, strengths, Wish(6, keeps_together=False))
    assert [len(squad.players) for squad in apart.squads] == [1] * 6
    undo_balancing(event, by=olga, now=now)
    assert squads_of(event) == before
    with pytest.raises(NothingToUndoError):
        undo_balancing(event, by=olga, now=now)


def test_a_plan_that_is_not_true_any_more_is_not_applied(event, people, olga, now):
    plan = plan_squads(event, {}, Wish(2))
    leave_event(event, people[0], now=now)
    with pytest.raises(StaleEditError, match="since you saw these squads"):
        balance_squads(event, {}, Wish(2), seen=plan.version, by=olga, now=now)
    plan = plan_squads(event, {}, Wish(2))
    go_live(event, by=olga, now=now)
    with pytest.raises(WrongStateError, match="Squads stand as they were"):
        balance_squads(event, {}, Wish(2), seen=plan.version, by=olga, now=now)


def test_who_joins_after_the_balancing_stays_where_they_are_when_it_is_taken_back(event, people, olga, now):
    plan = plan_squads(event, {}, Wish(2))
    balance_squads(event, {}, Wish(2), seen=plan.version, by=olga, now=now)
    late = a_person("late-comer", now)
    join_event(event, late, now=now)
    name = plan.squads[0].name
    join_squad(event, name, person=late, now=now)
    undo_balancing(event, by=olga, now=now)
    assert squads_of(event) == {name: {late.id}}


def test_past_strength_is_points_for_fixes_an_hour_of_closed_events(event, people, now):
    past = make_event(state="closed")
    player = make_player(past, people[0])
    player.hours_free = 4
    pay(player, 10, EntryKind.FIX, now=now)
    pay(player, -2, EntryKind.CLAWBACK, now=now)
    pay(player, 50, EntryKind.AWARD, now=now)
    running = make_player(make_event(), people[1])
    pay(running, 5, EntryKind.FIX, now=now)
    found = strengths_of(event)
    assert {key: value.per_hour for key, value in found.items()} == {find_player(event, people[0]).id: 2.0}


def text_of(response, status=200):
    assert response.status_code == status, response.get_data(as_text=True)[:2000]
    return response.get_data(as_text=True)


def test_an_organiser_looks_first_then_balances_then_takes_it_back(browse, event, people, olga, now):
    with unit_of_work():
        event.starts_at = clock.now() + timedelta(days=1)
        event.ends_at, event.reviews_end_at = event.starts_at + timedelta(hours=6), event.starts_at + timedelta(hours=7)
    boss, mara, tom = browse(olga), browse(people[0]), browse(people[1])
    address = "/events/winter-bash/squads/balance"
    text_of(mara.get(address), 403)
    page = text_of(boss.get(f"{address}?number=2&together=1"))
    assert "6 players make 2 even squads" in page
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    data = {"number": "2", "together": "1", "seen": seen}
    page = text_of(boss.post(address, data=data, follow_redirects=True))
    assert "Strength" in page
    assert "Boast" in page
    text_of(boss.post(address, data=data), 409)
    page = text_of(boss.post(f"{address}/undo", follow_redirects=True))
    assert "Boast" not in page
    players = "/events/winter-bash"
    text_of(mara.post(f"{players}/squads", data={"name": "Night Owls"}, follow_redirects=True))
    text_of(mara.post(f"{players}/squads/invite", data={"handle": people[1].handle}, follow_redirects=True))
    assert "Night Owls asks you to join" in text_of(tom.get(f"{players}/players"))
    text_of(tom.post(f"{players}/squads/decline", data={"name": "Night Owls"}, follow_redirects=True))
    text_of(mara.post(f"{players}/squads/invite", data={"handle": people[1].handle}, follow_redirects=True))
    assert "You play for Night Owls" in text_of(
        tom.post(f"{players}/squads/accept", data={"name": "Night Owls"}, follow_redirects=True)
    )
    text_of(mara.post(f"{players}/squads/rename", data={"name": ""}), 422)
    text_of(mara.post(f"{players}/squads/rename", data={"name": "Owls"}, follow_redirects=True))
    text_of(mara.post(f"{players}/squads/hand-over", data={"handle": people[1].handle}, follow_redirects=True))
    assert "Player Two" in text_of(tom.get(f"{players}/players"))

"""Who is entered as away on the day of an event: shown to organisers and to the player, never why, and to nobody else."""

from datetime import timedelta

import pytest

from gamebash.absences.absences import add_absence, cancel_absence
from gamebash.absences.kinds import AbsenceKind
from gamebash.absences.spans import DaysAway
from gamebash.core import clock
from gamebash.events.lifecycle import EventState
from tests.factories import make_event, make_person, make_player, make_squad, make_team
from tests.rotation.making import sign_in

NOW = clock.now()
TODAY = NOW.date()


@pytest.fixture
def world(work):
    """Lena plays in a squad and is on parental leave, Sam was away until yesterday, Noor took her absence back."""
    with work():
        event = make_event(
            EventState.SCHEDULED, starts_at=NOW + timedelta(minutes=1), ends_at=NOW + timedelta(minutes=2)
        )
        people = {name: make_person(name, handle=name.lower()) for name in ("Lena", "Sam", "Noor")}
        people["Aisha"] = make_person("Aisha", "organiser", handle="aisha")
        squad, team = make_squad(event), make_team()
        for name in ("Lena", "Sam", "Noor"):
            make_player(event, people[name], squad=squad, team=team)
        _away(people["Lena"], TODAY - timedelta(days=9), TODAY + timedelta(days=30))
        _away(people["Sam"], TODAY - timedelta(days=9), TODAY - timedelta(days=1))
        cancel_absence(_away(people["Noor"], TODAY, TODAY + timedelta(days=1)), by=people["Noor"], now=NOW)
    return event, people


def _away(person, first, last):
    return add_absence(person, DaysAway(first, last), AbsenceKind.PARENTAL, by=person, now=NOW)


@pytest.fixture
def opened(work, world, client):
    def get(name, path):
        with work():
            sign_in(client, world[1][name])
        response = client.get(f"/events/{world[0].slug}{path}")
        assert response.status_code == 200
        text = response.get_data(as_text=True)
        assert "arental" not in text
        return text

    return get


def test_an_organiser_sees_among_the_players_who_is_away(opened):
    text = opened("Aisha", "/players")
    assert "1 player is away that day" in text.replace("1 Player", "1 player")
    assert text.count("Away that day") == 1


def test_a_player_sees_it_of_themselves_and_of_nobody_else(opened):
    assert "You are entered as away that day" in opened("Lena", "/players")
    assert "away that day" not in opened("Sam", "/players").lower()


def test_it_stands_beside_the_squads_that_are_to_be_balanced(opened):
    assert opened("Aisha", "/squads/balance").count("Away that day") == 1


def test_it_stands_in_the_cockpit_of_the_day(opened, world, work):
    with work():
        world[0].state, world[0].starts_at, world[0].ends_at = EventState.LIVE, NOW, NOW + timedelta(minutes=30)
    assert opened("Aisha", "/cockpit").count("Away today") == 1

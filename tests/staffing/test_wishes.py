"""What people wish: said by themselves, kept with what they said before, seen by them and managers only."""

from datetime import date

import pytest
import sqlalchemy as sa

from gamebash.absences.scope import may_read_private
from gamebash.core.audit import AuditEntry
from gamebash.core.db import db
from gamebash.core.errors import InvalidError
from gamebash.policy import Permission, Role, is_allowed
from gamebash.rotation.kinds import TeamKind
from gamebash.staffing.models import PreferenceRow
from gamebash.staffing.preferences import preferences_of_all, say_preference
from gamebash.staffing.wishes import Preference, Wish, places_in_words
from tests.factories import NOW, make_person
from tests.rotation.test_pages import questions
from tests.staffing.making import TODAY, Organisation, switch

DAY = date(2026, 12, 1)


@pytest.fixture
def organisation(work):
    with work():
        made = Organisation()
        made.join("Lena", made.ops, 200)
        made.join("Noor", made.chk, 100)
        made.manager()
    return made


@pytest.mark.parametrize(
    ("preference", "team", "kind", "expected"),
    [
        (Preference(Wish.MOVE), 3, TeamKind.OPS, True),
        (Preference(Wish.MOVE, teams=frozenset({3})), 3, TeamKind.OPS, True),
        (Preference(Wish.MOVE, teams=frozenset({3})), 4, TeamKind.OPS, False),
        (Preference(Wish.MOVE, kinds=frozenset({TeamKind.SCRUM})), 4, TeamKind.SCRUM, True),
        (Preference(Wish.STAY), 3, TeamKind.OPS, False),
    ],
)
def test_a_wish_is_for_some_places(preference, team, kind, expected):
    assert preference.is_for(team, kind) is expected


def test_a_wish_is_due_from_its_day():
    assert Preference(Wish.MOVE, from_on=DAY).is_due(DAY)
    assert not Preference(Wish.MOVE, from_on=DAY).is_due(date(2026, 11, 30))
    assert not Preference(Wish.OPEN).is_due(DAY)


def test_places_are_said_in_words():
    assert places_in_words({1, 2}, {TeamKind.OPS}, {1: "WHS", 2: "CHK"}) == "CHK or WHS or any ops team"
    assert places_in_words((), (), {}) == "anywhere"


def test_the_last_thing_said_holds_and_the_same_again_is_kept_once(organisation, work):
    lena = organisation.people["Lena"]
    wish = Preference(Wish.MOVE, frozenset({organisation.chk.id}), note="Closer to the code")
    with work():
        say_preference(lena, Preference(Wish.STAY), now=NOW)
        say_preference(lena, wish, now=NOW)
        say_preference(lena, wish, now=NOW)
    assert preferences_of_all() == {lena.id: wish}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PreferenceRow)) == 2


def test_places_without_wanting_to_move_are_refused(organisation):
    with pytest.raises(InvalidError, match="go with wanting to move"):
        say_preference(organisation.people["Lena"], Preference(Wish.STAY, from_on=DAY), now=NOW)


def test_the_record_that_admins_read_holds_nothing_of_the_wish(organisation, work):
    with work():
        say_preference(organisation.people["Lena"], Preference(Wish.MOVE, note="Fed up"), now=NOW)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.tag == "preference:said")).one()
    assert entry.detail == {}


@pytest.mark.parametrize("role", [None, *Role])
def test_only_oneself_and_managers_read_a_wish(organisation, work, client, role):
    with work():
        say_preference(organisation.people["Lena"], Preference(Wish.MOVE, note="Closer to the code"), now=NOW)
        reader = make_person("Reader", *([role] if role else []))
        switch(client, reader)
    may = role is Role.MANAGER
    assert may_read_private(reader, organisation.people["Lena"], TODAY) is may
    assert may_read_private(organisation.people["Lena"], organisation.people["Lena"], TODAY)
    assert is_allowed(reader.roles, Permission.READ_WISHES) is may
    assert client.get("/wishes").status_code == (200 if may else 403)
    pages = ("/wishes", "/wishes/mine", "/rotation", "/rotation/people/lena", "/knowledge", "/teams/OPS")
    seen = [path for path in pages if "Closer to the code" in client.get(path).get_data(as_text=True)]
    assert seen == (["/wishes"] if may else [])


def test_a_team_with_managers_of_its_own_is_read_by_them_alone(organisation, work, client):
    with work():
        say_preference(organisation.people["Lena"], Preference(Wish.MOVE, note="Closer to the code"), now=NOW)
        own, other = organisation.person("Own", "manager"), organisation.manager()
        organisation.ops.managers = [own]
    for manager, may in ((own, True), (other, False)):
        with work():
            switch(client, manager)
        assert may_read_private(manager, organisation.people["Lena"], TODAY) is may
        assert ("Closer to the code" in client.get("/wishes").get_data(as_text=True)) is may


def test_a_wish_is_said_on_ones_own_page_and_seen_in_the_list(organisation, work, client):
    with work():
        switch(client, organisation.people["Lena"])
    form = {"wish": "move", "places": ["team:CHK", "kind:sre"], "from_on": "2027-01-04", "note": "Please"}
    assert client.post("/wishes/mine", data=form).status_code == 303
    text = client.get("/wishes/mine").get_data(as_text=True)
    assert "You said: wants to move: CHK or any SRE team from 4 January 2027" in text
    assert client.post("/wishes/mine", data={**form, "wish": "stay"}).status_code == 422
    assert client.post("/wishes/mine", data={**form, "places": ["team:XXX"]}).status_code == 422
    with work():
        switch(client, organisation.manager())
    text = client.get("/wishes?wish=move").get_data(as_text=True)
    assert "Lena" in text.partition("<tbody>")[2]
    assert "Noor" not in text.partition("<tbody>")[2]
    assert "1 person wants to move, 0 to stay" in text


def test_the_list_asks_as_much_for_many_people(organisation, work, client):
    with work():
        switch(client, organisation.manager())
    few = questions(client, "/wishes")
    with work():
        for number in range(30):
            organisation.join(f"P{number}", organisation.chk, 90)
            say_preference(organisation.people[f"P{number}"], Preference(Wish.OPEN), now=NOW)
    assert questions(client, "/wishes") == few <= 12

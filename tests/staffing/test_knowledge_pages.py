"""The knowledge map on its pages: from tours, fixes and reviews; gaps first; what if she leaves; how fast it fades."""

import time

import pytest
import sqlalchemy as sa

from gamebash.backlog.models import RootCause
from gamebash.core.db import db
from gamebash.core.errors import DomainError
from gamebash.play.models import Claim, Fix, FixState, Review, Verdict
from gamebash.rotation.models import TourRow
from gamebash.staffing.knowledge import Ground
from gamebash.staffing.models import StaffingRule
from gamebash.staffing.queries.facts import known_on
from gamebash.staffing.queries.knowledge import MapFilter, knowledge_page
from gamebash.staffing.rulebook import RuleKind
from gamebash.staffing.rules import RuleChangedError, knowledge_rule, set_rule
from gamebash.stories.lifecycle import StoryState
from tests.factories import add, make_event, make_player, make_service, make_story, make_team
from tests.rotation.making import sign_in
from tests.rotation.test_pages import questions
from tests.staffing.making import TODAY, Organisation, ago


@pytest.fixture
def organisation(work):
    with work():
        made = Organisation()
        made.join("Lena", made.whs, 400, (made.ops, 60))
        made.join("Noor", made.chk, 200)
        made.join("Sam", made.chk, 120)
        made.join("Diego", made.whs, 20)
        made.manager()
    return made


def page(**filters):
    return knowledge_page(MapFilter(**filters), 1, today=TODAY, can_set=False)


def rows(shown):
    return {row.slug: row for row in shown.rows.items}


def a_fix(person, story, event, reviewer, *, now):
    player = make_player(event, person)
    claim = add(
        Claim(
            event_id=event.id, story_id=story.id, player_id=player.id, claimed_at=now, lease_ends_at=now, ended_at=now
        )
    )
    fix = add(
        Fix(event_id=event.id, story_id=story.id, claim_id=claim.id, player_id=player.id, state=FixState.ACCEPTED,
            change_url="x", what_was_done="x", root_cause=RootCause.DATA, prevention="x", submitted_at=now, decided_at=now)
    )  # fmt: skip
    add(
        Review(fix_id=fix.id, player_id=make_player(event, reviewer).id, drawn_at=now, lease_ends_at=now,
               verdict=Verdict.ACCEPT, decided_at=now)
    )  # fmt: skip
    return fix


def test_those_in_the_team_long_enough_know_its_services_and_gaps_stand_first(organisation):
    shown = page()
    assert [row.slug for row in shown.rows.items] == ["fax", "label-printing", "checkout-api"]
    found = rows(shown)
    assert [one.name for one in found["checkout-api"].knowers] == ["Noor", "Sam"]
    assert (found["label-printing"].known_by, found["label-printing"].in_ops) == (1, 1)
    assert shown.gaps == 2


def test_fixes_and_reviews_count_and_a_fix_that_held_counts_more(organisation, work):
    with work():
        story = make_story(service=organisation.fax, state=StoryState.HELD)
        event = make_event()
        a_fix(organisation.people["Sam"], story, event, organisation.people["Noor"], now=organisation.now)
    known = {one.person: one for one in known_on(TODAY).of(organisation.fax.id)}
    sam, noor = (organisation.people[name].id for name in ("Sam", "Noor"))
    assert known[sam].parts == ((Ground.HELD_FIX, 0.5),)
    assert known[noor].parts == ((Ground.REVIEW, 0.2),)


def test_without_somebody_the_services_only_they_know_become_gaps(organisation):
    shown = page(without=("sam",))
    assert shown.new_gaps == 1
    assert shown.rows.items[0].slug == "checkout-api"
    assert (shown.rows.items[0].known_by, shown.rows.items[0].left) == (2, 1)


def test_who_left_the_company_is_not_counted(organisation, work):
    with work():
        organisation.join("Old", organisation.chk, 300, (None, 5))
    assert rows(page())["checkout-api"].known_by == 2


@pytest.mark.parametrize(
    ("filters", "slugs"),
    [
        ({"team": "CHK"}, ["checkout-api"]),
        ({"q": "LABEL"}, ["label-printing"]),
        ({"person": "sam"}, ["checkout-api"]),
        ({"show": "gaps"}, ["fax", "label-printing"]),
        ({"q": "nothing"}, []),
    ],
)
def test_the_map_is_narrowed(organisation, filters, slugs):
    assert [row.slug for row in page(**filters).rows.items] == slugs


def test_a_shorter_half_life_lets_knowledge_fade_faster(organisation, work):
    with work():
        set_rule(RuleKind.KNOWLEDGE, {"half_life_days": 30}, seen=0, by=organisation.manager(), now=organisation.now)
    assert knowledge_rule().half_life_days == 30
    assert rows(page())["label-printing"].known_by == 0


def test_a_rule_is_refused_out_of_bounds_and_where_another_was_set_meanwhile(organisation, work):
    by, now = organisation.manager(), organisation.now
    with pytest.raises(DomainError, match="from 30 to 1095"):
        set_rule(RuleKind.KNOWLEDGE, {"half_life_days": 3}, seen=0, by=by, now=now)
    with work():
        set_rule(RuleKind.KNOWLEDGE, {"half_life_days": 90}, seen=0, by=by, now=now)
    with pytest.raises(RuleChangedError, match="Priya changed this rule"):
        set_rule(RuleKind.KNOWLEDGE, {"half_life_days": 120}, seen=0, by=by, now=now)
    assert db.session.scalars(sa.select(StaffingRule.number)).all() == [1]


def test_everybody_reads_the_map_and_managers_set_how_fast_it_fades(organisation, work, client):
    with work():
        sign_in(client, organisation.people["Sam"])
    text = client.get("/knowledge?without=noor").get_data(as_text=True)
    assert "Without Noor" in text
    assert "Set the half-life" not in text
    assert client.get("/knowledge/label-printing").status_code == 200
    assert client.get("/knowledge/nothing").status_code == 404
    assert client.post("/knowledge/fading", data={"half_life_days": "90", "seen": "0"}).status_code == 403


def test_a_manager_sets_the_half_life_on_the_page(organisation, work, client):
    with work():
        sign_in(client, organisation.manager())
    assert client.post("/knowledge/fading", data={"half_life_days": "3", "seen": "0"}).status_code == 422
    assert client.post("/knowledge/fading", data={"half_life_days": "90", "seen": "0"}).status_code == 303
    assert client.post("/knowledge/fading", data={"half_life_days": "99", "seen": "0"}).status_code == 409
    assert "90 days" in client.get("/knowledge").get_data(as_text=True)


def test_htmx_gets_the_services_alone(organisation, work, client):
    with work():
        sign_in(client, organisation.manager())
    text = client.get("/knowledge?q=fax", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert text.lstrip().startswith('<div id="services">')


def test_three_hundred_people_and_forty_services_take_less_than_a_second_and_no_more_queries(
    organisation, work, client
):
    with work():
        sign_in(client, organisation.manager())
    few = questions(client, "/knowledge?without=sam&without=noor")
    with work():
        teams = [make_team(f"T{number:02}") for number in range(20)]
        for number in range(40):
            make_service(f"service-{number}", teams[number % 20])
        for number in range(300):
            person, days = organisation.person(f"Person{number}"), 500 - number
            first, second = teams[number % 20], teams[(number + 7) % 20]
            add(TourRow(person_id=person.id, team_id=first.id, from_on=ago(days), until_on=ago(days - 150), days=150))
            add(TourRow(person_id=person.id, team_id=second.id, from_on=ago(days - 150)))
    started = time.perf_counter()
    shown = page(without=tuple(f"person{number}" for number in range(0, 300, 9)))
    taken = time.perf_counter() - started
    assert taken < 1
    gone = {organisation.people[f"Person{number}"].id for number in range(0, 300, 9)}
    found = known_on(TODAY)
    lost = [one for one in found.services if len(found.knowers(one) - gone) <= 1 and found.knowers(one) & gone]
    assert shown.new_gaps == len(lost)
    many = questions(client, "/knowledge?without=sam&without=noor")
    assert many == few <= 12

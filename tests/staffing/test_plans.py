"""Rotation plans from asking to the log: worked out, explained, changed, compared, approved once, refused when stale."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.absences.absences import add_absence
from gamebash.absences.kinds import AbsenceKind
from gamebash.absences.spans import DaysAway
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import DomainError, InvalidError
from gamebash.core.lifecycles import WrongStateError
from gamebash.people.models import Person
from gamebash.rotation.membership import team_on
from gamebash.rotation.models import Move
from gamebash.staffing.asking import Asked, TeamAsked
from gamebash.staffing.gathering import gather
from gamebash.staffing.models import RotationPlan
from gamebash.staffing.plan_chores import work_off_plans
from gamebash.staffing.plan_forms import quarter_later
from gamebash.staffing.plan_lifecycle import PlanState
from gamebash.staffing.planner.instance import Edit, EditKind, Wanting, Weights
from gamebash.staffing.plans import (
    StalePlanError,
    approve_plan,
    ask_for_plan,
    drop_plan,
    edit_plan,
    get_plan,
    stop_plan,
    undo_edit,
)
from gamebash.staffing.preferences import say_preference
from gamebash.staffing.queries.plans import comparison_page, plan_page
from gamebash.staffing.rulebook import RuleKind
from gamebash.staffing.rules import set_rule
from gamebash.staffing.wishes import Preference, Wish
from tests.rotation.making import MoveDraft, log_move
from tests.rotation.test_pages import questions
from tests.staffing.making import TODAY, Organisation, switch

DAY = TODAY + timedelta(days=30)
EASY = {"shortest_weeks": 4, "longest_weeks": 52, "held_fixes": 0, "taught": 0, "needs_word": 0}


@pytest.fixture
def organisation(work):
    """Lena in OPS wants to CHK, Noor in CHK wants to OPS, Sam in OPS wants to stay, Ines and Kai have not said."""
    with work():
        made = Organisation()
        for name, team in (
            ("Lena", made.ops),
            ("Sam", made.ops),
            ("Ines", made.ops),
            ("Noor", made.chk),
            ("Kai", made.chk),
        ):
            made.join(name, team, 200)
        made.manager()
        people = made.people
        say_preference(people["Lena"], Preference(Wish.MOVE, frozenset({made.chk.id})), now=made.now)
        say_preference(people["Noor"], Preference(Wish.MOVE, frozenset({made.ops.id})), now=made.now)
        say_preference(people["Sam"], Preference(Wish.STAY), now=made.now)
        set_rule(RuleKind.ELIGIBILITY, EASY, seen=0, by=made.manager(), now=made.now)
    return made


@pytest.fixture
def asked(organisation):
    return Asked((DAY,), {organisation.ops.id: TeamAsked(3, 3), organisation.chk.id: TeamAsked(2, 2)})


@pytest.fixture
def worked_out(organisation, work):
    def run(asked):
        with work():
            number = ask_for_plan(asked, by=organisation.manager(), now=organisation.now).number
        assert work_off_plans(now=organisation.now)
        db.session.rollback()
        return get_plan(number)

    return run


def page_of(plan, organisation):
    return plan_page(plan, reader=organisation.manager(), today=TODAY)


def names(page):
    return {(move.name, move.to_team.code) for move in page.moves}


def test_two_wishes_make_a_plan_with_reasons_prices_and_what_would_be_without(organisation, worked_out, asked):
    plan = worked_out(asked)
    page = page_of(plan, organisation)
    assert plan.state is PlanState.DRAFT
    assert names(page) == {("Lena", "CHK"), ("Noor", "OPS")}
    assert page.row.is_proven
    assert page.row.cost == 8
    for move in page.moves:
        assert move.reasons[0] == "Asked for this"
        assert move.price == 4
        assert (move.without, move.dearer) == ("The best plan without it costs more", 4)
    assert [(line.words, line.amount, line.times) for line in page.costs] == [("Moves", 8, 2)]
    assert {line.team.code: line.there for line in page.staff} == {"OPS": (3, 3), "CHK": (2, 2)}


def test_the_same_asked_again_gives_the_same(organisation, worked_out, asked):
    one, other = worked_out(asked), worked_out(asked)
    strip = ("seconds",)
    assert {k: v for k, v in one.found.items() if k not in strip} == {
        k: v for k, v in other.found.items() if k not in strip
    }


def test_what_is_gathered_is_what_people_said_entered_and_did(organisation, work, asked):
    with work():
        days = DaysAway(DAY - timedelta(days=2), DAY + timedelta(days=60))
        add_absence(
            organisation.people["Kai"], days, AbsenceKind.PARENTAL, by=organisation.people["Kai"], now=organisation.now
        )
        organisation.join("Leaving", organisation.chk, 100)
        log_move(organisation.people["Leaving"], MoveDraft(organisation.chk, None, DAY), by=None, now=organisation.now)
    instance = gather(replace(asked, cover=1, fair_since=TODAY - timedelta(days=100), joiners=2)).instance
    found = {person.name: person for person in instance.people}
    assert found["Lena"].wanted == {organisation.chk.id}
    assert found["Sam"].wanting is Wanting.STAY
    assert found["Ines"].wanting is Wanting.UNSAID
    assert found["Kai"].away == {0}
    assert found["Leaving"].path == (None,)
    assert found["Lena"].eligible_at == 0
    assert found["Lena"].past_ops_days == 130
    assert [person.name for person in instance.people if person.is_joiner] == ["Joiner 1", "Joiner 2"]
    checkout = next(need for need in instance.services if need.name == "checkout-api")
    assert checkout.knowers >= {organisation.people["Noor"].id, organisation.people["Kai"].id}
    assert checkout.within == {organisation.ops.id, organisation.chk.id}


def test_who_is_not_eligible_is_not_moved_out_of_ops(organisation, work, worked_out, asked):
    with work():
        strict = {**EASY, "shortest_weeks": 52, "longest_weeks": 60}
        set_rule(RuleKind.ELIGIBILITY, strict, seen=1, by=organisation.manager(), now=organisation.now)
    assert names(page_of(worked_out(asked), organisation)) == set()


def test_approving_writes_all_moves_at_once_and_says_nothing_of_wishes(organisation, work, worked_out, asked):
    plan = worked_out(asked)
    with work():
        approve_plan(get_plan(plan.number), by=organisation.manager(), now=organisation.now)
    people = organisation.people
    assert team_on(people["Lena"].id, DAY).code == "CHK"
    assert team_on(people["Noor"].id, DAY).code == "OPS"
    assert team_on(people["Sam"].id, DAY).code == "OPS"
    reasons = db.session.scalars(sa.select(Move.reason).where(Move.effective_on == DAY)).all()
    assert reasons == [f"Rotation plan {plan.number}"] * 2
    with pytest.raises(WrongStateError, match="is approved"):
        approve_plan(get_plan(plan.number), by=organisation.manager(), now=organisation.now)


def test_a_plan_is_refused_once_the_log_moved_on(organisation, work, worked_out, asked):
    plan = worked_out(asked)
    with work():
        organisation.join("New", organisation.chk, 1)
    assert page_of(get_plan(plan.number), organisation).is_stale
    with pytest.raises(StalePlanError, match="Work it out again"):
        approve_plan(get_plan(plan.number), by=organisation.manager(), now=organisation.now)
    assert team_on(organisation.people["Lena"].id, DAY).code == "OPS"


def test_of_managers_who_approve_at_once_one_does_and_each_move_is_written_once(app, organisation, worked_out, asked):
    number = worked_out(asked).number
    db.session.rollback()
    barrier, found = threading.Barrier(4), []

    def press():
        with app.app_context():
            barrier.wait()
            try:
                with unit_of_work():
                    manager = db.session.scalars(sa.select(Person).where(Person.handle == "priya")).one()
                    approve_plan(get_plan(number), by=manager, now=organisation.now)
                found.append("done")
            except WrongStateError as refusal:
                found.append(str(refusal))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found.count("done") == 1
    assert all("is approved" in one for one in found if one != "done")
    assert db.session.scalar(sa.select(sa.func.count()).where(Move.effective_on == DAY)) == 2


def test_a_row_fixed_by_hand_makes_another_plan_whose_cost_is_shown_beside_the_first(
    organisation, work, worked_out, asked
):
    plan = worked_out(asked)
    edit = Edit(EditKind.FORBID, organisation.people["Lena"].id, organisation.chk.id, 0)
    with work():
        changed = edit_plan(get_plan(plan.number), edit, by=organisation.manager(), now=organisation.now).number
    work_off_plans(now=organisation.now)
    db.session.rollback()
    page = page_of(get_plan(changed), organisation)
    assert (page.row.based_on, page.cost_before, page.row.cost) == (plan.number, 8, 12)
    assert names(page) == set()
    assert page.edits[0].startswith("Lena is not in CHK from")
    compared = comparison_page(get_plan(plan.number), get_plan(changed), reader=organisation.manager(), today=TODAY)
    assert (len(compared.only_one), len(compared.only_other), len(compared.in_both)) == (2, 0, 0)
    with work():
        back = undo_edit(get_plan(changed), 0, by=organisation.manager(), now=organisation.now).number
    work_off_plans(now=organisation.now)
    db.session.rollback()
    assert get_plan(back).found["cost"] == 8


def test_rules_in_conflict_are_named_with_what_leaving_out_each_would_give(organisation, worked_out, asked):
    edit = Edit(EditKind.FORCE, organisation.people["Sam"].id, organisation.chk.id, 0)
    plan = worked_out(replace(asked, edits=(edit,)))
    page = page_of(plan, organisation)
    assert plan.state is PlanState.IMPOSSIBLE
    assert page.is_minimal
    assert {one.words for one in page.conflict} >= {"Sam wants to stay"}
    assert all(one.gives for one in page.conflict)


def test_heavier_weights_change_the_plan(organisation, worked_out, asked):
    assert names(page_of(worked_out(replace(asked, weights=Weights(move=20))), organisation)) == set()


def test_joiners_are_placed_and_not_written_into_the_log(organisation, work, worked_out, asked):
    teams = {organisation.ops.id: TeamAsked(3, 5), organisation.chk.id: TeamAsked(2, 4, 4)}
    plan = worked_out(replace(asked, teams=teams, joiners=2, changes=9))
    page = page_of(plan, organisation)
    assert {(move.name, move.to_team.is_ops) for move in page.moves if not move.has_name} == {
        ("Joiner 1", True),
        ("Joiner 2", True),
    }
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Move))
    with work():
        approve_plan(get_plan(plan.number), by=organisation.manager(), now=organisation.now)
    written = db.session.scalar(sa.select(sa.func.count()).select_from(Move)) - before
    assert written == sum(move.has_name for move in page.moves)


def test_a_plan_can_be_stopped_before_it_is_begun_and_put_aside(organisation, work, asked):
    with work():
        number = ask_for_plan(asked, by=organisation.manager(), now=organisation.now).number
        stop_plan(get_plan(number), by=organisation.manager(), now=organisation.now)
    assert not work_off_plans(now=organisation.now)
    with work():
        drop_plan(get_plan(number), by=organisation.manager(), now=organisation.now)
    assert get_plan(number).state is PlanState.DROPPED


def test_what_a_killed_worker_left_is_taken_up_by_another(organisation, work, asked):
    with work():
        number = ask_for_plan(asked, by=organisation.manager(), now=organisation.now).number
        plan = get_plan(number)
        plan.state, plan.leased_until = PlanState.SOLVING, organisation.now + timedelta(minutes=5)
    assert not work_off_plans(now=organisation.now)
    assert work_off_plans(now=organisation.now + timedelta(minutes=6))
    db.session.rollback()
    assert get_plan(number).state is PlanState.DRAFT


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"dates": (TODAY,)}, "lies ahead"),
        ({"dates": (DAY, DAY)}, "one after the other"),
        ({"joiners": 101}, "can join"),
        ({"apart": ((1, 1),)}, "two people"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(organisation, asked, changes, words):
    with pytest.raises(InvalidError, match=words):
        ask_for_plan(replace(asked, **changes), by=organisation.manager(), now=organisation.now)


def test_what_is_asked_is_kept_whole(organisation, asked):
    edit = Edit(EditKind.HOLD, organisation.people["Lena"].id)
    full = replace(asked, apart=((1, 2),), together=((3, 4),), edits=(edit,), fair_since=TODAY, joiners=3)
    assert Asked.from_document(full.to_document()) == full


def test_a_quarter_later_is_the_same_day_or_the_28th():
    assert quarter_later(DAY.replace(year=2026, month=11, day=30), 1).isoformat() == "2027-02-28"
    assert quarter_later(DAY.replace(year=2026, month=12, day=1), 4).isoformat() == "2027-12-01"


def test_only_managers_plan_and_the_way_through_the_pages_works(organisation, work, client):
    with work():
        switch(client, organisation.people["Sam"])
    assert client.get("/staffing").status_code == 403
    with work():
        switch(client, organisation.manager())
    form = {
        "first_on": DAY.isoformat(), "quarters": 1, "cover": 1, "changes": 2, "joiners": 0, "joiners_at": 1,
        "counts_owner": "y", "least-OPS": 3, "most-OPS": 3, "least-CHK": 2, "most-CHK": 2, "move": 4, "unasked": 2,
        "elsewhere": 8, "waiting": 6, "too_long": 5, "empty_seat": 6, "unfair_month": 1, "apart_one": "", "apart_other": "",
        "together_one": "", "together_other": "",
    }  # fmt: skip
    assert client.get("/staffing/new").status_code == 200
    assert client.post("/staffing/new", data={**form, "quarters": 99}).status_code == 422
    assert client.post("/staffing/new", data={**form, "first_on": TODAY.isoformat()}).status_code == 422
    assert client.post("/staffing/new", data=form).location.endswith("/staffing/1")
    assert "is being worked out" in client.get("/staffing/1").get_data(as_text=True)
    work_off_plans(now=organisation.now)
    text = client.get("/staffing/1").get_data(as_text=True)
    assert "2 moves on" in text
    assert "Nobody moves without saying yes." in text
    row = {"kind": "forbid", "person": "lena", "team": "CHK", "at": "0"}
    assert client.post("/staffing/1/edit", data={**row, "person": "nobody"}).status_code == 422
    assert client.post("/staffing/1/edit", data=row).location.endswith("/staffing/2")
    work_off_plans(now=organisation.now)
    assert "(+4.0)" in client.get("/staffing/2").get_data(as_text=True)
    assert client.get("/staffing/1/compare?with=2").status_code == 200
    assert client.post("/staffing/2/drop").status_code == 303
    assert client.post("/staffing/1/approve").status_code == 303
    assert client.post("/staffing/1/approve").status_code == 409
    assert "Approved" in client.get("/staffing").get_data(as_text=True)
    assert client.get("/staffing/99").status_code == 404


def test_wishes_of_people_with_managers_of_their_own_are_told_in_general_words(organisation, work, worked_out, asked):
    with work():
        organisation.ops.managers = [organisation.person("Own", "manager")]
    plan = worked_out(asked)
    reasons = {move.name: move.reasons[0] for move in page_of(plan, organisation).moves}
    assert reasons == {"Lena": "Fits what they told their managers", "Noor": "Asked for this"}


def test_a_plan_asks_as_much_of_the_database_for_many_people(organisation, work, client, worked_out, asked):
    number = worked_out(asked).number
    with work():
        switch(client, organisation.manager())
    few = questions(client, f"/staffing/{number}")
    with work():
        for extra in range(15):
            organisation.join(f"P{extra}", organisation.chk, 90)
            wish = Preference(Wish.MOVE, frozenset({organisation.ops.id}))
            say_preference(organisation.people[f"P{extra}"], wish, now=organisation.now)
    teams = {organisation.ops.id: TeamAsked(3, 30), organisation.chk.id: TeamAsked(2, 30)}
    number = worked_out(replace(asked, teams=teams, changes=20)).number
    assert len(page_of(get_plan(number), organisation).moves) > 10
    assert questions(client, f"/staffing/{number}") <= few <= 12


def test_a_move_that_the_log_refuses_leaves_nothing_written(organisation, work, worked_out, asked):
    plan = worked_out(asked)
    with work():
        organisation.chk.is_active = False
    with pytest.raises(DomainError, match="retired"), work():
        approve_plan(get_plan(plan.number), by=organisation.manager(), now=organisation.now)
    db.session.rollback()
    assert db.session.scalar(sa.select(RotationPlan.state).where(RotationPlan.number == plan.number)) is PlanState.DRAFT
    assert db.session.scalar(sa.select(sa.func.count()).where(Move.effective_on == DAY)) == 0

"""Handing over: a list with every planned move, ticked by who gives, signed once by who receives; a lesson for both."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError, NotAllowedError, NotFoundError
from gamebash.notices.models import Notice
from gamebash.rotation.calendars import get_feed, make_feed
from gamebash.rotation.consents import decline_move, give_word
from gamebash.rotation.models import Move
from gamebash.rotation.moves import cancel_move, correct_move
from gamebash.rotation.queries.calendars import feed_file
from gamebash.rotation.swaps import Swap, log_swap
from gamebash.staffing.handovers.allowing import CalledOffHandoverError, SignedHandoverError
from gamebash.staffing.handovers.checklist import DayKind, Facts, HandoverState, state_of
from gamebash.staffing.handovers.days import SameDayError, cancel_day, plan_day
from gamebash.staffing.handovers.handovers import (
    add_item,
    begin_missing_handovers,
    drop_item,
    name_receiver,
    tick_item,
    untick_item,
    write_notes,
)
from gamebash.staffing.handovers.models import Handover, HandoverItem, HandoverSignOff
from gamebash.staffing.handovers.signing import OpenItemsError, sign_off
from gamebash.staffing.handovers.telling import remind_of_handovers
from gamebash.staffing.knowledge import Ground
from gamebash.staffing.queries.eligibility import eligibility_page
from gamebash.staffing.queries.facts import known_on
from gamebash.staffing.rulebook import HandoverRule, RuleKind
from gamebash.staffing.rules import set_rule
from tests.factories import make_problem, make_story
from tests.rotation.making import MoveDraft, log_move
from tests.rotation.test_moves_races import at_once as at_once
from tests.rotation.test_moves_races import by_handle, split
from tests.rotation.test_pages import questions
from tests.staffing.making import TODAY, Organisation, switch
from tests.support.rfc5545 import events_of

SOON = TODAY + timedelta(days=20)


@pytest.fixture
def organisation(work):
    """Lena leaves WHS, which owns label-printing, for OPS in 20 days; Noor of WHS takes over. Priya manages."""
    with work():
        made = Organisation()
        made.join("Lena", made.whs, 400)
        made.join("Noor", made.whs, 10)
        made.join("Sam", made.chk, 120)
        made.manager()
        log_move(made.people["Lena"], MoveDraft(made.whs, made.ops, SOON, "Turn"), by=made.manager(), now=made.now)
    return made


def handover_of(name="Lena"):
    return db.session.scalars(
        sa.select(Handover).join(Handover.person).where(Handover.person.has(name=name)).order_by(Handover.id.desc())
    ).first()


def texts_for(person, kind="handover"):
    query = sa.select(Notice.text).where(Notice.person_id == person.id, sa.cast(Notice.kind, sa.String) == kind)
    return db.session.scalars(query.order_by(Notice.id)).all()


def received(organisation):
    """Name Noor, and tick everything."""
    lena, handover = organisation.people["Lena"], handover_of()
    name_receiver(handover, organisation.people["Noor"], by=lena, now=organisation.now)
    for item in handover.items:
        tick_item(handover, item.id, by=lena, now=organisation.now)
    return handover


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (Facts(0, 3, SOON), HandoverState.OPEN),
        (Facts(3, 3, SOON), HandoverState.READY),
        (Facts(3, 3, TODAY), HandoverState.OVERDUE),
        (Facts(0, 3, TODAY, is_off=True), HandoverState.OFF),
        (Facts(3, 3, TODAY, is_signed=True, is_off=True), HandoverState.SIGNED),
    ],
)
def test_where_a_handover_stands(facts, state):
    assert state_of(facts, TODAY) is state


def test_a_planned_move_out_of_a_team_begins_a_handover_and_a_past_one_or_a_join_none(organisation, work):
    assert [item.text for item in handover_of().items] == list(HandoverRule().items)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Handover)) == 1
    assert texts_for(organisation.people["Lena"])[0].startswith("You leave WHS on")
    assert not begin_missing_handovers(now=organisation.now)


def test_the_list_is_the_one_that_managers_set_when_it_begins(organisation, work):
    rule = {"items": ["Give back the badge"]}
    with work():
        set_rule(RuleKind.HANDOVER, rule, seen=0, by=organisation.manager(), now=organisation.now)
        away = MoveDraft(organisation.chk, None, SOON, "Leaves")
        log_move(organisation.people["Sam"], away, by=organisation.manager(), now=organisation.now)
    assert [item.text for item in handover_of("Sam").items] == ["Give back the badge"]
    assert len(handover_of("Lena").items) == len(HandoverRule().items)
    for items, words in (([], "at least one"), (["x" * 201], "within 200"), (["x"] * 31, "within 30")):
        with pytest.raises(InvalidError, match=words):
            set_rule(RuleKind.HANDOVER, {"items": items}, seen=1, by=organisation.manager(), now=organisation.now)


def test_it_follows_its_move_through_corrections_and_a_word_against_a_no(organisation, work):
    lena, priya, now = organisation.people["Lena"], organisation.manager(), organisation.now
    handover = handover_of()
    move = handover.move
    with work():
        write_notes(handover, "Mind the queue.", by=lena, now=now)
        later = MoveDraft(organisation.whs, organisation.ops, SOON + timedelta(days=7))
        second = correct_move(move, later, reason="A week later", by=priya, now=now)
        assert (handover_of().id, handover_of().move_id) == (handover.id, second.id)
        decline_move(second, reason="No", by=lena, now=now)
    with pytest.raises(CalledOffHandoverError, match="does not move any more"):
        write_notes(handover_of(), "More", by=lena, now=now)
    with work():
        third = give_word(second, reason="It has to be", by=priya, now=now)
    assert (handover_of().move_id, handover_of().notes) == (third.id, "Mind the queue.")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Handover)) == 1


def test_in_a_swap_each_takes_over_from_the_other(organisation, work):
    with work():
        organisation.join("Olga", organisation.ops, 100)
        swap = Swap(organisation.people["Olga"], organisation.people["Sam"], SOON)
        log_swap(swap, by=organisation.manager(), now=organisation.now)
    assert handover_of("Olga").receiver is organisation.people["Sam"]
    assert handover_of("Sam").receiver is organisation.people["Olga"]
    assert any("You take over from Olga" in text for text in texts_for(organisation.people["Sam"]))


def test_only_the_giver_ticks_and_writes_and_only_those_concerned_change_the_list(organisation, work):
    handover, now = handover_of(), organisation.now
    item, (noor, sam) = handover.items[0], (organisation.people[name] for name in ("Noor", "Sam"))
    for person in (noor, organisation.manager()):
        with pytest.raises(NotAllowedError, match="Only Lena"):
            tick_item(handover, item.id, by=person, now=now)
        with pytest.raises(NotAllowedError, match="Only Lena"):
            write_notes(handover, "x", by=person, now=now)
    for act in (
        lambda: name_receiver(handover, noor, by=sam, now=now),
        lambda: add_item(handover, "x", by=sam, now=now),
        lambda: drop_item(handover, item.id, by=noor, now=now),
        lambda: plan_day(handover, SOON, DayKind.PAIRING, by=sam, now=now),
    ):
        with pytest.raises(NotAllowedError):
            act()


def test_items_are_ticked_unticked_added_and_dropped(organisation, work):
    handover, lena, now = handover_of(), organisation.people["Lena"], organisation.now
    with work():
        first = tick_item(handover, handover.items[0].id, by=lena, now=now)
        with pytest.raises(DomainError, match="passed on already"):
            drop_item(handover, first.id, by=lena, now=now)
        untick_item(handover, first.id, by=lena, now=now)
        added = add_item(handover, " Feed the cat ", by=organisation.manager(), now=now)
        assert handover.items[-1].text == added.text == "Feed the cat"
        for item in handover.items[1:]:
            drop_item(handover, item.id, by=lena, now=now)
        with pytest.raises(DomainError, match="last one"):
            drop_item(handover, first.id, by=lena, now=now)
        with pytest.raises(NotFoundError):
            tick_item(handover, added.id, by=lena, now=now)
    assert db.session.scalars(sa.select(HandoverItem.text)).all() == [first.text]


def test_only_the_receiver_signs_and_only_when_everything_is_ticked(organisation, work):
    handover, now = handover_of(), organisation.now
    lena, noor, priya = organisation.people["Lena"], organisation.people["Noor"], organisation.manager()
    with pytest.raises(NotAllowedError, match="Nobody is named"):
        sign_off(handover, by=noor, now=now)
    with work():
        with pytest.raises(InvalidError, match="Somebody else"):
            name_receiver(handover, lena, by=lena, now=now)
        name_receiver(handover, noor, by=lena, now=now)
        for person in (lena, priya):
            with pytest.raises(NotAllowedError, match="Only Noor signs"):
                sign_off(handover, by=person, now=now)
        with pytest.raises(OpenItemsError, match="6 items are open"):
            sign_off(handover, by=noor, now=now)
        received(organisation)
        sign_off(handover, by=noor, now=now)
    for act in (
        lambda: sign_off(handover, by=noor, now=now),
        lambda: untick_item(handover, handover.items[0].id, by=lena, now=now),
        lambda: name_receiver(handover, organisation.people["Sam"], by=priya, now=now),
    ):
        with pytest.raises(SignedHandoverError, match="Noor signed this handover on"):
            act()
    assert "If you have it, sign for it" in texts_for(noor)[-1]
    assert "Noor has signed" in texts_for(lena)[-1]


def test_of_many_signatures_at_once_one_counts(organisation, work, at_once):
    with work():
        received(organisation)

    def sign():
        sign_off(handover_of(), by=by_handle("noor"), now=organisation.now)

    done, refusals = split(at_once(*[sign] * 8), SignedHandoverError)
    assert (done, len(refusals)) == (1, 7)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(HandoverSignOff)) == 1


def test_a_signature_and_an_item_taken_back_at_once_never_leave_a_signed_list_with_an_open_item(
    organisation, work, at_once
):
    with work():
        received(organisation)
    item = handover_of().items[0].id
    db.session.rollback()

    def sign():
        sign_off(handover_of(), by=by_handle("noor"), now=organisation.now)

    def take_back():
        untick_item(handover_of(), item, by=by_handle("lena"), now=organisation.now)

    at_once(sign, take_back)
    db.session.expire_all()
    is_signed = db.session.scalar(sa.select(sa.func.count()).select_from(HandoverSignOff)) == 1
    assert is_signed == all(one.ticked_at for one in handover_of().items)


@pytest.mark.parametrize("statement", ["UPDATE handover_sign_offs SET person_id = 1", "DELETE FROM handover_sign_offs"])
def test_a_signature_stands(organisation, work, statement):
    with work():
        sign_off(received(organisation), by=organisation.people["Noor"], now=organisation.now)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        db.session.execute(sa.text(statement))


def test_a_signed_handover_is_a_lesson_for_both(organisation, work):
    lena, noor, labels = organisation.people["Lena"], organisation.people["Noor"], organisation.labels.id
    with work():
        organisation.join("Olga", organisation.ops, 100)
        organisation.fax.builder_team_id = organisation.whs.id
        before = known_on(TODAY)
        sign_off(received(organisation), by=noor, now=organisation.now)
    found = {
        (one.person, service): dict(one.parts)
        for service in known_on(TODAY).services
        for one in known_on(TODAY).of(service)
    }
    assert found[noor.id, labels][Ground.LEARNED] == pytest.approx(0.6)
    assert found[lena.id, labels][Ground.TAUGHT] == pytest.approx(0.3)
    assert found[noor.id, organisation.fax.id][Ground.LEARNED] == pytest.approx(0.6)
    assert noor.id not in {one.person for one in before.of(organisation.fax.id) if Ground.LEARNED in dict(one.parts)}


def test_a_lesson_counts_once_for_eligibility_however_many_services_it_was_about(organisation, work):
    with work():
        organisation.join("Olga", organisation.ops, 100)
        organisation.labels.team_id = organisation.fax.team_id = organisation.ops.id
        log_move(
            organisation.people["Olga"],
            MoveDraft(organisation.ops, organisation.whs, SOON),
            by=None,
            now=organisation.now,
        )
        handover, olga, noor = handover_of("Olga"), organisation.people["Olga"], organisation.people["Noor"]
        name_receiver(handover, noor, by=olga, now=organisation.now)
        for item in handover.items:
            tick_item(handover, item.id, by=olga, now=organisation.now)
        assert len(sign_off(handover, by=noor, now=organisation.now).services) == 2
    (row,) = eligibility_page(organisation.manager(), today=TODAY, can_set=True).rows
    assert {one.words: one.have for one in row.eligibility.criteria}["3 reviews or lessons for others"] == "1"


def test_days_together_stand_in_both_calendars_and_say_when_they_are_off(organisation, work):
    lena, noor, now = organisation.people["Lena"], organisation.people["Noor"], organisation.now
    with work():
        handover = handover_of()
        with pytest.raises(InvalidError, match="Name first"):
            plan_day(handover, SOON, DayKind.PAIRING, by=lena, now=now)
        name_receiver(handover, noor, by=lena, now=now)
        for on in (TODAY - timedelta(days=1), SOON + timedelta(weeks=6, days=1)):
            with pytest.raises(InvalidError, match="Choose a day"):
                plan_day(handover, on, DayKind.PAIRING, by=lena, now=now)
        day = plan_day(handover, SOON, DayKind.PAIRING, by=noor, now=now)
        with pytest.raises(SameDayError, match="together on"):
            plan_day(handover, SOON, DayKind.SHADOW, by=lena, now=now)
    assert ("Pairing with Noor", "CONFIRMED", "0") in shown(lena, now)
    assert ("Pairing with Lena", "CONFIRMED", "0") in shown(noor, now)
    with work():
        cancel_day(handover, day.id, by=lena, now=now)
        with pytest.raises(NotFoundError):
            cancel_day(handover, day.id, by=lena, now=now)
        plan_day(handover, SOON, DayKind.SHADOW, by=lena, now=now)
    assert ("Pairing with Lena", "CANCELLED", "1") in shown(noor, now)
    assert ("Shadow day with Lena", "CONFIRMED", "0") in shown(noor, now)


def shown(person, now):
    feed = get_feed(make_feed(person, None, now=now))
    events = events_of(feed_file(feed, today=TODAY, base="https://bash.example.org/"))
    return {(event["SUMMARY"], event["STATUS"], event["SEQUENCE"]) for event in events}


def test_people_are_reminded_once_a_week_ahead_a_day_ahead_and_when_it_is_overdue(organisation, work):
    lena, noor, priya = organisation.people["Lena"], organisation.people["Noor"], organisation.manager()
    organisation.whs.managers = [priya]
    db.session.commit()

    def told(days):
        before = [len(texts_for(person)) for person in (lena, noor, priya)]
        for _ in range(2):
            with work():
                remind_of_handovers(now=organisation.now + timedelta(days=days))
        return [len(texts_for(person)) - was for person, was in zip((lena, noor, priya), before, strict=True)]

    with work():
        name_receiver(handover_of(), noor, by=lena, now=organisation.now)
    assert told(12) == [0, 0, 0]
    assert told(13) == [1, 1, 0]
    assert told(16) == [0, 0, 0]
    assert told(19) == [1, 1, 0]
    assert "6 of your handover list are open" in texts_for(lena)[-1]
    assert told(20) == [1, 1, 1]
    assert "the handover is not signed" in texts_for(priya)[-1]
    assert told(21) == [0, 0, 0]
    assert told(300) == [0, 0, 0]


def test_pages_show_how_far_it_is(organisation, work, client):
    make_problem(organisation.labels, state="open", value=3.0)
    make_story(service=organisation.labels)
    with work():
        switch(client, organisation.people["Lena"])
    text = client.get("/handovers/1").get_data(as_text=True)
    assert "0 of 6 things are passed on" in text
    text = client.get("/handovers/1/open").get_data(as_text=True)
    assert "1 open problem" in text
    assert "1 open story" in text
    assert client.get("/handovers/9").status_code == 404
    move = db.session.scalars(sa.select(Move.number).order_by(Move.id.desc())).first()
    for path in (
        f"/rotation/moves/{move}",
        "/rotation/people/lena",
        "/handovers/team/OPS",
        "/handovers",
        "/handovers/near",
    ):
        assert "/handovers/1" in client.get(path).get_data(as_text=True), path
    assert 'hx-get="/handovers/team/OPS"' in client.get("/teams/OPS").get_data(as_text=True)
    assert 'hx-get="/handovers/near"' in client.get("/rotation").get_data(as_text=True)
    assert client.get("/handovers?show=signed").get_data(as_text=True).count("/handovers/1") == 0
    assert "/handovers/1" in client.get("/handovers?show=mine&q=len&team=WHS", headers={"HX-Request": "true"}).get_data(
        as_text=True
    )


def test_an_overdue_one_is_red_everywhere(organisation, work, client):
    handover = handover_of()
    with work():
        cancel_move(handover.move, reason="Off", by=organisation.manager(), now=organisation.now)
        yesterday = organisation.now - timedelta(days=2)
        log_move(
            organisation.people["Sam"], MoveDraft(organisation.chk, organisation.ops, TODAY - timedelta(days=1)),
            by=organisation.manager(), now=yesterday,
        )  # fmt: skip
        switch(client, organisation.people["Sam"])
    for path in ("/handovers", "/handovers/near", "/rotation/people/sam", "/handovers/team/CHK"):
        text = client.get(path).get_data(as_text=True)
        assert "not signed in time" in text.lower(), path
    assert "Called off" in client.get("/handovers?show=all").get_data(as_text=True)


def test_a_handover_is_worked_through_on_its_page(organisation, work, client):
    lena, noor = organisation.people["Lena"], organisation.people["Noor"]
    with work():
        switch(client, lena)
    assert client.post("/handovers/1/receiver", data={"person": "noor"}).status_code == 303
    assert client.post("/handovers/1/notes", data={"notes": "Mind the queue."}).status_code == 303
    assert client.post("/handovers/1/items", data={"text": ""}).status_code == 422
    assert client.post("/handovers/1/items", data={"text": "Keys"}).status_code == 303
    assert client.post("/handovers/1/days", data={"on": "x", "kind": "pairing"}).status_code == 422
    assert client.post("/handovers/1/days", data={"on": SOON.isoformat(), "kind": "pairing"}).status_code == 303
    assert client.post("/handovers/1/items/7/drop").status_code == 303
    for item in range(1, 7):
        assert client.post(f"/handovers/1/items/{item}/tick").status_code == 303
    assert client.post("/handovers/1/items/1/untick").status_code == 303
    assert client.post("/handovers/1/items/1/tick").status_code == 303
    assert client.post("/handovers/1/sign").status_code == 403
    with work():
        switch(client, noor)
    text = client.get("/handovers/1").get_data(as_text=True)
    assert "Mind the queue." in text
    assert "Sign that you have it" in text
    assert client.post("/handovers/1/days/1/cancel").status_code == 303
    assert client.post("/handovers/1/sign").status_code == 303
    assert client.post("/handovers/1/sign").status_code == 409
    with work():
        switch(client, organisation.people["Sam"])
    text = client.get("/handovers/1").get_data(as_text=True)
    assert "Noor has signed" in text
    assert "Mind the queue." not in text
    assert client.get("/handovers/list").status_code == 403


def test_a_manager_sets_the_list_on_its_page(organisation, work, client):
    with work():
        switch(client, organisation.manager())
    assert "Walk through the open problems" in client.get("/handovers/list").get_data(as_text=True)
    assert client.post("/handovers/list", data={"items": "\n", "seen": "0"}).status_code == 422
    assert client.post("/handovers/list", data={"items": "Keys\n\nBadge", "seen": "0"}).status_code == 303
    assert client.post("/handovers/list", data={"items": "Keys", "seen": "0"}).status_code == 409


def test_pages_ask_as_much_for_many(organisation, work, client):
    with work():
        switch(client, organisation.manager())
    paths = (
        "/handovers",
        "/handovers/1",
        "/rotation/people/lena",
        "/teams/OPS",
        "/handovers/team/OPS",
        "/rotation/moves/4",
    )
    few = [questions(client, path) for path in paths]
    with work():
        for number in range(12):
            person = organisation.join(f"P{number}", organisation.whs, 90)
            log_move(person, MoveDraft(organisation.whs, organisation.ops, SOON), by=None, now=organisation.now)
            make_problem(organisation.labels, state="open", value=float(number))
    many = [questions(client, path) for path in paths]
    assert many == few
    assert max(many) <= 12

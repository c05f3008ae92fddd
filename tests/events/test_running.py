import threading

import pytest
import sqlalchemy as sa

from gamebash.core.audit import AuditEntry
from gamebash.core.db import db
from gamebash.events.drafts import change_rules, draft_event
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, EventStory
from gamebash.events.refusals import NotReadyError, TransitionLostError
from gamebash.events.rules import Rules
from gamebash.events.running import back_to_draft, go_live, schedule_event
from gamebash.people.models import Person
from gamebash.stories.grades import Grade
from tests.events.making import a_plan, a_scheduled_event, a_service, a_story, an_organiser

PRESSES = 50


def test_going_live_fixes_rules_and_points_and_makes_now_the_start(context, now):
    olga = an_organiser(now)
    story = a_story(a_service("api"), now, value=12.5, hours=3)
    event = a_scheduled_event(now, olga, [story])
    go_live(event, by=olga, now=now)
    story.grade, story.value = Grade.DOUBLE_YELLOW, 99.0
    entry = db.session.scalar(sa.select(EventStory))
    assert (event.state, event.starts_at, event.went_live_at) == (EventState.LIVE, now, now)
    assert (entry.grade, entry.points, entry.value) == (Grade.RED, 3, 12.5)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda event, now: setattr(event, "rules_confirmed_at", None), "not confirmed"),
        (lambda event, now: db.session.execute(sa.delete(EventStory)), "no stories"),
        (lambda event, now: setattr(event, "freezes_at", now), "freeze"),
    ],
)
def test_what_cannot_be_played_does_not_go_live(spoil, words, context, now):
    olga = an_organiser(now)
    event = a_scheduled_event(now, olga, [a_story(a_service("api"), now)])
    spoil(event, now)
    with pytest.raises(NotReadyError, match=words):
        go_live(event, by=olga, now=now)
    assert event.state is EventState.SCHEDULED


def test_an_event_whose_end_is_past_is_not_scheduled(context, now):
    event = draft_event(a_plan(now), by=None, now=now)
    with pytest.raises(NotReadyError, match="past"):
        schedule_event(event, by=an_organiser(now), now=event.ends_at)


def test_a_draft_is_scheduled_before_it_goes_live(context, now):
    event = draft_event(a_plan(now), by=None, now=now)
    with pytest.raises(TransitionLostError, match=r"is draft, so it cannot go live now. .*Schedule it first"):
        go_live(event, by=an_organiser(now), now=now)


def test_a_scheduled_event_goes_back_and_its_rules_change(context, now):
    olga = an_organiser(now)
    event = a_scheduled_event(now, olga)
    change_rules(event, Rules(lease_minutes=60), by=olga, now=now)
    assert back_to_draft(event, by=olga, now=now).state is EventState.DRAFT


def test_of_fifty_presses_on_go_live_one_counts_and_the_others_hear_whose(app, work, now):
    with work():
        organisers = [an_organiser(now, f"organiser-{number}") for number in range(PRESSES)]
        ids = [person.id for person in organisers]
        event_id = a_scheduled_event(now, organisers[0], [a_story(a_service("api"), now)]).id
    db.session.remove()
    gate, outcomes = threading.Barrier(PRESSES), []

    def press(person_id):
        with app.app_context():
            gate.wait()
            try:
                with work():
                    go_live(db.session.get(Event, event_id), by=db.session.get(Person, person_id), now=now)
                outcomes.append("live")
            except TransitionLostError as refusal:
                outcomes.append(str(refusal))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press, args=(person_id,)) for person_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winner = db.session.scalar(
        sa.select(Person.name).join(AuditEntry, AuditEntry.person_id == Person.id).where(
            AuditEntry.tag == "event:went_live"
        )
    )  # fmt: skip
    refusals = [outcome for outcome in outcomes if outcome != "live"]
    assert len(refusals) == PRESSES - 1
    assert all(f"{winner} took it live at 10:00" in refusal for refusal in refusals)

import threading

import pytest
import sqlalchemy as sa

from gamebash.core.audit import AuditEntry
from gamebash.core.db import db
from gamebash.core.errors import DomainError
from gamebash.events.drafts import change_rules, draft_event, draft_from_series
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, EventStory, Player, Series
from gamebash.events.players import join_event
from gamebash.events.refusals import NotReadyError, OpenDraftError, TransitionLostError
from gamebash.events.rules import Rules
from gamebash.events.running import back_to_draft, go_live, schedule_event
from gamebash.events.series import SeriesPlan, create_series
from gamebash.people.models import Person
from gamebash.stories.grades import Grade
from tests.events.making import a_person, a_plan, a_scheduled_event, a_service, a_story, an_organiser

PRESSES = 50


def all_at_once(app, work, count, act):
    """Run ``act(number)`` in as many threads at the same moment; return what each gave or was refused with."""
    gate, outcomes = threading.Barrier(count), []

    def run(number):
        with app.app_context():
            gate.wait()
            try:
                with work():
                    outcomes.append(act(number))
            except DomainError as refusal:
                outcomes.append(refusal)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


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

    def press(number):
        return go_live(db.session.get(Event, event_id), by=db.session.get(Person, ids[number]), now=now).state

    outcomes = all_at_once(app, work, PRESSES, press)
    winner = db.session.scalar(
        sa.select(Person.name).join(AuditEntry, AuditEntry.person_id == Person.id).where(
            AuditEntry.tag == "event:went_live"
        )
    )  # fmt: skip
    refusals = [str(outcome) for outcome in outcomes if isinstance(outcome, TransitionLostError)]
    assert len(refusals) == PRESSES - 1
    assert all(f"{winner} took it live at 10:00" in refusal for refusal in refusals)


def test_joining_in_ten_windows_at_once_is_joining_once(app, work, now):
    with work():
        event_id = a_scheduled_event(now, an_organiser(now)).id
        person_id = a_person("mara-lind", now).id
    db.session.remove()

    def join(_number):
        return join_event(db.session.get(Event, event_id), db.session.get(Person, person_id), now=now).id

    assert len(set(all_at_once(app, work, 10, join))) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Player)) == 1


def test_proposing_the_next_of_a_series_in_ten_windows_at_once_drafts_one(app, work, now):
    with work():
        olga = an_organiser(now)
        plan = SeriesPlan("Bug bash", now, 420, "FREQ=MONTHLY;BYDAY=3TH")
        series_id, olga_id = create_series(plan, zone="UTC", by=olga, now=now).id, olga.id
    db.session.remove()

    def propose(_number):
        by = db.session.get(Person, olga_id)
        return draft_from_series(db.session.get(Series, series_id), zone="UTC", by=by, now=now).id

    outcomes = all_at_once(app, work, 10, propose)
    assert sum(isinstance(outcome, OpenDraftError) for outcome in outcomes) == 9
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == 1

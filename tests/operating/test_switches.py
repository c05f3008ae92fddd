"""The log of operating models only grows, never contradicts itself, and is written by one at a time."""

import threading
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from gamebash.core.audit import AuditEntry
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import DomainError, InvalidError
from gamebash.operating.history import periods
from gamebash.operating.kinds import OperatingModel
from gamebash.operating.models import ModelSwitch
from gamebash.operating.switches import (
    ContradictingSwitchError,
    CorrectedSwitchError,
    SwitchDraft,
    correct_switch,
    entries_of,
    log_switch,
)
from gamebash.people.models import Person
from gamebash.people.persons import deactivate_person
from gamebash.privacy.erasing import make_anonymous
from gamebash.rotation.entries import InactiveTeamError
from gamebash.rotation.models import Team
from gamebash.verify import verify
from tests.rotation.making import Role, a_manager, a_person, some_teams

SEPARATE, FIFTH, ROTATING, SRE = OperatingModel
HANDS = 8


@pytest.fixture
def world(work, now):
    """CHK works separately since March; Priya is a manager."""
    with work():
        teams, priya = some_teams(now), a_manager(now)
        log_switch(teams["CHK"], draft(SEPARATE, "2026-03-02"), reason="As ever", by=priya, now=now)
    return {**teams, "priya": priya}


def draft(model, day):
    return SwitchDraft(model, date.fromisoformat(day))


def known(team):
    return [(one.model, one.from_on.isoformat()) for one in periods(entries_of(team.id))]


def test_a_switch_is_logged_with_its_reason_and_stands_in_the_record(world, now):
    team, priya = world["CHK"], world["priya"]
    switch = log_switch(team, draft(FIFTH, "2026-09-07"), reason=" To repair more ", by=priya, now=now)
    assert (switch.number, switch.reason, switch.logged_by) == (2, "To repair more", priya)
    assert known(team) == [(SEPARATE, "2026-03-02"), (FIFTH, "2026-09-07")]
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.tag == "model:switched")).all()[-1]
    assert entry.detail == {"team": "CHK", "model": "eighty_twenty"}


@pytest.mark.parametrize(
    ("model", "day", "words"),
    [
        (SEPARATE, "2026-09-07", "CHK works by Separate already, since 2 March 2026 (entry 1)"),
        (SRE, "2026-03-02", "already has an entry from 2 March 2026 on: Separate (entry 1)"),
        (SEPARATE, "2026-01-05", "Entry 1 switches CHK to Separate on 2 March 2026. That would change nothing"),
    ],
)
def test_an_entry_that_contradicts_the_log_is_refused_with_the_other_one_named(world, now, model, day, words):
    with pytest.raises(ContradictingSwitchError) as refusal:
        log_switch(world["CHK"], draft(model, day), reason="Why not", by=world["priya"], now=now)
    assert words in str(refusal.value)
    assert known(world["CHK"]) == [(SEPARATE, "2026-03-02")]


def test_without_a_reason_too_far_ahead_or_for_a_retired_team_nothing_is_logged(world, now):
    team, priya = world["CHK"], world["priya"]
    with pytest.raises(InvalidError, match="Say why"):
        log_switch(team, draft(SRE, "2026-09-07"), reason="  ", by=priya, now=now)
    with pytest.raises(InvalidError, match="two years ahead"):
        log_switch(team, draft(SRE, "2029-09-07"), reason="Far", by=priya, now=now)
    team.is_active = False
    with pytest.raises(InactiveTeamError, match="retired"):
        log_switch(team, draft(SRE, "2026-09-07"), reason="Late", by=priya, now=now)


def test_a_correction_names_the_entry_and_both_stay(world, work, now):
    team, priya = world["CHK"], world["priya"]
    wrong = log_switch(team, draft(FIFTH, "2026-09-07"), reason="To repair more", by=priya, now=now)
    right = correct_switch(wrong, draft(FIFTH, "2026-09-14"), reason="A week later", by=priya, now=now)
    assert known(team) == [(SEPARATE, "2026-03-02"), (FIFTH, "2026-09-14")]
    with pytest.raises(CorrectedSwitchError, match="Priya Raman corrected entry 2 on 19 November 2026 with entry 3"):
        correct_switch(wrong, None, reason="Never", by=priya, now=now)
    with pytest.raises(InvalidError, match="says already"):
        correct_switch(right, draft(FIFTH, "2026-09-14"), reason="Same", by=priya, now=now)
    gone = correct_switch(right, None, reason="It never came to it", by=priya, now=now)
    assert (gone.model, known(team)) == (None, [(SEPARATE, "2026-03-02")])
    with pytest.raises(InvalidError, match="says already"):
        correct_switch(gone, None, reason="Again", by=priya, now=now)
    back = correct_switch(gone, draft(ROTATING, "2026-09-14"), reason="It did", by=priya, now=now)
    assert known(team) == [(SEPARATE, "2026-03-02"), (ROTATING, "2026-09-14")]
    assert back.corrects is gone


def test_a_correction_that_would_contradict_the_log_is_refused(world, now):
    team, priya = world["CHK"], world["priya"]
    middle = log_switch(team, draft(FIFTH, "2026-05-04"), reason="More", by=priya, now=now)
    log_switch(team, draft(SEPARATE, "2026-08-03"), reason="Back", by=priya, now=now)
    with pytest.raises(ContradictingSwitchError, match="Entry 3 switches CHK to Separate"):
        correct_switch(middle, None, reason="Never", by=priya, now=now)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE model_switches SET model = 'sre'", "UPDATE model_switches SET reason = 'x'", "DELETE FROM model_switches"],
)
def test_the_database_refuses_to_change_an_entry(world, statement):
    with pytest.raises(sa.exc.DatabaseError, match="append-only"):
        db.session.execute(sa.text(statement))
    db.session.rollback()
    assert verify() == []


def test_somebody_who_left_is_named_in_no_reason_and_nothing_else_changes(world, work, now):
    with work():
        joerg, admin = a_person("Joerg Mueller", now), a_person("Viktor Novak", now, Role.ADMIN)
        log_switch(world["CHK"], draft(SRE, "2026-09-07"), reason="Joerg Mueller asked", by=joerg, now=now)
    with work():
        deactivate_person(joerg, by=admin, now=now)
        make_anonymous(joerg, by=admin, now=now)
    reasons = db.session.scalars(sa.select(ModelSwitch.reason).order_by(ModelSwitch.number)).all()
    assert reasons == ["As ever", "Former player 1 asked"]
    with pytest.raises(sa.exc.DatabaseError, match="append-only"):
        db.session.execute(sa.text("UPDATE model_switches SET reason = 'x'"))


@pytest.fixture
def at_once(app):
    """Run an action in as many threads, each in a transaction of its own; return what each was refused, or None."""

    def run(*actions):
        barrier, found = threading.Barrier(len(actions)), ["never ran"] * len(actions)

        def press(place, action):
            with app.app_context():
                barrier.wait()
                try:
                    with unit_of_work():
                        action()
                    found[place] = None
                except DomainError as refusal:
                    found[place] = refusal
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=press, args=each) for each in enumerate(actions)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found

    return run


def _team():
    return db.session.scalars(sa.select(Team).where(Team.code == "CHK")).one()


def _priya():
    return db.session.scalars(sa.select(Person).where(Person.handle == "priya-raman")).one()


def test_of_many_entries_for_one_day_one_goes_in(world, at_once, now):
    def press(model):
        def log():
            log_switch(_team(), draft(model, "2026-09-07"), reason="Now", by=_priya(), now=now)

        return log

    found = at_once(*(press((FIFTH, ROTATING, SRE)[turn % 3]) for turn in range(HANDS)))
    assert found.count(None) == 1
    assert all(isinstance(one, ContradictingSwitchError) for one in found if one)
    assert len(known(_team())) == 2


def test_of_many_corrections_of_one_entry_one_goes_in(world, at_once, now):
    def press(turn):
        def correct():
            wrong = db.session.scalars(sa.select(ModelSwitch).where(ModelSwitch.number == 1)).one()
            day = SwitchDraft(SEPARATE, date(2026, 3, 3) + timedelta(days=turn))
            correct_switch(wrong, day, reason="Another day", by=_priya(), now=now)

        return correct

    found = at_once(*map(press, range(HANDS)))
    assert found.count(None) == 1
    assert all(isinstance(one, CorrectedSwitchError) for one in found if one)
    assert len(known(_team())) == 1

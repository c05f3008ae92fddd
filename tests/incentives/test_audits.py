"""Audits of real events: asked for, worked off, kept, shown."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.core import clock
from gamebash.core.db import db, unit_of_work
from gamebash.core.errors import DomainError
from gamebash.events.models import Event
from gamebash.incentives import audits
from gamebash.incentives.audit import Trial
from gamebash.incentives.command import audit_event
from gamebash.incentives.models import IncentiveAudit
from gamebash.incentives.queries.grounds import ground_of
from tests.factories import make_event, make_person, make_player, make_service, make_story, make_team
from tests.support.signing_in import sign_in


@pytest.fixture
def bash(app):
    """A scheduled event with stories of two services; returns its slug."""
    with app.app_context(), unit_of_work():
        services = [make_service(name, make_team(code)) for name, code in (("checkout", "CHK"), ("search", "SEA"))]
        event = make_event(state="scheduled", stories=[make_story(service=services[one % 2]) for one in range(6)])
        make_person("Aisha Bello", "organiser", handle="aisha")
        make_player(event, make_person("Mara", handle="mara"), team=make_team("CHK"))
        return event.slug


@pytest.fixture
def few_runs(monkeypatch):
    """Two runs of each strategy are enough to see the result kept."""
    monkeypatch.setattr(audits, "Trial", lambda: Trial(2, 1))


def get(slug):
    return db.session.scalars(sa.select(Event).where(Event.slug == slug)).one()


def test_an_event_that_few_have_joined_is_played_with_as_many_seats_as_it_has_work_for(app, bash):
    with app.app_context():
        ground = ground_of(get(bash))
        assert (len(ground.stories), len(ground.seats), ground.minutes) == (6, 6, 420.0)
        assert {seat.team for seat in ground.seats} == {"CHK", "SEA"}


def test_an_audit_is_asked_for_worked_off_and_shown(app, client, bash, few_runs):
    sign_in(client, "aisha")
    assert "Nobody has played these rules yet" in client.get(f"/events/{bash}/audit").text
    client.post(f"/events/{bash}/audit")
    assert "A worker plays the rules" in client.get(f"/events/{bash}/audit").text
    with app.app_context():
        assert audits.work_off_audits(now=clock.now())
        assert not audits.work_off_audits(now=clock.now())
    page = client.get(f"/events/{bash}/audit").text
    assert "Colluding pair" in page
    assert "What each rule is for" in page
    assert "Something changed since" not in page
    with app.app_context(), unit_of_work():
        get(bash).rules = {**get(bash).rules, "reviews_needed": 2}
    assert "Something changed since" in client.get(f"/events/{bash}/audit").text


def test_a_second_audit_waits_for_the_first(app, bash):
    with app.app_context(), unit_of_work():
        aisha = make_person("Olga Orr", "organiser")
        audits.request_audit(get(bash), by=aisha, now=clock.now())
        with pytest.raises(DomainError, match="is under way already"):
            audits.request_audit(get(bash), by=aisha, now=clock.now())


def test_an_audit_whose_worker_was_killed_is_taken_up_by_another(app, bash, few_runs):
    with app.app_context():
        with unit_of_work():
            found = audits.request_audit(get(bash), by=make_person("Olga Orr", "organiser"), now=clock.now())
            found.leased_until = clock.now() + timedelta(minutes=5)
        assert not audits.work_off_audits(now=clock.now())
        assert audits.work_off_audits(now=clock.now() + timedelta(minutes=6))
        assert db.session.scalars(sa.select(IncentiveAudit)).one().report is not None


def test_an_event_without_stories_is_not_played(app, client, bash):
    with app.app_context(), unit_of_work():
        empty = make_event(state="draft").slug
    sign_in(client, "aisha")
    answer = client.post(f"/events/{empty}/audit")
    assert "has no stories to play. Pull some first" in answer.text


def test_only_organisers_ask_for_one(client, bash):
    sign_in(client, "mara")
    assert client.get(f"/events/{bash}/audit").status_code == 200
    assert client.post(f"/events/{bash}/audit").status_code == 403


def test_the_rules_lead_to_the_line_of_the_audit(client, bash):
    sign_in(client, "mara")
    page = client.get(f"/events/{bash}/rules").text
    assert f'href="/events/{bash}/audit#strategy-hoarder"' in page


def test_the_command_prints_the_table(app, bash):
    result = app.test_cli_runner().invoke(audit_event, [bash, "--runs", "2", "--off", "drawn_reviewers"])
    assert result.exit_code == 0, result.output
    assert "2 runs of each strategy, seed 1, without: Reviewers are drawn" in result.output
    assert "Colluding pair" in result.output

"""Noise rules: what they would hide, what they mark, and that a person's verdict beats them whatever comes after."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gamebash.backlog.imports.upsert import write_incidents
from gamebash.backlog.incidents import judge_noise
from gamebash.backlog.models import Incident, Problem, RuleState, Source, SourceKind
from gamebash.backlog.noise_chores import apply_switched_rules
from gamebash.backlog.noise_rules import Conditions, RuleRefusedError, Wording, switch_off, switch_on, write_rule
from gamebash.backlog.problems import refresh_problems
from gamebash.backlog.queries.noise import dry_run, noise_page
from gamebash.backlog.records import IncidentRecord
from gamebash.backlog.severity import Severity
from gamebash.core.db import db
from gamebash.core.errors import InvalidError
from gamebash.policy import Role
from tests.factories import make_person
from tests.support.signing_in import sign_in

NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
START = datetime(2026, 11, 1, tzinfo=UTC)
WORDING = Wording("Flapping disk", "It comes and goes by itself")


def record(number, minutes=60, *, lasted=5, severity=Severity.SEV4, title="Disk of db-1 is full", service="database"):
    opened = START + timedelta(minutes=minutes * number)
    return IncidentRecord(
        external_id=f"i{number}", title=title, service=service, opened_at=opened, resolved_at=opened + timedelta(minutes=lasted),
        severity=severity, status="resolved", symptom="disk", version_at=opened,
    )  # fmt: skip


@pytest.fixture
def ops(context, work):
    with work():
        person = make_person()
        db.session.add(Source(slug="s", name="S", kind=SourceKind.FILE, created_at=NOW))
        db.session.flush()
    return person


def take_in(work, *records):
    with work():
        source = db.session.scalars(sa.select(Source)).one()
        refresh_problems(write_incidents(source, records).problem_ids, now=NOW)


def on(work, ops, conditions, *, knows_severe=False, wording=WORDING):
    with work():
        rule = write_rule(wording, conditions, by=ops, now=NOW)
        switch_on(rule, knows_severe=knows_severe, by=ops, now=NOW)
    settle()
    return rule


def settle():
    while apply_switched_rules(now=NOW):
        pass
    db.session.rollback()


def noise():
    return set(db.session.scalars(sa.select(Incident.external_id).where(Incident.is_noise)))


def test_a_rule_shows_what_it_would_have_hidden_before_it_hides_anything(ops, work):
    take_in(work, record(1), record(2, lasted=90), record(3, severity=Severity.SEV2), record(4, title="Mail is slow"))
    with work():
        rule = write_rule(WORDING, Conditions(title="disk*full", shorter_minutes=10), by=ops, now=NOW)
    dry = dry_run(rule)
    assert (dry.incidents, dry.severe, dry.services) == (2, 1, (("database", 2),))
    assert dry.hours == pytest.approx(10 / 60, abs=0.01)
    assert [one.external_id for one in dry.severe_examples] == ["i3"]
    assert noise() == set()


def test_a_rule_that_hides_severe_ones_has_to_be_confirmed(ops, work):
    take_in(work, record(1), record(2, severity=Severity.SEV1))
    with work():
        rule = write_rule(WORDING, Conditions(title="disk"), by=ops, now=NOW)
    with pytest.raises(RuleRefusedError, match="1 sev1 or sev2"), work():
        switch_on(rule, knows_severe=False, by=ops, now=NOW)
    with work():
        switch_on(rule, knows_severe=True, by=ops, now=NOW)
    settle()
    assert noise() == {"i1", "i2"}


def test_a_rule_marks_what_is_there_and_what_comes_and_lets_go_when_it_is_off(ops, work):
    take_in(work, record(1), record(2, title="Mail is slow"))
    rule = on(work, ops, Conditions(title="disk"))
    take_in(work, record(3))
    assert noise() == {"i1", "i3"}
    problem = db.session.scalars(sa.select(Problem)).one()
    assert (problem.incident_count, problem.noise_count) == (1, 2)
    with work():
        switch_off(rule, by=ops, now=NOW)
    settle()
    assert noise() == set()
    assert rule.state is RuleState.OFF


def test_what_repeats_soon_is_marked_whatever_order_it_comes_in(ops, work):
    on(work, ops, Conditions(repeats_minutes=30))
    records = [record(0, 20), record(1, 20), record(5, 20), record(6, 20), record(20, 20)]
    take_in(work, *records[::-1][:2])
    take_in(work, *records[:3])
    assert noise() == {"i1", "i6"}


def test_a_rule_past_its_last_day_marks_nothing_new_and_keeps_what_it_marked(ops, work):
    on(work, ops, Conditions(title="disk"), wording=Wording("Until Friday", "A test", date(2026, 11, 20)))
    take_in(work, record(1))
    with work():
        source = db.session.scalars(sa.select(Source)).one()
        refresh_problems(write_incidents(source, [record(2)]).problem_ids, now=NOW + timedelta(days=3))
    assert noise() == {"i1"}


@pytest.mark.parametrize(
    ("wording", "conditions", "says"),
    [
        (Wording("", "x"), Conditions(title="a"), "name"),
        (WORDING, Conditions(), "at least one condition"),
        (WORDING, Conditions(title="**"), "more than stars"),
        (WORDING, Conditions(shorter_minutes=0), "from 1 to a week"),
        (Wording("a", "b", date(2026, 1, 1)), Conditions(title="a"), "in the future"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(wording, conditions, says, ops, work):
    with pytest.raises(InvalidError, match=says), work():
        write_rule(wording, conditions, by=ops, now=NOW)


def test_signs_in_a_title_stand_for_themselves(ops, work):
    take_in(work, record(1, title="100% full_disk"), record(2, title="1000 full disk"))
    on(work, ops, Conditions(title="100% full_"))
    assert noise() == {"i1"}


@given(steps=st.lists(st.sampled_from(["on", "off", "import", "later"]), max_size=6), is_noise=st.booleans())
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_persons_verdict_survives_rules_and_imports(steps, is_noise, ops, work):
    take_in(work, record(1), record(2))
    incident = db.session.scalars(sa.select(Incident).where(Incident.external_id == "i1")).one()
    with work():
        judge_noise(incident, is_noise=is_noise, reason="I looked", by=ops, now=NOW)
    rule = None
    for number, step in enumerate(steps):
        if step == "on" and rule is None:
            rule = on(work, ops, Conditions(title="disk"))
        elif step == "off" and rule is not None:
            with work():
                switch_off(rule, by=ops, now=NOW)
            rule = None
            settle()
        elif step == "import":
            take_in(work, record(1), record(3 + number))
        else:
            take_in(work, record(1, lasted=number + 1))
    db.session.expire_all()
    assert (incident.is_noise, incident.noise_reason) == (is_noise, "I looked")
    if rule is not None:
        with work():
            switch_off(rule, by=ops, now=NOW)
        settle()


def test_the_page_counts_noise_with_hours_and_suggests_what_flaps(ops, work):
    take_in(work, *(record(number) for number in range(8)))
    page = noise_page(now=NOW)
    assert [one.problem.symptom for one in page.suggestions] == ["disk"]
    on(work, ops, Conditions(title="disk"))
    page = noise_page(now=NOW)
    assert (page.incidents, page.noise) == (8, 8)
    assert page.hours == pytest.approx(8 * 5 / 60, abs=0.01)
    assert page.suggestions == ()
    assert page.shield[-1][1] == 1.0


def test_people_write_a_rule_and_switch_it_on_in_the_browser(client, work):
    with work():
        person = make_person("Mara Lindqvist", Role.DEVELOPER)
        db.session.flush()
        handle = person.handle
    sign_in(client, handle)
    answer = client.post("/backlog/noise/rules/new", data={"name": "Disk", "reason": "by itself", "title": "disk"})
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"])
    assert "On all that is there" in page.text
    assert client.post(f"{answer.headers['Location']}/on").status_code == 303
    assert "Switch it off" in client.get(answer.headers["Location"]).text
    assert client.post("/backlog/noise/rules/new", data={"name": "", "reason": ""}).status_code == 422
    assert client.get("/backlog/noise").status_code == 200

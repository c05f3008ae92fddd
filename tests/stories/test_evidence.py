"""What speaks for a story: weeks, incidents, notes, history."""

from datetime import timedelta

import pytest

from gamebash.core.db import db
from gamebash.stories.grounds import Evidence
from gamebash.stories.queries import story_evidence
from gamebash.stories.stories import drop_story, propose_story, write_note


@pytest.fixture
def mara(things):
    return things.person("Mara Lindqvist")


@pytest.fixture
def problem(things):
    return things.problem(things.service(), weeks=(1, 0, 2), noise=(5,), incident_count=3, noise_count=5)


def evidence_of(story, now):
    db.session.flush()
    return story_evidence(story, now=now)


def test_it_shows_26_weeks_with_the_latest_last_and_noise_apart(things, problem, mara, now):
    evidence = evidence_of(propose_story(things.content(problem.service), Evidence(problem), by=mara, now=now), now)
    assert evidence.bars == (*[0] * 23, 2, 0, 1)
    assert evidence.weeks[-1].starts_on <= now.date()
    assert evidence.weeks[-1].starts_on.weekday() == 0
    assert (evidence.facts[0].value, evidence.facts[0].words) == (3, "incidents in 13 weeks")


def test_an_automation_story_shows_the_noise_instead(things, problem, mara, now):
    things.incident(problem.service, problem=problem, is_noise=True)
    things.incident(problem.service, problem=problem)
    story = propose_story(things.content(problem.service), Evidence(problem, is_noise=True), by=mara, now=now)
    evidence = evidence_of(story, now)
    assert evidence.bars[-1] == 5
    assert evidence.incident_count == 5
    assert [line.is_noise for line in evidence.incidents] == [True]


def test_the_five_newest_incidents_are_shown_newest_first(things, problem, mara, now):
    for days in range(1, 8):
        things.incident(problem.service, problem=problem, days_ago=days, minutes=10 * days)
    evidence = evidence_of(propose_story(things.content(problem.service), Evidence(problem), by=mara, now=now), now)
    assert [now - line.opened_at for line in evidence.incidents] == [timedelta(days=days) for days in range(1, 6)]
    assert [(fact.value, fact.unit) for fact in evidence.facts if "recover" in fact.words] == [(40, "min")]


def test_what_people_wrote_is_rendered_without_harm(things, problem, mara, now):
    content = things.content(problem.service, acceptance_criteria="- **no** <script>alert(1)</script>")
    story = propose_story(content, Evidence(problem), by=mara, now=now)
    write_note(story, "see [it](javascript:alert(1))", by=mara, now=now)
    evidence = evidence_of(story, now)
    assert "<strong>no</strong>" in evidence.acceptance_criteria
    assert "<script" not in evidence.acceptance_criteria
    assert "href" not in evidence.notes[0].html


def test_the_history_reads_newest_first_with_reasons(things, problem, mara, now):
    story = propose_story(things.content(problem.service), Evidence(problem), by=mara, now=now)
    drop_story(story, "too big", by=mara, now=now + timedelta(hours=1))
    history = evidence_of(story, now).history
    assert [(change.who, change.what) for change in history] == [
        ("Mara Lindqvist", "dropped it: too big"),
        ("Mara Lindqvist", "proposed it"),
    ]


def test_a_story_by_hand_has_no_evidence_and_does_not_fail(things, mara, now):
    evidence = evidence_of(propose_story(things.content(things.service()), by=mara, now=now), now)
    assert (evidence.weeks, evidence.incidents, evidence.facts) == ((), (), ())

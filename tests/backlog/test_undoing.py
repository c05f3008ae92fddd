"""What is taken back is exactly what was; what came meanwhile goes where it belongs; and a merged cause has one story."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.backlog.decisions import (
    DecisionRefusedError,
    accept_problem,
    call_problem_noise,
    merge_problem,
    move_incidents,
    solve_problem,
    split_problem,
)
from gamebash.backlog.incidents import name_root_cause
from gamebash.backlog.models import Decision, Incident, Problem, ProblemState, ProblemWeek, RootCause
from gamebash.backlog.undoing import undo_decision
from gamebash.core.db import db
from gamebash.core.errors import InvalidError
from gamebash.stories.following import TwoStoriesError
from gamebash.stories.grounds import Evidence
from gamebash.stories.models import Story
from gamebash.stories.stories import Content, drop_story, propose_story
from gamebash.verify import verify
from tests.backlog.deciding import NOW, problem_of, record, take_in, where

SOON = NOW + timedelta(minutes=9)


def everything():
    """Return all that a decision may change, so that undoing can be compared with what was."""
    problems = sa.select(
        Problem.key, Problem.state, Problem.triaged_at, Problem.snoozed_until, Problem.merged_into_id,
        Problem.incident_count, Problem.noise_count, Problem.weight, Problem.impact_minutes, Problem.value,
    ).order_by(Problem.id)  # fmt: skip
    incidents = sa.select(
        Incident.external_id, Incident.problem_id, Incident.is_moved_by_hand, Incident.is_noise, Incident.noise_reason,
        Incident.noise_by_id, Incident.noise_at,
    ).order_by(Incident.id)  # fmt: skip
    weeks = sa.select(ProblemWeek.problem_id, ProblemWeek.week_on, ProblemWeek.incidents, ProblemWeek.noise)
    stories = sa.select(Story.id, Story.problem_id).order_by(Story.id)
    queries = (problems, incidents, weeks.order_by(ProblemWeek.problem_id, ProblemWeek.week_on), stories)
    db.session.expire_all()
    return [db.session.execute(query).all() for query in queries]


def tell(name, work, ops, title="Give it room"):
    problem = problem_of(name)
    with work():
        return propose_story(Content(title, problem.service, 4.0), Evidence(problem), by=ops, now=NOW)


def some(*names):
    return list(db.session.scalars(sa.select(Incident).where(Incident.external_id.in_(names))))


def merge(work, ops, name="disk", into="memory"):
    with work():
        return merge_problem(problem_of(name), problem_of(into), by=ops, now=NOW)


def test_a_merged_problem_hands_over_its_story_and_gets_it_back(ops, work):
    story = tell("disk", work, ops)
    before = everything()
    made = merge(work, ops)
    assert story.problem_id == problem_of("memory").id
    assert problem_of("memory").triaged_at == NOW
    with work():
        undo_decision(made, by=ops, now=SOON)
    assert everything() == before


def test_one_cause_does_not_get_two_open_stories(ops, work):
    first = tell("disk", work, ops)
    tell("memory", work, ops)
    with pytest.raises(TwoStoriesError, match="GB-1 and GB-2"):
        merge(work, ops)
    db.session.rollback()
    with work():
        drop_story(first, "The same as GB-2", by=ops, now=NOW)
    merge(work, ops)
    with pytest.raises(DecisionRefusedError, match="was merged into"):
        tell("disk", work, ops)


def test_what_came_during_a_merge_goes_where_it_belongs_when_that_is_undone(ops, work):
    made = merge(work, ops)
    take_in(work, record(7), record(8, "memory"))
    assert set(where().values()) == {"memory", "cpu"}
    with work():
        undo_decision(made, by=ops, now=SOON)
    found = where()
    assert (found["i7"], found["i8"], found["i1"], found["i3"]) == ("disk", "memory", "disk", "memory")
    assert (problem_of("disk").incident_count, problem_of("memory").incident_count) == (3, 4)
    assert verify() == []


def test_an_undone_split_leaves_nothing_to_decide(ops, work):
    before = everything()
    with work():
        made = split_problem(problem_of("memory"), some("i3", "i4"), "database: leak", by=ops, now=NOW)
    with work():
        undo_decision(made, by=ops, now=SOON)
    assert everything()[1] == before[1]
    assert problem_of("leak").merged_into is problem_of("memory")
    assert verify() == []


def test_a_move_is_not_taken_back_into_a_problem_that_was_merged_since(ops, work):
    before = everything()
    with work():
        made = move_incidents(some("i1"), problem_of("cpu"), by=ops, now=NOW)
    later = merge(work, ops)
    with pytest.raises(DecisionRefusedError, match="Undo that first"), work():
        undo_decision(made, by=ops, now=SOON)
    for decision in (later, made):
        with work():
            undo_decision(decision, by=ops, now=SOON)
    assert everything() == before


def test_moving_refuses_what_is_there_already_and_what_is_in_several_problems(ops, work):
    with pytest.raises(DecisionRefusedError, match="already"), work():
        move_incidents(some("i1"), problem_of("disk"), by=ops, now=NOW)
    with pytest.raises(InvalidError, match="one problem at a time"), work():
        move_incidents(some("i1", "i3"), problem_of("cpu"), by=ops, now=NOW)


def test_a_decision_is_not_taken_back_where_the_work_went_on(ops, work):
    with work():
        made = accept_problem(problem_of("cpu"), by=ops, now=NOW)
        problem_of("cpu").state = ProblemState.BEING_FIXED
    with pytest.raises(DecisionRefusedError, match="is being fixed"), work():
        undo_decision(made, by=ops, now=SOON)
    with pytest.raises(DecisionRefusedError, match="Wait for its story"), work():
        accept_problem(problem_of("cpu"), by=ops, now=NOW)
    merged = merge(work, ops, "cpu", "disk")
    assert problem_of("disk").state is ProblemState.BEING_FIXED
    with work():
        undo_decision(merged, by=ops, now=SOON)
    assert problem_of("disk").state is ProblemState.OPEN


def test_a_problem_called_noise_waits_again_when_it_strikes_again(ops, work):
    with work():
        call_problem_noise(problem_of("memory"), "A test", by=ops, now=NOW)
    assert problem_of("memory").triaged_at == NOW
    take_in(work, record(9, "memory"))
    problem = problem_of("memory")
    db.session.refresh(problem)
    assert (problem.incident_count, problem.noise_count, problem.triaged_at) == (1, 3, None)


def test_a_solved_problem_that_strikes_again_is_open_again(ops, work):
    with work():
        name_root_cause(problem_of("cpu"), RootCause.CHANGE, by=ops, now=NOW)
        solve_problem(problem_of("cpu"), by=ops, now=NOW)
    take_in(work, record(6, "cpu", version=1))
    assert problem_of("cpu").state is ProblemState.SOLVED
    take_in(work, record(9, "cpu"))
    db.session.expire_all()
    assert (problem_of("cpu").state, problem_of("cpu").triaged_at) == (ProblemState.OPEN, None)


def test_a_story_decides_its_problem_until_it_is_dropped(ops, work):
    story = tell("cpu", work, ops)
    assert problem_of("cpu").triaged_at == NOW
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Decision)) == 0
    with work():
        drop_story(story, "Too small", by=ops, now=NOW)
    assert problem_of("cpu").triaged_at is None

"""Silencing instead of fixing: whoever had a part in a watched fix decides nothing alone about what would show it failed."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.backlog import decisions
from gamebash.backlog.incidents import judge_noise, name_root_cause
from gamebash.backlog.models import Incident, Problem, RootCause, RuleState
from gamebash.backlog.noise_rules import Conditions, Wording, switch_on, write_rule
from gamebash.backlog.second_person import Kept
from gamebash.backlog.severity import Severity
from gamebash.backlog.undoing import undo_decision
from gamebash.ceremony.closing import close_event, judge_event
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError, NotAllowedError
from gamebash.events.models import EventStory
from gamebash.notices.models import Notice
from gamebash.play.claims import claim_story
from gamebash.stories.lifecycle import StoryState
from gamebash.verify import verify
from gamebash.watch.lifecycle import WatchState
from gamebash.watch.models import Proposal, ProposalState
from gamebash.watch.proposals import ProposalDecidedError, confirm_proposal, refuse_proposal
from gamebash.watch.queries.effects import watches_of
from gamebash.watch.queries.proposals import decisions_about, proposals_page, verdicts_on_watched
from tests.factories import make_event, make_person, make_player, make_squad, make_story
from tests.watch.playing import ACCEPTED, DAY, LATER, incident, past, play, problem_of, record, sweep, take_in, watch_of

BACK = ACCEPTED + 9 * DAY
SOON = BACK + timedelta(minutes=10)


@pytest.fixture
def played(context):
    played = play()
    take_in(*past("mail"))
    sweep(ACCEPTED)
    take_in(record(BACK, key="back"))
    sweep(BACK)
    organiser, over = make_person("Aisha Bello", "organiser"), played.event.reviews_end_at
    judge_event(played.event, by=organiser, now=over)
    close_event(played.event, by=organiser, now=over)
    return played


def noise(played, by):
    return decisions.call_problem_noise(played.problem, "flapping", by=by, now=SOON)


def judge(played, by):
    return judge_noise(incident("back"), is_noise=True, reason="flapping", by=by, now=SOON)


def split(played, by):
    return decisions.split_problem(played.problem, [incident("back")], "Something else", by=by, now=SOON)


def move(played, by):
    return decisions.move_incidents([incident("back")], problem_of("mail"), by=by, now=SOON)


def merge_away(played, by):
    return decisions.merge_problem(played.problem, problem_of("mail"), by=by, now=SOON)


def merge_into(played, by):
    return decisions.merge_problem(problem_of("mail"), played.problem, by=by, now=SOON)


def snooze(played, by):
    return decisions.snooze_problem(played.problem, (SOON + 60 * DAY).date(), by=by, now=SOON)


def solve(played, by):
    name_root_cause(played.problem, RootCause.CAPACITY, by=by, now=SOON)
    return decisions.solve_problem(played.problem, by=by, now=SOON)


def rule_for_its_title(played, by):
    rule = write_rule(Wording("Disks", "flapping"), Conditions(title="disk"), by=by, now=SOON)
    return switch_on(rule, knows_severe=True, by=by, now=SOON)


def rule_for_all_that_is_short(played, by):
    rule = write_rule(Wording("Short ones", "flapping"), Conditions(shorter_minutes=1), by=by, now=SOON)
    return switch_on(rule, knows_severe=True, by=by, now=SOON)


def rule_for_its_service_written_by_a_friend(played, by):
    conditions = Conditions(service=played.problem.service, severities=(Severity.SEV5,))
    rule = write_rule(Wording("Mild ones", "nobody cares"), conditions, by=make_person("A Friend"), now=SOON)
    return switch_on(rule, knows_severe=True, by=by, now=SOON)


ATTEMPTS = (
    noise, judge, split, move, merge_away, merge_into, snooze, solve, rule_for_its_title, rule_for_all_that_is_short,
    rule_for_its_service_written_by_a_friend,
)  # fmt: skip


def everything():
    """Return what a decision could change."""
    incidents = db.session.execute(sa.select(Incident.external_id, Incident.problem_id, Incident.is_noise))
    columns = Problem.key, Problem.state, Problem.merged_into_id, Problem.snoozed_until, Problem.incident_count
    return sorted(map(tuple, incidents)), sorted(map(str, db.session.execute(sa.select(*columns))))


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda one: one.__name__)
def test_an_attempt_by_author_helper_or_squad_mate_changes_nothing_and_is_kept(played, attempt):
    before = everything()
    for who in (played.mara, played.helper, played.mate):
        kept = attempt(played, who.person)
        assert isinstance(kept, Kept)
        assert "Until then nothing changes" in kept.summary
        assert everything() == before
    proposals = db.session.scalars(sa.select(Proposal)).all()
    assert [(one.state, one.fixes) for one in proposals] == [(ProposalState.WAITING, [played.fix])] * 3
    sweep(BACK + 2 * DAY)
    assert played.story.state is StoryState.RECURRED
    assert verify() == []


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda one: one.__name__)
def test_somebody_from_outside_decides_at_once(played, attempt):
    assert not isinstance(attempt(played, make_person("Outsider", "developer")), Kept)
    assert db.session.scalars(sa.select(Proposal)).all() == []


@pytest.mark.parametrize("attempt", [judge, split, move, noise], ids=lambda one: one.__name__)
def test_confirmed_from_outside_it_is_made_by_the_one_who_wanted_it(played, attempt):
    attempt(played, played.mara.person)
    outsider = make_person("Outsider", "developer")
    confirm_proposal(db.session.scalars(sa.select(Proposal)).one(), by=outsider, now=SOON)
    sweep(SOON)
    assert watch_of(played.fix).state is WatchState.WATCHING
    assert (
        db.session.scalar(sa.select(sa.func.count()).select_from(Notice).where(Notice.text.contains("confirmed"))) == 1
    )
    assert verify() == []


def test_nobody_with_a_part_in_it_confirms_or_refuses(played):
    judge(played, played.mara.person)
    proposal = db.session.scalars(sa.select(Proposal)).one()
    for who in (played.mara, played.helper, played.mate, played.sam):
        with pytest.raises(NotAllowedError):
            confirm_proposal(proposal, by=who.person, now=SOON)
        with pytest.raises(NotAllowedError):
            refuse_proposal(proposal, reason="Mine.", by=who.person, now=SOON)


def test_refused_with_a_reason_nothing_changes_and_it_is_decided_once(played):
    judge(played, played.mara.person)
    proposal, outsider = db.session.scalars(sa.select(Proposal)).one(), make_person("Outsider", "developer")
    with pytest.raises(InvalidError, match="Say why not"):
        refuse_proposal(proposal, reason=" ", by=outsider, now=SOON)
    refuse_proposal(proposal, reason="It was a real outage.", by=outsider, now=SOON)
    assert not incident("back").is_noise
    with pytest.raises(ProposalDecidedError, match="Outsider refused it"):
        confirm_proposal(proposal, by=make_person("Second", "developer"), now=SOON)


def test_wanting_the_same_twice_is_one_proposal(played):
    assert judge(played, played.mara.person) == judge(played, played.mara.person)


def test_what_cannot_be_made_any_more_is_refused_by_the_decision_itself(played):
    split(played, played.mara.person)
    move(played, make_person("Outsider", "developer"))
    proposal = db.session.scalars(sa.select(Proposal)).one()
    with pytest.raises(DomainError, match="Open it again"):
        confirm_proposal(proposal, by=make_person("Second", "developer"), now=SOON)
    assert proposal.state is ProposalState.WAITING


def test_the_fixers_side_does_not_undo_what_others_decided_about_it(played):
    made = decisions.merge_problem(problem_of("mail"), played.problem, by=make_person("Outsider"), now=SOON)
    with pytest.raises(DomainError, match="for somebody outside your squad to undo"):
        undo_decision(made, by=played.mate.person, now=SOON)
    undo_decision(made, by=make_person("Another"), now=SOON)


def test_after_a_merge_the_other_problem_is_the_watched_one(played):
    decisions.merge_problem(played.problem, problem_of("mail"), by=make_person("Outsider"), now=SOON)
    assert isinstance(
        decisions.call_problem_noise(problem_of("mail"), "flapping", by=played.mara.person, now=SOON), Kept
    )


def test_a_rule_switched_on_while_the_story_is_still_in_hand_needs_a_second_person_too(context):
    take_in(*past())
    problem = problem_of()
    story = make_story(problem_id=problem.id, origin="problem", service=problem.service)
    event = make_event(stories=[story], went_live_at=ACCEPTED - DAY, ends_at=ACCEPTED + DAY)
    squad = make_squad(event)
    mara, mate = make_player(event, squad=squad), make_player(event, squad=squad)
    claim_story(db.session.scalars(sa.select(EventStory)).one(), by=mara, now=ACCEPTED)
    rule = write_rule(Wording("Disks", "flapping"), Conditions(title="disk"), by=mara.person, now=ACCEPTED)
    assert isinstance(switch_on(rule, knows_severe=True, by=mara.person, now=ACCEPTED), Kept)
    proposal = db.session.scalars(sa.select(Proposal)).one()
    with pytest.raises(NotAllowedError, match="in one squad"):
        confirm_proposal(proposal, by=mate.person, now=ACCEPTED)
    confirm_proposal(proposal, by=make_person("Outsider"), now=ACCEPTED)
    assert rule.state is RuleState.ACTIVE


def test_an_accepted_fix_is_guarded_before_any_worker_began_its_watch(context):
    played = play()
    assert isinstance(noise(played, played.mara.person), Kept)


def test_a_word_that_is_awaited_holds_the_verdict_for_a_day_and_no_longer(played):
    judge(played, played.mara.person)
    sweep(BACK + timedelta(hours=3))
    assert played.story.state is StoryState.WATCHED
    sweep(BACK + timedelta(hours=24))
    assert played.story.state is StoryState.RECURRED


def test_a_settled_fix_frees_its_people(played):
    sweep(BACK + 2 * DAY)
    assert played.story.state is StoryState.RECURRED
    assert not isinstance(noise(played, played.mara.person), Kept)


def test_every_such_decision_is_listed_with_who_and_whether(played):
    judge(played, played.mara.person)
    confirm_proposal(db.session.scalars(sa.select(Proposal)).one(), by=make_person("Outsider"), now=SOON)
    snooze(played, played.helper.person)
    split(played, make_person("Somebody Else"))
    watches = watches_of(played.event, now=SOON).watches
    listed = [
        (one.by, one.second, one.state.value, one.is_from_outside)
        for one in verdicts_on_watched(played.event, watches, decisions_about(watches))
    ]
    assert listed == [
        ("Mara Lindqvist", "Outsider", "confirmed", False),
        ("Elif Demir", "", "waiting", False),
        ("Somebody Else", "", "confirmed", True),
    ]
    page = proposals_page(played.mara.person, 1, now=SOON)
    assert (len(page.waiting), page.decided.total) == (1, 1)
    assert "somebody from outside decides" in page.waiting[0].why_not


def test_a_held_fix_is_guarded_for_a_month_and_then_free(context):
    played = play()
    sweep(ACCEPTED)
    sweep(LATER)
    assert played.story.state is StoryState.HELD
    late = decisions.call_problem_noise(played.problem, "flapping", by=played.mara.person, now=LATER)
    assert isinstance(late, Kept)
    much_later = decisions.call_problem_noise(played.problem, "flapping", by=played.mara.person, now=LATER + 40 * DAY)
    assert not isinstance(much_later, Kept)

"""A fix under watch: it holds and people are thanked, or it comes back and its fixer hears it first."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gamebash.backlog.models import ProblemState, RunState, SyncRun
from gamebash.core.db import db
from gamebash.events.models import EventStory
from gamebash.events.rules import Rules
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.models import Notice
from gamebash.points.models import PointEntry, Standing
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Story
from gamebash.verify import verify
from gamebash.watch.lifecycle import WatchState
from tests.factories import NOW, make_event, make_player, make_story
from tests.watch.playing import (
    ACCEPTED,
    DAY,
    END,
    LATER,
    entries,
    incident,
    play,
    record,
    source,
    squash,
    sweep,
    take_in,
    watch_of,
)


@pytest.fixture
def played(context):
    played = play()
    sweep(ACCEPTED + timedelta(seconds=1))
    return played


def told(person):
    query = sa.select(Notice.text).where(Notice.person_id == person.id, Notice.kind == NoticeKind.WATCH)
    return list(db.session.scalars(query.order_by(Notice.id)))


def points_of(player):
    return db.session.scalar(sa.select(Standing.points).where(Standing.player_id == player.id)) or 0


def test_an_accepted_fix_is_watched_from_its_acceptance(played):
    watch = watch_of(played.fix)
    assert (watch.state, watch.days) == (WatchState.WATCHING, 30)
    assert watch.starts_at == ACCEPTED.replace(microsecond=999_999)
    assert played.story.state is StoryState.WATCHED
    assert played.problem.state is ProblemState.WATCHED
    # An incident a week for half a year: about 13 in the coming quarter, a third of them in 30 days.
    assert 2 <= watch.expected <= 8


def test_a_deploy_that_is_known_begins_the_watch(context):
    deployed_at = ACCEPTED - timedelta(minutes=20)
    played = play(deployed_at=deployed_at)
    sweep(ACCEPTED)
    assert watch_of(played.fix).starts_at == deployed_at.replace(microsecond=999_999)


def test_a_fix_that_holds_pays_its_bonus_and_everybody_hears_what_did_not_happen(played):
    before = {player.id: points_of(player) for player in (played.mara, played.helper)}
    sweep(END - timedelta(minutes=1))
    assert played.story.state is StoryState.WATCHED
    sweep(LATER)
    assert watch_of(played.fix).state is WatchState.HELD
    assert (played.story.state, played.problem.state) == (StoryState.HELD, ProblemState.SOLVED)
    assert entries(played.fix, "held_bonus") == [("held_bonus", played.mara.id, 2), ("held_bonus", played.helper.id, 1)]
    assert points_of(played.mara) == before[played.mara.id] + 2
    for person in (played.mara.person, played.helper.person, played.sam.person, played.raiser):
        assert any("0 came" in text for text in told(person)), person.name
    assert any("were expected, 0 came. +2 points." in text for text in told(played.mara.person))
    assert any(text.startswith("What you raised is fixed") for text in told(played.raiser))
    assert verify() == []


def weigh(played, own):
    """Say what an hour on the story prevents; on the middle of the board it is 1."""
    entry = db.session.scalars(sa.select(EventStory).where(EventStory.story_id == played.story.id)).one()
    entry.value_per_hour, entry.middle_per_hour = own, 1.0


@pytest.mark.parametrize(("own", "bonus"), [(9.0, [5, 2]), (1.2, [3, 1]), (0.1, [])])
def test_the_bonus_follows_what_an_hour_on_the_story_prevents(played, own, bonus):
    weigh(played, own)
    sweep(LATER)
    assert [points for *_, points in entries(played.fix, "held_bonus")] == bonus
    assert verify() == []


def test_the_entry_of_a_bonus_says_its_arithmetic(played):
    weigh(played, 1.2)
    sweep(LATER)
    query = sa.select(PointEntry.reason).where(PointEntry.kind == "held_bonus", PointEntry.player_id == played.mara.id)
    reason = db.session.scalars(query).one()
    assert reason.endswith(
        "30 quiet days. 50% of 5 \N{MULTIPLICATION SIGN} 1.20, rounded down: an hour on it prevents 1.20, "
        "on the middle of the board 1.00"
    )


def test_a_bonus_above_what_the_rules_give_shows(played):
    weigh(played, 9.0)
    sweep(LATER)
    weigh(played, 0.5)
    db.session.flush()
    assert any("held bonus of 5, the rules give 1" in finding.what for finding in verify())


def test_settling_twice_pays_once(played):
    for _ in range(3):
        sweep(LATER)
    assert len(entries(played.fix, "held_bonus")) == 2


def test_the_fixer_hears_of_a_recurrence_an_hour_before_anything_public_follows(played):
    opened_at = ACCEPTED + 9 * DAY
    take_in(record(opened_at, key="back"))
    sweep(opened_at + timedelta(minutes=5))
    watch = watch_of(played.fix)
    assert (watch.state, watch.recurrence) == (WatchState.CAME_BACK, incident("back"))
    assert (played.story.state, played.problem.state) == (StoryState.WATCHED, ProblemState.WATCHED)
    assert entries(played.fix, "clawback") == []
    assert any("came back: Disk trouble" in text for text in told(played.mara.person))
    assert not any("came back" in text for text in told(played.mate.person) + told(played.sam.person))
    sweep(opened_at + timedelta(minutes=64))
    assert played.story.state is StoryState.WATCHED
    sweep(opened_at + timedelta(minutes=65))
    assert (played.story.state, played.problem.state) == (StoryState.RECURRED, ProblemState.OPEN)
    assert verify() == []


def test_what_came_back_takes_back_all_that_its_fix_paid_and_names_each_entry(played):
    paid = entries(played.fix, "fix", "first_fix", "newcomer", "assist", "review")
    take_in(record(ACCEPTED + DAY))
    sweep(ACCEPTED + 2 * DAY)
    sweep(ACCEPTED + 3 * DAY)
    taken = entries(played.fix, "clawback")
    assert [(player_id, -points) for _, player_id, points in taken] == [
        (player_id, points) for _, player_id, points in paid
    ]
    assert (points_of(played.mara), points_of(played.helper), points_of(played.sam)) == (0, 0, 0)
    reversals = db.session.scalars(sa.select(PointEntry).where(PointEntry.kind == "clawback")).all()
    assert all("reversed with the fix" in one.reason and one.reverses_id for one in reversals)
    assert verify() == []


def test_a_recurred_story_is_back_for_the_next_pull_with_its_words(played):
    take_in(record(ACCEPTED + DAY))
    sweep(ACCEPTED + 2 * DAY)
    sweep(ACCEPTED + 3 * DAY)
    again = watch_of(played.fix).new_story
    assert (again.state, again.problem, again.title) == (StoryState.READY, played.problem, played.story.title)
    assert again.why == f"It came back 1 day after {played.story.key}. What was tried is kept with that story."
    assert any(f"It is back as {again.key}" in text for text in told(played.raiser))


def test_half_a_clawback_is_half(context):
    played = play(rules=Rules(clawback_share=0.5), assists=False)
    sweep(ACCEPTED)
    take_in(record(ACCEPTED + DAY))
    sweep(ACCEPTED + 2 * DAY)
    sweep(ACCEPTED + 3 * DAY)
    assert ("clawback", played.mara.id, -3) in entries(played.fix, "clawback")
    assert verify() == []


def test_noise_is_no_recurrence(played):
    take_in(record(ACCEPTED + DAY, key="noise"))
    one = incident("noise")
    one.is_noise, one.noise_by_id, one.noise_at, one.noise_reason = True, played.sam.person_id, NOW, "flapping"
    sweep(LATER)
    assert watch_of(played.fix).state is WatchState.HELD


def test_what_turns_out_to_be_noise_within_the_hour_is_forgotten(played):
    opened_at = ACCEPTED + DAY
    take_in(record(opened_at, key="noise"))
    sweep(opened_at)
    one = incident("noise")
    one.is_noise, one.noise_by_id, one.noise_at, one.noise_reason = True, played.sam.person_id, NOW, "flapping"
    sweep(opened_at + timedelta(minutes=90))
    watch = watch_of(played.fix)
    assert (watch.state, watch.recurrence_id, watch.told_at) == (WatchState.WATCHING, None, None)
    assert entries(played.fix, "clawback") == []


def test_a_true_recurrence_that_arrives_after_the_verdict_turns_it_in_the_open(played):
    sweep(LATER)
    assert played.story.state is StoryState.HELD
    take_in(record(ACCEPTED + 20 * DAY))
    sweep(LATER + DAY)
    assert played.story.state is StoryState.HELD
    sweep(LATER + 2 * DAY)
    assert played.story.state is StoryState.RECURRED
    everything = db.session.scalars(sa.select(PointEntry.points).where(PointEntry.fix_id == played.fix.id))
    assert sum(everything) == 0
    assert verify() == []


def test_what_comes_after_the_watch_does_not_turn_the_verdict(played):
    sweep(LATER)
    take_in(record(END + DAY))
    sweep(LATER + 9 * DAY)
    assert played.story.state is StoryState.HELD


def test_a_source_that_is_silent_is_waited_for_a_day(played):
    sweep(END + timedelta(hours=23))
    assert played.story.state is StoryState.WATCHED
    sweep(END + timedelta(hours=24))
    assert played.story.state is StoryState.HELD


def test_the_verdict_waits_for_no_source_that_delivered_after_the_end(played):
    pager, after = source(), END + timedelta(hours=1)
    run = SyncRun(
        reference="r", source_id=pager.id, state=RunState.DONE, created_at=after, started_at=after, finished_at=after
    )
    db.session.add(run)
    sweep(after + timedelta(minutes=1))
    assert played.story.state is StoryState.HELD


def test_a_story_by_hand_holds_and_pays_nothing_more(context):
    story = make_story()
    event = make_event(stories=[story], went_live_at=NOW)
    mara, _ = make_player(event), make_player(event)
    fix = squash(story, mara, ACCEPTED)
    sweep(ACCEPTED)
    sweep(LATER)
    assert (watch_of(fix).problem_id, story.state) == (None, StoryState.HELD)
    assert entries(fix, "held_bonus") == []
    assert verify() == []


def test_a_story_about_one_incident_follows_the_problem_of_that(context):
    played = play("mail")
    take_in(record(NOW - 3 * DAY, "disk", key="one"))
    one = incident("one")
    story = make_story(incident_id=one.id, origin="incident", service=one.service)
    event = make_event(stories=[story], went_live_at=NOW)
    mara, _ = make_player(event), make_player(event)
    fix = squash(story, mara, ACCEPTED)
    sweep(ACCEPTED)
    assert watch_of(fix).problem_id == one.problem_id
    take_in(record(ACCEPTED + DAY, "disk"))
    sweep(ACCEPTED + 2 * DAY)
    sweep(ACCEPTED + 3 * DAY)
    assert (story.state, played.story.state) == (StoryState.RECURRED, StoryState.WATCHED)
    assert watch_of(fix).new_story.problem_id == one.problem_id
    assert verify() == []


def test_an_open_story_about_the_problem_goes_on_instead_of_a_second_one(played):
    sweep(LATER)
    about = {"problem_id": played.problem.id, "origin": "problem", "service": played.problem.service}
    open_one = make_story(**about)
    take_in(record(ACCEPTED + 20 * DAY))
    sweep(LATER + DAY)
    sweep(LATER + 2 * DAY)
    assert watch_of(played.fix).state is WatchState.RECURRED
    assert watch_of(played.fix).new_story == open_one
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Story)) == 2

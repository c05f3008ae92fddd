"""The life of a watch: begun when a fix is accepted, told to the fixer when it came back, settled once for everybody.

Rows are locked in one order: watch, problem, story, ledger. Each step looks again at what is true under the lock, so that two
who settle at once do it once, and what a killed one left behind the next one finds as it was.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from gamebash.backlog.decisions import lock_problems
from gamebash.backlog.models import Incident, Problem, ProblemState
from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.lifecycles import next_state
from gamebash.events.rules import Rules
from gamebash.play.models import Assist, Fix, FixState, Review
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Origin
from gamebash.stories.transitions import lock_story, move_story
from gamebash.watch.expecting import forecast_at
from gamebash.watch.lifecycle import OPEN_STATES, TRANSITIONS, WatchState
from gamebash.watch.models import Proposal, ProposalFix, ProposalState, Watch
from gamebash.watch.recurrences import find_recurrence, home_of, is_delivered
from gamebash.watch.returning import return_story
from gamebash.watch.settling import pay_held, take_back
from gamebash.watch.telling import tell_fixer, tell_held, tell_recurred
from gamebash.watch.verdict import TOLD_FIRST, Standing, Step, next_step, window_from


def begin_watch(fix: Fix, *, now: datetime) -> Watch | None:
    """Watch an accepted fix from its deploy, or its acceptance where none is given; None where it is watched already."""
    problem = fix.story.problem or (fix.story.incident.problem if fix.story.incident else None)
    home = (problem.merged_into or problem) if problem is not None else None
    if home is not None:
        # First, as whoever decides about a problem does, so that two at once do not wait for each other.
        (home,) = lock_problems(home)
    story = lock_story(fix.story)
    known = sa.select(Watch.id).where(Watch.fix_id == fix.id)
    if fix.state is not FixState.ACCEPTED or story.state is not StoryState.ACCEPTED or db.session.scalar(known):
        return None
    event = fix.event
    live_at = event.went_live_at or event.starts_at
    days = Rules.from_document(event.rules).watch_days
    window = window_from(fix.deployed_at or fix.decided_at or now, live_at=live_at, days=days)
    watch = Watch(
        fix=fix,
        event_id=event.id,
        problem=problem,
        is_about_noise=story.origin is Origin.NOISE,
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        state=WatchState.WATCHING,
    )
    db.session.add(watch)
    db.session.flush()
    if home is not None:
        expected = forecast_at(home, live_at, of_noise=watch.is_about_noise)
        watch.forecast, watch.forecast_low, watch.forecast_high = expected.expected, expected.low, expected.high
        watch.mean_weight = home.mean_weight
        if home.state in {ProblemState.OPEN, ProblemState.BEING_FIXED}:
            home.state = ProblemState.WATCHED
    move_story(story, "watch", now=now)
    audit.record("story:watched", story.key, by_id=None, now=now, event_id=event.id)
    return watch


def step_watch(watch_id: int, *, now: datetime) -> Step:
    """Do what is due about a watch, if anything is; say what it was."""
    watch = _locked(watch_id)
    if watch is None:
        return Step.WAIT
    home = home_of(watch)
    if home is not None:
        (home,) = lock_problems(home)
    recurrence = find_recurrence(watch)
    step = next_step(_standing(watch, home, recurrence, now=now), now=now)
    if step is Step.TELL and recurrence is not None:
        _tell(watch, recurrence, now=now)
    elif step is Step.FORGET:
        _forget(watch, now=now)
    elif step is Step.HOLD:
        _hold(watch, home, now=now)
    elif step is Step.RECUR and recurrence is not None:
        _recur(watch, recurrence, home, now=now)
    db.session.flush()
    return step


def _locked(watch_id: int) -> Watch | None:
    """Return a watch, held; None where somebody else holds it, who then does what is due."""
    query = (
        sa.select(Watch)
        .where(Watch.id == watch_id)
        .with_for_update(of=Watch, skip_locked=True)
        .options(
            joinedload(Watch.event),
            joinedload(Watch.problem).joinedload(Problem.merged_into),
            joinedload(Watch.fix).options(
                joinedload(Fix.story),
                joinedload(Fix.player),
                selectinload(Fix.assists).joinedload(Assist.player),
                selectinload(Fix.reviews).joinedload(Review.player),
            ),
        )
    )
    return db.session.scalars(query, execution_options={"populate_existing": True}).unique().one_or_none()


def _standing(watch: Watch, home: Problem | None, recurrence: Incident | None, *, now: datetime) -> Standing:
    is_over = watch.state is WatchState.WATCHING and recurrence is None and now >= watch.ends_at
    return Standing(
        state=watch.state,
        ends_at=watch.ends_at,
        told_at=watch.told_at,
        has_recurrence=recurrence is not None,
        is_counted=home is None or not home.is_stale,
        is_delivered=not is_over or home is None or is_delivered(home, watch.ends_at),
        is_word_awaited=watch.state is WatchState.CAME_BACK and _is_word_awaited(watch),
    )


def _is_word_awaited(watch: Watch) -> bool:
    """Say whether somebody outside has yet to decide what the fixer's side says of it, proposed while they knew it alone."""
    query = (
        sa.select(Proposal.id)
        .join(ProposalFix, ProposalFix.proposal_id == Proposal.id)
        .where(ProposalFix.fix_id == watch.fix_id, Proposal.state == ProposalState.WAITING)
        .where(Proposal.made_at <= (watch.told_at or watch.starts_at) + TOLD_FIRST)
    )
    return db.session.scalar(query.limit(1)) is not None


def _tell(watch: Watch, incident: Incident, *, now: datetime) -> None:
    """Keep that it came back, and tell the fixer; nothing public changes yet, so the event's watchers are not woken."""
    _move(watch, "tell")
    watch.recurrence, watch.told_at = incident, now
    tell_fixer(watch, incident, now=now)
    audit.record("watch:came_back", watch.fix.story.key, by_id=None, now=now, incident=incident.external_id)


def _forget(watch: Watch, *, now: datetime) -> None:
    """Take back that it came back: what looked like a recurrence was noise or another problem, by people who may say so."""
    _move(watch, "forget" if watch.decided_at is None else "restore")
    watch.recurrence, watch.told_at = None, None
    audit.record("watch:recurrence_forgotten", watch.fix.story.key, by_id=None, now=now)


def _hold(watch: Watch, home: Problem | None, *, now: datetime) -> None:
    _move(watch, "hold")
    watch.decided_at = now
    story = move_story(watch.fix.story, "hold", now=now)
    if home is not None and not _is_watched_otherwise(watch, home) and home.state is ProblemState.WATCHED:
        # It may have struck again between the end and the verdict: the fix held, and there is something to do again.
        is_back = home.last_seen_at is not None and home.last_seen_at >= watch.ends_at
        home.state = ProblemState.OPEN if is_back else ProblemState.SOLVED
    bonus = pay_held(watch, now=now)
    tell_held(watch, bonus, now=now)
    audit.record(
        "story:held",
        story.key,
        by_id=None,
        now=now,
        event_id=watch.event_id,
        points=sum(bonus.values()),
        days=watch.days,
    )


def _recur(watch: Watch, incident: Incident, home: Problem | None, *, now: datetime) -> None:
    _move(watch, "recur")
    watch.recurrence, watch.decided_at = incident, now
    story = move_story(watch.fix.story, "recur", now=now)
    if home is not None and home.state in {ProblemState.WATCHED, ProblemState.SOLVED}:
        home.state = ProblemState.OPEN
    db.session.flush()
    taken = take_back(watch, now=now)
    watch.new_story = return_story(watch, home, now=now)
    tell_recurred(watch, taken, now=now)
    audit.record(
        "story:recurred", story.key, by_id=None, now=now, event_id=watch.event_id, incident=incident.external_id,
        points=-sum(taken.values()), again=watch.new_story.key if watch.new_story else "",
    )  # fmt: skip


def _move(watch: Watch, verb: str) -> None:
    watch.state = next_state(TRANSITIONS, watch.state, verb, f"The watch of {watch.fix.story.key}")


def _is_watched_otherwise(watch: Watch, home: Problem) -> bool:
    """Say whether another fix of the same problem is watched still, so that it is too early to call it solved."""
    others = (
        sa.select(Watch.id)
        .join(Watch.problem)
        .where(
            Watch.id != watch.id,
            Watch.state.in_(OPEN_STATES),
            sa.func.coalesce(Problem.merged_into_id, Problem.id) == home.id,
        )
    )
    return db.session.scalar(others.limit(1)) is not None

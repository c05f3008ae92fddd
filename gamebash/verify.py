"""What always holds, checked over the real data: one function for each of the domain's ten invariants.

Each yields a finding for every breach, in the order of the data, so the first names the first entry that is wrong.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from gamebash.backlog.models import Incident, Problem, ProblemWeek
from gamebash.ceremony.results import differing_results
from gamebash.core import clock
from gamebash.core.append_only import APPEND_ONLY
from gamebash.core.audit import AuditEntry
from gamebash.core.db import db
from gamebash.core.erasures import Erasure, is_redacted
from gamebash.events.freeze import STANDS_STILL
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.rules import Rules
from gamebash.people.models import Person
from gamebash.play.models import Assist, Claim, Fix, FixState, Review, Verdict
from gamebash.points.ledger import FIRST_HASH, hash_of, sum_of
from gamebash.points.models import LedgerHead, PointEntry, Standing
from gamebash.points.scoring import EntryKind
from gamebash.rotation.checking import log_faults
from gamebash.stories.lifecycle import StoryState
from gamebash.stories.models import Story
from gamebash.watch.invariants import bonuses_fit, watches_agree, watches_have_paid

AT_ONCE = 1_000
REVEALED_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach: which invariant, and what is wrong with which row."""

    invariant: int
    what: str


Check = Callable[[], Iterator[str]]


def verify() -> list[Finding]:
    """Return every breach of the ten invariants; an empty list means that all hold."""
    return [Finding(number, what) for number, check in CHECKS.items() for what in check()]


def one_claim_a_story() -> Iterator[str]:
    """1. One active claim per story; never more running claims than allowed per player."""
    open_claims = sa.select(Claim.story_id, sa.func.count()).where(Claim.ended_at.is_(None)).group_by(Claim.story_id)
    for story_id, count in db.session.execute(open_claims.having(sa.func.count() > 1)):
        yield f"story {_key(story_id)} has {count} open claims"
    running = (
        sa.select(Claim.player_id, Claim.event_id, sa.func.count())
        .where(Claim.ended_at.is_(None), Claim.lease_ends_at > clock.now())
        .group_by(Claim.player_id, Claim.event_id)
    )
    for player_id, event_id, count in db.session.execute(running):
        event = db.session.get_one(Event, event_id)
        allowed = Rules.from_document(event.rules).claims_at_once
        # Letting a claim come back from review may lift a player above the limit; only claiming more is refused.
        returned = db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Fix)
            .where(Fix.player_id == player_id, Fix.state == FixState.SENT_BACK)
        )
        if count > allowed + (returned or 0):
            yield f"player {player_id} of {event.slug} holds {count} claims, {allowed} are allowed"


def ledger_is_whole() -> Iterator[str]:
    """2. Standings are what a recount of the ledger gives, and the chain is whole."""
    for head in db.session.scalars(sa.select(LedgerHead).order_by(LedgerHead.event_id)):
        yield from _chain(head)
    yield from recount()


def _chain(head: LedgerHead) -> Iterator[str]:
    """Walk an event's ledger; after the first break the rest cannot be judged, so only the first is named."""
    slug = head.event.slug
    expected_hash, expected_seq = FIRST_HASH, 1
    for entry, person_id in db.session.execute(
        sa.select(PointEntry, Player.person_id)
        .join(Player, Player.id == PointEntry.player_id)
        .where(PointEntry.event_id == head.event_id)
        .order_by(PointEntry.seq)
        .execution_options(yield_per=AT_ONCE)
    ):
        name = f"entry {entry.seq} of {slug} ({entry.kind.value}, {entry.points} points, {entry.reason})"
        if entry.seq != expected_seq:
            yield f"entry {expected_seq} of {slug} is missing; the next one there is {entry.seq}"
            return
        if entry.previous_hash != expected_hash:
            yield f"{name} does not follow the entry before it"
            return
        found = hash_of(entry, person_id=person_id)
        if entry.hash != found and not is_redacted(PointEntry.__tablename__, entry.id, entry.hash, found):
            yield f"{name} was altered"
            return
        expected_hash, expected_seq = entry.hash, entry.seq + 1
    if (head.seq, head.hash) != (expected_seq - 1, expected_hash):
        yield f"the ledger of {slug} ends at entry {expected_seq - 1}, its head says {head.seq}: entries are missing at the end"


def recount() -> Iterator[str]:
    """Yield each standing that differs from its entries."""
    query = sa.select(PointEntry).order_by(PointEntry.player_id, PointEntry.seq).execution_options(yield_per=AT_ONCE)
    standings = {standing.player_id: standing for standing in db.session.scalars(sa.select(Standing))}
    for player_id, entries in groupby(db.session.scalars(query), key=lambda entry: entry.player_id):
        total = sum_of(entries)
        standing = standings.pop(player_id, None)
        if standing is None:
            yield f"player {player_id} has {total.points} points in the ledger and no standing"
        elif (standing.points, standing.fixes, standing.last_score_at) != (
            total.points,
            total.fixes,
            total.last_score_at,
        ):
            yield f"the standing of player {player_id} says {standing.points} points, the ledger {total.points}"
    for standing in standings.values():
        if standing.points or standing.fixes:
            yield f"the standing of player {standing.player_id} says {standing.points} points, the ledger has none"


def nobody_reviews_their_own() -> Iterator[str]:
    """3. Nobody reviews their own fix, one they helped with, or their squad's, by the squads of then."""
    query = (
        sa.select(Review)
        .join(Review.fix)
        .where(Review.verdict.is_not(None))
        .options(joinedload(Review.player), joinedload(Review.fix).joinedload(Fix.player))
        .order_by(Review.id)
    )
    helpers = {
        (fix_id, player_id) for fix_id, player_id in db.session.execute(sa.select(Assist.fix_id, Assist.player_id))
    }
    for review in db.session.scalars(query):
        author = review.fix.player
        if review.player_id == author.id or (review.fix_id, review.player_id) in helpers:
            yield f"review {review.id} of {_key(review.fix.story_id)} is by somebody who wrote or helped with the fix"
        elif review.fix.squad_id is not None and review.fix.squad_id == review.squad_id:
            yield f"review {review.id} of {_key(review.fix.story_id)} is by somebody of the author's squad"


def points_have_a_cause() -> Iterator[str]:
    """4. No points without an accepted fix, a counted review, a settled watch, or a named person's award or correction."""
    from_fix = (EntryKind.FIX, EntryKind.FIRST_FIX, EntryKind.ASSIST, EntryKind.NEWCOMER, EntryKind.REVIEW)
    query = (
        sa.select(PointEntry, Fix.state)
        .outerjoin(Fix, Fix.id == PointEntry.fix_id)
        .where(PointEntry.kind.in_(from_fix), sa.or_(Fix.id.is_(None), Fix.state != FixState.ACCEPTED))
        .order_by(PointEntry.event_id, PointEntry.seq)
    )
    for entry, _ in db.session.execute(query):
        yield f"entry {entry.seq} of {_slug(entry.event_id)} pays for a fix that was not accepted"
    by_nobody = sa.select(PointEntry).where(
        PointEntry.kind.in_([EntryKind.AWARD, EntryKind.CORRECTION]),
        sa.or_(PointEntry.caused_by_id.is_(None), PointEntry.reason == ""),
    )
    for entry in db.session.scalars(by_nobody):
        yield f"entry {entry.seq} of {_slug(entry.event_id)} is an award or correction without a name or a reason"
    unreviewed = (
        sa.select(Fix)
        .where(Fix.state == FixState.ACCEPTED, ~Fix.reviews.any(Review.verdict == Verdict.ACCEPT))
        .where(sa.or_(Fix.same_as_id.is_(None), ~Fix.same_as.has(Fix.state == FixState.ACCEPTED)))
        .order_by(Fix.id)
    )
    for fix in db.session.scalars(unreviewed):
        yield f"the fix of {_key(fix.story_id)} is accepted without an accepting review"
    yield from watches_have_paid()
    yield from bonuses_fit()


def incidents_exist_once() -> Iterator[str]:
    """5. An incident exists once per source and external id."""
    query = sa.select(Incident.source_id, Incident.external_id, sa.func.count()).group_by(
        Incident.source_id, Incident.external_id
    )
    for _, external_id, count in db.session.execute(query.having(sa.func.count() > 1)):
        yield f"incident {external_id} exists {count} times"


def merges_stand() -> Iterator[str]:
    """6. Nothing is left in a merged problem or came into it, and no survivor is merged itself."""
    stray = sa.select(Problem.key, sa.func.count()).join(Incident, Incident.problem_id == Problem.id)
    for key, count in db.session.execute(stray.where(Problem.merged_into_id.is_not(None)).group_by(Problem.key)):
        yield f"{count} incidents are in {key}, which is merged"
    survivor = aliased(Problem)
    chained = sa.select(Problem.key, survivor.key).join(survivor, survivor.id == Problem.merged_into_id)
    for key, other in db.session.execute(chained.where(survivor.merged_into_id.is_not(None))):
        yield f"{key} is merged into {other}, which is merged itself"


def verdicts_stand() -> Iterator[str]:
    """6. What a person decided is not undone: a verdict by somebody keeps its name, and counts agree with the incidents."""
    by_nobody = sa.select(Incident).where(Incident.noise_by_id.is_not(None), Incident.noise_at.is_(None))
    for incident in db.session.scalars(by_nobody):
        yield f"incident {incident.external_id} lost the moment of its noise verdict"
    counted = (
        sa.select(
            Incident.problem_id, sa.func.count().filter(~Incident.is_noise), sa.func.count().filter(Incident.is_noise)
        )
        .where(Incident.problem_id.is_not(None))
        .group_by(Incident.problem_id)
        .subquery()
    )
    columns = list(counted.c)
    query = sa.select(Problem.key, Problem.incident_count, Problem.noise_count, columns[1], columns[2]).join(
        counted, columns[0] == Problem.id
    )
    differs = sa.or_(Problem.incident_count != columns[1], Problem.noise_count != columns[2])
    for key, incidents, noise, real_incidents, real_noise in db.session.execute(query.where(differs)):
        yield f"problem {key} counts {incidents} incidents and {noise} noise, it has {real_incidents} and {real_noise}"
    weeks = (
        sa.select(ProblemWeek.problem_id, sa.func.sum(ProblemWeek.incidents))
        .group_by(ProblemWeek.problem_id)
        .subquery()
    )
    week_columns = list(weeks.c)
    by_week = (
        sa.select(Problem.key)
        .join(weeks, week_columns[0] == Problem.id)
        .where(week_columns[1] != Problem.incident_count)
    )
    for key in db.session.scalars(by_week):
        yield f"the weeks of problem {key} do not add up to its incidents"
    yield from merges_stand()


def membership_follows_from_the_log() -> Iterator[str]:
    """7. Membership on a day is the fold of the moves up to that day; none contradicts another; the chain is whole."""
    yield from log_faults()


def results_are_final() -> Iterator[str]:
    """8. A closed event's results change only by visible corrections; what was announced is what the ledger gives."""
    yield from differing_results()
    query = (
        sa.select(PointEntry, Event.slug)
        .join(Event, Event.id == PointEntry.event_id)
        .where(
            Event.closed_at.is_not(None),
            PointEntry.at > Event.closed_at,
            PointEntry.kind.not_in([EntryKind.CORRECTION, EntryKind.HELD_BONUS, EntryKind.CLAWBACK]),
        )
        .order_by(PointEntry.event_id, PointEntry.seq)
    )
    for entry, slug in db.session.execute(query):
        yield f"entry {entry.seq} of {slug} ({entry.kind.value}) was written after the event closed"
    unfrozen = (
        sa.select(EventStory).join(EventStory.event).where(Event.went_live_at.is_not(None), EventStory.points.is_(None))
    )
    for lacking in db.session.scalars(unfrozen):
        yield f"{_key(lacking.story_id)} has no points on the board of {_slug(lacking.event_id)}, which went live"


def changes_are_on_record() -> Iterator[str]:
    """9. Every state change records who, when and what."""
    recorded = set(db.session.scalars(sa.select(AuditEntry.subject_key).where(AuditEntry.tag == "fix:accepted")))
    for number in db.session.scalars(
        sa.select(Story.number)
        .join(Fix, Fix.story_id == Story.id)
        .where(Fix.state == FixState.ACCEPTED)
        .order_by(Story.number)
    ):
        if f"GB-{number}" not in recorded:
            yield f"the acceptance of GB-{number} is not on record"
    yield from _lost_triggers()


def nothing_is_half_done() -> Iterator[str]:
    """10. Nothing acknowledged is lost by a crash: what belongs to one act is there together or not at all."""
    paid = sa.select(PointEntry.id).where(PointEntry.fix_id == Fix.id, PointEntry.kind == EntryKind.FIX).exists()
    unpaid = (
        sa.select(Fix)
        .join(EventStory, sa.and_(EventStory.event_id == Fix.event_id, EventStory.story_id == Fix.story_id))
        .where(Fix.state == FixState.ACCEPTED, EventStory.points > 0, Fix.unpaid_because == "", ~paid)
    )
    for fix in db.session.scalars(unpaid):
        yield f"the accepted fix of {_key(fix.story_id)} was never paid"
    has_claim = sa.select(Claim.id).where(Claim.story_id == Story.id, Claim.ended_at.is_(None)).exists()
    # A squash after the freeze is told to its story when the results are out; the worker does it within a minute.
    is_waiting = sa.or_(Event.state != EventState.CLOSED, Event.reveals_at > clock.now() - REVEALED_WITHIN)
    is_held_back = (
        sa.select(Fix.id)
        .join(Fix.event)
        .where(Fix.story_id == Story.id, Fix.state == FixState.ACCEPTED, Event.state.in_(STANDS_STILL), is_waiting)
        .exists()
    )
    unclaimed = sa.select(Story).where(
        Story.state.in_([StoryState.CLAIMED, StoryState.IN_REVIEW]), ~has_claim, ~is_held_back
    )
    for story in db.session.scalars(unclaimed):
        yield f"{story.key} is {story.state.value} and nobody has claimed it"
    unstated = sa.select(Story).where(Story.state.not_in([StoryState.CLAIMED, StoryState.IN_REVIEW]), has_claim)
    for story in db.session.scalars(unstated):
        yield f"{story.key} is {story.state.value}, and somebody has an open claim on it"
    yield from watches_agree()


CHECKS: dict[int, Check] = {
    1: one_claim_a_story,
    2: ledger_is_whole,
    3: nobody_reviews_their_own,
    4: points_have_a_cause,
    5: incidents_exist_once,
    6: verdicts_stand,
    7: membership_follows_from_the_log,
    8: results_are_final,
    9: changes_are_on_record,
    10: nothing_is_half_done,
}


def _lost_triggers() -> Iterator[str]:
    """Say which append-only table could be changed now, because its trigger is gone."""
    if db.engine.dialect.name == "sqlite":
        names = set(db.session.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
        missing = [table for table in APPEND_ONLY if not {f"{table}_no_update", f"{table}_no_delete"} <= names]
    else:
        names = set(
            db.session.scalars(sa.text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"))
        )
        missing = [table for table in APPEND_ONLY if f"{table}_append_only" not in names]
    for table in missing:
        yield f"the trigger that keeps {table} append-only is gone"
    if db.session.scalar(sa.select(Erasure.id).where(Erasure.finished_at.is_(None)).limit(1)):
        yield "an erasure is open, so texts of append-only tables can be changed"


def _key(story_id: int) -> str:
    return db.session.get_one(Story, story_id).key


def _slug(event_id: int) -> str:
    return db.session.get_one(Event, event_id).slug


def _person(person_id: int) -> str:
    return db.session.get_one(Person, person_id).handle

"""The flags of an event, in seven queries whatever its size, and what organisers said of them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from gamebash.core.db import db
from gamebash.events.lifecycle import EventState
from gamebash.events.models import Event, EventStory, Player
from gamebash.events.rules import Rules
from gamebash.incentives.flags import TITLES, Acceptance, Evidence, FixEvidence, Flag, Who, flags_of
from gamebash.incentives.models import FlagVerdict
from gamebash.play.models import Claim, ClaimEnd, Fix, FixState, Review, SpotCheck, Verdict
from gamebash.watch.models import Proposal, ProposalFix

MOST = 2_000


@dataclass(frozen=True, slots=True)
class FlagLine:
    """A flag with its title, and who is content with it and why, if anybody is."""

    flag: Flag
    title: str
    seen: FlagVerdict | None


@dataclass(frozen=True, slots=True)
class FlagsPage:
    """The flags of an event: those to look at, and those that somebody looked at."""

    slug: str
    name: str
    state: EventState
    to_look_at: tuple[FlagLine, ...]
    seen: tuple[FlagLine, ...]
    now: datetime


def flags_page(event: Event, *, now: datetime) -> FlagsPage:
    """Return the flags of an event."""
    verdicts = sa.select(FlagVerdict).where(FlagVerdict.event_id == event.id).options(joinedload(FlagVerdict.seen_by))
    seen = {verdict.key: verdict for verdict in db.session.scalars(verdicts)}
    lines = [FlagLine(flag, TITLES[flag.kind], seen.get(flag.key)) for flag in find_flags(event, now=now)]
    return FlagsPage(
        slug=event.slug,
        name=event.name,
        state=event.state,
        to_look_at=tuple(line for line in lines if line.seen is None),
        seen=tuple(line for line in lines if line.seen is not None),
        now=now,
    )


def find_flags(event: Event, *, now: datetime) -> tuple[Flag, ...]:
    """Return what is worth a look; of a very large event only the latest two thousand attempts."""
    query = (
        sa.select(Fix)
        .where(Fix.event_id == event.id)
        .options(
            joinedload(Fix.story),
            joinedload(Fix.player),
            joinedload(Fix.claim),
            joinedload(Fix.change),
            selectinload(Fix.reviews).joinedload(Review.player),
        )
        .order_by(Fix.id.desc())
        .limit(MOST)
    )
    fixes = list(db.session.scalars(query))
    entries = sa.select(EventStory.story_id, EventStory.grade).where(EventStory.event_id == event.id)
    grades = {story_id: grade for story_id, grade in db.session.execute(entries)}  # noqa: C416 rows are no pairs to mypy
    failed, verdicts = _failed_checks(event), _verdicts(event)
    evidence = [
        FixEvidence(
            key=fix.story.key,
            author=_who(fix.player),
            grade=grades.get(fix.story_id) or fix.story.grade,
            effort_hours=fix.story.effort_hours,
            held=fix.submitted_at - fix.claim.claimed_at,
            submitted_at=fix.submitted_at,
            is_accepted=fix.state is FixState.ACCEPTED,
            is_sent_back=fix.state is FixState.SENT_BACK,
            is_early=_is_early(fix, event),
            is_own_change=fix.is_own_change,
            acceptances=tuple(
                Acceptance(_who(one.player), (one.decided_at or now) - fix.submitted_at)
                for one in fix.reviews
                if one.verdict is Verdict.ACCEPT
            ),
            failed_checks=tuple(failed.get(fix.id, ())),
            verdicts=tuple(verdicts.get(fix.id, ())),
        )
        for fix in fixes
    ]
    return flags_of(Evidence(Rules.from_document(event.rules), tuple(evidence), _lapses(event, now)))


def _is_early(fix: Fix, event: Event) -> bool:
    """Say whether a change was begun before the event went live, as its author says or as its Git host has it."""
    told = [fix.begun_at, fix.change.first_commit_at if fix.change else None]
    return event.went_live_at is not None and any(at is not None and at < event.went_live_at for at in told)


def _failed_checks(event: Event) -> dict[int, list[str]]:
    query = sa.select(SpotCheck.fix_id, SpotCheck.reason).join(SpotCheck.fix)
    found: defaultdict[int, list[str]] = defaultdict(list)
    for fix_id, reason in db.session.execute(query.where(Fix.event_id == event.id, SpotCheck.holds.is_(False))):
        found[fix_id].append(reason)
    return found


def _verdicts(event: Event) -> dict[int, list[str]]:
    """Return what people with a part in a fix proposed about what it is watched by, by the fix's id."""
    query = (
        sa.select(ProposalFix.fix_id, Proposal.reference)
        .join(Proposal, Proposal.id == ProposalFix.proposal_id)
        .join(Fix, Fix.id == ProposalFix.fix_id)
        .where(Fix.event_id == event.id)
        .order_by(Proposal.id)
    )
    found: defaultdict[int, list[str]] = defaultdict(list)
    for fix_id, reference in db.session.execute(query):
        found[fix_id].append(reference)
    return found


def _lapses(event: Event, now: datetime) -> dict[Who, int]:
    ran_out = sa.or_(Claim.end == ClaimEnd.LAPSED, sa.and_(Claim.ended_at.is_(None), Claim.lease_ends_at <= now))
    counts = sa.select(Claim.player_id, sa.func.count().label("times")).where(Claim.event_id == event.id, ran_out)
    lapsed = counts.group_by(Claim.player_id).subquery()
    query = sa.select(Player, lapsed.c.times).join(lapsed, lapsed.c.player_id == Player.id)
    return {_who(player): times for player, times in db.session.execute(query)}


def _who(player: Player) -> Who:
    return Who(player.person.handle, player.person.name)

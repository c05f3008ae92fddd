"""Decisions about watched problems: those that wait for a second person, and those that stand in a report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from gamebash.backlog.models import Decision, DecisionKind, Incident
from gamebash.backlog.second_person import Verb
from gamebash.core.db import db
from gamebash.core.paging import Paged, fetch_page
from gamebash.events.models import Event
from gamebash.people.models import Person
from gamebash.play.models import Fix
from gamebash.watch.models import Proposal, ProposalFix, ProposalState, Watch
from gamebash.watch.proposals import why_not_mine

MOST_LISTED = 200
QUIETING = (
    DecisionKind.NOISE, DecisionKind.SPLIT, DecisionKind.MOVED, DecisionKind.MERGED, DecisionKind.SOLVED, DecisionKind.SNOOZED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """One decision that needs, or needed, a second person; ``why_not`` says why the viewer may not decide it."""

    reference: str
    verb: Verb
    state: ProposalState
    summary: str
    by: str
    made_at: datetime
    second: str
    decided_at: datetime | None
    reason: str
    story_keys: tuple[str, ...]
    why_not: str


@dataclass(frozen=True, slots=True)
class ProposalsPage:
    """Those that wait, oldest first, and one page of those that are decided, newest first."""

    waiting: tuple[ProposalLine, ...]
    decided: Paged[ProposalLine]
    now: datetime


def proposals_page(person: Person, number: int, *, now: datetime) -> ProposalsPage:
    """Return the decisions that wait for somebody from outside, as one person may decide them."""
    waiting = _query().where(Proposal.state == ProposalState.WAITING).order_by(Proposal.id).limit(MOST_LISTED)
    decided = _query().where(Proposal.state != ProposalState.WAITING).order_by(Proposal.decided_at.desc(), Proposal.id)
    rows, total = fetch_page(decided, number)
    return ProposalsPage(
        waiting=tuple(_line(one, why_not_mine(one, person)) for one in db.session.scalars(waiting)),
        decided=Paged(tuple(_line(row[0]) for row in rows), number, total),
        now=now,
    )


@dataclass(frozen=True, slots=True)
class WatchedVerdict:
    """A decision about a problem while its fix was watched, as the report and the organisers' flags list it.

    ``second`` is who confirmed or refused it; empty where it waits still, or where somebody from outside decided alone
    (``is_from_outside``).
    """

    summary: str
    by: str
    at: datetime
    second: str
    state: ProposalState
    is_from_outside: bool
    story_keys: tuple[str, ...]


def verdicts_on_watched(
    event: Event, watches: Sequence[Watch], decisions: Sequence[Decision]
) -> tuple[WatchedVerdict, ...]:
    """Return every decision that could have hidden a recurrence of a fix of an event, oldest first, at most 200 of each kind.

    First what the fixers' own sides proposed, then what others decided about the problem of a watched fix; ``decisions`` are
    those that ``decisions_about`` reads. Two queries.
    """
    about = sa.select(ProposalFix.proposal_id).join(Fix, Fix.id == ProposalFix.fix_id).where(Fix.event_id == event.id)
    first = sa.select(Proposal.id).where(Proposal.id.in_(about)).order_by(Proposal.id).limit(MOST_LISTED)
    proposals = (
        sa.select(Proposal)
        .where(Proposal.id.in_(first))
        .options(joinedload(Proposal.by), joinedload(Proposal.second))
        .options(joinedload(Proposal.fixes).joinedload(Fix.story))
        .order_by(Proposal.id)
    )
    own = [_of_side(one) for one in db.session.scalars(proposals).unique()]
    confirmed = {(one.by, one.at) for one in own}
    others = [one for one in _from_outside(watches, decisions) if (one.by, one.at) not in confirmed]
    return (*own, *others)


def decisions_about(watches: Sequence[Watch], problems: Sequence[int] = ()) -> Sequence[Decision]:
    """Return what was decided about watched problems, and others named by their ids, that could hide or group incidents.

    The oldest first, at most 200, in one query.
    """
    ids = {*_by_home(watches), *problems}
    query = (
        sa.select(Decision)
        .where(sa.or_(Decision.problem_id.in_(ids), Decision.other_id.in_(ids)))
        .where(Decision.kind.in_(QUIETING), Decision.undone_at.is_(None))
        .options(joinedload(Decision.by))
        .order_by(Decision.id)
        .limit(MOST_LISTED)
    )
    return db.session.scalars(query).all()


def _query() -> sa.Select[Any]:
    return sa.select(Proposal).options(
        joinedload(Proposal.by), joinedload(Proposal.second), selectinload(Proposal.fixes).joinedload(Fix.story)
    )


def _line(proposal: Proposal, why_not: str = "") -> ProposalLine:
    return ProposalLine(
        reference=proposal.reference,
        verb=proposal.verb,
        state=proposal.state,
        summary=proposal.summary,
        by=proposal.by.player_name,
        made_at=proposal.made_at,
        second=proposal.second.player_name if proposal.second else "",
        decided_at=proposal.decided_at,
        reason=proposal.reason,
        story_keys=tuple(fix.story.key for fix in proposal.fixes),
        why_not=why_not,
    )


def _of_side(proposal: Proposal) -> WatchedVerdict:
    return WatchedVerdict(
        summary=proposal.summary,
        by=proposal.by.player_name,
        at=proposal.decided_at or proposal.made_at,
        second=proposal.second.player_name if proposal.second else "",
        state=proposal.state,
        is_from_outside=False,
        story_keys=tuple(fix.story.key for fix in proposal.fixes),
    )


def _from_outside(watches: Sequence[Watch], decisions: Sequence[Decision]) -> list[WatchedVerdict]:
    by_home = _by_home(watches)
    return sorted([*_decided(by_home, decisions), *_judged(by_home)], key=lambda one: one.at)


def _by_home(watches: Sequence[Watch]) -> dict[int, list[Watch]]:
    """Return watches by the problem that they are about, and by the one that it was merged into."""
    by_home: dict[int, list[Watch]] = {}
    for watch in watches:
        if watch.problem is not None:
            for problem_id in {watch.problem.merged_into_id or watch.problem.id, watch.problem.id}:
                by_home.setdefault(problem_id, []).append(watch)
    return by_home


def _decided(watches: dict[int, list[Watch]], decisions: Sequence[Decision]) -> list[WatchedVerdict]:
    found = []
    for one in decisions:
        about = [*watches.get(one.problem_id, ()), *watches.get(one.other_id or 0, ())]
        if keys := _watched_then(about, one.made_at):
            found.append(
                WatchedVerdict(one.summary, one.by.player_name, one.made_at, "", ProposalState.CONFIRMED, True, keys)  # noqa: FBT003
            )
    return found


def _judged(watches: dict[int, list[Watch]]) -> list[WatchedVerdict]:
    query = (
        sa.select(Incident, Person)
        .join(Person, Person.id == Incident.noise_by_id)
        .where(Incident.problem_id.in_(watches), Incident.is_noise)
        .order_by(Incident.noise_at, Incident.id)
        .limit(MOST_LISTED)
    )
    found = []
    for incident, person in db.session.execute(query):
        at = incident.noise_at or incident.opened_at
        if keys := _watched_then(watches.get(incident.problem_id or 0, ()), at):
            words = f"{incident.external_id}, {incident.title}: noise, {incident.noise_reason}"
            found.append(WatchedVerdict(words, person.player_name, at, "", ProposalState.CONFIRMED, True, keys))  # noqa: FBT003
    return found


def _watched_then(watches: Any, moment: datetime) -> tuple[str, ...]:
    """Return the keys of the stories whose fix was watched at a moment."""
    return tuple(
        dict.fromkeys(
            watch.fix.story.key
            for watch in watches
            if watch.starts_at <= moment <= (watch.decided_at or max(moment, watch.ends_at))
        )
    )

"""Decisions that wait for a second person: kept when wanted, then confirmed or refused by somebody from outside, once."""

import secrets
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from gamebash.backlog.deeds import do_deed
from gamebash.backlog.models import Problem
from gamebash.backlog.second_person import Deed, Kept, Verb
from gamebash.core import audit
from gamebash.core.db import db
from gamebash.core.errors import DomainError, InvalidError, NotAllowedError, NotFoundError
from gamebash.core.filters import day, when
from gamebash.core.rows import lock_row
from gamebash.notices.kinds import NoticeKind
from gamebash.notices.notices import tell
from gamebash.people.models import Person
from gamebash.play.models import Fix
from gamebash.watch.deploys import check_deploy, find_passed_over, set_deploy
from gamebash.watch.models import Proposal, ProposalState, Watch
from gamebash.watch.sides import fixes_of_side, has_part, latest_fix_of, problems_in_hand, problems_of_side, share_squad

LONGEST_REASON = 300


class ProposalDecidedError(DomainError):
    """Somebody else decided it already; the message says who, when and how."""


class SecondPerson:
    """What the backlog asks before it lets somebody decide about a problem."""

    def kept_from(self, person: Person, *, before_deploy: bool, now: datetime) -> frozenset[int]:
        """Return the problems on which somebody decides nothing alone."""
        watched = problems_of_side(person, now)
        return watched | problems_in_hand(person) if before_deploy else watched

    def keep(self, deed: Deed, *, by: Person, now: datetime, fixes: Sequence[Fix] = ()) -> Kept:
        """Keep what somebody wants until another one confirms it; the same wish again is the same proposal."""
        fixes = fixes or fixes_of_side(by, deed.problem_ids, now)
        same = sa.select(Proposal).where(
            Proposal.state == ProposalState.WAITING, Proposal.by_id == by.id, Proposal.verb == deed.verb,
            Proposal.summary == deed.summary[:400],
        )  # fmt: skip
        proposal = db.session.scalar(same.limit(1)) or self._add(deed, fixes, by=by, now=now)
        words = (
            f"Kept as proposed: {proposal.summary}. It would change what is known of a watched fix, so somebody who had no "
            "part in that has to confirm it. Until then nothing changes."
        )
        return Kept(proposal.reference, words)

    def _add(self, deed: Deed, fixes: Sequence[Fix], *, by: Person, now: datetime) -> Proposal:
        proposal = Proposal(
            reference=secrets.token_hex(6),
            verb=deed.verb,
            state=ProposalState.WAITING,
            summary=deed.summary[:400],
            content={**deed.content, "problems": sorted(deed.problem_ids)},
            made_at=now,
            by_id=by.id,
            fixes=list(fixes),
        )
        db.session.add(proposal)
        db.session.flush()
        audit.record("proposal:made", proposal.reference, by_id=by.id, now=now, what=proposal.summary)
        _ask_somebody(proposal, by, now=now)
        return proposal

    def says(self, problem: Problem, *, now: datetime) -> str:
        """Return who decides about a watched problem only with somebody else, and until when."""
        fix = latest_fix_of(problem, now)
        watch = db.session.scalar(sa.select(Watch).where(Watch.fix_id == fix.id)) if fix else None
        if fix is None or watch is None:
            return ""
        return (
            f"{fix.story.key} is watched until {day(watch.ends_at)}: an incident of this problem that opens before then says "
            "that it did not hold. Whoever had a part in it decides about its incidents only with somebody else."
        )


def record_deploy(fix: Fix, deployed_at: datetime, *, by: Person, now: datetime) -> Watch | Kept:
    """Record when a fix went out; where that passes over an incident, keep it until somebody from outside confirms.

    Raises:
        NotAllowedError, DeployRefusedError, InvalidError: as ``check_deploy``.
    """
    watch = check_deploy(fix, deployed_at, by=by, now=now)
    passed_over = find_passed_over(watch, deployed_at)
    if passed_over is None:
        return set_deploy(fix, deployed_at, by=by, now=now)
    summary = f"{fix.story.key} went out only {when(deployed_at)}, after {passed_over.title[:120]} was opened"
    content = {"fix": fix.id, "deployed_at": deployed_at.isoformat()}
    return SecondPerson().keep(Deed(Verb.DEPLOY, frozenset(), summary, content), by=by, now=now, fixes=[fix])


def confirm_proposal(proposal: Proposal, *, by: Person, now: datetime) -> Proposal:
    """Confirm a decision: it is made now, by the one who wanted it, with a second person's word.

    Raises:
        NotAllowedError: where the person proposed it, or had a part in the fix.
        ProposalDecidedError: where somebody decided it already.
        DomainError: where things went on since, so that it cannot be made any more; refuse it then.
    """
    proposal = _for_decision(proposal, by, now=now)
    deed = Deed(proposal.verb, frozenset(proposal.content["problems"]), proposal.summary, proposal.content)
    if deed.verb is Verb.DEPLOY:
        deployed_at = datetime.fromisoformat(deed.content["deployed_at"])
        set_deploy(db.session.get_one(Fix, deed.content["fix"]), deployed_at, by=proposal.by, now=now)
    else:
        do_deed(deed, by=proposal.by, now=now)
    return _decide(proposal, ProposalState.CONFIRMED, "", by=by, now=now)


def refuse_proposal(proposal: Proposal, *, reason: str, by: Person, now: datetime) -> Proposal:
    """Refuse a decision with a reason; nothing changes.

    Raises:
        InvalidError: without a reason.
        NotAllowedError, ProposalDecidedError: as for confirming.
    """
    if not reason.strip():
        raise InvalidError("Say why not; whoever proposed it reads it.")
    proposal = _for_decision(proposal, by, now=now)
    return _decide(proposal, ProposalState.REFUSED, reason.strip()[:LONGEST_REASON], by=by, now=now)


def get_proposal(reference: str) -> Proposal:
    """Return a proposal by its reference.

    Raises:
        NotFoundError: where there is none.
    """
    proposal = db.session.scalar(sa.select(Proposal).where(Proposal.reference == reference))
    if proposal is None:
        raise NotFoundError("There is no such proposal.")
    return proposal


def why_not_mine(proposal: Proposal, person: Person) -> str:
    """Return why somebody may not decide a proposal; nothing where they may."""
    if proposal.by_id == person.id:
        return "You proposed it, so somebody else decides."
    if has_part(person, [fix.id for fix in proposal.fixes]):
        return "You had a part in the fix, or reviewed it, so somebody from outside decides."
    if share_squad(person.id, proposal.by_id):
        return "You play in one squad, so somebody from outside decides."
    return ""


def _for_decision(proposal: Proposal, by: Person, *, now: datetime) -> Proposal:
    proposal = lock_row(Proposal, proposal.id)
    if proposal.state is not ProposalState.WAITING:
        who = proposal.second.player_name if proposal.second else "Somebody"
        raise ProposalDecidedError(f"{who} {proposal.state.value} it at {when(proposal.decided_at, now)}.")
    if why := why_not_mine(proposal, by):
        raise NotAllowedError(why)
    return proposal


def _decide(proposal: Proposal, state: ProposalState, reason: str, *, by: Person, now: datetime) -> Proposal:
    proposal.state, proposal.second_id, proposal.decided_at, proposal.reason = state, by.id, now, reason
    audit.record(
        f"proposal:{state.value}", proposal.reference, by_id=by.id, now=now, what=proposal.summary, reason=reason
    )
    because = f": {reason}" if reason else "."
    text = f"{by.player_name} {state.value} what you proposed ({proposal.summary}){because}"
    tell(proposal.by_id, NoticeKind.WATCH, text, key=f"proposal:{proposal.id}", now=now, url="/watches/proposals")
    return proposal


def _ask_somebody(proposal: Proposal, by: Person, *, now: datetime) -> None:
    """Tell those who are likely to decide: who triages the service, and who organised the event, where they are outside."""
    text = (
        f"{by.player_name} proposes: {proposal.summary}. It concerns a watched fix, so a word from outside is needed."
    )
    ids = [fix.id for fix in proposal.fixes]
    for fix in proposal.fixes:
        for person_id in {fix.story.service.triage_owner_id, fix.event.created_by_id} - {None, by.id}:
            person = db.session.get_one(Person, person_id)
            if not has_part(person, ids):
                tell(person.id, NoticeKind.WATCH, text, key=f"asked:{proposal.id}", now=now, url="/watches/proposals")

"""Writing one entry into the log: what every verb of moves has in common."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from gamebash.core.counters import next_number
from gamebash.core.db import db
from gamebash.core.errors import DomainError
from gamebash.people.models import Person
from gamebash.rotation import chain, refusals
from gamebash.rotation.followers import tell_written
from gamebash.rotation.kinds import MoveKind
from gamebash.rotation.membership import keep_tours
from gamebash.rotation.models import Move, Team
from gamebash.rotation.tours import History

# An entry not yet written stands behind all those of its day, as it will once it has its number.
PREVIEW = 2**62


class ContradictingMoveError(DomainError):
    """The move does not fit what the log says; the message says where the person is and since when."""


class AlreadyCorrectedError(DomainError):
    """The move was corrected before; the correction itself can be corrected."""


class InactiveTeamError(DomainError):
    """The team was retired, so nobody moves there any more."""


@dataclass(frozen=True, slots=True)
class MoveDraft:
    """What somebody wants to log: from where (None: outside all teams) to where, the first day there, and why.

    Without a kind, the kind follows from the teams. ``swap`` is the number that the two moves of a swap share.
    """

    from_team: Team | None
    to_team: Team | None
    effective_on: date
    reason: str = ""
    kind: MoveKind | None = None
    swap: int | None = None


@dataclass(frozen=True, slots=True)
class Logging:
    """Who writes an entry and when; None for the installation itself."""

    by: Person | None
    now: datetime


def write_entry(
    person: Person, draft: MoveDraft, kind: MoveKind, logging: Logging, corrects: Move | None = None
) -> Move:
    """Write an entry that was checked, behind the last link of the chain."""
    chain.lock_log()
    move = Move(
        number=next_number("moves"),
        person=person,
        person_id=person.id,
        from_team=draft.from_team,
        from_team_id=draft.from_team.id if draft.from_team else None,
        to_team=draft.to_team,
        to_team_id=draft.to_team.id if draft.to_team else None,
        effective_on=draft.effective_on,
        kind=kind,
        reason=draft.reason.strip(),
        logged_by=logging.by,
        logged_by_id=logging.by.id if logging.by else None,
        logged_at=logging.now,
        corrects=corrects,
        corrects_id=corrects.id if corrects else None,
        asks_consent=asks_consent(person, draft, logging),
        swap=draft.swap,
        import_id=None,
    )
    chain.append(move)
    keep_tours([person.id])
    tell_written(move, now=logging.now)
    return move


def asks_consent(person: Person, draft: MoveDraft, logging: Logging) -> bool:
    """Say whether the person is asked: about a day ahead, between two teams, planned by somebody else.

    Joining and leaving follow from a contract, not from the rotation.
    """
    lies_ahead = draft.effective_on > logging.now.date()
    return lies_ahead and bool(draft.from_team and draft.to_team) and logging.by is not person


def refuse_retired(team: Team | None) -> None:
    """Hold the team's row while the move is written, so that nobody retires the team meanwhile.

    Raises:
        InactiveTeamError: where it is retired.
    """
    if team is None:
        return
    locked = sa.select(Team.is_active).where(Team.id == team.id).with_for_update(read=True)
    if not db.session.scalars(locked).one():
        raise InactiveTeamError(refusals.retired(team))


def refuse_contradictions(person: Person, before: History, after: History) -> None:
    """Refuse an entry by which the log would contradict itself where it did not before.

    Raises:
        ContradictingMoveError: names the entry that no longer fits.
    """
    known = set(before.contradictions)
    new = [found for found in after.contradictions if found not in known]
    if new:
        # Of several, the entry just asked for explains most.
        found = min(new, key=lambda found: found.entry.number != PREVIEW)
        raise ContradictingMoveError(refusals.contradiction(person, found, is_asked=found.entry.number == PREVIEW))


def refuse_corrected(move: Move) -> None:
    """Refuse to do anything more with a move that no longer counts.

    Raises:
        AlreadyCorrectedError: names the entry that counts in its place.
    """
    correction = correction_of(move)
    if correction:
        raise AlreadyCorrectedError(refusals.already_corrected(move, correction))


def correction_of(move: Move) -> Move | None:
    """Return the entry that names a move, where there is one."""
    return db.session.scalar(sa.select(Move).where(Move.corrects_id == move.id))
